#include "sandbox/huaweicloud/huaweicloud_api.h"

#include <nlohmann/json.hpp>

namespace certferry::sandbox {

template class VendorApi<HuaweiCloudRequest, HuaweiCloudAnswer, HuaweiCloudRefusal>;

namespace {

using Json = nlohmann::json;

}  // namespace

HuaweiCloudApi::HuaweiCloudApi(HuaweiCloudOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      obs_(options_, world, faults, this) {
  state_.configuring = options_.configuring;
  refusals_use_up_faults_ = true;
}

Reply HuaweiCloudApi::handle(const Request& request) {
  return is_for_obs(request) ? obs_.handle(request) : VendorApi::handle(request);
}

HuaweiCloudRequest HuaweiCloudApi::read(const Request& request) {
  return read_huaweicloud_request(request);
}

std::optional<HuaweiCloudRefusal> HuaweiCloudApi::refuse(const Request& request,
                                                         const HuaweiCloudRequest& call) {
  std::optional<HuaweiCloudRefusal> refusal =
      refuse_signature(request, options_.credentials, world_.now());
  if (!refusal && call.operation != nullptr) {
    const HuaweiCloudCredentials& keys = options_.credentials;
    const bool global = call.operation->service == "cdn";
    const bool waf = call.operation->service == "waf" && !keys.waf_project_id.empty();
    const bool elb = call.operation->service == "elb" && !keys.elb_project_id.empty();
    const std::string& wanted = global ? keys.domain_id
                                : waf  ? keys.waf_project_id
                                : elb  ? keys.elb_project_id
                                       : keys.project_id;
    const bool in_path = call.project.empty() || call.project == wanted;
    if (!in_path || request.header(global ? "x-domain-id" : "x-project-id") != wanted) {
      refusal = {
          .status = 401,
          .code = "APIGW.0301",
          .message = "Incorrect IAM authentication information: the id is not the account's"};
    }
  }
  if (refusal) return unauthorized(refusal);
  refusal = refuse_call(call);
  if (refusal) return refusal;
  if (!options_.denied.contains(std::string(call.operation->permission))) return std::nullopt;
  return HuaweiCloudRefusal{.status = 403,
                            .code = call.operation->service == "waf" ? "WAF.00012003" : "CDN.0021",
                            .message = "Policy doesn't allow it to be performed."};
}

HuaweiCloudAnswer HuaweiCloudApi::run(const HuaweiCloudRequest& call, milliseconds view_age) {
  return run_huaweicloud_call(world_, state_, call, view_age);
}

HuaweiCloudAnswer HuaweiCloudApi::pretend(const HuaweiCloudRequest& call) {
  return pretend_huaweicloud_call(world_, call);
}

Reply HuaweiCloudApi::reply_to(const HuaweiCloudRequest& /*call*/,
                               const HuaweiCloudAnswer& answer) {
  Reply reply;
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.status = body->empty() ? 204 : 200;
    reply.body = *body;
    return reply;
  }
  const auto& refusal = std::get<HuaweiCloudRefusal>(answer);
  const std::string id = "sandbox-" + std::to_string(next_number());
  reply.status = refusal.status;
  // CDN's own form is another one than the gateway's and the store's.
  Json body = {{"error_code", refusal.code}, {"error_msg", refusal.message}};
  if (refusal.code.starts_with("CDN.")) {
    body = {{"error", {{"code", refusal.code}, {"message", refusal.message}}}};
  }
  body["request_id"] = id;
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<HuaweiCloudAnswer> HuaweiCloudApi::say_instead(const HuaweiCloudRequest& /*call*/,
                                                             const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return HuaweiCloudRefusal{.status = 429,
                                .code = "APIGW.0308",
                                .message = "The throttling threshold has been reached."};
    case FaultKind::kAuthRefused:
      return HuaweiCloudRefusal{
          .status = 401,
          .code = "APIGW.0301",
          .message = "Incorrect IAM authentication information: the access key is disabled"};
    case FaultKind::kErrorYetDone:
      return HuaweiCloudRefusal{
          .status = 500, .code = "CDN.0002", .message = "The server has an internal error."};
    case FaultKind::kErrorCode:
      return HuaweiCloudRefusal{.status = fault.code, .code = fault.message, .message = "as told"};
    default:
      return std::nullopt;
  }
}

Reply HuaweiCloudApi::without_code(Reply reply) {
  reply.status = 200;
  reply.body.clear();
  return reply;
}

}  // namespace certferry::sandbox

// How OBS answers, which it does in another form than the other services.

#include "sandbox/huaweicloud/huaweicloud_api.h"

namespace certferry::sandbox {

template class VendorApi<ObsRequest, ObsAnswer, HuaweiCloudRefusal>;

ObsApi::ObsApi(const HuaweiCloudOptions& options, World& world, Faults& faults, Api* front)
    : VendorApi(world, faults, options.list_lag, front), options_(options) {
  refusals_use_up_faults_ = true;
}

ObsRequest ObsApi::read(const Request& request) {
  return read_obs_request(request);
}

std::optional<HuaweiCloudRefusal> ObsApi::refuse(const Request& request, const ObsRequest& call) {
  auto refusal = refuse_obs_signature(request, call, options_.credentials, world_.now());
  if (refusal) return unauthorized(refusal);
  if (call.action.empty()) {
    return HuaweiCloudRefusal{
        .status = 405, .code = "MethodNotAllowed", .message = "It is not emulated."};
  }
  if (!call.readable) {
    return HuaweiCloudRefusal{
        .status = 400, .code = "MalformedXML", .message = "The request cannot be read."};
  }
  if (!options_.denied.contains(call.permission())) return std::nullopt;
  return HuaweiCloudRefusal{.status = 403, .code = "AccessDenied", .message = "Access Denied"};
}

ObsAnswer ObsApi::run(const ObsRequest& call, milliseconds view_age) {
  return run_obs_call(world_, call, view_age);
}

ObsAnswer ObsApi::pretend(const ObsRequest& /*call*/) {
  return "";
}

Reply ObsApi::reply_to(const ObsRequest& /*call*/, const ObsAnswer& answer) {
  const std::string id = "SANDBOX" + std::to_string(next_number());
  Reply reply;
  reply.content_type = "application/xml";
  reply.headers = {{"x-obs-request-id", id}};
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.body = *body;
    return reply;
  }
  const auto& refusal = std::get<HuaweiCloudRefusal>(answer);
  reply.status = refusal.status;
  reply.body = obs_error_body(refusal, id);
  return reply;
}

std::optional<ObsAnswer> ObsApi::say_instead(const ObsRequest& /*call*/, const Fault& fault) {
  const auto no = [](int status, std::string code) {
    return HuaweiCloudRefusal{.status = status, .code = std::move(code), .message = "as told"};
  };
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return no(503, "SlowDown");
    case FaultKind::kAuthRefused:
      return no(403, "InvalidAccessKeyId");
    case FaultKind::kErrorYetDone:
      return no(500, "InternalError");
    case FaultKind::kErrorCode:
      return no(fault.code, fault.message);
    default:
      return std::nullopt;
  }
}

Reply ObsApi::without_code(Reply reply) {
  reply.headers.clear();
  return reply;
}

}  // namespace certferry::sandbox

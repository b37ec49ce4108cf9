#include "sandbox/baiducloud/baiducloud_api.h"

namespace certferry::sandbox {

template class VendorApi<BaiduCloudRequest, BaiduCloudAnswer, BaiduCloudRefusal>;

namespace {

using Json = nlohmann::json;

}  // namespace

BaiduCloudApi::BaiduCloudApi(BaiduCloudOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {
  state_.operating = options_.operating;
}

BaiduCloudRequest BaiduCloudApi::read(const Request& request) {
  return read_baiducloud_request(request);
}

std::optional<BaiduCloudRefusal> BaiduCloudApi::refuse(const Request& request,
                                                       const BaiduCloudRequest& call) {
  std::optional<BaiduCloudRefusal> refusal =
      refuse_signature(request, options_.credentials, world_.now());
  if (refusal) return unauthorized(refusal);
  refusal = refuse_call(call);
  if (refusal) return refusal;
  if (!options_.denied.contains(std::string(call.operation->name))) return std::nullopt;
  return BaiduCloudRefusal{.status = 403, .code = "AccessDenied", .message = "Access denied."};
}

BaiduCloudAnswer BaiduCloudApi::run(const BaiduCloudRequest& call, milliseconds view_age) {
  return run_baiducloud_call(world_, state_, call, view_age);
}

BaiduCloudAnswer BaiduCloudApi::pretend(const BaiduCloudRequest& call) {
  return pretend_baiducloud_call(world_, call);
}

Reply BaiduCloudApi::reply_to(const BaiduCloudRequest& /*call*/, const BaiduCloudAnswer& answer) {
  Reply reply;
  const std::string id = "sandbox-" + std::to_string(next_number());
  reply.headers = {{"x-bce-request-id", id}};
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.body = *body;
    return reply;
  }
  const auto& refusal = std::get<BaiduCloudRefusal>(answer);
  reply.status = refusal.status;
  reply.body = Json{{"requestId", id}, {"code", refusal.code}, {"message", refusal.message}}.dump();
  return reply;
}

std::optional<BaiduCloudAnswer> BaiduCloudApi::say_instead(const BaiduCloudRequest& /*call*/,
                                                           const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return BaiduCloudRefusal{
          .status = 429, .code = "RequestLimitExceeded", .message = "Too many requests."};
    case FaultKind::kAuthRefused:
      return BaiduCloudRefusal{
          .status = 403, .code = "InvalidAccessKeyId", .message = "The access key is disabled."};
    case FaultKind::kErrorYetDone:
      return BaiduCloudRefusal{
          .status = 500, .code = "InternalError", .message = "We encountered an internal error."};
    case FaultKind::kErrorCode:
      return BaiduCloudRefusal{.status = fault.code, .code = fault.message, .message = "as told"};
    default:
      return std::nullopt;
  }
}

}  // namespace certferry::sandbox

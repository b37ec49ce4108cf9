#include "sandbox/jdcloud/jdcloud_api.h"

#include "sandbox/jdcloud/jdcloud_video.h"

namespace certferry::sandbox {

template class VendorApi<JdcloudRequest, JdcloudAnswer, JdcloudRefusal>;

namespace {

using Json = nlohmann::json;

}  // namespace

JdcloudApi::JdcloudApi(JdcloudOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {
  state_.configuring = options_.configuring;
}

JdcloudRequest JdcloudApi::read(const Request& request) {
  JdcloudRequest call = read_jdcloud_request(request);
  const bool of_vod = call.operation != nullptr && call.operation->service == "vod";
  if (of_vod) call.domain = jdcloud_vod_name(world_, call.subject);
  return call;
}

std::optional<JdcloudRefusal> JdcloudApi::refuse(const Request& request,
                                                 const JdcloudRequest& call) {
  if (std::optional<JdcloudRefusal> refusal = refuse_call(call)) return refusal;
  const std::string service(call.operation->service);
  std::optional<JdcloudRefusal> refusal =
      signatures_.refuse(request, options_.credentials, service, world_.now());
  if (refusal) return unauthorized(refusal);
  const std::string permission = service + ":" + std::string(call.operation->name);
  if (!options_.denied.contains(permission)) return std::nullopt;
  return JdcloudRefusal{.code = 403,
                        .status = "PERMISSION_DENIED",
                        .message = "the sub-user is not allowed to do this"};
}

JdcloudAnswer JdcloudApi::run(const JdcloudRequest& call, milliseconds view_age) {
  return run_jdcloud_call(world_, state_, call, view_age);
}

JdcloudAnswer JdcloudApi::pretend(const JdcloudRequest& call) {
  return pretend_jdcloud_call(world_, call);
}

Reply JdcloudApi::reply_to(const JdcloudRequest& /*call*/, const JdcloudAnswer& answer) {
  Reply reply;
  const std::string id = "sandbox-" + std::to_string(next_number());
  reply.headers = {{"x-jdcloud-request-id", id}};
  Json body = {{"requestId", id}};
  if (const auto* refusal = std::get_if<JdcloudRefusal>(&answer)) {
    reply.status = refusal->code;
    body["error"] = {
        {"code", refusal->code}, {"status", refusal->status}, {"message", refusal->message}};
  } else {
    if (const Json& result = std::get<Json>(answer); !result.is_null()) body["result"] = result;
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<JdcloudAnswer> JdcloudApi::say_instead(const JdcloudRequest& /*call*/,
                                                     const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return JdcloudRefusal{
          .code = 429, .status = "RESOURCE_EXHAUSTED", .message = "too many requests"};
    case FaultKind::kAuthRefused:
      return JdcloudRefusal{
          .code = 401, .status = "UNAUTHENTICATED", .message = "access key is disabled"};
    case FaultKind::kErrorYetDone:
      return JdcloudRefusal{.code = 500, .status = "INTERNAL", .message = "internal error"};
    case FaultKind::kErrorCode: {
      const auto blank = fault.message.find(' ');
      return JdcloudRefusal{.code = 400,
                            .status = fault.message.substr(0, blank),
                            .message = fault.message.substr(blank + 1)};
    }
    default:
      return std::nullopt;
  }
}

Reply JdcloudApi::spoil(const JdcloudRequest& call, const Fault& fault, Reply reply) {
  reply = VendorApi::spoil(call, fault, std::move(reply));
  // The body's code and that of HTTP are two things then.
  if (fault.kind == FaultKind::kErrorCode) reply.status = fault.code;
  return reply;
}

}  // namespace certferry::sandbox

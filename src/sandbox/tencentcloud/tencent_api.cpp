#include "sandbox/tencentcloud/tencent_api.h"

#include <utility>

namespace certferry::sandbox {

template class VendorApi<TencentRequest, TencentAnswer, TencentRefusal>;

namespace {

using Json = nlohmann::json;

std::string dump(const Json& body) {
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

TencentApi::TencentApi(TencentOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)), state_(world) {
  refusals_use_up_faults_ = true;
}

TencentRequest TencentApi::read(const Request& request) {
  return read_tencent_request(request);
}

std::optional<TencentRefusal> TencentApi::refuse(const Request& request,
                                                 const TencentRequest& call) {
  const std::string_view service = call.action == nullptr ? "" : call.action->service;
  if (auto refusal = refuse_tc3(options_.credentials, request, service, world_.now())) {
    return unauthorized(refusal);
  }
  if (call.action == nullptr) {
    return TencentRefusal{.code = "InvalidAction",
                          .message = "The requested action does not exist: " + call.name};
  }
  if (!call.readable) {
    return TencentRefusal{.code = "InvalidParameter", .message = "The body is no JSON object."};
  }
  if (!options_.denied.contains(call.action->permission())) return std::nullopt;
  return TencentRefusal{
      .code = "AuthFailure.UnauthorizedOperation",
      .message = "you are not authorized to perform operation (" + call.action->permission() + ")"};
}

TencentAnswer TencentApi::run(const TencentRequest& call, milliseconds view_age) {
  return state_.run(call, view_age);
}

TencentAnswer TencentApi::pretend(const TencentRequest& call) {
  return state_.pretend(call);
}

Reply TencentApi::reply_to(const TencentRequest& /*call*/, const TencentAnswer& answer) {
  Json inner = Json::object();
  if (const auto* members = std::get_if<Json>(&answer)) {
    inner = *members;
  } else {
    const auto& refusal = std::get<TencentRefusal>(answer);
    inner["Error"] = {{"Code", refusal.code}, {"Message", refusal.message}};
  }
  // Of some answers it is what the call began.
  const bool has_one = inner.contains("RequestId");
  if (!has_one) inner["RequestId"] = "sandbox-" + std::to_string(next_number());
  Reply reply;
  reply.body = dump(Json{{"Response", inner}});
  return reply;
}

std::optional<TencentAnswer> TencentApi::say_instead(const TencentRequest& /*call*/,
                                                     const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return TencentRefusal{
          .code = "RequestLimitExceeded",
          .message = "Your current request times exceed the frequency limit in a second."};
    case FaultKind::kAuthRefused:
      return TencentRefusal{.code = "AuthFailure.SecretIdNotFound",
                            .message = "The SecretId is disabled."};
    case FaultKind::kErrorYetDone:
      return TencentRefusal{.code = "InternalError", .message = "内部错误，请稍后重试。"};
    case FaultKind::kErrorCode:
      return TencentRefusal{.code = fault.message, .message = "as told"};
    default:
      return std::nullopt;
  }
}

Reply TencentApi::without_code(Reply reply) {
  Json body = Json::parse(reply.body);
  body["Response"].erase("RequestId");
  reply.body = dump(body);
  return reply;
}

}  // namespace certferry::sandbox

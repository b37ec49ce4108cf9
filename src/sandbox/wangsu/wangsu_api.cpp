#include "sandbox/wangsu/wangsu_api.h"

namespace certferry::sandbox {

template class VendorApi<WangsuRequest, WangsuAnswer, WangsuRefusal>;

namespace {

using Json = nlohmann::json;

}  // namespace

WangsuApi::WangsuApi(WangsuOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      pro_(world, options_.api_key) {}

WangsuRequest WangsuApi::read(const Request& request) {
  return read_wangsu_request(request);
}

std::optional<WangsuRefusal> WangsuApi::refuse(const Request& request, const WangsuRequest& call) {
  if (is_signed_for_wangsu(request, options_.credentials, world_.now())) {
    return refuse_wangsu_call(call);
  }
  return unauthorized(WangsuRefusal{
      .status = 401, .code = "InvalidSignature", .message = "the signature does not match"});
}

WangsuAnswer WangsuApi::run(const WangsuRequest& call, milliseconds view_age) {
  if (call.pro) return run_cdnpro_call(world_, pro_, *call.pro, view_age);
  return run_wangsu_call(world_, pro_, call, view_age);
}

WangsuAnswer WangsuApi::pretend(const WangsuRequest& call) {
  return call.pro ? pretend_cdnpro_call(*call.pro) : pretend_wangsu_call(world_, call);
}

Reply WangsuApi::reply_to(const WangsuRequest& call, const WangsuAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* made = std::get_if<WangsuMade>(&answer)) {
    reply.status = 201;
    reply.headers.emplace_back("Location", "http://open.chinanetcenter.com" + made->path);
    return reply;
  }
  if (const auto* refusal = std::get_if<WangsuRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"code", refusal->code}, {"message", refusal->message}};
  } else {
    body = std::get<Json>(answer);
    if (!call.pro) {
      body["code"] = "0";
      body["message"] = "success";
    }
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<WangsuAnswer> WangsuApi::say_instead(const WangsuRequest& /*call*/,
                                                   const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
      return WangsuRefusal{
          .status = 429, .code = "TooManyRequests", .message = "too many requests"};
    case FaultKind::kThrottleBody:
      return WangsuRefusal{.code = "RequestLimit", .message = "请求过于频繁"};
    case FaultKind::kAuthRefused:
      return WangsuRefusal{
          .status = 401, .code = "AccessKeyDisabled", .message = "the access key is disabled"};
    case FaultKind::kErrorYetDone:
      return WangsuRefusal{.status = 500, .code = "InternalError", .message = "系统异常"};
    case FaultKind::kErrorCode:
      return WangsuRefusal{
          .status = 200, .code = std::to_string(fault.code), .message = fault.message};
    default:
      return std::nullopt;
  }
}

Reply WangsuApi::without_code(Reply reply) {
  reply.headers.clear();
  reply.body = R"({"message":""})";
  return reply;
}

}  // namespace certferry::sandbox

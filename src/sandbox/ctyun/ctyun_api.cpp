#include "sandbox/ctyun/ctyun_api.h"

namespace certferry::sandbox {

template class VendorApi<CtyunRequest, CtyunAnswer, CtyunRefusal>;

namespace {

using Json = nlohmann::json;

}  // namespace

CtyunApi::CtyunApi(CtyunOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      state_{.https = {}, .accessone = {}, .work = options_.work} {}

CtyunRequest CtyunApi::read(const Request& request) {
  return read_ctyun_request(request);
}

std::optional<CtyunRefusal> CtyunApi::refuse(const Request& request, const CtyunRequest& call) {
  if (auto no = refuse_signature(request, options_.credentials, options_.wall, world_.now())) {
    return unauthorized(no);
  }
  return refuse_ctyun_call(call);
}

CtyunAnswer CtyunApi::run(const CtyunRequest& call, milliseconds view_age) {
  return run_ctyun_call(world_, state_, call, view_age);
}

CtyunAnswer CtyunApi::pretend(const CtyunRequest& call) {
  return pretend_ctyun_call(world_, call);
}

void CtyunApi::forget_settings(const CtyunRequest& call) {
  VendorApi::forget_settings(call);
  state_.https.erase(call.domain);
}

Reply CtyunApi::reply_to(const CtyunRequest& /*call*/, const CtyunAnswer& answer) {
  Reply reply;
  Json body = {{"requestId", "sandbox-" + std::to_string(next_number())}};
  if (const auto* refusal = std::get_if<CtyunRefusal>(&answer)) {
    reply.status = refusal->status;
    body["error"] = refusal->error;
    body["message"] = refusal->message;
    body["returnObj"] = Json::object();
    // The gateway's are text, those of the services numbers.
    const bool text = refusal->code.starts_with("CTAPI_");
    body["statusCode"] = text ? Json(refusal->code) : Json(std::stoll(refusal->code));
  } else {
    body["statusCode"] = 100000;
    body["message"] = "success";
    body["returnObj"] = std::get<Json>(answer);
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<CtyunAnswer> CtyunApi::say_instead(const CtyunRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
      return CtyunRefusal{.status = 429,
                          .code = "CTAPI_10429",
                          .error = "openapi.flowlimit",
                          .message = "too many requests"};
    case FaultKind::kThrottleBody:
      return CtyunRefusal{.code = "100429", .error = "CDN_FAILED", .message = "请求过于频繁"};
    case FaultKind::kAuthRefused:
      return CtyunRefusal{
          .code = "CTAPI_10002", .error = "10002", .message = "ctyun-EOP: invalid access key"};
    case FaultKind::kErrorYetDone:
      return CtyunRefusal{.code = "100500", .error = "CDN_FAILED", .message = "系统内部错误"};
    case FaultKind::kErrorCode:
      return CtyunRefusal{
          .code = std::to_string(fault.code), .error = "CDN_FAILED", .message = fault.message};
    default:
      return std::nullopt;
  }
}

Reply CtyunApi::without_code(Reply reply) {
  reply.body = R"({"requestId":"sandbox"})";
  return reply;
}

}  // namespace certferry::sandbox

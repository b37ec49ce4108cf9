#include "sandbox/qiniu/qiniu_api.h"

namespace certferry::sandbox {

template class VendorApi<QiniuRequest, QiniuAnswer, QiniuRefusal>;

namespace {

using Json = nlohmann::json;

const QiniuRefusal kBadToken{.status = 401, .code = 401, .message = "bad token"};

}  // namespace

QiniuApi::QiniuApi(QiniuOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      state_{.work = options_.work} {}

QiniuRequest QiniuApi::read(const Request& request) {
  return read_qiniu_request(request);
}

std::optional<QiniuRefusal> QiniuApi::refuse(const Request& request, const QiniuRequest& call) {
  if (is_signed_for_qiniu(request, options_.credentials, world_.now())) {
    return refuse_qiniu_call(call);
  }
  return unauthorized(kBadToken);
}

QiniuAnswer QiniuApi::run(const QiniuRequest& call, milliseconds view_age) {
  return run_qiniu_call(world_, state_, call, view_age);
}

QiniuAnswer QiniuApi::pretend(const QiniuRequest& call) {
  return pretend_qiniu_call(world_, call);
}

void QiniuApi::forget_settings(const QiniuRequest& call) {
  VendorApi::forget_settings(call);
  state_.https.erase(call.domain);
}

Reply QiniuApi::reply_to(const QiniuRequest& /*call*/, const QiniuAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<QiniuRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"code", refusal->code}, {"error", refusal->message}};
  } else {
    body = std::get<Json>(answer);
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<QiniuAnswer> QiniuApi::say_instead(const QiniuRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
      return QiniuRefusal{.status = 429, .code = 429, .message = "too many requests"};
    case FaultKind::kThrottleBody:
      return QiniuRefusal{.code = 400039, .message = "请求次数过多"};
    case FaultKind::kAuthRefused:
      return kBadToken;
    case FaultKind::kErrorYetDone:
      return QiniuRefusal{.status = 500, .code = 500000, .message = "内部错误"};
    case FaultKind::kErrorCode:
      return QiniuRefusal{.status = 200, .code = fault.code, .message = fault.message};
    case FaultKind::kBindWithoutCode:
      return Json::object();
    default:
      return std::nullopt;
  }
}

}  // namespace certferry::sandbox

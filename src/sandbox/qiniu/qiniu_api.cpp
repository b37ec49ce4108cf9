#include "sandbox/qiniu/qiniu_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const QiniuRefusal kBadToken{.status = 401, .code = 401, .message = "bad token"};

Reply reply_to(const QiniuAnswer& answer) {
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

Reply spoil(const Fault& fault, Reply reply) {
  const QiniuRefusal too_many{.status = 429, .code = 429, .message = "too many requests"};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return reply_to(QiniuRefusal{.status = 200, .code = 400039, .message = "请求次数过多"});
    case FaultKind::kAuthRefused:
      return reply_to(kBadToken);
    case FaultKind::kErrorYetDone:
      return reply_to(QiniuRefusal{.status = 500, .code = 500000, .message = "内部错误"});
    case FaultKind::kBindWithoutCode:
      return reply_to(Json::object());
    case FaultKind::kErrorCode:
      return reply_to(QiniuRefusal{.status = 200, .code = fault.code, .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace

QiniuApi::QiniuApi(QiniuOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults), state_{.work = options_.work} {}

Reply QiniuApi::handle(const Request& request) {
  world_.advance();
  const QiniuRequest call = read_qiniu_request(request);
  count(call);
  const std::optional<QiniuRefusal> refusal = refuse(request, call);
  const std::optional<Fault> fault = refusal ? std::nullopt : faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = reply_to(*refusal);
  } else if (fault) {
    reply = spoil(*fault, reply_to(apply(call, *fault)));
  } else {
    reply = reply_to(run(call, options_.list_lag));
  }
  reply.date = format_http_date(world_.now());
  return reply;
}

void QiniuApi::count(const QiniuRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<QiniuRefusal> QiniuApi::refuse(const Request& request, const QiniuRequest& call) {
  if (is_signed_for_qiniu(request, options_.credentials, world_.now())) {
    return refuse_qiniu_call(call);
  }
  ++counters_.unauthorized;
  return kBadToken;
}

QiniuAnswer QiniuApi::run(const QiniuRequest& call, milliseconds view_age) {
  QiniuAnswer answer = run_qiniu_call(world_, state_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

QiniuAnswer QiniuApi::apply(const QiniuRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      QiniuAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) {
        world_.set_origin(call.domain, "");
        state_.https.erase(call.domain);
      }
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_qiniu_call(world_, call);
}

}  // namespace certferry::sandbox

#include "sandbox/wangsu/wangsu_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

Reply reply_to(const WangsuAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<WangsuRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"code", refusal->code}, {"message", refusal->message}};
  } else {
    body = std::get<Json>(answer);
    body["code"] = "0";
    body["message"] = "success";
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply spoil(const Fault& fault, Reply reply) {
  const WangsuRefusal too_many{
      .status = 429, .code = "TooManyRequests", .message = "too many requests"};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return reply_to(
          WangsuRefusal{.status = 200, .code = "RequestLimit", .message = "请求过于频繁"});
    case FaultKind::kAuthRefused:
      return reply_to(WangsuRefusal{
          .status = 401, .code = "AccessKeyDisabled", .message = "the access key is disabled"});
    case FaultKind::kErrorYetDone:
      return reply_to(WangsuRefusal{.status = 500, .code = "InternalError", .message = "系统异常"});
    case FaultKind::kBindWithoutCode:
      reply.body = R"({"message":""})";
      return reply;
    case FaultKind::kErrorCode:
      return reply_to(WangsuRefusal{
          .status = 200, .code = std::to_string(fault.code), .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace

WangsuApi::WangsuApi(WangsuOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {}

Reply WangsuApi::handle(const Request& request) {
  world_.advance();
  const WangsuRequest call = read_wangsu_request(request);
  count(call);
  const std::optional<WangsuRefusal> refusal = refuse(request, call);
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

void WangsuApi::count(const WangsuRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<WangsuRefusal> WangsuApi::refuse(const Request& request, const WangsuRequest& call) {
  if (is_signed_for_wangsu(request, options_.credentials, world_.now())) {
    return refuse_wangsu_call(call);
  }
  ++counters_.unauthorized;
  return WangsuRefusal{
      .status = 401, .code = "InvalidSignature", .message = "the signature does not match"};
}

WangsuAnswer WangsuApi::run(const WangsuRequest& call, milliseconds view_age) {
  WangsuAnswer answer = run_wangsu_call(world_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

WangsuAnswer WangsuApi::apply(const WangsuRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      WangsuAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_wangsu_call(world_, call);
}

}  // namespace certferry::sandbox

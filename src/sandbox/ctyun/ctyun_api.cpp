#include "sandbox/ctyun/ctyun_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const CtyunRefusal kTooMany{.status = 429,
                            .code = "CTAPI_10429",
                            .error = "openapi.flowlimit",
                            .message = "too many requests"};

}  // namespace

CtyunApi::CtyunApi(CtyunOptions options, World& world, Faults& faults)
    : options_(std::move(options)),
      world_(world),
      faults_(faults),
      state_{.https = {}, .accessone = {}, .work = options_.work} {}

Reply CtyunApi::handle(const Request& request) {
  world_.advance();
  const CtyunRequest call = read_ctyun_request(request);
  count(call);
  const std::optional<CtyunRefusal> refusal = refuse(request, call);
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

void CtyunApi::count(const CtyunRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<CtyunRefusal> CtyunApi::refuse(const Request& request, const CtyunRequest& call) {
  if (auto no = refuse_signature(request, options_.credentials, options_.wall, world_.now())) {
    ++counters_.unauthorized;
    return no;
  }
  return refuse_ctyun_call(call);
}

CtyunAnswer CtyunApi::run(const CtyunRequest& call, milliseconds view_age) {
  CtyunAnswer answer = run_ctyun_call(world_, state_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

CtyunAnswer CtyunApi::apply(const CtyunRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      CtyunAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) {
        world_.set_origin(call.domain, "");
        state_.https.erase(call.domain);
      }
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json();
    case Effect::kNever:
      break;
  }
  return pretend_ctyun_call(world_, call);
}

Reply CtyunApi::reply_to(const CtyunAnswer& answer) {
  Reply reply;
  Json body = {{"requestId", "sandbox-" + std::to_string(next_request_++)}};
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

Reply CtyunApi::spoil(const Fault& fault, Reply reply) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(kTooMany);
    case FaultKind::kThrottleWait:
      reply = reply_to(kTooMany);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return reply_to(
          CtyunRefusal{.code = "100429", .error = "CDN_FAILED", .message = "请求过于频繁"});
    case FaultKind::kAuthRefused:
      return reply_to(CtyunRefusal{
          .code = "CTAPI_10002", .error = "10002", .message = "ctyun-EOP: invalid access key"});
    case FaultKind::kErrorYetDone:
      return reply_to(
          CtyunRefusal{.code = "100500", .error = "CDN_FAILED", .message = "系统内部错误"});
    case FaultKind::kBindWithoutCode:
      reply.body = R"({"requestId":"sandbox"})";
      return reply;
    case FaultKind::kErrorCode:
      return reply_to(CtyunRefusal{
          .code = std::to_string(fault.code), .error = "CDN_FAILED", .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

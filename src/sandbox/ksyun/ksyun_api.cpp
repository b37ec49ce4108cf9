#include "sandbox/ksyun/ksyun_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

KsyunRefusal refusal_of(Aws4Fault fault) {
  switch (fault) {
    case Aws4Fault::kUnknownKey:
    case Aws4Fault::kWrongToken:
      return {.status = 403,
              .code = "InvalidClientTokenId",
              .message = "The access key ID provided does not exist."};
    case Aws4Fault::kWrongTime:
      return {.code = "RequestExpired", .message = "The request has expired."};
    case Aws4Fault::kMismatch:
      return {.status = 403,
              .code = "SignatureDoesNotMatch",
              .message =
                  "The request signature we calculated does not match the signature you "
                  "provided."};
    case Aws4Fault::kIncomplete:
      break;
  }
  return {.code = "IncompleteSignature",
          .message = "Host, action, date and version are to be signed for CDN."};
}

}  // namespace

Reply KsyunApi::handle(const Request& request) {
  world_.advance();
  const KsyunRequest call = read_ksyun_request(world_, numbers_, request);
  count(call);
  const std::optional<KsyunRefusal> refusal = refuse(request, call);
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

void KsyunApi::count(const KsyunRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<KsyunRefusal> KsyunApi::refuse(const Request& request, const KsyunRequest& call) {
  const Aws4Rules rules{.service = "cdn",
                        .signed_names = {"host", "x-action", "x-amz-date", "x-version"}};
  if (const auto fault = find_aws4_fault(request, options_.credentials, rules, world_.now())) {
    ++counters_.unauthorized;
    return refusal_of(*fault);
  }
  if (auto no = refuse_ksyun_call(call)) return no;
  if (!options_.denied.contains("cdn:" + call.name)) return std::nullopt;
  return KsyunRefusal{.status = 403,
                      .code = "AccessDenied",
                      .message = "The user is not authorized to perform the action."};
}

KsyunAnswer KsyunApi::run(const KsyunRequest& call, milliseconds view_age) {
  KsyunAnswer answer = run_ksyun_call(world_, numbers_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

KsyunAnswer KsyunApi::apply(const KsyunRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      KsyunAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_ksyun_call(world_, call);
}

Reply KsyunApi::reply_to(const KsyunAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<KsyunRefusal>(&answer)) {
    reply.status = refusal->status;
    body["Error"] = {{"Type", "Sender"}, {"Code", refusal->code}, {"Message", refusal->message}};
  } else {
    body = std::get<Json>(answer);
  }
  body["RequestId"] = "sandbox-" + std::to_string(next_request_++);
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply KsyunApi::spoil(const Fault& fault, Reply reply) {
  const KsyunRefusal too_many{
      .status = 429, .code = "Throttling", .message = "Request was denied due to throttling."};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      reply = reply_to(too_many);
      reply.status = 200;
      return reply;
    case FaultKind::kAuthRefused:
      return reply_to(KsyunRefusal{
          .status = 403, .code = "InvalidClientTokenId", .message = "The access key is disabled."});
    case FaultKind::kErrorYetDone:
      return reply_to(
          KsyunRefusal{.status = 500, .code = "InternalFailure", .message = "内部错误"});
    case FaultKind::kBindWithoutCode:
      reply.body = "{}";
      return reply;
    case FaultKind::kErrorCode:
      return reply_to(KsyunRefusal{
          .status = fault.code, .code = "Certificate.FormatError", .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

#include "sandbox/cloudflare/cloudflare_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const CloudflareRefusal kBadToken{.status = 401, .code = 10000, .message = "Authentication error"};

Reply reply_to(const CloudflareAnswer& answer) {
  Reply reply;
  Json body = {{"success", true}, {"errors", Json::array()}, {"messages", Json::array()}};
  if (const auto* refusal = std::get_if<CloudflareRefusal>(&answer)) {
    reply.status = refusal->status;
    body["success"] = false;
    body["errors"].push_back({{"code", refusal->code}, {"message", refusal->message}});
    body["result"] = nullptr;
  } else {
    body.update(std::get<Json>(answer));
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply spoil(const Fault& fault, Reply reply) {
  const CloudflareRefusal too_many{
      .status = 429, .code = 971, .message = "Please wait and consider throttling your requests"};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      return reply_to(CloudflareRefusal{.status = 200, .code = 971, .message = too_many.message});
    case FaultKind::kAuthRefused:
      return reply_to(kBadToken);
    case FaultKind::kErrorYetDone:
      return reply_to(
          CloudflareRefusal{.status = 500, .code = 10001, .message = "Service temporarily down"});
    case FaultKind::kBindWithoutCode:
      reply.body = "{}";
      return reply;
    case FaultKind::kErrorCode:
      return reply_to(
          CloudflareRefusal{.status = 200, .code = fault.code, .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace

Reply CloudflareApi::handle(const Request& request) {
  world_.advance();
  const CloudflareRequest call = read_cloudflare_request(world_, request);
  count(call);
  const std::optional<CloudflareRefusal> refusal = refuse(request, call);
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

void CloudflareApi::count(const CloudflareRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<CloudflareRefusal> CloudflareApi::refuse(const Request& request,
                                                       const CloudflareRequest& call) {
  constexpr std::string_view kBearer = "Bearer ";
  if (!request.authorization.starts_with(kBearer)) {
    ++counters_.unauthorized;
    return CloudflareRefusal{
        .status = 400, .code = 9106, .message = "Missing Authorization header"};
  }
  if (!Secret(request.authorization.substr(kBearer.size())).same_as(options_.api_token)) {
    ++counters_.unauthorized;
    return kBadToken;
  }
  if (auto refusal = refuse_cloudflare_call(call)) return refusal;
  if (call.zone != options_.zone_id) {
    return CloudflareRefusal{
        .status = 404, .code = 7003, .message = "Could not route to the zone; is the id right?"};
  }
  if (reads_only_ && call.changes()) {
    return CloudflareRefusal{.status = 403, .code = 10000, .message = "Authentication error"};
  }
  return std::nullopt;
}

CloudflareAnswer CloudflareApi::run(const CloudflareRequest& call, milliseconds view_age) {
  CloudflareAnswer answer = run_cloudflare_call(world_, state_, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

CloudflareAnswer CloudflareApi::apply(const CloudflareRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      CloudflareAnswer answer =
          run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) {
        world_.set_origin(call.domain, "");
        state_.hostnames.erase(call.domain);
      }
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_cloudflare_call(world_, state_, call);
}

}  // namespace certferry::sandbox

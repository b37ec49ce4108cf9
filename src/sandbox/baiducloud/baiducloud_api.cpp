#include "sandbox/baiducloud/baiducloud_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const BaiduCloudRefusal kThrottled{
    .status = 429, .code = "RequestLimitExceeded", .message = "Too many requests."};

}  // namespace

BaiduCloudApi::BaiduCloudApi(BaiduCloudOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {
  state_.operating = options_.operating;
}

Reply BaiduCloudApi::handle(const Request& request) {
  world_.advance();
  const BaiduCloudRequest call = read_baiducloud_request(request);
  count(call);
  const std::optional<BaiduCloudRefusal> refusal = refuse(request, call);
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

void BaiduCloudApi::count(const BaiduCloudRequest& call) {
  if (call.operation == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[std::string(call.operation->name)];
  if (call.operation->changes()) ++counters_.changing;
}

std::optional<BaiduCloudRefusal> BaiduCloudApi::refuse(const Request& request,
                                                       const BaiduCloudRequest& call) {
  std::optional<BaiduCloudRefusal> refusal =
      refuse_signature(request, options_.credentials, world_.now());
  if (refusal) {
    ++counters_.unauthorized;
    return refusal;
  }
  refusal = refuse_call(call);
  if (refusal) return refusal;
  if (!options_.denied.contains(std::string(call.operation->name))) return std::nullopt;
  return BaiduCloudRefusal{.status = 403, .code = "AccessDenied", .message = "Access denied."};
}

BaiduCloudAnswer BaiduCloudApi::run(const BaiduCloudRequest& call, milliseconds view_age) {
  BaiduCloudAnswer answer = run_baiducloud_call(world_, state_, call, view_age);
  const bool done = std::holds_alternative<std::string>(answer);
  if (call.operation->changes() && done) ++counters_.applied;
  return answer;
}

BaiduCloudAnswer BaiduCloudApi::apply(const BaiduCloudRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      BaiduCloudAnswer answer =
          run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return "";
    case Effect::kNever:
      break;
  }
  return pretend_baiducloud_call(world_, call);
}

Reply BaiduCloudApi::reply_to(const BaiduCloudAnswer& answer) {
  Reply reply;
  const std::string id = "sandbox-" + std::to_string(next_request_++);
  reply.headers = {{"x-bce-request-id", id}};
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.body = *body;
    return reply;
  }
  const auto& refusal = std::get<BaiduCloudRefusal>(answer);
  reply.status = refusal.status;
  reply.body = Json{{"requestId", id}, {"code", refusal.code}, {"message", refusal.message}}.dump();
  return reply;
}

Reply BaiduCloudApi::spoil(const Fault& fault, Reply reply) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(kThrottled);
    case FaultKind::kThrottleWait:
      reply = reply_to(kThrottled);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      reply = reply_to(kThrottled);
      reply.status = 200;
      return reply;
    case FaultKind::kAuthRefused:
      return reply_to(BaiduCloudRefusal{
          .status = 403, .code = "InvalidAccessKeyId", .message = "The access key is disabled."});
    case FaultKind::kErrorYetDone:
      return reply_to(BaiduCloudRefusal{
          .status = 500, .code = "InternalError", .message = "We encountered an internal error."});
    case FaultKind::kErrorCode:
      return reply_to(
          BaiduCloudRefusal{.status = fault.code, .code = fault.message, .message = "as told"});
    case FaultKind::kBindWithoutCode:
      reply.body = "{}";
      return reply;
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

#include "sandbox/jdcloud/jdcloud_api.h"

#include "sandbox/jdcloud/jdcloud_video.h"
#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const JdcloudRefusal kThrottled{
    .code = 429, .status = "RESOURCE_EXHAUSTED", .message = "too many requests"};

}  // namespace

JdcloudApi::JdcloudApi(JdcloudOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {
  state_.configuring = options_.configuring;
}

Reply JdcloudApi::handle(const Request& request) {
  world_.advance();
  JdcloudRequest call = read_jdcloud_request(request);
  const bool of_vod = call.operation != nullptr && call.operation->service == "vod";
  if (of_vod) call.domain = jdcloud_vod_name(world_, call.subject);
  count(call);
  const std::optional<JdcloudRefusal> refusal = refuse(request, call);
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

void JdcloudApi::count(const JdcloudRequest& call) {
  if (call.operation == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[std::string(call.operation->name)];
  if (call.operation->changes()) ++counters_.changing;
}

std::optional<JdcloudRefusal> JdcloudApi::refuse(const Request& request,
                                                 const JdcloudRequest& call) {
  if (std::optional<JdcloudRefusal> refusal = refuse_call(call)) return refusal;
  const std::string service(call.operation->service);
  std::optional<JdcloudRefusal> refusal =
      signatures_.refuse(request, options_.credentials, service, world_.now());
  if (refusal) {
    ++counters_.unauthorized;
    return refusal;
  }
  const std::string permission = service + ":" + std::string(call.operation->name);
  if (!options_.denied.contains(permission)) return std::nullopt;
  return JdcloudRefusal{.code = 403,
                        .status = "PERMISSION_DENIED",
                        .message = "the sub-user is not allowed to do this"};
}

JdcloudAnswer JdcloudApi::run(const JdcloudRequest& call, milliseconds view_age) {
  JdcloudAnswer answer = run_jdcloud_call(world_, state_, call, view_age);
  const bool done = std::holds_alternative<Json>(answer);
  if (call.operation->changes() && done) ++counters_.applied;
  return answer;
}

JdcloudAnswer JdcloudApi::apply(const JdcloudRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      JdcloudAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return pretend_jdcloud_call(world_, call);
}

Reply JdcloudApi::reply_to(const JdcloudAnswer& answer) {
  Reply reply;
  const std::string id = "sandbox-" + std::to_string(next_request_++);
  reply.headers = {{"x-jdcloud-request-id", id}};
  Json body = {{"requestId", id}};
  if (const auto* refusal = std::get_if<JdcloudRefusal>(&answer)) {
    reply.status = refusal->code;
    body["error"] = {
        {"code", refusal->code}, {"status", refusal->status}, {"message", refusal->message}};
  } else {
    if (const Json& result = std::get<Json>(answer); !result.is_null()) body["result"] = result;
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply JdcloudApi::spoil(const Fault& fault, Reply reply) {
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
      return reply_to(JdcloudRefusal{
          .code = 401, .status = "UNAUTHENTICATED", .message = "access key is disabled"});
    case FaultKind::kErrorYetDone:
      return reply_to(
          JdcloudRefusal{.code = 500, .status = "INTERNAL", .message = "internal error"});
    case FaultKind::kErrorCode: {
      const auto blank = fault.message.find(' ');
      reply = reply_to(JdcloudRefusal{.code = 400,
                                      .status = fault.message.substr(0, blank),
                                      .message = fault.message.substr(blank + 1)});
      reply.status = fault.code;
      return reply;
    }
    case FaultKind::kBindWithoutCode:
      reply.body = "{}";
      return reply;
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

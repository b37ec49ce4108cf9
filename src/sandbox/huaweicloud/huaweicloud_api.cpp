#include "sandbox/huaweicloud/huaweicloud_api.h"

#include <nlohmann/json.hpp>

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const HuaweiCloudRefusal kThrottled{
    .status = 429, .code = "APIGW.0308", .message = "The throttling threshold has been reached."};

}  // namespace

HuaweiCloudApi::HuaweiCloudApi(HuaweiCloudOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults) {
  state_.configuring = options_.configuring;
}

Reply HuaweiCloudApi::handle(const Request& request) {
  world_.advance();
  const HuaweiCloudRequest call = read_huaweicloud_request(request);
  count(call);
  const std::optional<HuaweiCloudRefusal> refusal = refuse(request, call);
  const std::optional<Fault> fault = faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = reply_to(*refusal);
  } else if (fault) {
    reply = reply_to(apply(call, *fault));
  } else {
    reply = reply_to(run(call, options_.list_lag));
  }
  if (fault && !refusal) reply = spoil(*fault, std::move(reply));
  reply.date = format_http_date(world_.now());
  return reply;
}

void HuaweiCloudApi::count(const HuaweiCloudRequest& call) {
  if (call.operation == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[std::string(call.operation->name)];
  if (call.operation->changes()) ++counters_.changing;
}

std::optional<HuaweiCloudRefusal> HuaweiCloudApi::refuse(const Request& request,
                                                         const HuaweiCloudRequest& call) {
  std::optional<HuaweiCloudRefusal> refusal =
      refuse_signature(request, options_.credentials, world_.now());
  if (!refusal && call.operation != nullptr) {
    const bool global = call.operation->service == "cdn";
    const std::string& wanted =
        global ? options_.credentials.domain_id : options_.credentials.project_id;
    if (request.header(global ? "x-domain-id" : "x-project-id") != wanted) {
      refusal = {
          .status = 401,
          .code = "APIGW.0301",
          .message = "Incorrect IAM authentication information: the id is not the account's"};
    }
  }
  if (refusal) {
    ++counters_.unauthorized;
    return refusal;
  }
  refusal = refuse_call(call);
  if (refusal) return refusal;
  if (!options_.denied.contains(std::string(call.operation->permission))) return std::nullopt;
  return HuaweiCloudRefusal{
      .status = 403, .code = "CDN.0021", .message = "Policy doesn't allow it to be performed."};
}

HuaweiCloudAnswer HuaweiCloudApi::run(const HuaweiCloudRequest& call, milliseconds view_age) {
  HuaweiCloudAnswer answer = run_huaweicloud_call(world_, state_, call, view_age);
  const bool done = std::holds_alternative<std::string>(answer);
  if (call.operation->changes() && done) ++counters_.applied;
  return answer;
}

HuaweiCloudAnswer HuaweiCloudApi::apply(const HuaweiCloudRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      HuaweiCloudAnswer answer =
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
  return pretend_huaweicloud_call(world_, call);
}

Reply HuaweiCloudApi::reply_to(const HuaweiCloudAnswer& answer) {
  Reply reply;
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.status = body->empty() ? 204 : 200;
    reply.body = *body;
    return reply;
  }
  const auto& refusal = std::get<HuaweiCloudRefusal>(answer);
  const std::string id = "sandbox-" + std::to_string(next_request_++);
  reply.status = refusal.status;
  // CDN's own form is another one than the gateway's and the store's.
  Json body = {{"error_code", refusal.code}, {"error_msg", refusal.message}};
  if (refusal.code.starts_with("CDN.")) {
    body = {{"error", {{"code", refusal.code}, {"message", refusal.message}}}};
  }
  body["request_id"] = id;
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply HuaweiCloudApi::spoil(const Fault& fault, Reply reply) {
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
      return reply_to(HuaweiCloudRefusal{
          .status = 401,
          .code = "APIGW.0301",
          .message = "Incorrect IAM authentication information: the access key is disabled"});
    case FaultKind::kErrorYetDone:
      return reply_to(HuaweiCloudRefusal{
          .status = 500, .code = "CDN.0002", .message = "The server has an internal error."});
    case FaultKind::kErrorCode:
      return reply_to(
          HuaweiCloudRefusal{.status = fault.code, .code = fault.message, .message = "as told"});
    case FaultKind::kBindWithoutCode:
      reply.status = 200;
      reply.body.clear();
      return reply;
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

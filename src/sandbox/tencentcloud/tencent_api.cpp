#include "sandbox/tencentcloud/tencent_api.h"

#include <utility>

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const TencentRefusal kThrottled{
    .code = "RequestLimitExceeded",
    .message = "Your current request times exceed the frequency limit in a second."};

}  // namespace

TencentApi::TencentApi(TencentOptions options, World& world, Faults& faults)
    : options_(std::move(options)), world_(world), faults_(faults), state_(world) {}

Reply TencentApi::handle(const Request& request) {
  world_.advance();
  const TencentRequest call = read_tencent_request(request);
  count(call);
  const std::optional<TencentRefusal> refusal = refuse(request, call);
  const std::optional<Fault> fault = faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = reply_to(*refusal);
  } else if (fault) {
    reply = reply_to(apply(call, *fault), fault->kind != FaultKind::kBindWithoutCode);
  } else {
    reply = reply_to(run(call, options_.list_lag));
  }
  if (fault && !refusal) reply = spoil(*fault, std::move(reply));
  reply.date = format_http_date(world_.now());
  return reply;
}

void TencentApi::count(const TencentRequest& call) {
  if (call.action == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.action->changes()) ++counters_.changing;
}

std::optional<TencentRefusal> TencentApi::refuse(const Request& request,
                                                 const TencentRequest& call) {
  const std::string_view service = call.action == nullptr ? "" : call.action->service;
  if (auto refusal = refuse_tc3(options_.credentials, request, service, world_.now())) {
    ++counters_.unauthorized;
    return refusal;
  }
  if (call.action == nullptr) {
    return TencentRefusal{.code = "InvalidAction",
                          .message = "The requested action does not exist: " + call.name};
  }
  if (!call.readable) {
    return TencentRefusal{.code = "InvalidParameter", .message = "The body is no JSON object."};
  }
  if (!options_.denied.contains(call.action->permission())) return std::nullopt;
  return TencentRefusal{
      .code = "AuthFailure.UnauthorizedOperation",
      .message = "you are not authorized to perform operation (" + call.action->permission() + ")"};
}

TencentAnswer TencentApi::run(const TencentRequest& call, milliseconds view_age) {
  TencentAnswer answer = state_.run(call, view_age);
  if (call.action->changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

TencentAnswer TencentApi::apply(const TencentRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      TencentAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return state_.pretend(call);
}

Reply TencentApi::reply_to(const TencentAnswer& answer, bool with_request_id) {
  Json inner = Json::object();
  if (const auto* members = std::get_if<Json>(&answer)) {
    inner = *members;
  } else {
    const auto& refusal = std::get<TencentRefusal>(answer);
    inner["Error"] = {{"Code", refusal.code}, {"Message", refusal.message}};
  }
  // Of some answers it is what the call began.
  const bool has_one = inner.contains("RequestId");
  if (!has_one) inner["RequestId"] = "sandbox-" + std::to_string(next_request_++);
  if (!with_request_id) inner.erase("RequestId");
  Reply reply;
  reply.body = Json{{"Response", inner}}.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply TencentApi::spoil(const Fault& fault, Reply reply) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleBody:
      return reply_to(kThrottled);
    case FaultKind::kThrottleWait:
      reply = reply_to(kThrottled);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kAuthRefused:
      return reply_to(TencentRefusal{.code = "AuthFailure.SecretIdNotFound",
                                     .message = "The SecretId is disabled."});
    case FaultKind::kErrorYetDone:
      return reply_to(TencentRefusal{.code = "InternalError", .message = "内部错误，请稍后重试。"});
    case FaultKind::kErrorCode:
      return reply_to(TencentRefusal{.code = fault.message, .message = "as told"});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

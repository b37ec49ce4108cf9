#include "sandbox/aliyun/aliyun_api.h"

#include <nlohmann/json.hpp>

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

/// What it says of itself when a fault has it refuse; nothing when the fault is on the way.
std::optional<AliyunRefusal> refusal_of(const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return AliyunRefusal{.code = "Throttling.User",
                           .message = "Request was denied due to user flow control."};
    case FaultKind::kAuthRefused:
      return AliyunRefusal{.code = "InvalidAccessKeyId.Inactive",
                           .message = "Specified access key is disabled."};
    case FaultKind::kErrorYetDone:
      return AliyunRefusal{.status = 500, .code = "InternalError", .message = "内部错误。"};
    case FaultKind::kErrorCode:
      return AliyunRefusal{.status = fault.code, .code = fault.message, .message = "as told"};
    default:
      return std::nullopt;
  }
}

}  // namespace

AliyunApi::AliyunApi(AliyunOptions options, World& world, Faults& faults)
    : options_(std::move(options)),
      world_(world),
      faults_(faults),
      signatures_(options_.credentials) {}

Reply AliyunApi::handle(const Request& request) {
  world_.advance();
  if (is_for_oss(request)) return handle_oss(request);
  const AliyunRequest call = read_aliyun_request(request);
  count(call);
  const std::optional<AliyunRefusal> refusal = refuse(request, call);
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

void AliyunApi::count(const AliyunRequest& call) {
  if (call.action == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.action->changes()) ++counters_.changing;
}

std::optional<AliyunRefusal> AliyunApi::refuse(const Request& request, const AliyunRequest& call) {
  if (auto refusal = signatures_.refuse(request, world_.now())) {
    ++counters_.unauthorized;
    return refusal;
  }
  if (auto refusal = refuse_call(call)) return refusal;
  if (!options_.denied.contains(call.action->permission())) return std::nullopt;
  return AliyunRefusal{.status = 403,
                       .code = "Forbidden.RAM",
                       .message = "User not authorized to operate on the specified resource."};
}

AliyunAnswer AliyunApi::run(const AliyunRequest& call, milliseconds view_age) {
  AliyunAnswer answer = run_aliyun_call(world_, call, options_.region, view_age);
  if (call.action->changes() && std::holds_alternative<std::string>(answer)) ++counters_.applied;
  return answer;
}

AliyunAnswer AliyunApi::apply(const AliyunRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      AliyunAnswer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return "{}";
    case Effect::kNever:
      break;
  }
  return pretend_aliyun_call(world_, call);
}

Reply AliyunApi::reply_to(const AliyunAnswer& answer, bool with_request_id) {
  Json body = Json::object();
  Reply reply;
  if (const auto* members = std::get_if<std::string>(&answer)) {
    body = Json::parse(*members);
  } else {
    const auto& refusal = std::get<AliyunRefusal>(answer);
    reply.status = refusal.status;
    body = {{"Code", refusal.code},
            {"Message", refusal.message},
            {"HostId", "sandbox.aliyuncs.test"},
            {"Recommend", "https://api.aliyun.com/troubleshoot?q=" + refusal.code}};
  }
  if (with_request_id) body["RequestId"] = "SANDBOX-" + std::to_string(next_request_++);
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply AliyunApi::handle_oss(const Request& request) {
  const OssRequest call = read_oss_request(request);
  if (call.action.empty()) {
    ++counters_.unknown;
  } else {
    ++counters_.by_endpoint[call.action];
    if (call.changes()) ++counters_.changing;
  }
  std::optional<AliyunRefusal> refusal =
      refuse_oss_signature(request, call, options_.credentials, world_.now());
  if (refusal) ++counters_.unauthorized;
  if (!refusal && options_.denied.contains(call.permission())) {
    refusal = AliyunRefusal{.status = 403,
                            .code = "AccessDenied",
                            .message = "You have no right to access this object."};
  }
  const std::optional<Fault> fault = faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = oss_reply(*refusal);
  } else if (fault) {
    reply = oss_reply(apply_oss(call, *fault), fault->kind != FaultKind::kBindWithoutCode);
  } else {
    reply = oss_reply(run_oss(call, options_.list_lag));
  }
  if (fault && !refusal) reply = spoil_oss(*fault, std::move(reply));
  reply.date = format_http_date(world_.now());
  return reply;
}

OssAnswer AliyunApi::run_oss(const OssRequest& call, milliseconds view_age) {
  OssAnswer answer = run_oss_call(world_, call, options_.region, view_age);
  if (call.changes() && std::holds_alternative<std::string>(answer)) ++counters_.applied;
  return answer;
}

OssAnswer AliyunApi::apply_oss(const OssRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      OssAnswer answer = run_oss(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run_oss(call, {}); });
      return "";
    case Effect::kNever:
      break;
  }
  return "";
}

Reply AliyunApi::oss_reply(const OssAnswer& answer, bool with_request_id) {
  const std::string id = "SANDBOX-" + std::to_string(next_request_++);
  Reply reply;
  reply.content_type = "application/xml";
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.body = *body;
  } else {
    const auto& refusal = std::get<AliyunRefusal>(answer);
    reply.status = refusal.status;
    reply.body = oss_error_body(refusal, id);
  }
  if (with_request_id) reply.headers.emplace_back("x-oss-request-id", id);
  return reply;
}

Reply AliyunApi::spoil_oss(const Fault& fault, Reply reply) {
  if (auto refusal = refusal_of(fault)) {
    // Of these it has words of its own.
    if (refusal->code == "Throttling.User") refusal->code = "QpsLimitExceeded";
    if (fault.kind == FaultKind::kAuthRefused) refusal->code = "InvalidAccessKeyId";
    Reply refused = oss_reply(*refusal);
    if (fault.kind == FaultKind::kThrottleBody) refused.status = 200;
    if (fault.kind == FaultKind::kThrottleWait) {
      refused.retry_after = std::chrono::ceil<seconds>(fault.delay);
    }
    return refused;
  }
  if (fault.kind == FaultKind::kHugeReply && reply.body.empty()) return reply;
  return spoil_on_the_way(fault, std::move(reply));
}

Reply AliyunApi::spoil(const Fault& fault, Reply reply) {
  if (auto refusal = refusal_of(fault)) {
    Reply refused = reply_to(*refusal);
    if (fault.kind == FaultKind::kThrottleBody) refused.status = 200;
    if (fault.kind == FaultKind::kThrottleWait) {
      refused.retry_after = std::chrono::ceil<seconds>(fault.delay);
    }
    return refused;
  }
  return spoil_on_the_way(fault, std::move(reply));
}

}  // namespace certferry::sandbox

#include "sandbox/volcengine/volcengine_api.h"

#include "sandbox/spoil.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;

const VolcengineRefusal kThrottled{.status = 429,
                                   .code = "FlowLimitExceeded",
                                   .message =
                                       "Request was rejected because the request speed is "
                                       "too fast."};

/// A bind that failed for the domain, inside of a success.
Json failed_bind(const VolcengineRequest& call, const std::string& words) {
  if (call.action->verb == VolcengineVerb::kBindDcdn) return {{"Success", false}};
  return {{"DeployResult",
           {{{"Domain", call.parameters.value("Domain", "")},
             {"Status", "fail"},
             {"ErrorMsg", words}}}}};
}

}  // namespace

Reply VolcengineApi::handle(const Request& request) {
  world_.advance();
  if (is_for_tos(request)) return handle_tos(request);
  const VolcengineRequest call = read_volcengine_request(request, options_.site);
  count(call);
  const std::optional<VolcengineRefusal> refusal = refuse(request, call);
  const std::optional<Fault> fault = faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = reply_to(call, *refusal);
  } else if (fault) {
    reply = spoil(call, *fault, reply_to(call, apply(call, *fault)));
  } else {
    reply = reply_to(call, run(call, options_.list_lag));
  }
  reply.date = format_http_date(world_.now());
  return reply;
}

void VolcengineApi::count(const VolcengineRequest& call) {
  if (call.action == nullptr) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.action->changes()) ++counters_.changing;
}

std::optional<VolcengineRefusal> VolcengineApi::refuse(const Request& request,
                                                       const VolcengineRequest& call) {
  if (auto refusal = refuse_signature(request, options_.credentials, world_.now())) {
    ++counters_.unauthorized;
    return refusal;
  }
  if (auto refusal = refuse_call(call)) return refusal;
  if (!options_.denied.contains(call.action->permission())) return std::nullopt;
  return VolcengineRefusal{
      .status = 403,
      .code = "AccessDenied",
      .message = "User is not authorized to perform: " + call.action->permission()};
}

VolcengineAnswer VolcengineApi::run(const VolcengineRequest& call, milliseconds view_age) {
  VolcengineAnswer answer = run_volcengine_call(world_, state_, call, view_age);
  if (call.action->changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

VolcengineAnswer VolcengineApi::apply(const VolcengineRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      VolcengineAnswer answer =
          run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) world_.set_origin(call.domain, "");
      if (fault.kind == FaultKind::kBindWithoutCode) return Json();
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json();
    case Effect::kNever:
      break;
  }
  return pretend_volcengine_call(world_, call);
}

Reply VolcengineApi::reply_to(const VolcengineRequest& call, const VolcengineAnswer& answer) {
  const bool live = call.action != nullptr && call.action->service == "live";
  Json metadata = {{live ? "RequestID" : "RequestId", "SANDBOX" + std::to_string(next_request_++)},
                   {"Action", call.name},
                   {"Version", call.version}};
  if (call.action != nullptr) {
    metadata["Service"] = call.action->service;
    metadata["Region"] = call.action->region;
  }
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&answer)) {
    reply.status = refusal->status;
    metadata["Error"] = {{"CodeN", 100000}, {"Code", refusal->code}, {"Message", refusal->message}};
  } else if (!std::get<Json>(answer).is_null()) {
    body["Result"] = std::get<Json>(answer);
  }
  body["ResponseMetadata"] = std::move(metadata);
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply VolcengineApi::spoil(const VolcengineRequest& call, const Fault& fault, Reply reply) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(call, kThrottled);
    case FaultKind::kThrottleWait:
      reply = reply_to(call, kThrottled);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      reply = reply_to(call, kThrottled);
      reply.status = 200;
      return reply;
    case FaultKind::kAuthRefused:
      return reply_to(
          call,
          VolcengineRefusal{
              .status = 401, .code = "InvalidAccessKey", .message = "The accesskey is disabled."});
    case FaultKind::kErrorYetDone:
      return reply_to(
          call,
          VolcengineRefusal{.status = 500, .code = "InternalServiceError", .message = "内部错误"});
    case FaultKind::kErrorCode:
      // The others say it as any other refusal, with HTTP 200.
      if (fault.code == 200 && (call.action->verb == VolcengineVerb::kBind ||
                                call.action->verb == VolcengineVerb::kBindDcdn)) {
        return reply_to(call, failed_bind(call, fault.message));
      }
      return reply_to(
          call,
          VolcengineRefusal{.status = fault.code, .code = fault.message, .message = "as told"});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

Reply VolcengineApi::handle_tos(const Request& request) {
  const TosRequest call = read_tos_request(request);
  std::optional<VolcengineRefusal> refusal;
  if (call.action.empty()) {
    ++counters_.unknown;
    refusal = VolcengineRefusal{
        .status = 405, .code = "MethodNotAllowed", .message = "It is not emulated."};
  } else {
    ++counters_.by_endpoint[call.action];
    if (call.changes()) ++counters_.changing;
  }
  if (auto unsigned_call = refuse_signature(request, options_.credentials, world_.now())) {
    ++counters_.unauthorized;
    refusal = VolcengineRefusal{
        .status = 403, .code = unsigned_call->code, .message = unsigned_call->message};
  } else if (!refusal && !call.readable) {
    refusal = VolcengineRefusal{.code = "InvalidRequestBody",
                                .message = "The request is not as it has to be."};
  } else if (!refusal && options_.denied.contains(call.permission())) {
    refusal = VolcengineRefusal{.status = 403, .code = "AccessDenied", .message = "Access Denied"};
  }
  const std::optional<Fault> fault = faults_.take(call.shape());
  Reply reply;
  if (refusal) {
    reply = tos_reply_to(*refusal);
  } else if (fault) {
    reply = spoil_tos(call, *fault);
  } else {
    reply = tos_reply_to(run_tos(call, options_.list_lag));
  }
  reply.date = format_http_date(world_.now());
  return reply;
}

TosAnswer VolcengineApi::run_tos(const TosRequest& call, milliseconds view_age) {
  TosAnswer answer = run_tos_call(world_, state_.tos_protocols, call, view_age);
  if (call.changes() && std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

Reply VolcengineApi::tos_reply_to(const TosAnswer& answer) {
  const std::string id = "SANDBOX" + std::to_string(next_request_++);
  Reply reply;
  reply.headers = {{"x-tos-request-id", id}};
  Json body = Json();
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"Code", refusal->code},
            {"Message", refusal->message},
            {"RequestId", id},
            {"HostId", "sandbox"},
            {"EC", "0000-00000001"}};
  } else {
    body = std::get<Json>(answer);
  }
  if (!body.is_null()) reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply VolcengineApi::spoil_tos(const TosRequest& call, const Fault& fault) {
  TosAnswer answer = Json();
  const Effect effect = traits(fault.kind).effect;
  if (effect == Effect::kNow) {
    const bool stale = fault.kind == FaultKind::kStaleList;
    answer = run_tos(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
    if (fault.kind == FaultKind::kBindResetsSettings) state_.tos_protocols.erase(call.domain);
  } else if (effect == Effect::kLate) {
    world_.after(fault.delay, [this, call] { run_tos(call, {}); });
  }
  Reply reply = tos_reply_to(answer);
  const auto refuse = [&](int status, std::string code, std::string message) {
    return tos_reply_to(VolcengineRefusal{
        .status = status, .code = std::move(code), .message = std::move(message)});
  };
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleBody:
      return refuse(429, "ExceedAccountQPSLimit", "Exceed account QPS limit.");
    case FaultKind::kThrottleWait:
      reply = refuse(429, "ExceedAccountQPSLimit", "Exceed account QPS limit.");
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kAuthRefused:
      return refuse(403, "InvalidAccessKeyId", "The access key is disabled.");
    case FaultKind::kErrorYetDone:
      return refuse(500, "InternalError", "internal error");
    case FaultKind::kErrorCode:
      // A success says nothing, so there is none that could have a failure inside.
      return refuse(fault.code == 200 ? 400 : fault.code, fault.message, "as told");
    case FaultKind::kBindWithoutCode:
      reply.headers.clear();
      return reply;
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

}  // namespace certferry::sandbox

#include "sandbox/volcengine/volcengine_api.h"

namespace certferry::sandbox {

template class VendorApi<VolcengineRequest, VolcengineAnswer, VolcengineRefusal>;

namespace {

using Json = nlohmann::json;

/// A bind that failed for the domain, inside of a success.
Json failed_bind(const VolcengineRequest& call, const std::string& words) {
  if (call.action->verb == VolcengineVerb::kBindDcdn) return {{"Success", false}};
  return {{"DeployResult",
           {{{"Domain", call.parameters.value("Domain", "")},
             {"Status", "fail"},
             {"ErrorMsg", words}}}}};
}

}  // namespace

VolcengineApi::VolcengineApi(VolcengineOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      tos_(options_, state_.tos_protocols, world, faults, this) {
  refusals_use_up_faults_ = true;
}

Reply VolcengineApi::handle(const Request& request) {
  return is_for_tos(request) ? tos_.handle(request) : VendorApi::handle(request);
}

VolcengineRequest VolcengineApi::read(const Request& request) {
  VolcengineRequest call = read_volcengine_request(request, options_.site);
  if (call.domain.empty()) call.domain = domain_of_change(world_, state_, call);
  return call;
}

std::optional<VolcengineRefusal> VolcengineApi::refuse(const Request& request,
                                                       const VolcengineRequest& call) {
  if (auto refusal = refuse_signature(request, options_.credentials, world_.now())) {
    return unauthorized(refusal);
  }
  if (auto refusal = refuse_call(call)) return refusal;
  if (!options_.denied.contains(call.action->permission())) return std::nullopt;
  return VolcengineRefusal{
      .status = 403,
      .code = "AccessDenied",
      .message = "User is not authorized to perform: " + call.action->permission()};
}

VolcengineAnswer VolcengineApi::run(const VolcengineRequest& call, milliseconds view_age) {
  return run_volcengine_call(world_, state_, call, view_age);
}

VolcengineAnswer VolcengineApi::pretend(const VolcengineRequest& call) {
  return pretend_volcengine_call(world_, call);
}

void VolcengineApi::forget_settings(const VolcengineRequest& call) {
  VendorApi::forget_settings(call);
  state_.listeners.settings.erase(listener_of(world_, state_, call.domain));
}

Reply VolcengineApi::reply_to(const VolcengineRequest& call, const VolcengineAnswer& answer) {
  const bool live = call.action != nullptr && call.action->service == "live";
  Json metadata = {{live ? "RequestID" : "RequestId", "SANDBOX" + std::to_string(next_number())},
                   {"Action", call.name},
                   {"Version", call.version}};
  if (call.action != nullptr) {
    metadata["Service"] = call.action->service;
    metadata["Region"] = call.region;
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

std::optional<VolcengineAnswer> VolcengineApi::say_instead(const VolcengineRequest& call,
                                                           const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return VolcengineRefusal{
          .status = 429,
          .code = "FlowLimitExceeded",
          .message = "Request was rejected because the request speed is too fast."};
    case FaultKind::kAuthRefused:
      return VolcengineRefusal{
          .status = 401, .code = "InvalidAccessKey", .message = "The accesskey is disabled."};
    case FaultKind::kErrorYetDone:
      return VolcengineRefusal{
          .status = 500, .code = "InternalServiceError", .message = "内部错误"};
    case FaultKind::kErrorCode:
      // The others say it as any other refusal, with HTTP 200.
      if (fault.code == 200 && (call.action->verb == VolcengineVerb::kBind ||
                                call.action->verb == VolcengineVerb::kBindDcdn)) {
        return failed_bind(call, fault.message);
      }
      return VolcengineRefusal{.status = fault.code, .code = fault.message, .message = "as told"};
    case FaultKind::kBindWithoutCode:
      return Json();
    default:
      return std::nullopt;
  }
}

template class VendorApi<TosRequest, TosAnswer, VolcengineRefusal>;

TosApi::TosApi(const VolcengineOptions& options,
               TosProtocols& protocols,
               World& world,
               Faults& faults,
               Api* front)
    : VendorApi(world, faults, options.list_lag, front), options_(options), protocols_(protocols) {
  refusals_use_up_faults_ = true;
}

TosRequest TosApi::read(const Request& request) {
  return read_tos_request(request);
}

std::optional<VolcengineRefusal> TosApi::refuse(const Request& request, const TosRequest& call) {
  if (auto refusal = refuse_signature(request, options_.credentials, world_.now())) {
    refusal->status = 403;
    return unauthorized(refusal);
  }
  if (call.action.empty()) {
    return VolcengineRefusal{
        .status = 405, .code = "MethodNotAllowed", .message = "It is not emulated."};
  }
  if (!call.readable) {
    return VolcengineRefusal{.code = "InvalidRequestBody",
                             .message = "The request is not as it has to be."};
  }
  if (!options_.denied.contains(call.permission())) return std::nullopt;
  return VolcengineRefusal{.status = 403, .code = "AccessDenied", .message = "Access Denied"};
}

TosAnswer TosApi::run(const TosRequest& call, milliseconds view_age) {
  return run_tos_call(world_, protocols_, call, view_age);
}

TosAnswer TosApi::pretend(const TosRequest& /*call*/) {
  return Json();
}

void TosApi::forget_settings(const TosRequest& call) {
  protocols_.erase(call.domain);
}

Reply TosApi::reply_to(const TosRequest& /*call*/, const TosAnswer& answer) {
  const std::string id = "SANDBOX" + std::to_string(next_number());
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

std::optional<TosAnswer> TosApi::say_instead(const TosRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return VolcengineRefusal{
          .status = 429, .code = "ExceedAccountQPSLimit", .message = "Exceed account QPS limit."};
    case FaultKind::kAuthRefused:
      return VolcengineRefusal{
          .status = 403, .code = "InvalidAccessKeyId", .message = "The access key is disabled."};
    case FaultKind::kErrorYetDone:
      return VolcengineRefusal{.status = 500, .code = "InternalError", .message = "internal error"};
    case FaultKind::kErrorCode:
      return VolcengineRefusal{.status = fault.code == 200 ? 400 : fault.code,
                               .code = fault.message,
                               .message = "as told"};
    default:
      return std::nullopt;
  }
}

Reply TosApi::without_code(Reply reply) {
  reply.headers.clear();
  return reply;
}

Reply TosApi::spoil(const TosRequest& call, const Fault& fault, Reply reply) {
  reply = VendorApi::spoil(call, fault, std::move(reply));
  // A success says nothing, so there is none that could have a failure inside.
  if (fault.kind == FaultKind::kThrottleBody) reply.status = 429;
  return reply;
}

}  // namespace certferry::sandbox

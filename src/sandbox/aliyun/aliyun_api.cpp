#include "sandbox/aliyun/aliyun_api.h"

#include <nlohmann/json.hpp>

namespace certferry::sandbox {

template class VendorApi<AliyunRequest, AliyunAnswer, AliyunRefusal>;

namespace {

using Json = nlohmann::json;

std::string dump(const Json& body) {
  return body.dump(-1, ' ', false, Json::error_handler_t::replace);
}

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
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      signatures_(options_.credentials),
      oss_(options_, world, faults, this) {
  refusals_use_up_faults_ = true;
}

Reply AliyunApi::handle(const Request& request) {
  return is_for_oss(request) ? oss_.handle(request) : VendorApi::handle(request);
}

AliyunRequest AliyunApi::read(const Request& request) {
  return read_aliyun_request(request);
}

std::optional<AliyunRefusal> AliyunApi::refuse(const Request& request, const AliyunRequest& call) {
  if (auto refusal = signatures_.refuse(request, world_.now())) return unauthorized(refusal);
  if (auto refusal = refuse_call(call)) return refusal;
  if (!options_.denied.contains(call.action->permission())) return std::nullopt;
  return AliyunRefusal{.status = 403,
                       .code = "Forbidden.RAM",
                       .message = "User not authorized to operate on the specified resource."};
}

AliyunAnswer AliyunApi::run(const AliyunRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  if (call.action->service == "wafopenapi") return waf_.run(call, options_.region, moment);
  if (call.action->service == "slb") return clb_.run(call, moment);
  if (call.action->is_of_jobs()) return deploy_.run(call, moment);
  return run_aliyun_call(world_, call, options_.region, view_age);
}

AliyunAnswer AliyunApi::pretend(const AliyunRequest& call) {
  return pretend_aliyun_call(world_, call);
}

Reply AliyunApi::reply_to(const AliyunRequest& /*call*/, const AliyunAnswer& answer) {
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
  body["RequestId"] = "SANDBOX-" + std::to_string(next_number());
  reply.body = dump(body);
  return reply;
}

std::optional<AliyunAnswer> AliyunApi::say_instead(const AliyunRequest& /*call*/,
                                                   const Fault& fault) {
  return refusal_of(fault);
}

Reply AliyunApi::without_code(Reply reply) {
  Json body = Json::parse(reply.body);
  body.erase("RequestId");
  reply.body = dump(body);
  return reply;
}

template class VendorApi<OssRequest, OssAnswer, AliyunRefusal>;

OssApi::OssApi(const AliyunOptions& options, World& world, Faults& faults, Api* front)
    : VendorApi(world, faults, options.list_lag, front), options_(options) {
  refusals_use_up_faults_ = true;
}

OssRequest OssApi::read(const Request& request) {
  return read_oss_request(request);
}

std::optional<AliyunRefusal> OssApi::refuse(const Request& request, const OssRequest& call) {
  if (auto no = refuse_oss_signature(request, call, options_.credentials, world_.now())) {
    return unauthorized(no);
  }
  if (!options_.denied.contains(call.permission())) return std::nullopt;
  return AliyunRefusal{
      .status = 403, .code = "AccessDenied", .message = "You have no right to access this object."};
}

OssAnswer OssApi::run(const OssRequest& call, milliseconds view_age) {
  return run_oss_call(world_, call, options_.region, view_age);
}

OssAnswer OssApi::pretend(const OssRequest& /*call*/) {
  return "";
}

Reply OssApi::reply_to(const OssRequest& /*call*/, const OssAnswer& answer) {
  const std::string id = "SANDBOX-" + std::to_string(next_number());
  Reply reply;
  reply.content_type = "application/xml";
  reply.headers = {{"x-oss-request-id", id}};
  if (const auto* body = std::get_if<std::string>(&answer)) {
    reply.body = *body;
  } else {
    const auto& refusal = std::get<AliyunRefusal>(answer);
    reply.status = refusal.status;
    reply.body = oss_error_body(refusal, id);
  }
  return reply;
}

std::optional<OssAnswer> OssApi::say_instead(const OssRequest& /*call*/, const Fault& fault) {
  std::optional<AliyunRefusal> refusal = refusal_of(fault);
  // Of these it has words of its own.
  if (fault.kind == FaultKind::kAuthRefused) refusal->code = "InvalidAccessKeyId";
  if (refusal && refusal->code == "Throttling.User") refusal->code = "QpsLimitExceeded";
  return refusal;
}

Reply OssApi::without_code(Reply reply) {
  reply.headers.clear();
  return reply;
}

Reply OssApi::spoil(const OssRequest& call, const Fault& fault, Reply reply) {
  if (fault.kind == FaultKind::kHugeReply && reply.body.empty()) return reply;
  return VendorApi::spoil(call, fault, std::move(reply));
}

}  // namespace certferry::sandbox

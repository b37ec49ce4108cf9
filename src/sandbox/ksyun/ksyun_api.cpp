#include "sandbox/ksyun/ksyun_api.h"

namespace certferry::sandbox {

template class VendorApi<KsyunRequest, KsyunAnswer, KsyunRefusal>;

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

KsyunApi::KsyunApi(KsyunOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {}

KsyunRequest KsyunApi::read(const Request& request) {
  return read_ksyun_request(world_, numbers_, request);
}

std::optional<KsyunRefusal> KsyunApi::refuse(const Request& request, const KsyunRequest& call) {
  const Aws4Rules rules{.service = "cdn",
                        .signed_names = {"host", "x-action", "x-amz-date", "x-version"}};
  if (const auto fault = find_aws4_fault(request, options_.credentials, rules, world_.now())) {
    return unauthorized(refusal_of(*fault));
  }
  if (auto no = refuse_ksyun_call(call)) return no;
  if (!options_.denied.contains("cdn:" + call.name)) return std::nullopt;
  return KsyunRefusal{.status = 403,
                      .code = "AccessDenied",
                      .message = "The user is not authorized to perform the action."};
}

KsyunAnswer KsyunApi::run(const KsyunRequest& call, milliseconds view_age) {
  return run_ksyun_call(world_, numbers_, call, view_age);
}

KsyunAnswer KsyunApi::pretend(const KsyunRequest& call) {
  return pretend_ksyun_call(world_, call);
}

Reply KsyunApi::reply_to(const KsyunRequest& /*call*/, const KsyunAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<KsyunRefusal>(&answer)) {
    reply.status = refusal->status;
    body["Error"] = {{"Type", "Sender"}, {"Code", refusal->code}, {"Message", refusal->message}};
  } else {
    body = std::get<Json>(answer);
  }
  body["RequestId"] = "sandbox-" + std::to_string(next_number());
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<KsyunAnswer> KsyunApi::say_instead(const KsyunRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return KsyunRefusal{
          .status = 429, .code = "Throttling", .message = "Request was denied due to throttling."};
    case FaultKind::kAuthRefused:
      return KsyunRefusal{
          .status = 403, .code = "InvalidClientTokenId", .message = "The access key is disabled."};
    case FaultKind::kErrorYetDone:
      return KsyunRefusal{.status = 500, .code = "InternalFailure", .message = "内部错误"};
    case FaultKind::kErrorCode:
      return KsyunRefusal{
          .status = fault.code, .code = "Certificate.FormatError", .message = fault.message};
    default:
      return std::nullopt;
  }
}

}  // namespace certferry::sandbox

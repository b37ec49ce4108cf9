#include "sandbox/aws/aws_api.h"

namespace certferry::sandbox {

template class VendorApi<AwsRequest, AwsAnswer, AwsRefusal>;

namespace {

using Json = nlohmann::json;
using enum AwsVerb;

/// Codes of services that speak JSON have "Exception" behind them.
AwsRefusal refusal_of(Aws4Fault fault, const AwsRequest& call) {
  const auto named = [&](std::string xml, std::string json, std::string message) {
    return AwsRefusal{.status = call.speaks_xml ? 403 : 400,
                      .code = call.speaks_xml ? std::move(xml) : std::move(json),
                      .message = std::move(message)};
  };
  switch (fault) {
    case Aws4Fault::kUnknownKey:
    case Aws4Fault::kWrongToken:
      return named("InvalidClientTokenId",
                   "UnrecognizedClientException",
                   "The security token included in the request is invalid.");
    case Aws4Fault::kWrongTime:
      return named("SignatureDoesNotMatch",
                   "InvalidSignatureException",
                   "Signature expired: 20260102T030405Z is now earlier than 20260102T040405Z");
    case Aws4Fault::kMismatch:
      return named("SignatureDoesNotMatch",
                   "InvalidSignatureException",
                   "The request signature we calculated does not match the signature you provided. "
                   "Check your AWS Secret Access Key and signing method.");
    case Aws4Fault::kIncomplete:
      break;
  }
  return named("IncompleteSignature",
               "IncompleteSignatureException",
               "The scope is another one, or a header is not signed that has to be.");
}

/// Every header that says something of the call.
Aws4Rules rules_for(const Request& request, const AwsRequest& call) {
  Aws4Rules rules{.service = call.service,
                  .region = "us-east-1",
                  .signed_names = {"host", "x-amz-date"},
                  .tolerance = minutes(5)};
  if (!request.content_type.empty()) rules.signed_names.emplace_back("content-type");
  for (const auto& [name, value] : request.headers) {
    if (name.starts_with("x-amz-")) rules.signed_names.push_back(name);
  }
  return rules;
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
  return out;
}

}  // namespace

AwsApi::AwsApi(AwsOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag),
      options_(std::move(options)),
      certificates_(world, options_.all_in_iam),
      distributions_(world, certificates_),
      balancers_(world, certificates_) {}

AwsRequest AwsApi::read(const Request& request) {
  AwsRequest call = read_aws_request(request);
  call.domain = distributions_.name_of(call);
  return call;
}

std::optional<AwsRefusal> AwsApi::refuse(const Request& request, const AwsRequest& call) {
  if (!call.verb) {
    return AwsRefusal{.status = call.speaks_xml ? 404 : 400,
                      .code = call.speaks_xml ? "NoSuchResource" : "UnknownOperationException",
                      .message = "There is no such call here."};
  }
  const Aws4Rules rules = rules_for(request, call);
  if (const auto fault = find_aws4_fault(request, options_.credentials, rules, world_.now())) {
    return unauthorized(refusal_of(*fault, call));
  }
  if (!call.readable) {
    return AwsRefusal{.code = call.speaks_xml ? "InvalidArgument" : "SerializationException",
                      .message = "The request cannot be read."};
  }
  if (!options_.denied.contains(call.permission())) return std::nullopt;
  return AwsRefusal{.status = call.speaks_xml ? 403 : 400,
                    .code = call.speaks_xml ? "AccessDenied" : "AccessDeniedException",
                    .message =
                        "User: arn:aws:iam::123456789012:user/sandbox is not authorized to "
                        "perform: " +
                        call.permission()};
}

AwsAnswer AwsApi::run(const AwsRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  if (call.of_balancers()) return balancers_.run(call, moment);
  if (call.of_iam()) return certificates_.run(call, moment, balancers_.attached());
  if (call.speaks_xml) return distributions_.run(call, moment);
  AwsAcmView view{.moment = moment, .attached = balancers_.attached()};
  for (const auto& [id, entry] : world_.entries_at(moment)) {
    if (certificates_.has(id)) view.not_in.insert(id);
  }
  return run_acm_call(world_, call, view);
}

AwsAnswer AwsApi::pretend(const AwsRequest& call) {
  if (call.verb == kImport) return Json{{"CertificateArn", aws_arn_of(world_.spend_id())}};
  if (call.of_balancers()) return balancers_.pretend(call);
  if (call.of_iam()) return certificates_.pretend(call);
  return call.verb == kUpdate ? distributions_.pretend(call) : AwsAnswer(Json());
}

Reply AwsApi::reply_to(const AwsRequest& call, const AwsAnswer& answer) {
  Reply reply;
  const std::string request_id = "sandbox-" + std::to_string(next_number());
  reply.headers.emplace_back("x-amzn-RequestId", request_id);
  reply.content_type = call.speaks_xml ? "text/xml" : "application/x-amz-json-1.1";
  if (const auto* refusal = std::get_if<AwsRefusal>(&answer)) {
    reply.status = refusal->status;
    reply.body = call.speaks_xml
                     ? "<?xml version=\"1.0\"?>\n<ErrorResponse xmlns=\"" +
                           std::string(call.of_balancers() ? kAwsBalancersNamespace
                                       : call.of_iam()     ? kAwsIamNamespace
                                                           : kAwsDistributionsNamespace) +
                           "\"><Error><Type>Sender</Type><Code>" + escaped(refusal->code) +
                           "</Code><Message>" + escaped(refusal->message) +
                           "</Message></Error><RequestId>" + request_id +
                           "</RequestId></ErrorResponse>"
                     : Json{{"__type", refusal->code}, {"message", refusal->message}}.dump();
    return reply;
  }
  if (const auto* xml = std::get_if<AwsXmlBody>(&answer)) {
    reply.body = xml->text;
    if (!xml->etag.empty()) reply.headers.emplace_back("ETag", xml->etag);
    return reply;
  }
  const Json& said = std::get<Json>(answer);
  if (!said.is_null()) reply.body = said.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<AwsAnswer> AwsApi::say_instead(const AwsRequest& call, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return AwsRefusal{.code = call.speaks_xml ? "Throttling" : "ThrottlingException",
                        .message = "Rate exceeded"};
    case FaultKind::kAuthRefused:
      return refusal_of(Aws4Fault::kUnknownKey, call);
    case FaultKind::kErrorYetDone:
      return AwsRefusal{.status = 500, .code = "InternalFailure", .message = "It failed."};
    case FaultKind::kErrorCode:
      return AwsRefusal{.status = fault.code, .code = fault.message, .message = "It is refused."};
    default:
      return std::nullopt;
  }
}

Reply AwsApi::without_code(Reply reply) {
  reply.body = "<Distribution/>";
  return reply;
}

Reply AwsApi::spoil(const AwsRequest& call, const Fault& fault, Reply reply) {
  if (reply.body.empty()) reply.body = " ";  // there is always something to cut
  return VendorApi::spoil(call, fault, std::move(reply));
}

}  // namespace certferry::sandbox

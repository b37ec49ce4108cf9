// The services that speak JSON fail with {__type, message} or with the header x-amzn-errortype, the
// others with <ErrorResponse><Error><Code>; codes are words, the same ones nearly everywhere, with
// "Exception" behind them or not. CloudFront throttles with HTTP 400.

#include "providers/aws/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "providers/aws/metadata.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/common/xml_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "make an access key of an IAM user at {keys_url} and give both halves to the account; with a "
    "temporary pair (ASIA…) its session token as well");
constexpr Meaning kEndedKey = meaning::kWrongKey.saying("the account's temporary keys have ended")
                                  .advising("make keys that stay at {keys_url}, or fresh ones");
constexpr Meaning kWrongClock =
    meaning::kWrongClock.advising("set this machine's clock: it may be off by 5 minutes at most");
constexpr Meaning kFull =
    meaning::kFull
        .saying(
            "ACM holds as many certificates of the account as it may, or has taken as many in "
            "a year")
        .advising(
            "delete certificates that are no longer used in the console, or ask for a higher "
            "quota of ACM: a delete gives back no import");
constexpr Meaning kIamFull =
    meaning::kFull.saying("IAM holds as many server certificates of the account as it may")
        .advising(
            "delete certificates that are no longer used, which only the AWS CLI does, or ask for "
            "a higher quota of IAM, which is 20 at first");
/// Of a distribution that somebody else changed between our reading and our writing.
constexpr Meaning kChangedMeanwhile =
    meaning::kBusy.saying("the distribution was changed by somebody else at the same moment")
        .advising("it is read again and tried again");
constexpr Meaning kStillAtWork = meaning::kBusy.saying(
    "{vendor} is still at work on an earlier change of the certificate or distribution");
/// Its words are not quoted after an import, which may have the key in them.
constexpr Meaning kNotTaken =
    meaning::kRefused.saying("ACM refused what it was sent")
        .advising(
            "ACM imports what is valid now, with a key of the same algorithm as its CA's, of "
            "up to 4096 bits if it is RSA");
constexpr Meaning kNotTakenByIam =
    meaning::kRefused.saying("IAM refused what it was sent")
        .advising(
            "IAM takes what is valid now, with its chain in order, and a key that is its own; "
            "under a path that begins and ends with a slash");
constexpr Meaning kNameTaken =
    meaning::kRefused.saying("IAM has another certificate under this name already");
constexpr Meaning kNoCertificateForThis{
    ErrorKind::kRejected,
    "",
    "CloudFront does not take this certificate for the distribution",
    "it has to be of ACM in us-east-1, or of IAM below /cloudfront/, cover every name of the "
    "distribution, be issued by a CA that browsers trust, and have an RSA key of up to 4096 bits "
    "or an ECDSA P-256 key"};

/// What is new in a store load balancers may take some minutes to know.
constexpr Meaning kNotKnownYet =
    meaning::kBusy.saying("the load balancer does not know the certificate, or not yet")
        .advising("it is tried again; one that was deleted has to be uploaded again");
constexpr Meaning kListenerFull =
    meaning::kFull.saying("the listener has as many certificates as it may")
        .advising(
            "take certificates off it that are no longer used, or ask for a higher quota of "
            "certificates for each load balancer: while one is replaced, both are there");
constexpr Meaning kNotForListeners =
    meaning::kRefused.saying("the load balancer does not take this certificate")
        .advising("its key may be of a kind that load balancers of this type do not take");

struct Rule {
  std::string_view part;  ///< of the code, anywhere in it
  const Meaning& meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"Throttl", meaning::kThrottled},
    Rule{"TooManyRequests", meaning::kThrottled},
    Rule{"RequestLimitExceeded", meaning::kThrottled},
    Rule{"SlowDown", meaning::kThrottled},
    Rule{"ExpiredToken", kEndedKey},
    Rule{"RequestExpired", kWrongClock},
    Rule{"RequestTimeTooSkewed", kWrongClock},
    Rule{"SignatureDoesNotMatch", kWrongKey},
    Rule{"InvalidSignature", kWrongKey},
    Rule{"IncompleteSignature", kWrongKey},
    Rule{"InvalidClientTokenId", kWrongKey},
    Rule{"UnrecognizedClient", kWrongKey},
    Rule{"InvalidAccessKeyId", kWrongKey},
    Rule{"MissingAuthenticationToken", kWrongKey},
    Rule{"AccessDenied", meaning::kNoPermission},
    Rule{"UnauthorizedOperation", meaning::kNoPermission},
    Rule{"NotAuthorized", meaning::kNoPermission},
    Rule{"InvalidViewerCertificate", kNoCertificateForThis},
    Rule{"ValidationException", kNotTaken},
    Rule{"InvalidParameterException", kNotTaken},
    Rule{"PreconditionFailed", kChangedMeanwhile},
    Rule{"InvalidIfMatchVersion", kChangedMeanwhile},
    Rule{"RequestInProgress", kStillAtWork},
    // IAM: "currently in use by arn:…".
    Rule{"DeleteConflict", meaning::kInUse},
    Rule{"Conflict", kStillAtWork},
    Rule{"TemporarilyUnmodifiable", kStillAtWork},
    Rule{"ConcurrentModification", kStillAtWork},
    Rule{"ResourceInUse", meaning::kInUse},
    Rule{"LimitExceededException", kFull},
    Rule{"LimitExceeded", kIamFull},
    Rule{"EntityAlreadyExists", kNameTaken},
    Rule{"MalformedCertificate", kNotTakenByIam},
    Rule{"KeyPairMismatch", kNotTakenByIam},
    Rule{"InvalidInput", kNotTakenByIam},
    Rule{"TooManyCertificates", kListenerFull},
    Rule{"UnsupportedCertificate", kNotForListeners},
    Rule{"NoSuchDistribution", meaning::kNotFound},
    Rule{"ResourceNotFound", meaning::kNotFound},
    Rule{"EntityNotFound", meaning::kNotFound},
    Rule{"NoSuchEntity", meaning::kNotFound},
    Rule{"CertificateNotFound", kNotKnownYet},
    Rule{"ListenerNotFound", meaning::kNotFound},
    Rule{"LoadBalancerNotFound", meaning::kNotFound},
    // ACM: "does not refer to an existing resource".
    Rule{"InvalidArn", meaning::kNotFound},
    Rule{"InternalFailure", meaning::kFailed},
    Rule{"InternalError", meaning::kFailed},
    Rule{"InternalService", meaning::kFailed},
    Rule{"InternalServerError", meaning::kFailed},
    Rule{"ServiceUnavailable", meaning::kFailed},
};

/// How a failure is told, in whatever form.
struct Failure {
  std::string code;
  std::string message;
  std::string request_id;
};

/// A wrong time is told as a wrong signature, with these words.
bool is_about_time(const Failure& failure) {
  return failure.code.contains("Signature") &&
         (failure.message.contains("Signature expired") ||
          failure.message.contains("Signature not yet current"));
}

/// Of a distribution whose last change of the certificate is not everywhere yet.
bool is_about_an_earlier_one(const Failure& failure) {
  return failure.code == "IllegalUpdate" &&
         failure.message.contains("Only one viewer certificate change");
}

const Meaning* meaning_of(const Failure& failure, int status) {
  if (is_about_time(failure)) return &kWrongClock;
  if (is_about_an_earlier_one(failure)) return &kStillAtWork;
  const auto rule = std::ranges::find_if(
      kRules, [&](const Rule& one) { return failure.code.contains(one.part); });
  if (rule != kRules.end()) return &rule->meaning;
  if (status >= 500) return &meaning::kFailed;
  if (status == 429) return &meaning::kThrottled;
  return nullptr;
}

Error error_of(const HttpResponse& response, const Failure& failure, const AwsAction& action) {
  const Meaning* known = meaning_of(failure, response.status);
  // Whatever answered without a word of the vendor's has decided nothing.
  std::optional<ErrorKind> kind;
  if (failure.code.empty()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came = failure.code.empty() ? describe(response, Quoting::kNever)
                                                : "HTTP " + std::to_string(response.status);
  const ProviderMetadata& vendor = aws_metadata();
  // Of an answer to a request with a key only a code that is known is said again.
  const bool quoted = !action.carries_key;
  Error error = refusal(known == nullptr ? meaning::kRefused : *known,
                        {.vendor = vendor.name,
                         .id = vendor.id,
                         .keys_url = vendor.keys_url,
                         .permission = action.permission(),
                         .effect = action.effect},
                        came,
                        kind)
                    .with_vendor(quoted || known != nullptr ? quotable(failure.code, 80) : "",
                                 quoted ? quotable(failure.message) : "")
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(failure.request_id, 80);
  return error;
}

/// "com.amazonaws.acm#ResourceInUseException" or "ResourceInUseException:http://…".
std::string code_in(std::string_view text) {
  const auto hash = text.find('#');
  if (hash != std::string_view::npos) text.remove_prefix(hash + 1);
  return std::string(text.substr(0, text.find(':')));
}

Failure failure_in(const HttpResponse& response, const Json& body) {
  std::string code = code_in(text_of(body, "__type"));
  if (code.empty()) code = code_in(response.header("x-amzn-errortype"));
  std::string message = text_of(body, "message");
  if (message.empty()) message = text_of(body, "Message");
  return {.code = std::move(code),
          .message = std::move(message),
          .request_id = response.header("x-amzn-requestid")};
}

Failure failure_in(const HttpResponse& response, const pugi::xml_document& document) {
  const pugi::xml_node said = document.child("ErrorResponse");
  std::string request_id = xml_text(said, "RequestId");
  if (request_id.empty()) request_id = response.header("x-amzn-requestid");
  return {.code = xml_text(said.child("Error"), "Code"),
          .message = xml_text(said.child("Error"), "Message"),
          .request_id = std::move(request_id)};
}

}  // namespace

std::string AwsAction::permission() const {
  std::string all = std::string(service->iam) + ":" + std::string(name);
  if (!also_needed.empty()) all += " and " + std::string(also_needed);
  return all;
}

Result<Json> read_aws_json(const HttpResponse& response, const AwsAction& action) {
  const bool success = is_success(response.status);
  if (success && response.body.empty() && !response.header("x-amzn-requestid").empty()) {
    return Json::object();
  }
  const Quoting quoting = action.carries_key ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  if (!reply && success) return reply;
  Json body = reply ? *std::move(reply) : Json();
  const Failure failure = failure_in(response, body);
  if (!success || !failure.code.empty())
    return std::unexpected(error_of(response, failure, action));
  if (body.is_object()) return body;
  return std::unexpected(bad_shape("the answer is no object", action.effect));
}

Result<pugi::xml_document> read_aws_xml(const HttpResponse& response,
                                        const AwsAction& action,
                                        const char* root) {
  Result<pugi::xml_document> reply = read_xml(response, action.effect, Quoting::kNever);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  pugi::xml_document document = reply ? *std::move(reply) : pugi::xml_document();
  if (!success || !document.child("ErrorResponse").empty()) {
    return std::unexpected(error_of(response, failure_in(response, document), action));
  }
  if (!document.child(root).empty()) return document;
  return std::unexpected(bad_shape("the answer is no " + std::string(root), action.effect));
}

}  // namespace certferry

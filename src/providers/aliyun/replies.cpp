// Failures come with HTTP 4xx or 5xx and {Code, Message, RequestId}; a few actions elsewhere at
// this vendor answer 200 with a Code inside, so that one counts wherever it stands. Codes are
// words, those of the gateway the same for all services; the documents of CAS and CDN list the
// rest.

#include "providers/aliyun/replies.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "providers/aliyun/metadata.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"

namespace certferry {

namespace {

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "make an AccessKey of a RAM user at {keys_url} and give both halves to the account; a disabled "
    "one is refused in the same way");
constexpr Meaning kWrongClock =
    meaning::kWrongClock.advising("set this machine's clock: it may be off by 15 minutes at most");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "allow {permission} to the RAM user; 'certferry providers {id}' prints the whole policy to "
    "paste");
constexpr Meaning kInUse =
    meaning::kInUse.saying("the certificate is protected from being deleted")
        .advising("take the protection off in the console, or leave it there");
// Our names are drawn by chance, and a nonce is as well: whoever was there before was we.
constexpr Meaning kNameTaken{
    std::nullopt,
    "",
    "a certificate of that name is there already, by an upload whose answer was lost"};
constexpr Meaning kSentBefore{std::nullopt, "", "{vendor} has had the same request before"};

struct Rule {
  std::string_view part;  ///< of the code, anywhere in it
  const Meaning& meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    // What OSS says of names: that one is forbidden has nothing to do with rights.
    Rule{"Cname", meaning::kRefused},
    Rule{"QpsLimitExceeded", meaning::kThrottled},
    Rule{"RateLimitExceeded", meaning::kThrottled},
    Rule{"Throttling", meaning::kThrottled},
    Rule{"FlowControl", meaning::kThrottled},
    Rule{"InvalidAccessKeyId", kWrongKey},
    Rule{"SignatureDoesNotMatch", kWrongKey},
    Rule{"IncompleteSignature", kWrongKey},
    Rule{"SecurityToken", kWrongKey},
    Rule{"InvalidTimeStamp", kWrongClock},
    Rule{"RequestTimeTooSkewed", kWrongClock},
    Rule{"SignatureNonceUsed", kSentBefore},
    Rule{"Forbidden", kNoPermission},
    Rule{"NoPermission", kNoPermission},
    Rule{"PermissionDenied", kNoPermission},
    Rule{"AccessDenied", kNoPermission},
    Rule{"InsufficientQuota", meaning::kFull},
    Rule{"QuotaExceeded", meaning::kFull},
    Rule{"LimitExceeded", meaning::kFull},
    Rule{"ExceedQuota", meaning::kFull},
    Rule{"DeleteProtection", kInUse},
    Rule{"IsRefered", meaning::kInUse},
    Rule{"RelatedDomainExtensionExist", meaning::kInUse},
    Rule{"NameRepeat", kNameTaken},
    Rule{"NotFound", meaning::kNotFound},
    Rule{"NotFind", meaning::kNotFound},
    Rule{"NotExist", meaning::kNotFound},
    Rule{"NoSuch", meaning::kNotFound},
    // Of a load balancer that takes one change at a time.
    Rule{"ServiceIsConfiguring", meaning::kBusy},
    Rule{"OperationBusy", meaning::kBusy},
    Rule{"ServiceUnavailable", meaning::kFailed},
    Rule{"ServiceBusy", meaning::kFailed},
    Rule{"CreateCertificateFailed", meaning::kFailed},
    Rule{"InternalError", meaning::kFailed},
};

const Meaning& meaning_of(const std::string& code, int status) {
  const auto rule =
      std::ranges::find_if(kRules, [&](const Rule& one) { return code.contains(one.part); });
  if (rule != kRules.end()) return rule->meaning;
  if (status >= 500) return meaning::kFailed;
  if (status == 429) return meaning::kThrottled;
  return meaning::kRefused;
}

RefusedCall refused_call(const AliyunAction& action) {
  const ProviderMetadata& vendor = aliyun_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = action.permission(),
          .effect = action.effect};
}

/// The vendor's own header counts in milliseconds, as its SDK reads it; the common one may stand
/// there as well.
std::optional<milliseconds> wait_asked_for(const HttpResponse& response) {
  const std::string value = response.header("x-acs-retry-after");
  std::int64_t count = 0;
  const char* end = value.data() + value.size();
  const auto [rest, failed] = std::from_chars(value.data(), end, count);
  if (value.empty() || rest != end || failed != std::errc()) return retry_after(response);
  return std::clamp(milliseconds(count), milliseconds(seconds(1)), milliseconds(hours(6)));
}

}  // namespace

std::string AliyunAction::permission() const {
  return std::string(service->ram) + ":" + std::string(name);
}

Error aliyun_error(const HttpResponse& response,
                   const AliyunFailure& failure,
                   const AliyunAction& action) {
  const std::string& code = failure.code;
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning = meaning_of(code, response.status);
  // Whatever answered without a word of the vendor's has decided nothing.
  std::optional<ErrorKind> kind;
  if (code.empty()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came =
      code.empty() ? describe(response, quoting) : "HTTP " + std::to_string(response.status);
  Error error = refusal(meaning, refused_call(action), came, kind)
                    .with_vendor(quotable(code, 80), quotable(failure.message))
                    .with_retry_after(wait_asked_for(response));
  error.request_id = quotable(failure.request_id, 80);
  return error;
}

Result<nlohmann::json> read_aliyun_reply(const HttpResponse& response, const AliyunAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<nlohmann::json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  nlohmann::json body = reply ? *std::move(reply) : nlohmann::json();
  const std::string code = text_of(body, "Code");
  const bool says_yes = code.empty() || code == "200" || code == "OK" || code == "Success";
  if (!success || !says_yes) {
    const AliyunFailure failure = {.code = code,
                                   .message = text_of(body, "Message"),
                                   .request_id = text_of(body, "RequestId")};
    return std::unexpected(aliyun_error(response, failure, action));
  }
  if (text_of(body, "RequestId").empty()) {
    return std::unexpected(bad_shape("the answer has no RequestId", action.effect));
  }
  return body;
}

}  // namespace certferry

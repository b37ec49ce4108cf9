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

namespace certferry {

namespace {

enum class Meaning {
  kThrottled,
  kWrongKey,
  kWrongClock,
  kNoPermission,
  kNotFound,
  kFull,
  kInUse,
  kNameTaken,
  kSentBefore,
  kFailed,
  kRefused,
};

struct Rule {
  std::string_view part;  ///< of the code, anywhere in it
  Meaning meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    // What OSS says of names: that one is forbidden has nothing to do with rights.
    Rule{"Cname", Meaning::kRefused},
    Rule{"QpsLimitExceeded", Meaning::kThrottled},
    Rule{"RateLimitExceeded", Meaning::kThrottled},
    Rule{"Throttling", Meaning::kThrottled},
    Rule{"FlowControl", Meaning::kThrottled},
    Rule{"InvalidAccessKeyId", Meaning::kWrongKey},
    Rule{"SignatureDoesNotMatch", Meaning::kWrongKey},
    Rule{"IncompleteSignature", Meaning::kWrongKey},
    Rule{"SecurityToken", Meaning::kWrongKey},
    Rule{"InvalidTimeStamp", Meaning::kWrongClock},
    Rule{"RequestTimeTooSkewed", Meaning::kWrongClock},
    Rule{"SignatureNonceUsed", Meaning::kSentBefore},
    Rule{"Forbidden", Meaning::kNoPermission},
    Rule{"NoPermission", Meaning::kNoPermission},
    Rule{"PermissionDenied", Meaning::kNoPermission},
    Rule{"AccessDenied", Meaning::kNoPermission},
    Rule{"InsufficientQuota", Meaning::kFull},
    Rule{"QuotaExceeded", Meaning::kFull},
    Rule{"LimitExceeded", Meaning::kFull},
    Rule{"ExceedQuota", Meaning::kFull},
    Rule{"DeleteProtection", Meaning::kInUse},
    Rule{"NameRepeat", Meaning::kNameTaken},
    Rule{"NotFound", Meaning::kNotFound},
    Rule{"NotFind", Meaning::kNotFound},
    Rule{"NoSuch", Meaning::kNotFound},
    Rule{"ServiceUnavailable", Meaning::kFailed},
    Rule{"ServiceBusy", Meaning::kFailed},
    Rule{"InternalError", Meaning::kFailed},
};

Meaning meaning_of(const std::string& code, int status) {
  const auto rule =
      std::ranges::find_if(kRules, [&](const Rule& one) { return code.contains(one.part); });
  if (rule != kRules.end()) return rule->meaning;
  if (status >= 500) return Meaning::kFailed;
  if (status == 429) return Meaning::kThrottled;
  return Meaning::kRefused;
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kWrongClock:
    case Meaning::kNoPermission:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    // Our names are drawn by chance, and a nonce is as well: whoever was there before was we.
    case Meaning::kNameTaken:
    case Meaning::kSentBefore:
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const AliyunAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Alibaba Cloud asks for fewer calls";
    case Meaning::kWrongKey:
      return "Alibaba Cloud refused the account's keys";
    case Meaning::kWrongClock:
      return "Alibaba Cloud refused the time at which the call was signed";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + action.permission();
    case Meaning::kNotFound:
      return "Alibaba Cloud knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is protected from being deleted";
    case Meaning::kNameTaken:
      return "a certificate of that name is there already, by an upload whose answer was lost";
    case Meaning::kSentBefore:
      return "Alibaba Cloud has had the same request before";
    case Meaning::kFailed:
      return "Alibaba Cloud failed to answer";
    case Meaning::kRefused:
      return "Alibaba Cloud refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const AliyunAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make an AccessKey of a RAM user at " + std::string(aliyun_metadata().keys_url) +
             " and give both halves to the account; a disabled one is refused in the same way";
    case Meaning::kWrongClock:
      return "set this machine's clock: it may be off by 15 minutes at most";
    case Meaning::kNoPermission:
      return "allow " + action.permission() +
             " to the RAM user; 'certferry providers aliyun' prints the whole policy to paste";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kInUse:
      return "take the protection off in the console, or leave it there";
    case Meaning::kNameTaken:
    case Meaning::kSentBefore:
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kNotFound:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

std::string code_of(Meaning meaning, ErrorKind kind) {
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kWrongClock) return "vendor.clock";
  return "vendor." + std::string(to_string(kind));
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
  const Meaning meaning = meaning_of(code, response.status);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (code.empty() && meaning == Meaning::kRefused) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came =
      code.empty() ? describe(response, quoting) : "HTTP " + std::to_string(response.status);
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(code_of(meaning, kind))
                    .with_hint(hint(meaning, action))
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

// A failure is HTTP 4xx or 5xx with {requestId, code, message}. Codes that all services have are
// in one table of the documents; those of the certificate service and of CDN are published in part
// at best, so that what their names have in common (NoSuch…, …NotFound, …Exceed…, …InUse) decides.

#include "providers/baiducloud/replies.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/baiducloud/metadata.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

enum class Meaning {
  kThrottled,
  kWrongKey,
  kWrongClock,
  kNoPermission,
  kUnopened,
  kNotFound,
  kFull,
  kInUse,
  kBusy,
  kFailed,
  kRefused,
};

struct Rule {
  std::string_view code;
  Meaning meaning;
};

constexpr std::array kRules{
    Rule{"AccessDenied", Meaning::kNoPermission},
    Rule{"InvalidAccessKeyId", Meaning::kWrongKey},
    Rule{"InvalidHTTPAuthHeader", Meaning::kWrongKey},
    Rule{"SignatureDoesNotMatch", Meaning::kWrongKey},
    Rule{"InvalidSessionToken", Meaning::kWrongKey},
    Rule{"RequestExpired", Meaning::kWrongClock},
    Rule{"OptInRequired", Meaning::kUnopened},
    Rule{"InternalError", Meaning::kFailed},
    Rule{"ServiceUnavailable", Meaning::kFailed},
    Rule{"Http400", Meaning::kFailed},  // the gateway's own; the vendor's SDK tries again
};

/// What the vendor said no with.
struct Failure {
  std::string code;  ///< empty: none that is the vendor's
  std::string message;
};

std::optional<Meaning> meaning_of_name(const std::string& code) {
  const std::string lower = to_lower(code);
  const auto has = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
  };
  if (has({"requestlimit", "qps", "toomany", "throttl", "ratelimit"})) return Meaning::kThrottled;
  if (has({"exceed", "quota"})) return Meaning::kFull;
  if (has({"inuse", "in_use", "isused", "beingused"})) return Meaning::kInUse;
  if (has({"nosuch", "notfound", "notexist"})) return Meaning::kNotFound;
  if (has({"operating", "inprocess", "locked"})) return Meaning::kBusy;
  return std::nullopt;
}

Meaning meaning_of(const Failure& failure, int status) {
  const auto rule = std::ranges::find(kRules, failure.code, &Rule::code);
  if (rule != kRules.end()) return rule->meaning;
  if (const auto meaning = meaning_of_name(failure.code)) return *meaning;
  if (status == 429) return Meaning::kThrottled;
  if (status >= 500) return Meaning::kFailed;
  if (status == 401) return Meaning::kWrongKey;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 404) return Meaning::kNotFound;
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
    case Meaning::kBusy:  // it was refused and not begun: to be sent again, a little later
      return ErrorKind::kUnavailable;
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kUnopened:
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const BaiduCloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Baidu AI Cloud asks for fewer calls";
    case Meaning::kWrongKey:
      return "Baidu AI Cloud refused the account's keys";
    case Meaning::kWrongClock:
      return "Baidu AI Cloud refused the time at which the call was signed";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.name);
    case Meaning::kUnopened:
      return "the account has not opened the product that was called";
    case Meaning::kNotFound:
      return "Baidu AI Cloud knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still in use";
    case Meaning::kBusy:
      return "Baidu AI Cloud is still at work on an earlier change of the domain";
    case Meaning::kFailed:
      return "Baidu AI Cloud failed to answer";
    case Meaning::kRefused:
      return "Baidu AI Cloud refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const BaiduCloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make an access key at " + std::string(baiducloud_metadata().keys_url) +
             " and give both halves to the account";
    case Meaning::kWrongClock:
      return "set this machine's clock: it may be off by 30 minutes at most";
    case Meaning::kNoPermission:
      return "give the keys' user the system policies of CDN and of certificate management in the "
             "console";
    case Meaning::kUnopened:
      return "open it in the console of Baidu AI Cloud";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kBusy:
      return "such work takes some minutes; when it has ended, 'certferry apply' goes on";
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kNotFound:
    case Meaning::kInUse:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

std::string code_of(Meaning meaning, ErrorKind kind) {
  switch (meaning) {
    case Meaning::kNoPermission:
      return "vendor.permission";
    case Meaning::kWrongClock:
      return "vendor.clock";
    case Meaning::kBusy:
      return "vendor.busy";
    default:
      return "vendor." + std::string(to_string(kind));
  }
}

Error error_of(const HttpResponse& response,
               const Failure& failure,
               const nlohmann::json& reply,
               const BaiduCloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning meaning = meaning_of(failure, response.status);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (failure.code.empty()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came = failure.code.empty() ? describe(response, quoting)
                                                : "HTTP " + std::to_string(response.status);
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(code_of(meaning, kind))
                    .with_hint(hint(meaning, action))
                    .with_vendor(quotable(failure.code, 80), quotable(failure.message))
                    .with_retry_after(retry_after(response));
  std::string request = text_of(reply, "requestId");
  if (request.empty()) request = response.header("x-bce-request-id");
  error.request_id = quotable(request, 80);
  return error;
}

}  // namespace

Result<nlohmann::json> read_baiducloud_reply(const HttpResponse& response,
                                             const BaiduCloudAction& action) {
  const bool success = is_success(response.status);
  // The vendor's clients read no body of a change of settings, nor of a delete.
  if (success && response.body.empty() && action.effect == Effect::kChanges) {
    return nlohmann::json::object();
  }
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<nlohmann::json> reply = read_json(response, action.effect, quoting);
  if (!reply && success) return reply;
  nlohmann::json body = reply ? *std::move(reply) : nlohmann::json();
  const Failure failure{.code = text_of(body, "code"), .message = text_of(body, "message")};
  if (!success || !failure.code.empty()) {
    return std::unexpected(error_of(response, failure, body, action));
  }
  if (!body.is_object()) {
    return std::unexpected(bad_shape("the answer is not an object", action.effect));
  }
  return body;
}

}  // namespace certferry

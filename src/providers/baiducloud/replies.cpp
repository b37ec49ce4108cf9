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
#include "providers/common/meaning.h"

namespace certferry {

namespace {

constexpr Meaning kWrongClock =
    meaning::kWrongClock.advising("set this machine's clock: it may be off by 30 minutes at most");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "give the keys' user the system policies of CDN or BLB and of certificate management in the "
    "console");
constexpr Meaning kUnopened{ErrorKind::kRejected,
                            "",
                            "the account has not opened the product that was called",
                            "open it in the console of {vendor}"};

struct Rule {
  std::string_view code;
  const Meaning& meaning;
};

constexpr std::array kRules{
    Rule{"AccessDenied", kNoPermission},
    Rule{"InvalidAccessKeyId", meaning::kWrongKey},
    Rule{"InvalidHTTPAuthHeader", meaning::kWrongKey},
    Rule{"SignatureDoesNotMatch", meaning::kWrongKey},
    Rule{"InvalidSessionToken", meaning::kWrongKey},
    Rule{"RequestExpired", kWrongClock},
    Rule{"OptInRequired", kUnopened},
    Rule{"InternalError", meaning::kFailed},
    Rule{"ServiceUnavailable", meaning::kFailed},
    Rule{"Http400", meaning::kFailed},  // the gateway's own; the vendor's SDK tries again
};

/// What the vendor said no with.
struct Failure {
  std::string code;  ///< empty: none that is the vendor's
  std::string message;
};

const Meaning* meaning_of_name(const std::string& code) {
  const std::string lower = to_lower(code);
  const auto has = [&](std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
  };
  if (has({"requestlimit", "qps", "toomany", "throttl", "ratelimit"})) return &meaning::kThrottled;
  if (has({"exceed", "quota"})) return &meaning::kFull;
  if (has({"inuse", "in_use", "isused", "beingused"})) return &meaning::kInUse;
  if (has({"nosuch", "notfound", "notexist"})) return &meaning::kNotFound;
  if (has({"operating", "inprocess", "locked", "notfinished"})) return &meaning::kBusy;
  return nullptr;
}

const Meaning& meaning_of(const Failure& failure, int status) {
  const auto rule = std::ranges::find(kRules, failure.code, &Rule::code);
  if (rule != kRules.end()) return rule->meaning;
  if (const Meaning* meaning = meaning_of_name(failure.code)) return *meaning;
  if (status == 429) return meaning::kThrottled;
  if (status >= 500) return meaning::kFailed;
  if (status == 401) return meaning::kWrongKey;
  if (status == 403) return kNoPermission;
  if (status == 404) return meaning::kNotFound;
  return meaning::kRefused;
}

RefusedCall refused_call(const BaiduCloudAction& action) {
  const ProviderMetadata& vendor = baiducloud_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.name),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response,
               const Failure& failure,
               const nlohmann::json& reply,
               const BaiduCloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning = meaning_of(failure, response.status);
  // Whatever answered without a word of the vendor's has decided nothing.
  std::optional<ErrorKind> kind;
  if (failure.code.empty()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came = failure.code.empty() ? describe(response, quoting)
                                                : "HTTP " + std::to_string(response.status);
  Error error = refusal(meaning, refused_call(action), came, kind)
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

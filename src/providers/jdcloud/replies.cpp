// A failure is {requestId, error: {code, status, message}}, with an HTTP status that is the code as
// a rule; some results have a code and a message of their own. The statuses are words that all
// services share (NOT_FOUND, PERMISSION_DENIED); what a refusal is about, only the message says.

#include "providers/jdcloud/replies.h"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/jdcloud/metadata.h"

namespace certferry {

namespace {

constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "allow {permission} to the sub-user; 'certferry providers {id}' prints the whole policy to "
    "paste");
constexpr Meaning kNoDelete = meaning::kNoPermission.advising(
    "allow {permission} to the sub-user; 'certferry providers {id}' prints the whole policy to "
    "paste. Operation protection (MFA) of the account refuses this call by keys as well: switch it "
    "off for them, or delete in the console");

/// What the vendor said no with.
struct Failure {
  std::int64_t code = 0;  ///< as of HTTP; 0: none that is the vendor's
  std::string status;     ///< "NOT_FOUND"
  std::string message;

  bool decided() const { return code != 0 || !status.empty(); }
};

bool says_any(const std::string& text, std::initializer_list<std::string_view> words) {
  const std::string lower = to_lower(text);
  return std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
}

/// What the message says of a refusal whose status could mean anything.
const Meaning& meaning_of_words(const std::string& message, const JdcloudAction& action) {
  // "不支持使用" is said of a certificate that a domain cannot take.
  if (action.deletes && says_any(message, {"in use", "used by", "使用", "绑定", "关联"}))
    return meaning::kInUse;
  if (says_any(message, {"configuring", "配置中", "处理中"})) return meaning::kBusy;
  if (says_any(message, {"quota", "limit exceeded", "配额", "上限"})) return meaning::kFull;
  return meaning::kRefused;
}

const Meaning& meaning_of(const Failure& failure, std::int64_t code, const JdcloudAction& action) {
  if (action.stores && failure.status.contains("QUOTA")) return meaning::kFull;
  if (code == 401 || code == 403) {
    if (says_any(failure.message, {"x-jdcloud-date", "expired", "timestamp"})) {
      return meaning::kWrongClock;
    }
    // Both statuses are given for a wrong signature; a policy's refusal does not speak of one.
    const bool of_key =
        code == 401 || says_any(failure.message, {"hmac", "signature", "access key"});
    if (of_key) return meaning::kWrongKey;
    return action.deletes ? kNoDelete : kNoPermission;
  }
  if (code == 404) return meaning::kNotFound;
  if (code == 429) return meaning::kThrottled;
  if (code >= 500) return meaning::kFailed;
  return meaning_of_words(failure.message, action);
}

RefusedCall refused_call(const JdcloudAction& action) {
  const ProviderMetadata& vendor = jdcloud_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.permission),
          .effect = action.effect};
}

/// Of the answer as a whole, or of its result.
Failure failure_in(const nlohmann::json& reply) {
  if (const nlohmann::json* error = member(reply, "error")) {
    return {.code = integer_of(*error, "code").value_or(400),
            .status = text_of(*error, "status"),
            .message = text_of(*error, "message")};
  }
  const nlohmann::json* result = member(reply, "result");
  if (result == nullptr) return {};
  const std::int64_t code = integer_of(*result, "code").value_or(0);
  if (code < 400) return {};
  return {.code = code, .status = {}, .message = text_of(*result, "message")};
}

Error error_of(const HttpResponse& response,
               const Failure& failure,
               const nlohmann::json& reply,
               const JdcloudAction& action) {
  const Quoting quoting = action.has_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning =
      meaning_of(failure, failure.decided() ? failure.code : response.status, action);
  // Whatever answered without a word of the vendor's has decided nothing.
  std::optional<ErrorKind> kind;
  if (!failure.decided()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came =
      failure.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  std::string code = failure.status;
  if (failure.decided()) {
    code = std::to_string(failure.code) + (code.empty() ? "" : " ") + failure.status;
  }
  Error error = refusal(meaning, refused_call(action), came, kind)
                    .with_vendor(quotable(code, 80), quotable(failure.message))
                    .with_retry_after(retry_after(response));
  std::string request = text_of(reply, "requestId");
  if (request.empty()) request = response.header("x-jdcloud-request-id");
  error.request_id = quotable(request, 80);
  return error;
}

}  // namespace

Result<nlohmann::json> read_jdcloud_reply(const HttpResponse& response,
                                          const JdcloudAction& action) {
  const Quoting quoting = action.has_key ? Quoting::kNever : Quoting::kAllowed;
  Result<nlohmann::json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const nlohmann::json body = reply ? *std::move(reply) : nlohmann::json();
  const Failure failure = failure_in(body);
  if (!success || failure.decided()) {
    return std::unexpected(error_of(response, failure, body, action));
  }
  const nlohmann::json* result = member(body, "result");
  if (result != nullptr && result->is_object()) return *result;
  const bool says_yes = result == nullptr && !text_of(body, "requestId").empty();
  if (says_yes && action.effect == Effect::kChanges) return nlohmann::json::object();
  return std::unexpected(bad_shape("the answer has no 'result'", action.effect));
}

}  // namespace certferry

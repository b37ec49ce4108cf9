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
#include "providers/jdcloud/metadata.h"

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
  kBusy,
  kFailed,
  kRefused,
};

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
Meaning meaning_of_words(const std::string& message, const JdcloudAction& action) {
  // "不支持使用" is said of a certificate that a domain cannot take.
  if (action.deletes && says_any(message, {"in use", "used by", "使用", "绑定", "关联"}))
    return Meaning::kInUse;
  if (says_any(message, {"configuring", "配置中", "处理中"})) return Meaning::kBusy;
  if (says_any(message, {"quota", "limit exceeded", "配额", "上限"})) return Meaning::kFull;
  return Meaning::kRefused;
}

Meaning meaning_of(const Failure& failure, std::int64_t code, const JdcloudAction& action) {
  const bool uploads = action.has_key && action.effect == Effect::kChanges;
  if (uploads && failure.status.contains("QUOTA")) return Meaning::kFull;
  if (code == 401 || code == 403) {
    if (says_any(failure.message, {"x-jdcloud-date", "expired", "timestamp"})) {
      return Meaning::kWrongClock;
    }
    // Both statuses are given for a wrong signature; a policy's refusal does not speak of one.
    const bool of_key =
        code == 401 || says_any(failure.message, {"hmac", "signature", "access key"});
    return of_key ? Meaning::kWrongKey : Meaning::kNoPermission;
  }
  if (code == 404) return Meaning::kNotFound;
  if (code == 429) return Meaning::kThrottled;
  if (code >= 500) return Meaning::kFailed;
  return meaning_of_words(failure.message, action);
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
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const JdcloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "JD Cloud asks for fewer calls";
    case Meaning::kWrongKey:
      return "JD Cloud refused the account's keys";
    case Meaning::kWrongClock:
      return "JD Cloud refused the time at which the call was signed";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.permission);
    case Meaning::kNotFound:
      return "JD Cloud knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still in use";
    case Meaning::kBusy:
      return "JD Cloud is still at work on an earlier change of the domain";
    case Meaning::kFailed:
      return "JD Cloud failed to answer";
    case Meaning::kRefused:
      return "JD Cloud refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const JdcloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make an access key at " + std::string(jdcloud_metadata().keys_url) +
             " and give both halves to the account";
    case Meaning::kWrongClock:
      return "set this machine's clock";
    case Meaning::kNoPermission:
      return "allow " + std::string(action.permission) +
             " to the sub-user; 'certferry providers jdcloud' prints the whole policy to paste" +
             (action.deletes ? ". Operation protection (MFA) of the account refuses this call by "
                               "keys as well: switch it off for them, or delete in the console"
                             : "");
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
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kWrongClock) return "vendor.clock";
  if (meaning == Meaning::kBusy) return "vendor.busy";
  return "vendor." + std::string(to_string(kind));
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
  const Meaning meaning =
      meaning_of(failure, failure.decided() ? failure.code : response.status, action);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (!failure.decided()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came =
      failure.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  std::string code = failure.status;
  if (failure.decided()) {
    code = std::to_string(failure.code) + (code.empty() ? "" : " ") + failure.status;
  }
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(code_of(meaning, kind))
                    .with_hint(hint(meaning, action))
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

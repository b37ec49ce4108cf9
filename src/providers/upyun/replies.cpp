// The console wraps what it says in {msg, data}; failures have data.error_code with a message, some
// only a data.type, a status that is false or no 0, or a result that is false. Whoever is not
// logged in is sent to the login page. Few codes are known, so words count as well.

#include "providers/upyun/replies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/upyun/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kLoggedOut = "vendor.session";
constexpr std::string_view kUnchanged = "vendor.unchanged";

enum class Meaning {
  kThrottled,
  kLoggedOut,
  kWrongKey,
  kNoPermission,
  kNotFound,
  kFull,
  kInUse,
  kUnchanged,
  kChanged,
  kFailed,
  kRefused,
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::string code;  ///< a number, as a rule
  std::string type;  ///< "ThereIsBindingDomains"
  std::string message;
  bool said_no = false;  ///< by a status or a result

  bool decided() const { return !code.empty() || !type.empty() || said_no; }
  bool mentions(std::initializer_list<std::string_view> words) const {
    const std::string text = to_lower(message);
    return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
  }
};

bool is_no(const Json& data, std::string_view key) {
  const Json* value = member(data, key);
  if (value == nullptr) return false;
  return value->is_boolean() ? !value->get<bool>() : value->is_number() && *value != 0;
}

bool is_yes(const Json& data, std::string_view key) {
  const Json* value = member(data, key);
  if (value == nullptr) return false;
  return value->is_boolean() ? value->get<bool>() : value->is_number() && *value == 0;
}

/// A type tells a failure only of a change: what is read may be of some type as well.
Refusal refusal_in(const Json& reply, const Json& data, int status, Effect effect) {
  Refusal refusal{.status = status};
  for (const Json* where : {&data, &reply}) {
    if (refusal.code.empty()) refusal.code = text_of(*where, "error_code");
    if (refusal.message.empty()) refusal.message = text_of(*where, "message");
  }
  if (refusal.code == "0") refusal.code.clear();
  if (effect == Effect::kChanges) refusal.type = text_of(data, "type");
  refusal.said_no = is_no(data, "status") ||
                    (member(data, "result") != nullptr && data.at("result") == Json(false));
  return refusal;
}

Meaning meaning_of_status(int status) {
  if (status == 401 || (status >= 300 && status <= 399)) return Meaning::kLoggedOut;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 404) return Meaning::kNotFound;
  if (status == 429) return Meaning::kThrottled;
  return status >= 500 ? Meaning::kFailed : Meaning::kRefused;
}

Meaning meaning_of(const Refusal& refusal, const UpyunAction& action) {
  const bool deletes = action.name.starts_with("DELETE");
  if (refusal.type == "ThereIsBindingDomains") return Meaning::kInUse;
  if (refusal.code == "23601") return Meaning::kUnchanged;
  if (refusal.code == "21713") return Meaning::kChanged;
  if (refusal.mentions({"频繁", "too many", "too frequent"})) return Meaning::kThrottled;
  if (deletes && refusal.mentions({"绑定", "使用"})) return Meaning::kInUse;
  if (action.carried_secret && refusal.mentions({"上限", "超过限制"})) return Meaning::kFull;
  if (refusal.mentions({"不存在", "not found", "not exist"})) return Meaning::kNotFound;
  return meaning_of_status(refusal.status);
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kLoggedOut:
      return ErrorKind::kUnavailable;
    case Meaning::kWrongKey:
    case Meaning::kNoPermission:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    case Meaning::kUnchanged:
    case Meaning::kChanged:
      return ErrorKind::kConflict;
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const UpyunAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "UPYUN asks for fewer calls";
    case Meaning::kLoggedOut:
      return "UPYUN's console wants a login, for the session has ended";
    case Meaning::kWrongKey:
      return "UPYUN refused the account's name and password";
    case Meaning::kNoPermission:
      return "the account may not do this: " + std::string(action.name);
    case Meaning::kNotFound:
      return "UPYUN knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still bound to a domain";
    case Meaning::kUnchanged:
      return "the domain has this certificate already";
    case Meaning::kChanged:
      return "the domain has a certificate, though it was seen without one";
    case Meaning::kFailed:
      return "UPYUN failed to answer";
    case Meaning::kRefused:
      return "UPYUN refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const UpyunAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kLoggedOut:
      return "nothing was done; the next call logs in anew";
    case Meaning::kWrongKey:
      return "give the account the name and the password of a sub-account made at " +
             std::string(upyun_metadata().keys_url) +
             "; an account that is asked for a second factor or a captcha cannot log in this way";
    case Meaning::kNoPermission:
      return "let the sub-account manage CDN services and SSL certificates";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kChanged:
      return "the next run looks at it anew";
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kNotFound:
    case Meaning::kInUse:
    case Meaning::kUnchanged:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

std::string code_of(Meaning meaning, ErrorKind kind) {
  if (meaning == Meaning::kLoggedOut) return std::string(kLoggedOut);
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kUnchanged) return std::string(kUnchanged);
  if (meaning == Meaning::kChanged) return "vendor.changed";
  return "vendor." + std::string(to_string(kind));
}

Error error_of(const HttpResponse& response,
               const Refusal& refusal,
               Meaning meaning,
               const UpyunAction& action) {
  const Quoting quoting = action.carried_secret ? Quoting::kNever : Quoting::kAllowed;
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !refusal.decided()) kind = unusable(action.effect);
  const std::string came =
      refusal.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const std::string code = refusal.code.empty() ? refusal.type : refusal.code;
  return Error(kind, sentence(meaning, action) + " (" + came + ")")
      .with_code(code_of(meaning, kind))
      .with_hint(hint(meaning, action))
      .with_vendor(quotable(code, 80), quotable(refusal.message))
      .with_retry_after(retry_after(response));
}

/// The reply's data, or why it is none; a refusal is told by `meaning`.
Result<Json> read(const HttpResponse& response,
                  const UpyunAction& action,
                  Meaning (*meaning)(const Refusal&, const UpyunAction&)) {
  const Quoting quoting = action.carried_secret ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const Json whole = reply ? *std::move(reply) : Json();
  const Json* data = member(whole, "data");
  const Refusal refusal =
      refusal_in(whole, data == nullptr ? Json() : *data, response.status, action.effect);
  if (!success || refusal.decided()) {
    return std::unexpected(error_of(response, refusal, meaning(refusal, action), action));
  }
  if (data == nullptr || !data->is_object()) {
    return std::unexpected(bad_shape("the answer has no data", action.effect));
  }
  return *data;
}

}  // namespace

Result<Json> read_upyun_reply(const HttpResponse& response, const UpyunAction& action) {
  TRY(Json data, read(response, action, meaning_of));
  const bool says_yes = is_yes(data, "status") || is_yes(data, "result");
  if (action.effect == Effect::kReads || says_yes) return data;
  return std::unexpected(bad_shape("the answer does not say that it is done", action.effect));
}

Result<Json> read_upyun_login(const HttpResponse& response) {
  const UpyunAction action{.name = "POST /accounts/signin/", .carried_secret = true};
  const auto meaning = [](const Refusal& refusal, const UpyunAction& /*login*/) {
    if (refusal.mentions({"频繁", "too many", "too frequent"})) return Meaning::kThrottled;
    const Meaning by_status = meaning_of_status(refusal.status);
    if (by_status == Meaning::kFailed || by_status == Meaning::kThrottled) return by_status;
    return refusal.decided() || by_status == Meaning::kNoPermission || refusal.status == 401
               ? Meaning::kWrongKey
               : Meaning::kRefused;
  };
  TRY(Json data, read(response, action, +meaning));
  if (is_yes(data, "result")) return data;
  return std::unexpected(bad_shape("the answer does not say that it is done", action.effect));
}

bool is_logged_out(const Error& error) {
  return error.code == kLoggedOut;
}

bool has_it_already(const Error& error) {
  return error.code == kUnchanged;
}

}  // namespace certferry

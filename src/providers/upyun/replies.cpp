// The console wraps what it says in {msg, data}; failures have data.error_code with a message, some
// only a data.type, a status that is false or no 0, or a result that is false. Whoever is not
// logged in is sent to the login page. Few codes are known, so words count as well.

#include "providers/upyun/replies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/upyun/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kLoggedOut{ErrorKind::kUnavailable,
                             "vendor.session",
                             "{vendor}'s console wants a login, for the session has ended",
                             "nothing was done; the next call logs in anew"};
constexpr Meaning kWrongKey =
    meaning::kWrongKey.saying("{vendor} refused the account's name and password")
        .advising(
            "give the account the name and the password of a sub-account made at {keys_url}; "
            "an account that is asked for a second factor or a captcha cannot log in this "
            "way");
constexpr Meaning kNoPermission =
    meaning::kNoPermission.saying("the account may not do this: {permission}")
        .advising("let the sub-account manage CDN services and SSL certificates");
constexpr Meaning kInUse = meaning::kInUse.saying("the certificate is still bound to a domain");
constexpr Meaning kUnchanged{
    ErrorKind::kConflict, "vendor.unchanged", "the domain has this certificate already"};
constexpr Meaning kChanged{ErrorKind::kConflict,
                           "vendor.changed",
                           "the domain has a certificate, though it was seen without one",
                           "the next run looks at it anew"};

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

const Meaning* meaning_of_status(int status) {
  if (status == 401 || (status >= 300 && status <= 399)) return &kLoggedOut;
  if (status == 403) return &kNoPermission;
  if (status == 404) return &meaning::kNotFound;
  if (status == 429) return &meaning::kThrottled;
  return status >= 500 ? &meaning::kFailed : nullptr;
}

const Meaning* meaning_of(const Refusal& refusal, const UpyunAction& action) {
  const bool deletes = action.name.starts_with("DELETE");
  if (refusal.type == "ThereIsBindingDomains") return &kInUse;
  if (refusal.code == "23601") return &kUnchanged;
  if (refusal.code == "21713") return &kChanged;
  if (refusal.mentions({"频繁", "too many", "too frequent"})) return &meaning::kThrottled;
  if (deletes && refusal.mentions({"绑定", "使用"})) return &kInUse;
  if (action.carried_secret && refusal.mentions({"上限", "超过限制"})) return &meaning::kFull;
  if (refusal.mentions({"不存在", "not found", "not exist"})) return &meaning::kNotFound;
  return meaning_of_status(refusal.status);
}

RefusedCall refused_call(const UpyunAction& action) {
  const ProviderMetadata& vendor = upyun_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.name),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response,
               const Refusal& said,
               const Meaning* known,
               const UpyunAction& action) {
  const Quoting quoting = action.carried_secret ? Quoting::kNever : Quoting::kAllowed;
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (known == nullptr && !said.decided()) kind = unusable(action.effect);
  const std::string came =
      said.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  return refusal(known == nullptr ? meaning::kRefused : *known, refused_call(action), came, kind)
      .with_vendor(quotable(said.code.empty() ? said.type : said.code, 80), quotable(said.message))
      .with_retry_after(retry_after(response));
}

/// The reply's data, or why it is none; a refusal is told by `meaning`.
Result<Json> read(const HttpResponse& response,
                  const UpyunAction& action,
                  const Meaning* (*meaning)(const Refusal&, const UpyunAction&)) {
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
  const auto login_meaning = [](const Refusal& refusal,
                                const UpyunAction& /*login*/) -> const Meaning* {
    const bool too_often = refusal.mentions({"频繁", "too many", "too frequent"});
    if (too_often || refusal.status == 429) return &meaning::kThrottled;
    if (refusal.status >= 500) return &meaning::kFailed;
    const bool says_no = refusal.decided() || refusal.status == 401 || refusal.status == 403;
    return says_no ? &kWrongKey : nullptr;
  };
  TRY(Json data, read(response, action, +login_meaning));
  if (is_yes(data, "result")) return data;
  return std::unexpected(bad_shape("the answer does not say that it is done", action.effect));
}

bool is_logged_out(const Error& error) {
  return error.code == kLoggedOut.code;
}

bool has_it_already(const Error& error) {
  return error.code == kUnchanged.code;
}

}  // namespace certferry

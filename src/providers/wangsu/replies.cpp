// Failures come with HTTP 4xx or 5xx, at times 200, and {code, message}. Which codes there are is
// not published, so what they mean is read off the status and off their words.

#include "providers/wangsu/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/wangsu/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

enum class Meaning {
  kThrottled,
  kWrongKey,
  kNoPermission,
  kNotFound,
  kFull,
  kInUse,
  kNameTaken,
  kBusy,
  kFailed,
  kRefused,
};

/// When a rule is looked at, for the same words say another thing of another call.
enum class Of {
  kAny,
  kUploads,
  kKeyless,  ///< no upload, whose answer may speak of the certificate's own signature
};

struct Rule {
  std::string_view part;  ///< of the code or the message, in lower case, anywhere in it
  Meaning meaning;
  Of of = Of::kAny;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"toomanyrequests", Meaning::kThrottled},
    Rule{"too many requests", Meaning::kThrottled},
    Rule{"requestlimit", Meaning::kThrottled},
    Rule{"频繁", Meaning::kThrottled},
    Rule{"signature", Meaning::kWrongKey, Of::kKeyless},
    Rule{"accesskey", Meaning::kWrongKey, Of::kKeyless},
    Rule{"签名", Meaning::kWrongKey, Of::kKeyless},
    Rule{"permission", Meaning::kNoPermission},
    Rule{"权限", Meaning::kNoPermission},
    Rule{"quota", Meaning::kFull, Of::kUploads},
    Rule{"上限", Meaning::kFull, Of::kUploads},
    Rule{"already exist", Meaning::kNameTaken, Of::kUploads},
    Rule{"已存在", Meaning::kNameTaken, Of::kUploads},
    Rule{"in use", Meaning::kInUse},
    Rule{"inuse", Meaning::kInUse},
    Rule{"关联域名", Meaning::kInUse},
    Rule{"使用中", Meaning::kInUse},
    Rule{"being deployed", Meaning::kBusy},
    Rule{"部署中", Meaning::kBusy},
    Rule{"notfound", Meaning::kNotFound},
    Rule{"not found", Meaning::kNotFound},
    Rule{"not exist", Meaning::kNotFound},
    Rule{"不存在", Meaning::kNotFound},
    Rule{"internal", Meaning::kFailed},
    Rule{"系统异常", Meaning::kFailed},
    Rule{"系统繁忙", Meaning::kFailed},
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::string code;
  std::string message;

  bool decided() const { return !code.empty() || !message.empty(); }
};

/// Of an answer whose status is a success. Which status a code repeats need not be its own.
bool is_yes(const std::string& code) {
  const std::string word = to_lower(code);
  const bool like_a_status = code.size() == 3 && code.front() == '2' &&
                             code.find_first_not_of("0123456789") == std::string::npos;
  return code == "0" || word == "success" || word == "ok" || like_a_status;
}

std::optional<Meaning> meaning_of_status(int status) {
  if (status == 401) return Meaning::kWrongKey;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 404) return Meaning::kNotFound;
  if (status == 429) return Meaning::kThrottled;
  if (status >= 500) return Meaning::kFailed;
  return std::nullopt;
}

Meaning meaning_of(const Refusal& refusal, const WangsuAction& action) {
  const std::string words = to_lower(refusal.code + " " + refusal.message);
  const auto fits = [&](const Rule& rule) {
    const bool counts = rule.of == Of::kAny || (rule.of == Of::kUploads) == action.carried_key;
    return counts && words.contains(rule.part);
  };
  const auto rule = std::ranges::find_if(kRules, fits);
  if (rule != kRules.end()) return rule->meaning;
  // A bare 404 may come from anything on the way.
  if (refusal.status == 404 && !refusal.decided()) return Meaning::kRefused;
  return meaning_of_status(refusal.status).value_or(Meaning::kRefused);
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kNoPermission:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    // Our names are drawn by chance: whoever was there before was we. What is being deployed may
    // be our own change as well.
    case Meaning::kNameTaken:
    case Meaning::kBusy:
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const WangsuAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Wangsu asks for fewer calls";
    case Meaning::kWrongKey:
      return "Wangsu refused the account's keys";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.name);
    case Meaning::kNotFound:
      return "Wangsu knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still used by a domain";
    case Meaning::kNameTaken:
      return "a certificate of that name is there already, by an upload whose answer was lost";
    case Meaning::kBusy:
      return "Wangsu is still at work on an earlier change of the domain";
    case Meaning::kFailed:
      return "Wangsu failed to answer";
    case Meaning::kRefused:
      return "Wangsu refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const WangsuAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "take an AccessKey of the account or of a user of it from " +
             std::string(wangsu_metadata().keys_url) +
             " and give both halves to the account; a machine whose clock is wrong is refused in "
             "the same way";
    case Meaning::kNoPermission:
      return "give the keys' user the domains, and the right to manage certificates and to change "
             "domains by API";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kNameTaken:
    case Meaning::kBusy:
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

Error error_of(const HttpResponse& response, const Json& body, const WangsuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Refusal refusal{.status = response.status,
                  .code = text_of(body, "code"),
                  .message = text_of(body, "message")};
  if (refusal.code.empty()) refusal.code = text_of(body, "result");
  const Meaning meaning = meaning_of(refusal, action);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !refusal.decided()) kind = unusable(action.effect);
  const std::string came =
      refusal.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const std::string ours = meaning == Meaning::kNoPermission
                               ? "vendor.permission"
                               : "vendor." + std::string(to_string(kind));
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(ours)
                    .with_hint(hint(meaning, action))
                    .with_vendor(quotable(refusal.code, 80), quotable(refusal.message))
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(response.header("x-cnc-request-id"), 80);
  return error;
}

}  // namespace

Result<Json> read_wangsu_reply(const HttpResponse& response, const WangsuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  Json body = reply ? *std::move(reply) : Json();
  const std::string code = text_of(body, "code");
  if (!success || (!code.empty() && !is_yes(code))) {
    return std::unexpected(error_of(response, body, action));
  }
  if (!body.is_object()) {
    return std::unexpected(bad_shape("the answer is no object", action.effect));
  }
  if (action.effect == Effect::kChanges && code.empty()) {
    return std::unexpected(bad_shape("the answer has no code", action.effect));
  }
  return body;
}

}  // namespace certferry

// Failures come with HTTP 200 as a rule and {statusCode, error, message, requestId}: the gateway's
// own have codes like CTAPI_10009, those of the services behind it numbers and words that nobody
// has published. What they mean is read off the few that are known, and off their messages.

#include "providers/ctyun/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/ctyun/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kAboutSignature = "vendor.signature";

enum class Meaning {
  kThrottled,
  kWrongKey,
  kWrongSignature,
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
    Rule{"ctapi_10002", Meaning::kWrongKey},  // no such access key
    Rule{"ctapi_10009", Meaning::kWrongSignature},
    Rule{"signature", Meaning::kWrongSignature, Of::kKeyless},
    Rule{"签名", Meaning::kWrongSignature, Of::kKeyless},
    Rule{"eop-date", Meaning::kWrongSignature},
    Rule{"flowlimit", Meaning::kThrottled},
    Rule{"too many requests", Meaning::kThrottled},
    Rule{"频繁", Meaning::kThrottled},
    Rule{"限流", Meaning::kThrottled},
    Rule{"流控", Meaning::kThrottled},
    Rule{"请勿重复操作", Meaning::kBusy},
    Rule{"重名的证书", Meaning::kNameTaken},
    Rule{"权限", Meaning::kNoPermission},
    Rule{"未授权", Meaning::kNoPermission},
    Rule{"permission", Meaning::kNoPermission},
    Rule{"accessdenied", Meaning::kNoPermission},
    Rule{"不存在", Meaning::kNotFound},
    Rule{"未找到", Meaning::kNotFound},
    Rule{"not found", Meaning::kNotFound},
    Rule{"notfound", Meaning::kNotFound},
    Rule{"上限", Meaning::kFull, Of::kUploads},
    Rule{"配额", Meaning::kFull, Of::kUploads},
    Rule{"quota", Meaning::kFull, Of::kUploads},
    Rule{"使用中", Meaning::kInUse},
    Rule{"正在使用", Meaning::kInUse},
    Rule{"被使用", Meaning::kInUse},
    Rule{"已绑定", Meaning::kInUse},
    Rule{"已关联", Meaning::kInUse},
    Rule{"系统繁忙", Meaning::kFailed},
    Rule{"系统异常", Meaning::kFailed},
    Rule{"内部错误", Meaning::kFailed},
    Rule{"internal", Meaning::kFailed},
    Rule{"timeout", Meaning::kFailed},
    Rule{"超时", Meaning::kFailed},
};

/// What an answer that is no success says of itself.
struct Refusal {
  std::string code;    ///< the word, where there is one, else the number
  std::string status;  ///< statusCode, as text
  std::string message;

  bool decided() const { return !code.empty() || !status.empty(); }
};

bool is_yes(const std::string& code) {
  return code == "100000" || code == "CTAPI_10000";
}

Refusal read_refusal(const Json& body) {
  Refusal out{.code = text_of(body, "error"),
              .status = text_of(body, "statusCode"),
              .message = text_of(body, "message")};
  if (const std::string more = text_of(body, "errorMessage"); !more.empty()) out.message = more;
  const Json* object = member(body, "returnObj");
  if (is_yes(out.status) && object != nullptr) {
    out.status = text_of(*object, "code");
    out.message = text_of(*object, "message");
  }
  if (out.code.empty()) out.code = out.status;
  return out;
}

/// A bare 404 says that the gateway knows no such path, and nothing of domains or certificates.
std::optional<Meaning> meaning_of_status(int status) {
  if (status == 401) return Meaning::kWrongKey;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 429) return Meaning::kThrottled;
  if (status >= 500) return Meaning::kFailed;
  return std::nullopt;
}

Meaning meaning_of(const Refusal& refusal, int status, const CtyunAction& action) {
  const std::string words = to_lower(refusal.status + " " + refusal.code + " " + refusal.message);
  const auto fits = [&](const Rule& rule) {
    const bool counts = rule.of == Of::kAny || (rule.of == Of::kUploads) == action.carried_key;
    return counts && words.contains(rule.part);
  };
  const auto rule = std::ranges::find_if(kRules, fits);
  if (rule != kRules.end()) return rule->meaning;
  return meaning_of_status(status).value_or(Meaning::kRefused);
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kWrongSignature:
    case Meaning::kNoPermission:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    // Our names are drawn by chance: whoever was there before was we. What was submitted before
    // may have been ours as well, or another change.
    case Meaning::kNameTaken:
    case Meaning::kBusy:
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const CtyunAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "CTYun asks for fewer calls";
    case Meaning::kWrongKey:
    case Meaning::kWrongSignature:
      return "CTYun refused the account's keys";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.path);
    case Meaning::kNotFound:
      return "CTYun knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still in use";
    case Meaning::kNameTaken:
      return "a certificate of that name is there already, by an upload whose answer was lost";
    case Meaning::kBusy:
      return "CTYun is still at work on an earlier change of the domain";
    case Meaning::kFailed:
      return "CTYun failed to answer";
    case Meaning::kRefused:
      return "CTYun refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const CtyunAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
    case Meaning::kWrongSignature:
      return "take a pair of AccessKey and SecurityKey from " +
             std::string(ctyun_metadata().keys_url) +
             " and give both halves to the account; a machine whose clock is wrong is refused in "
             "the same way";
    case Meaning::kNoPermission:
      return "give the keys' user full access to CDN and ICDN in the console";
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

std::string code_of(Meaning meaning, ErrorKind kind) {
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kWrongSignature) return std::string(kAboutSignature);
  return "vendor." + std::string(to_string(kind));
}

Error error_of(const HttpResponse& response, const Json& body, const CtyunAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Refusal refusal = read_refusal(body);
  const Meaning meaning = meaning_of(refusal, response.status, action);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !refusal.decided()) kind = unusable(action.effect);
  const std::string came =
      refusal.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(code_of(meaning, kind))
                    .with_hint(hint(meaning, action))
                    .with_vendor(quotable(refusal.code, 80), quotable(refusal.message))
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(text_of(body, "requestId"), 80);
  return error;
}

/// A success may hold an answer of the service behind the gateway, with a code of its own.
bool says_yes(const Json& body) {
  if (!is_yes(text_of(body, "statusCode"))) return false;
  const Json* object = member(body, "returnObj");
  const std::string inner = object == nullptr ? "" : text_of(*object, "code");
  return inner.empty() || is_yes(inner);
}

}  // namespace

Result<Json> read_ctyun_reply(const HttpResponse& response, const CtyunAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const Json body = reply ? *std::move(reply) : Json();
  if (success && text_of(body, "statusCode").empty() && text_of(body, "error").empty()) {
    return std::unexpected(bad_shape("the answer has no statusCode", action.effect));
  }
  if (!success || !says_yes(body)) return std::unexpected(error_of(response, body, action));
  const Json* object = member(body, "returnObj");
  return object == nullptr ? Json() : *object;
}

bool is_about_signature(const Error& error) {
  return error.code == kAboutSignature;
}

}  // namespace certferry

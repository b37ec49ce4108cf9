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
#include "providers/common/meaning.h"
#include "providers/ctyun/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "take a pair of AccessKey and SecurityKey from {keys_url} and give both halves to the account; "
    "a machine whose clock is wrong is refused in the same way");
constexpr Meaning kWrongSignature{
    kWrongKey.kind, "vendor.signature", kWrongKey.sentence, kWrongKey.hint};
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "give the keys' user full access to the product in the console");
/// Our names are drawn by chance: whoever was there before was we.
constexpr Meaning kNameTaken{
    std::nullopt,
    "",
    "a certificate of that name is there already, by an upload whose answer was lost"};
/// What was submitted before may have been ours as well, or another change.
constexpr Meaning kBusy{std::nullopt, "", meaning::kBusy.sentence};

/// When a rule is looked at, for the same words say another thing of another call.
enum class Of {
  kAny,
  kUploads,
  kKeyless,  ///< no upload, whose answer may speak of the certificate's own signature
};

struct Rule {
  std::string_view part;  ///< of the code or the message, in lower case, anywhere in it
  const Meaning& meaning;
  Of of = Of::kAny;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"ctapi_10002", kWrongKey},  // no such access key
    Rule{"ctapi_10009", kWrongSignature},
    Rule{"signature", kWrongSignature, Of::kKeyless},
    Rule{"签名", kWrongSignature, Of::kKeyless},
    Rule{"eop-date", kWrongSignature},
    Rule{"flowlimit", meaning::kThrottled},
    Rule{"too many requests", meaning::kThrottled},
    Rule{"频繁", meaning::kThrottled},
    Rule{"限流", meaning::kThrottled},
    Rule{"流控", meaning::kThrottled},
    Rule{"请勿重复操作", kBusy},
    Rule{"重名的证书", kNameTaken},
    Rule{"权限", kNoPermission},
    Rule{"未授权", kNoPermission},
    Rule{"permission", kNoPermission},
    Rule{"accessdenied", kNoPermission},
    Rule{"不存在", meaning::kNotFound},
    Rule{"未找到", meaning::kNotFound},
    Rule{"not found", meaning::kNotFound},
    Rule{"notfound", meaning::kNotFound},
    Rule{"上限", meaning::kFull, Of::kUploads},
    Rule{"配额", meaning::kFull, Of::kUploads},
    Rule{"quota", meaning::kFull, Of::kUploads},
    Rule{"使用中", meaning::kInUse},
    Rule{"正在使用", meaning::kInUse},
    Rule{"被使用", meaning::kInUse},
    Rule{"已绑定", meaning::kInUse},
    Rule{"已关联", meaning::kInUse},
    Rule{"系统繁忙", meaning::kFailed},
    Rule{"系统异常", meaning::kFailed},
    Rule{"内部错误", meaning::kFailed},
    Rule{"internal", meaning::kFailed},
    Rule{"timeout", meaning::kFailed},
    Rule{"超时", meaning::kFailed},
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
const Meaning* meaning_of_status(int status) {
  if (status == 401) return &kWrongKey;
  if (status == 403) return &kNoPermission;
  if (status == 429) return &meaning::kThrottled;
  if (status >= 500) return &meaning::kFailed;
  return nullptr;
}

const Meaning* meaning_of(const Refusal& refusal, int status, const CtyunAction& action) {
  const std::string words = to_lower(refusal.status + " " + refusal.code + " " + refusal.message);
  const auto fits = [&](const Rule& rule) {
    const bool counts = rule.of == Of::kAny || (rule.of == Of::kUploads) == action.carried_key;
    return counts && words.contains(rule.part);
  };
  const auto rule = std::ranges::find_if(kRules, fits);
  return rule == kRules.end() ? meaning_of_status(status) : &rule->meaning;
}

RefusedCall refused_call(const CtyunAction& action) {
  const ProviderMetadata& vendor = ctyun_metadata();
  return {.vendor = "CTYun",
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.path),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response, const Json& body, const CtyunAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Refusal said = read_refusal(body);
  const Meaning* known = meaning_of(said, response.status, action);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (known == nullptr && !said.decided()) kind = unusable(action.effect);
  const std::string came =
      said.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error =
      refusal(known == nullptr ? meaning::kRefused : *known, refused_call(action), came, kind)
          .with_vendor(quotable(said.code, 80), quotable(said.message))
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
  return error.code == kWrongSignature.code;
}

}  // namespace certferry

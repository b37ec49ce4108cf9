// Failures come with HTTP 4xx or 5xx, at times 200, and {code, message}. Which codes there are is
// not published, so what they mean is read off the status and off their words.

#include "providers/wangsu/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/wangsu/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "take an AccessKey of the account or of a user of it from {keys_url} and give both halves to "
    "the account; a machine whose clock is wrong is refused in the same way");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "give the keys' user the domains, and the right to manage certificates and to change domains "
    "by API; calls of CDN Pro may have to be opened by {vendor} first, who is asked by a ticket");
constexpr Meaning kInUse = meaning::kInUse.saying("the certificate is still used by a domain");
/// Our names are drawn by chance: whoever was there before was we.
constexpr Meaning kNameTaken{
    std::nullopt,
    "",
    "a certificate of that name is there already, by an upload whose answer was lost"};
constexpr Meaning kWrongApiKey =
    meaning::kWrongKey
        .saying(
            "{vendor} could not read the private key, which goes encrypted by the account's API "
            "key")
        .advising(
            "take the API key of the very user whose AccessKey it is from {keys_url} and give it "
            "to the account as `api_key`");
constexpr Meaning kManyVersions{ErrorKind::kQuota,
                                "",
                                "the certificate has as many versions as it may",
                                "delete versions that are not deployed in the console of CDN Pro, "
                                "or give the hostnames another "
                                "certificate there"};
/// What is being deployed may be our own change as well.
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
    Rule{"toomanyrequests", meaning::kThrottled},
    Rule{"too many requests", meaning::kThrottled},
    Rule{"requestlimit", meaning::kThrottled},
    Rule{"频繁", meaning::kThrottled},
    Rule{"private key cipher", kWrongApiKey, Of::kUploads},
    Rule{"toomanyversions", kManyVersions, Of::kUploads},
    Rule{"signature", kWrongKey, Of::kKeyless},
    Rule{"accesskey", kWrongKey, Of::kKeyless},
    Rule{"签名", kWrongKey, Of::kKeyless},
    Rule{"permission", kNoPermission},
    Rule{"权限", kNoPermission},
    Rule{"quota", meaning::kFull, Of::kUploads},
    Rule{"上限", meaning::kFull, Of::kUploads},
    Rule{"already exist", kNameTaken, Of::kUploads},
    Rule{"已存在", kNameTaken, Of::kUploads},
    Rule{"in use", kInUse},
    Rule{"inuse", kInUse},
    Rule{"关联域名", kInUse},
    Rule{"使用中", kInUse},
    Rule{"being deployed", kBusy},
    Rule{"部署中", kBusy},
    Rule{"notfound", meaning::kNotFound},
    Rule{"not found", meaning::kNotFound},
    Rule{"not exist", meaning::kNotFound},
    Rule{"不存在", meaning::kNotFound},
    Rule{"internal", meaning::kFailed},
    Rule{"系统异常", meaning::kFailed},
    Rule{"系统繁忙", meaning::kFailed},
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

const Meaning* meaning_of_status(int status) {
  if (status == 401) return &kWrongKey;
  if (status == 403) return &kNoPermission;
  if (status == 404) return &meaning::kNotFound;
  if (status == 429) return &meaning::kThrottled;
  if (status >= 500) return &meaning::kFailed;
  return nullptr;
}

const Meaning* meaning_of(const Refusal& refusal, const WangsuAction& action) {
  const std::string words = to_lower(refusal.code + " " + refusal.message);
  const auto fits = [&](const Rule& rule) {
    const bool counts = rule.of == Of::kAny || (rule.of == Of::kUploads) == action.carried_key;
    return counts && words.contains(rule.part);
  };
  const auto rule = std::ranges::find_if(kRules, fits);
  if (rule != kRules.end()) return &rule->meaning;
  // A bare 404 may come from anything on the way.
  if (refusal.status == 404 && !refusal.decided()) return nullptr;
  return meaning_of_status(refusal.status);
}

RefusedCall refused_call(const WangsuAction& action) {
  const ProviderMetadata& vendor = wangsu_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.name),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response, const Json& body, const WangsuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Refusal said{.status = response.status,
               .code = text_of(body, "code"),
               .message = text_of(body, "message")};
  if (said.code.empty()) said.code = text_of(body, "result");
  const Meaning* known = meaning_of(said, action);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (known == nullptr && !said.decided()) kind = unusable(action.effect);
  const std::string came =
      said.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error =
      refusal(known == nullptr ? meaning::kRefused : *known, refused_call(action), came, kind)
          .with_vendor(quotable(said.code, 80), quotable(said.message))
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

Result<std::string> read_wangsu_address(const HttpResponse& response, const WangsuAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Json body = Json::object();
  if (!response.body.empty()) {
    Result<Json> said = read_json(response, action.effect, quoting);
    // A page in the place of an answer has decided nothing, whatever stands in its headers.
    if (!said && is_success(response.status)) return std::unexpected(std::move(said).error());
    if (said) body = *std::move(said);
  }
  const std::string code = text_of(body, "code");
  if (!is_success(response.status) || (!code.empty() && !is_yes(code))) {
    return std::unexpected(error_of(response, body, action));
  }
  std::string address = response.header("location");
  if (address.empty() || !is_printable(address)) {
    return std::unexpected(
        bad_shape("the answer does not say where to find what was made", action.effect));
  }
  return address;
}

}  // namespace certferry

// An answer is {code, message or msg, data}: 0 is a yes, and what is none comes with HTTP 200 or
// 4xx. A code of six digits begins with an HTTP status; 400699 alone is known by itself, so the
// statuses decide, and then words.

#include "providers/baishan/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "providers/baishan/metadata.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"

namespace certferry {

namespace {

using Json = nlohmann::json;
using What = BaishanAction::What;

constexpr Meaning kWrongKey =
    meaning::kWrongKey.saying("{vendor} refused the account's API token")
        .advising("take the API token from {keys_url} and give it to the account");
constexpr Meaning kNoPermission =
    meaning::kNoPermission.saying("the account's API token may not do this: {permission}")
        .advising(
            "ask {vendor} to open this call, and this machine's address, to the token; or take "
            "another one from {keys_url}");
/// The list tells whose it is.
constexpr Meaning kStoredBefore{
    std::nullopt,
    "",
    "{vendor} has this certificate already, by an upload whose answer was lost or by somebody "
    "else's",
    "the account is read before anything is sent again; if somebody else stored it and this "
    "stays, delete it in the console, or renew"};

constexpr std::int64_t kSameCertificate = 400699;

struct Words {
  std::string_view part;  ///< of the message, in lower case
  const Meaning& meaning;
  What of = What::kAny;
};

/// Of what no status is known to say. The first that fits counts.
constexpr std::array kWords{
    Words{"too many", meaning::kThrottled},
    Words{"frequen", meaning::kThrottled},
    Words{"rate limit", meaning::kThrottled},
    Words{"频繁", meaning::kThrottled},
    Words{"token", kWrongKey},
    Words{"permission", kNoPermission},
    Words{"权限", kNoPermission},
    Words{"certificate is exist", kStoredBefore, What::kUpload},
    Words{"quota", meaning::kFull, What::kUpload},
    Words{"limit", meaning::kFull, What::kUpload},
    Words{"上限", meaning::kFull, What::kUpload},
    Words{"in use", meaning::kInUse, What::kDelete},
    Words{"used", meaning::kInUse, What::kDelete},
    Words{"bind", meaning::kInUse, What::kDelete},
    Words{"使用", meaning::kInUse, What::kDelete},
    Words{"绑定", meaning::kInUse, What::kDelete},
    Words{"关联", meaning::kInUse, What::kDelete},
    Words{"deploying", meaning::kBusy},
    Words{"部署中", meaning::kBusy},
    Words{"not exist", meaning::kNotFound},
    Words{"not found", meaning::kNotFound},
    Words{"不存在", meaning::kNotFound},
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::optional<std::int64_t> code;
  std::string message;

  bool decided() const { return code && *code != 0; }
  /// The vendor's own where it gave one: "403012" stands for 403.
  std::int64_t as_status() const {
    if (!decided()) return status;
    return *code >= 100'000 && *code <= 999'999 ? *code / 1000 : *code;
  }
};

std::string message_of(const Json& body) {
  std::string all;
  for (const char* key : {"message", "msg", "data"}) all += text_of(body, key) + "\n";
  return to_lower(all);
}

const Meaning* meaning_of(const Refusal& refusal, const BaishanAction& action) {
  if (refusal.code == kSameCertificate && action.what == What::kUpload) return &kStoredBefore;
  const std::int64_t status = refusal.as_status();
  if (status == 401) return &kWrongKey;
  if (status == 403) return &kNoPermission;
  // A page that says so is of whoever stands in between.
  if (status == 404 && refusal.decided()) return &meaning::kNotFound;
  if (status == 429) return &meaning::kThrottled;
  if (status >= 500 && status <= 599) return &meaning::kFailed;
  if (refusal.status >= 500) return &meaning::kFailed;
  const auto words = std::ranges::find_if(kWords, [&](const Words& one) {
    return (one.of == What::kAny || one.of == action.what) && refusal.message.contains(one.part);
  });
  return words == kWords.end() ? nullptr : &words->meaning;
}

RefusedCall refused_call(const BaishanAction& action) {
  const ProviderMetadata& vendor = baishan_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.name),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response, const Json& body, const BaishanAction& action) {
  const Refusal said{
      .status = response.status, .code = integer_of(body, "code"), .message = message_of(body)};
  const Meaning* known = meaning_of(said, action);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (known == nullptr && !said.decided()) kind = unusable(action.effect);
  const std::string came = said.decided() ? "HTTP " + std::to_string(response.status)
                                          : describe(response, Quoting::kNever);
  return refusal(known == nullptr ? meaning::kRefused : *known, refused_call(action), came, kind)
      .with_vendor(said.decided() ? std::to_string(*said.code) : "", "")
      .with_retry_after(retry_after(response));
}

}  // namespace

Result<Json> read_baishan_reply(const HttpResponse& response, const BaishanAction& action) {
  Result<Json> reply = read_json(response, action.effect, Quoting::kNever);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const Json body = reply ? *std::move(reply) : Json();
  const std::optional<std::int64_t> code = integer_of(body, "code");
  if (success && !code) return std::unexpected(bad_shape("the answer has no code", action.effect));
  if (!success || *code != 0) return std::unexpected(error_of(response, body, action));
  const Json* data = member(body, "data");
  return data == nullptr ? Json() : *data;
}

}  // namespace certferry

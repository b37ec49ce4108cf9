// Failures come with HTTP 200 and {RetCode, Action, Message}; a few codes are common to all
// services, the others belong to an action each.

#include "providers/ucloud/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/ucloud/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "take the public and the private key from {keys_url} and give both to the account");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "give the keys' user full access to USSL and to the products that are named in the "
    "configuration, and set `project_id:` when it is not the main account's");
constexpr Meaning kNoProject{
    ErrorKind::kUnauthorized,
    "",
    "{vendor} knows no such project in this account",
    "set `project_id:` to the id of the project that has the domains, as the console shows it"};
constexpr Meaning kNotFound =
    meaning::kNotFound.saying("{vendor} knows no such domain or certificate in this project");
/// The list tells whether it was we who stored it.
constexpr Meaning kStoredBefore{
    std::nullopt,
    "",
    "{vendor} has this certificate already, by an upload whose answer was lost or by somebody "
    "else's",
    "the account is read before anything is sent again; if somebody else stored it, delete it in "
    "USSL, or renew"};

struct Rule {
  std::int64_t code;
  const Meaning& meaning;
};

constexpr std::array kRules{
    Rule{110, meaning::kFailed},  // nobody answered the gateway for a minute
    Rule{130, meaning::kFailed},  // nor at all
    Rule{150, meaning::kFailed},
    Rule{153, meaning::kThrottled},
    Rule{170, kWrongKey},  // there is no signature
    Rule{171, kWrongKey},  // it does not match
    Rule{172, kWrongKey},  // no such public key
    Rule{174, kWrongKey},  // the session is over
    Rule{292, kNoProject},
    Rule{294, kNoPermission},
    Rule{295, kNoPermission},
    Rule{299, kNoPermission},
    Rule{4078, meaning::kFailed},  // load balancers did not delete it, and ask for another try
    Rule{4108, meaning::kInUse},   // of load balancers as well
    Rule{80035, kStoredBefore},
};

/// When words are looked at, for the same ones say another thing of another call.
enum class Of { kAny, kUploads };

struct Words {
  std::string_view part;  ///< of the message, in lower case
  const Meaning& meaning;
  Of of = Of::kAny;
};

/// The first that fits counts.
constexpr std::array kWords{
    Words{"too many requests", meaning::kThrottled},
    Words{"频繁", meaning::kThrottled},
    Words{"permission", kNoPermission},
    Words{"权限", kNoPermission},
    Words{"quota", meaning::kFull, Of::kUploads},
    Words{"上限", meaning::kFull, Of::kUploads},
    Words{"in use", meaning::kInUse},
    Words{"being used", meaning::kInUse},
    Words{"使用中", meaning::kInUse},
    Words{"not exist", kNotFound},
    Words{"not found", kNotFound},
    Words{"不存在", kNotFound},
    Words{"internal error", meaning::kFailed},
    Words{"service error", meaning::kFailed},
    Words{"timeout", meaning::kFailed},
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::optional<std::int64_t> code;
  std::string message;
};

const Meaning* meaning_of_status(int status) {
  if (status == 401) return &kWrongKey;
  if (status == 403) return &kNoPermission;
  if (status == 429) return &meaning::kThrottled;
  if (status >= 500) return &meaning::kFailed;
  return nullptr;
}

const Meaning* meaning_of(const Refusal& refusal, const UcloudAction& action) {
  const auto rule = std::ranges::find(kRules, refusal.code.value_or(0), &Rule::code);
  if (rule != kRules.end()) return &rule->meaning;
  const std::string message = to_lower(refusal.message);
  const auto words = std::ranges::find_if(kWords, [&](const Words& one) {
    return (one.of == Of::kAny || action.carried_key) && message.contains(one.part);
  });
  return words == kWords.end() ? meaning_of_status(refusal.status) : &words->meaning;
}

Quoting quoting_of(const UcloudAction& action) {
  return action.carried_key || action.answers_key ? Quoting::kNever : Quoting::kAllowed;
}

RefusedCall refused_call(const UcloudAction& action) {
  const ProviderMetadata& vendor = ucloud_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.name),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response, const Json& body, const UcloudAction& action) {
  const Quoting quoting = quoting_of(action);
  const Refusal said{.status = response.status,
                     .code = integer_of(body, "RetCode"),
                     .message = text_of(body, "Message")};
  const bool decided = said.code && *said.code != 0;
  const Meaning* known = meaning_of(said, action);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (known == nullptr && !decided) kind = unusable(action.effect);
  const std::string came =
      decided ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error =
      refusal(known == nullptr ? meaning::kRefused : *known, refused_call(action), came, kind)
          .with_vendor(said.code ? std::to_string(*said.code) : "", quotable(said.message))
          .with_retry_after(retry_after(response));
  error.request_id = quotable(response.header("x-ucloud-request-uuid"), 80);
  return error;
}

}  // namespace

Result<Json> read_ucloud_reply(const HttpResponse& response, const UcloudAction& action) {
  const Quoting quoting = quoting_of(action);
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  Json body = reply ? *std::move(reply) : Json();
  const std::optional<std::int64_t> code = integer_of(body, "RetCode");
  if (success && !code) {
    return std::unexpected(bad_shape("the answer has no RetCode", action.effect));
  }
  if (!success || *code != 0) return std::unexpected(error_of(response, body, action));
  return body;
}

}  // namespace certferry

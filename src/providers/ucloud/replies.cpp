// Failures come with HTTP 200 and {RetCode, Action, Message}; a few codes are common to all
// services, the others belong to an action each.

#include "providers/ucloud/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/ucloud/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

enum class Meaning {
  kThrottled,
  kWrongKey,
  kNoPermission,
  kNoProject,
  kNotFound,
  kFull,
  kInUse,
  kStoredBefore,
  kFailed,
  kRefused,
};

struct Rule {
  std::int64_t code;
  Meaning meaning;
};

constexpr std::array kRules{
    Rule{110, Meaning::kFailed},  // nobody answered the gateway for a minute
    Rule{130, Meaning::kFailed},  // nor at all
    Rule{150, Meaning::kFailed},
    Rule{153, Meaning::kThrottled},
    Rule{170, Meaning::kWrongKey},  // there is no signature
    Rule{171, Meaning::kWrongKey},  // it does not match
    Rule{172, Meaning::kWrongKey},  // no such public key
    Rule{174, Meaning::kWrongKey},  // the session is over
    Rule{292, Meaning::kNoProject},
    Rule{294, Meaning::kNoPermission},
    Rule{295, Meaning::kNoPermission},
    Rule{299, Meaning::kNoPermission},
    Rule{80035, Meaning::kStoredBefore},
};

/// When words are looked at, for the same ones say another thing of another call.
enum class Of { kAny, kUploads };

struct Words {
  std::string_view part;  ///< of the message, in lower case
  Meaning meaning;
  Of of = Of::kAny;
};

/// The first that fits counts.
constexpr std::array kWords{
    Words{"too many requests", Meaning::kThrottled},
    Words{"频繁", Meaning::kThrottled},
    Words{"permission", Meaning::kNoPermission},
    Words{"权限", Meaning::kNoPermission},
    Words{"quota", Meaning::kFull, Of::kUploads},
    Words{"上限", Meaning::kFull, Of::kUploads},
    Words{"in use", Meaning::kInUse},
    Words{"being used", Meaning::kInUse},
    Words{"使用中", Meaning::kInUse},
    Words{"not exist", Meaning::kNotFound},
    Words{"not found", Meaning::kNotFound},
    Words{"不存在", Meaning::kNotFound},
    Words{"internal error", Meaning::kFailed},
    Words{"service error", Meaning::kFailed},
    Words{"timeout", Meaning::kFailed},
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::optional<std::int64_t> code;
  std::string message;
};

std::optional<Meaning> meaning_of_status(int status) {
  if (status == 401) return Meaning::kWrongKey;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 429) return Meaning::kThrottled;
  if (status >= 500) return Meaning::kFailed;
  return std::nullopt;
}

Meaning meaning_of(const Refusal& refusal, const UcloudAction& action) {
  const auto rule = std::ranges::find(kRules, refusal.code.value_or(0), &Rule::code);
  if (rule != kRules.end()) return rule->meaning;
  const std::string message = to_lower(refusal.message);
  const auto words = std::ranges::find_if(kWords, [&](const Words& one) {
    return (one.of == Of::kAny || action.carried_key) && message.contains(one.part);
  });
  if (words != kWords.end()) return words->meaning;
  return meaning_of_status(refusal.status).value_or(Meaning::kRefused);
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kNoPermission:
    case Meaning::kNoProject:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    // The list tells whether it was we who stored it.
    case Meaning::kStoredBefore:
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const UcloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "UCloud asks for fewer calls";
    case Meaning::kWrongKey:
      return "UCloud refused the account's keys";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.name);
    case Meaning::kNoProject:
      return "UCloud knows no such project in this account";
    case Meaning::kNotFound:
      return "UCloud knows no such domain or certificate in this project";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still in use";
    case Meaning::kStoredBefore:
      return "UCloud has this certificate already, by an upload whose answer was lost or by "
             "somebody else's";
    case Meaning::kFailed:
      return "UCloud failed to answer";
    case Meaning::kRefused:
      return "UCloud refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const UcloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "take the public and the private key from " + std::string(ucloud_metadata().keys_url) +
             " and give both to the account";
    case Meaning::kNoPermission:
      return "give the keys' user full access to UCDN and USSL, and set `project_id:` when it is "
             "not the main account's";
    case Meaning::kNoProject:
      return "set `project_id:` to the id of the project that has the domains, as the console "
             "shows "
             "it";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kStoredBefore:
      return "the account is read before anything is sent again; if somebody else stored it, "
             "delete it in USSL, or renew";
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

Error error_of(const HttpResponse& response, const Json& body, const UcloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Refusal refusal{.status = response.status,
                        .code = integer_of(body, "RetCode"),
                        .message = text_of(body, "Message")};
  const bool decided = refusal.code && *refusal.code != 0;
  const Meaning meaning = meaning_of(refusal, action);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !decided) kind = unusable(action.effect);
  const std::string came =
      decided ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const std::string ours = meaning == Meaning::kNoPermission
                               ? "vendor.permission"
                               : "vendor." + std::string(to_string(kind));
  Error error =
      Error(kind, sentence(meaning, action) + " (" + came + ")")
          .with_code(ours)
          .with_hint(hint(meaning, action))
          .with_vendor(refusal.code ? std::to_string(*refusal.code) : "", quotable(refusal.message))
          .with_retry_after(retry_after(response));
  error.request_id = quotable(response.header("x-ucloud-request-uuid"), 80);
  return error;
}

}  // namespace

Result<Json> read_ucloud_reply(const HttpResponse& response, const UcloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
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

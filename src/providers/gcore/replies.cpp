// The HTTP status decides. A failure has {detail}, or {message, errors} with the words of each
// field that is wrong; there are no codes, so words tell what a status does not.

#include "providers/gcore/replies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/gcore/metadata.h"

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
  kSentBefore,
  kFailed,
  kRefused,
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::string field;  ///< the first that is wrong
  std::string message;

  bool mentions(std::initializer_list<std::string_view> words) const {
    const std::string text = to_lower(message);
    return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
  }
};

/// All text in it, one piece after another.
void collect(const Json& value, std::string& into, int depth) {
  if (value.is_string()) {
    into += (into.empty() ? "" : "; ") + value.get<std::string>();
  } else if (value.is_structured() && depth > 0) {
    for (const Json& one : value) collect(one, into, depth - 1);
  }
}

Refusal refusal_in(const Json& reply, int status) {
  Refusal refusal{.status = status, .field = {}, .message = {}};
  for (const char* key : {"detail", "message", "errors"}) {
    const Json* found = member(reply, key);
    if (found == nullptr) continue;
    const bool by_field = found->is_object() && !found->empty();
    if (by_field && refusal.field.empty()) refusal.field = found->begin().key();
    collect(*found, refusal.message, 3);
  }
  return refusal;
}

Meaning meaning_of(const Refusal& refusal, const GcoreAction& action) {
  if (refusal.status == 429 || refusal.mentions({"throttled", "too many requests"})) {
    return Meaning::kThrottled;
  }
  if (refusal.status == 401) return Meaning::kWrongKey;
  if (refusal.status == 403) return Meaning::kNoPermission;
  if (refusal.status == 404) return Meaning::kNotFound;
  if (refusal.status >= 500) return Meaning::kFailed;
  const bool deletes = action.name.starts_with("DELETE");
  if (deletes && refusal.mentions({"related", "in use", "is used"})) return Meaning::kInUse;
  if (action.carried_key && refusal.mentions({"limit", "quota"})) return Meaning::kFull;
  const bool taken = refusal.field == "name" && refusal.mentions({"exist", "unique"});
  return action.carried_key && taken ? Meaning::kSentBefore : Meaning::kRefused;
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
    // What we store is named by chance: whoever sent the same before was we.
    case Meaning::kSentBefore:
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const GcoreAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Gcore asks for fewer calls";
    case Meaning::kWrongKey:
      return "Gcore refused the account's API token";
    case Meaning::kNoPermission:
      return "the account's API token is right, but its role may not do this: " +
             std::string(action.name) + " takes the role Engineers";
    case Meaning::kNotFound:
      return "Gcore knows no such resource or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is still bound to a resource";
    case Meaning::kSentBefore:
      return "Gcore says that it has a certificate of this name, by an upload whose answer was "
             "lost";
    case Meaning::kFailed:
      return "Gcore failed to answer";
    case Meaning::kRefused:
      return "Gcore refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const GcoreAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make a permanent API token at " + std::string(gcore_metadata().keys_url) +
             "; one that has expired is refused in the same way";
    case Meaning::kNoPermission:
      return "make the token with the role Engineers";
    case Meaning::kFull:
      return "delete certificates that are no longer used at Gcore";
    case Meaning::kSentBefore:
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

Error error_of(const HttpResponse& response, const Refusal& refusal, const GcoreAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning meaning = meaning_of(refusal, action);
  const bool decided = !refusal.message.empty();
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !decided) kind = unusable(action.effect);
  const std::string came =
      decided ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  return Error(kind, sentence(meaning, action) + " (" + came + ")")
      .with_code(meaning == Meaning::kNoPermission ? "vendor.permission"
                                                   : "vendor." + std::string(to_string(kind)))
      .with_hint(hint(meaning, action))
      .with_vendor(quotable(refusal.field, 80), quotable(refusal.message))
      .with_retry_after(retry_after(response));
}

}  // namespace

Result<Json> read_gcore_reply(const HttpResponse& response, const GcoreAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const bool says_nothing = response.status == 201 || response.status == 204;
  if (action.effect == Effect::kChanges && says_nothing && response.body.empty()) {
    return Json::object();
  }
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const Refusal refusal = refusal_in(reply ? *reply : Json(), response.status);
  // What there is has an id; a failure has none.
  const bool said_no = !refusal.message.empty() && member(*reply, "id") == nullptr;
  if (!success || said_no) return std::unexpected(error_of(response, refusal, action));
  if (reply->is_structured()) return reply;
  return std::unexpected(bad_shape("the answer is neither an object nor a list", action.effect));
}

}  // namespace certferry

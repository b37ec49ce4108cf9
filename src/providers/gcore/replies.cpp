// The HTTP status decides. A failure has {detail}, or {message, errors} with the words of each
// field that is wrong; there are no codes, so words tell what a status does not.

#include "providers/gcore/replies.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/gcore/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey =
    meaning::kWrongKey.saying("{vendor} refused the account's API token")
        .advising(
            "make a permanent API token at {keys_url}; one that has expired is refused in "
            "the same way");
constexpr Meaning kNoPermission =
    meaning::kNoPermission
        .saying(
            "the account's API token is right, but its role may not do this: {permission} "
            "takes the role Engineers")
        .advising("make the token with the role Engineers");
constexpr Meaning kNotFound =
    meaning::kNotFound.saying("{vendor} knows no such resource or certificate in this account");
constexpr Meaning kFull =
    meaning::kFull.advising("delete certificates that are no longer used at {vendor}");
constexpr Meaning kInUse = meaning::kInUse.saying("the certificate is still bound to a resource");
/// What we store is named by chance: whoever sent the same before was we.
constexpr Meaning kSentBefore = meaning::kFailed.saying(
    "{vendor} says that it has a certificate of this name, by an upload whose answer was lost");

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

const Meaning& meaning_of(const Refusal& refusal, const GcoreAction& action) {
  if (refusal.status == 429 || refusal.mentions({"throttled", "too many requests"})) {
    return meaning::kThrottled;
  }
  if (refusal.status == 401) return kWrongKey;
  if (refusal.status == 403) return kNoPermission;
  if (refusal.status == 404) return kNotFound;
  if (refusal.status >= 500) return meaning::kFailed;
  const bool deletes = action.name.starts_with("DELETE");
  const bool conflicts = refusal.status == 409 && !refusal.message.empty();
  if (deletes && (conflicts || refusal.mentions({"related", "in use", "is used"}))) return kInUse;
  if (action.carried_key && refusal.mentions({"limit", "quota"})) return kFull;
  const bool taken = refusal.field == "name" && refusal.mentions({"exist", "unique"});
  return action.carried_key && taken ? kSentBefore : meaning::kRefused;
}

Error error_of(const HttpResponse& response, const Refusal& said, const GcoreAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning = meaning_of(said, action);
  const bool decided = !said.message.empty();
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (&meaning == &meaning::kRefused && !decided) kind = unusable(action.effect);
  const std::string came =
      decided ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const ProviderMetadata& vendor = gcore_metadata();
  return refusal(meaning,
                 {.vendor = vendor.name,
                  .id = vendor.id,
                  .keys_url = vendor.keys_url,
                  .permission = std::string(action.name),
                  .effect = action.effect},
                 came,
                 kind)
      .with_vendor(quotable(said.field, 80), quotable(said.message))
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

// The HTTP status decides. A failure has {ErrorKey, Field, Message} as a rule, and sometimes
// nothing; which keys there are is not published, so words in them count.

#include "providers/bunny/replies.h"

#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/bunny/metadata.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey =
    meaning::kWrongKey.saying("{vendor} refused the account's API key")
        .advising(
            "take the account's API key from {keys_url}; the password of a storage zone is "
            "another one");
constexpr Meaning kNotFound =
    meaning::kNotFound.saying("{vendor} knows no such pull zone or hostname in this account");

/// What an answer that is no success says of itself.
struct Refusal {
  std::string key;  ///< "pullzone.not_found"
  std::string message;

  bool decided() const { return !key.empty() || !message.empty(); }
};

const Meaning& meaning_of(const Refusal& refusal, int status) {
  const std::string key = to_lower(refusal.key);
  if (status == 429 || key.contains("too_many")) return meaning::kThrottled;
  if (status == 401 || status == 403) return kWrongKey;
  if (status >= 500) return meaning::kFailed;
  const bool gone = key.contains("not_found") || key.contains("notfound");
  return status == 404 || gone ? kNotFound : meaning::kRefused;
}

Error error_of(const HttpResponse& response, const Refusal& said, const BunnyAction& action) {
  const Quoting quoting = action.carries_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning = meaning_of(said, response.status);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (&meaning == &meaning::kRefused && !said.decided()) kind = unusable(action.effect);
  const std::string came =
      said.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const ProviderMetadata& vendor = bunny_metadata();
  return refusal(meaning,
                 {.vendor = vendor.name,
                  .id = vendor.id,
                  .keys_url = vendor.keys_url,
                  .effect = action.effect},
                 came,
                 kind)
      .with_vendor(quotable(said.key, 80), quotable(said.message))
      .with_retry_after(retry_after(response));
}

}  // namespace

Result<Json> read_bunny_reply(const HttpResponse& response, const BunnyAction& action) {
  const Quoting quoting = action.carries_key ? Quoting::kNever : Quoting::kAllowed;
  const bool changes = action.effect == Effect::kChanges;
  if (changes && response.status == 204) return Json::object();
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  Refusal refusal;
  if (reply) refusal = {text_of(*reply, "ErrorKey"), text_of(*reply, "Message")};
  if (!success || !refusal.key.empty()) {
    return std::unexpected(error_of(response, refusal, action));
  }
  if (!changes && reply->is_object()) return reply;
  return std::unexpected(
      bad_shape(changes ? "the answer does not say that it is done" : "the answer is no object",
                action.effect));
}

}  // namespace certferry

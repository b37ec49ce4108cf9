// The HTTP status decides. A failure has {ErrorKey, Field, Message} as a rule, and sometimes
// nothing; which keys there are is not published, so words in them count.

#include "providers/bunny/replies.h"

#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/bunny/metadata.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

enum class Meaning { kThrottled, kWrongKey, kNotFound, kFailed, kRefused };

/// What an answer that is no success says of itself.
struct Refusal {
  std::string key;  ///< "pullzone.not_found"
  std::string message;

  bool decided() const { return !key.empty() || !message.empty(); }
};

Meaning meaning_of(const Refusal& refusal, int status) {
  const std::string key = to_lower(refusal.key);
  if (status == 429 || key.contains("too_many")) return Meaning::kThrottled;
  if (status == 401 || status == 403) return Meaning::kWrongKey;
  if (status >= 500) return Meaning::kFailed;
  const bool gone = key.contains("not_found") || key.contains("notfound");
  return status == 404 || gone ? Meaning::kNotFound : Meaning::kRefused;
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "bunny.net asks for fewer calls";
    case Meaning::kWrongKey:
      return "bunny.net refused the account's API key";
    case Meaning::kNotFound:
      return "bunny.net knows no such pull zone or hostname in this account";
    case Meaning::kFailed:
      return "bunny.net failed to answer";
    case Meaning::kRefused:
      return "bunny.net refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "take the account's API key from " + std::string(bunny_metadata().keys_url) +
             "; the password of a storage zone is another one";
    case Meaning::kFailed:
      return effect == Effect::kChanges ? "the account is read before anything is sent again"
                                        : "nothing was changed; try again later";
    case Meaning::kNotFound:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

Error error_of(const HttpResponse& response, const Refusal& refusal, const BunnyAction& action) {
  const Quoting quoting = action.carries_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning meaning = meaning_of(refusal, response.status);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !refusal.decided()) kind = unusable(action.effect);
  const std::string came =
      refusal.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  return Error(kind, sentence(meaning) + " (" + came + ")")
      .with_code("vendor." + std::string(to_string(kind)))
      .with_hint(hint(meaning, action.effect))
      .with_vendor(quotable(refusal.key, 80), quotable(refusal.message))
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

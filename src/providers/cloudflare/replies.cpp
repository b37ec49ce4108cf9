// Every answer is {success, errors, messages, result}. An error has a code and a message, and often
// a chain of others that say more; the same code stands for a wrong token and for one that may not
// do this, and the HTTP status tells which.

#include "providers/cloudflare/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/cloudflare/metadata.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

enum class Meaning {
  kThrottled,
  kWrongKey,
  kNoPermission,
  kNotFound,
  kNotInPlan,
  kFailed,
  kRefused
};

struct Rule {
  std::string_view code;
  Meaning meaning;
};

constexpr std::array kRules{
    Rule{"971", Meaning::kThrottled},  // asks to send less
    Rule{"1000", Meaning::kWrongKey},  // no such token
    Rule{"6003", Meaning::kWrongKey},  // no token is spelled like this
    Rule{"7000", Meaning::kNotFound},  // no such path
    Rule{"7003", Meaning::kNotFound},  // nor this one: the zone's id is not one
    Rule{"9106", Meaning::kWrongKey},  // the header is missing
    Rule{"10001", Meaning::kFailed},   // the service cannot be reached
};

/// What an answer that is no success says of itself.
struct Refusal {
  int status = 0;
  std::string code;
  std::string message;
  bool said_no = false;

  bool mentions(std::initializer_list<std::string_view> words) const {
    const std::string text = to_lower(message);
    return std::ranges::any_of(words, [&](std::string_view word) { return text.contains(word); });
  }
};

void add_messages(const Json& errors, Refusal& refusal, int depth) {
  if (!errors.is_array()) return;
  for (const Json& one : errors) {
    if (refusal.code.empty()) refusal.code = text_of(one, "code");
    const std::string message = text_of(one, "message");
    if (!message.empty()) refusal.message += (refusal.message.empty() ? "" : "; ") + message;
    const Json* chain = member(one, "error_chain");
    if (chain != nullptr && depth > 0) add_messages(*chain, refusal, depth - 1);
  }
}

Refusal refusal_in(const Json& reply, int status) {
  Refusal refusal{.status = status, .code = {}, .message = {}};
  const Json* success = member(reply, "success");
  refusal.said_no = success != nullptr && *success == Json(false);
  if (const Json* errors = member(reply, "errors")) add_messages(*errors, refusal, 1);
  return refusal;
}

Meaning meaning_of_status(int status) {
  if (status == 401) return Meaning::kWrongKey;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 404) return Meaning::kNotFound;
  if (status == 429) return Meaning::kThrottled;
  return status >= 500 ? Meaning::kFailed : Meaning::kRefused;
}

Meaning meaning_of(const Refusal& refusal) {
  if (refusal.status == 429) return Meaning::kThrottled;
  const auto rule = std::ranges::find(kRules, refusal.code, &Rule::code);
  if (rule != kRules.end()) return rule->meaning;
  // Both of a token that is none and of one that may not do this.
  if (refusal.code == "9109" && refusal.mentions({"access token"})) return Meaning::kWrongKey;
  if (refusal.code == "9109") return Meaning::kNoPermission;
  if (refusal.code == "10000") {
    return refusal.status == 403 ? Meaning::kNoPermission : Meaning::kWrongKey;
  }
  const Meaning by_status = meaning_of_status(refusal.status);
  const bool in_no_plan = refusal.mentions({"upgrade", "entitle", "enterprise", "your plan"});
  return in_no_plan && by_status != Meaning::kFailed ? Meaning::kNotInPlan : by_status;
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
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kNotInPlan:
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const CloudflareAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Cloudflare asks for fewer calls";
    case Meaning::kWrongKey:
      return "Cloudflare refused the account's API token";
    case Meaning::kNoPermission:
      return "the account's API token is right, but may not do this in the zone: " +
             std::string(action.name) + " takes '" + std::string(action.permission) + "'";
    case Meaning::kNotFound:
      return "Cloudflare knows no such zone or hostname";
    case Meaning::kNotInPlan:
      return "the zone's plan does not have this";
    case Meaning::kFailed:
      return "Cloudflare failed to answer";
    case Meaning::kRefused:
      return "Cloudflare refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const CloudflareAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "whoever calls too often is refused for five minutes; a smaller `pace:` of the "
             "account "
             "avoids this";
    case Meaning::kWrongKey:
      return "make an API token at " + std::string(cloudflare_metadata().keys_url) +
             " and give the account all of it; an old global API key is none";
    case Meaning::kNoPermission:
      return "edit the token: Zone, " + std::string(action.permission) +
             ", and the zone among its zone resources";
    case Meaning::kNotFound:
      return "look at the account's `zone_id`: 32 digits from the zone's overview page";
    case Meaning::kNotInPlan:
      return "certificates of one's own for custom hostnames are part of an Enterprise plan";
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kRefused:
      return {};
  }
  return {};
}

Error error_of(const HttpResponse& response,
               const Refusal& refusal,
               const CloudflareAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning meaning = meaning_of(refusal);
  const bool decided = refusal.said_no || !refusal.code.empty();
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (meaning == Meaning::kRefused && !decided) kind = unusable(action.effect);
  const std::string came =
      decided ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  Error error =
      Error(kind, sentence(meaning, action) + " (" + came + ")")
          .with_code(meaning == Meaning::kNoPermission ? "vendor.permission"
                                                       : "vendor." + std::string(to_string(kind)))
          .with_hint(hint(meaning, action))
          .with_vendor(quotable(refusal.code, 20), quotable(refusal.message))
          .with_retry_after(retry_after(response));
  error.request_id = quotable(response.header("cf-ray"), 80);
  return error;
}

}  // namespace

Result<Json> read_cloudflare_reply(const HttpResponse& response, const CloudflareAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const Refusal refusal = refusal_in(reply ? *reply : Json(), response.status);
  if (!success || refusal.said_no) return std::unexpected(error_of(response, refusal, action));
  const Json* says = member(*reply, "success");
  if (says != nullptr && *says == Json(true)) return reply;
  return std::unexpected(bad_shape("the answer does not say whether it is done", action.effect));
}

}  // namespace certferry

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
#include "providers/common/meaning.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kThrottled = meaning::kThrottled.advising(
    "whoever calls too often is refused for five minutes; a smaller `pace:` of the account avoids "
    "this");
constexpr Meaning kWrongKey =
    meaning::kWrongKey.saying("{vendor} refused the account's API token")
        .advising(
            "make an API token at {keys_url} and give the account all of it; an old global "
            "API key is none");
constexpr Meaning kNoPermission =
    meaning::kNoPermission
        .saying(
            "the account's API token is right, but may not do this in the zone: {call} takes "
            "'{permission}'")
        .advising("edit the token: Zone, {permission}, and the zone among its zone resources");
constexpr Meaning kNotFound =
    meaning::kNotFound.saying("{vendor} knows no such zone, hostname or certificate")
        .advising("look at the account's `zone_id`: 32 digits from the zone's overview page");
constexpr Meaning kNotInPlan{
    ErrorKind::kRejected,
    "",
    "the zone's plan does not have this",
    "certificates of one's own take a Business plan, for custom hostnames an Enterprise plan"};
constexpr Meaning kFull =
    meaning::kFull.saying("the zone has as many certificates of its own as it may")
        .advising(
            "delete one that is no longer used at Cloudflare; that its hosts are served another "
            "one is seen to first");
constexpr Meaning kSameKind{
    ErrorKind::kRejected,
    "",
    "the zone has a certificate for just these hosts that is signed in the same way",
    "when the zone's list shows it, it is replaced; if it does not, delete it at Cloudflare"};

struct Rule {
  std::string_view code;
  const Meaning& meaning;
};

constexpr std::array kRules{
    Rule{"971", kThrottled},          // asks to send less
    Rule{"1000", kWrongKey},          // no such token
    Rule{"1011", kNotInPlan},         // of certificates of the zone
    Rule{"1212", kFull},              // of all kinds
    Rule{"1228", kSameKind},          // RSA or ECDSA
    Rule{"2005", kFull},              // of legacy or of modern ones
    Rule{"6003", kWrongKey},          // no token is spelled like this
    Rule{"7000", kNotFound},          // no such path
    Rule{"7003", kNotFound},          // nor this one: the zone's id is not one
    Rule{"9106", kWrongKey},          // the header is missing
    Rule{"10001", meaning::kFailed},  // the service cannot be reached
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

const Meaning& meaning_of_status(int status) {
  if (status == 401) return kWrongKey;
  if (status == 403) return kNoPermission;
  if (status == 404) return kNotFound;
  if (status == 429) return kThrottled;
  return status >= 500 ? meaning::kFailed : meaning::kRefused;
}

const Meaning& meaning_of(const Refusal& refusal) {
  if (refusal.status == 429) return kThrottled;
  const auto rule = std::ranges::find(kRules, refusal.code, &Rule::code);
  if (rule != kRules.end()) return rule->meaning;
  // Both of a token that is none and of one that may not do this.
  if (refusal.code == "9109" && refusal.mentions({"access token"})) return kWrongKey;
  if (refusal.code == "9109") return kNoPermission;
  if (refusal.code == "10000") {
    return refusal.status == 403 ? kNoPermission : kWrongKey;
  }
  const bool in_no_plan = refusal.mentions({"upgrade", "entitle", "enterprise", "your plan"});
  return in_no_plan && refusal.status < 500 ? kNotInPlan : meaning_of_status(refusal.status);
}

Error error_of(const HttpResponse& response, const Refusal& said, const CloudflareAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning = meaning_of(said);
  const bool decided = said.said_no || !said.code.empty();
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (&meaning == &meaning::kRefused && !decided) kind = unusable(action.effect);
  const std::string came =
      decided ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const ProviderMetadata& vendor = cloudflare_metadata();
  Error error = refusal(meaning,
                        {.vendor = vendor.name,
                         .id = vendor.id,
                         .keys_url = vendor.keys_url,
                         .permission = std::string(action.permission),
                         .call = std::string(action.name),
                         .effect = action.effect},
                        came,
                        kind)
                    .with_vendor(quotable(said.code, 20), quotable(said.message))
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(response.header("cf-ray"), 80);
  return error;
}

}  // namespace

Time cloudflare_time(const Json& item, std::string_view key) {
  std::string text = text_of(item, key);
  if (const auto dot = text.find('.'); dot != std::string::npos && text.ends_with('Z')) {
    text = text.substr(0, dot) + "Z";
  }
  const Time time = parse_time(text).value_or(Time{});
  return time < Time{} ? Time{} : time;
}

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

// Failures come with an HTTP status of their own and {RequestId, Error: {Type, Code, Message}}.
// What codes there are is not published as a whole; those here were seen by others, and messages
// say the rest.

#include "providers/ksyun/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/ksyun/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kNoService{
    ErrorKind::kUnauthorized,
    "vendor.permission",
    "the account has no CDN service",
    "open CDN in the console of {vendor}, or take keys of the account that has the domains"};
constexpr Meaning kNameTaken{
    ErrorKind::kRejected,
    "",
    "{vendor} has a certificate of this name, or this certificate, already",
    "delete it in the console unless a domain uses it"};

/// Looked for in the code and the message, in lower case; the first that fits counts.
struct Words {
  std::string_view part;
  const Meaning& meaning;
};

constexpr std::array kWords{
    Words{"does not open cdn service", kNoService},
    Words{"signaturedoesnotmatch", meaning::kWrongKey},
    Words{"incompletesignature", meaning::kWrongKey},
    Words{"invalidclienttokenid", meaning::kWrongKey},
    Words{"accesskey", meaning::kWrongKey},
    Words{"requestexpired", meaning::kWrongClock},
    Words{"timetooskewed", meaning::kWrongClock},
    Words{"invalidtimestamp", meaning::kWrongClock},
    Words{"accessdenied", meaning::kNoPermission},
    Words{"unauthorizedoperation", meaning::kNoPermission},
    Words{"illegaloperation", meaning::kNoPermission},
    Words{"throttling", meaning::kThrottled},
    Words{"requestlimitexceeded", meaning::kThrottled},
    Words{"toomanyrequests", meaning::kThrottled},
    Words{"频繁", meaning::kThrottled},
    Words{"quotaoverfull", meaning::kFull},
    Words{"quotaexceeded", meaning::kFull},
    Words{"上限", meaning::kFull},
    Words{"notrunningdomain", meaning::kBusy},
    Words{"domainnotfound", meaning::kNotFound},
    Words{"invaliddomain.notfound", meaning::kNotFound},
    Words{"noavailabledomain", meaning::kNotFound},
    Words{"already existed", kNameTaken},
    Words{"重复", kNameTaken},
    Words{"internalfailure", meaning::kFailed},
    Words{"internalerror", meaning::kFailed},
    Words{"serviceunavailable", meaning::kFailed},
    Words{"系统繁忙", meaning::kFailed},
    Words{"稍后重试", meaning::kFailed},
};

/// What an answer that is no success says of itself.
struct Refusal {
  std::string code;
  std::string message;

  bool decided() const { return !code.empty() || !message.empty(); }
};

const Meaning& meaning_of(const Refusal& said, int status) {
  const std::string text = to_lower(said.code) + " " + to_lower(said.message);
  const auto words =
      std::ranges::find_if(kWords, [&](const Words& one) { return text.contains(one.part); });
  if (words != kWords.end()) return words->meaning;
  if (status == 401) return meaning::kWrongKey;
  if (status == 403) return meaning::kNoPermission;
  if (status == 429) return meaning::kThrottled;
  return status >= 500 ? meaning::kFailed : meaning::kRefused;
}

Error error_of(const HttpResponse& response, const Json& body, const KsyunAction& action) {
  const Quoting quoting = action.carries_key ? Quoting::kNever : Quoting::kAllowed;
  Refusal said;
  if (const Json* error = member(body, "Error")) {
    said = {.code = text_of(*error, "Code"), .message = text_of(*error, "Message")};
  }
  const Meaning& meaning = meaning_of(said, response.status);
  std::optional<ErrorKind> kind;
  // Whatever answered without a word of the vendor's has decided nothing.
  if (&meaning == &meaning::kRefused && !said.decided()) kind = unusable(action.effect);
  const std::string came =
      said.decided() ? "HTTP " + std::to_string(response.status) : describe(response, quoting);
  const ProviderMetadata& vendor = ksyun_metadata();
  Error error = refusal(meaning,
                        {.vendor = vendor.name,
                         .id = vendor.id,
                         .keys_url = vendor.keys_url,
                         .permission = "cdn:" + std::string(action.name),
                         .effect = action.effect},
                        came,
                        kind)
                    .with_vendor(quotable(said.code, 80), quotable(said.message))
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(text_of(body, "RequestId"), 80);
  return error;
}

}  // namespace

Result<Json> read_ksyun_reply(const HttpResponse& response, const KsyunAction& action) {
  const Quoting quoting = action.carries_key ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  Json body = reply ? *std::move(reply) : Json();
  if (!success || member(body, "Error") != nullptr) {
    return std::unexpected(error_of(response, body, action));
  }
  const bool says_yes =
      !text_of(body, "RequestId").empty() || !text_of(body, "CertificateId").empty();
  const bool changes = action.effect == Effect::kChanges;
  if (body.is_object() && (says_yes || !changes)) return body;
  return std::unexpected(
      bad_shape(changes ? "the answer does not say that it is done" : "the answer is no object",
                action.effect));
}

}  // namespace certferry

// Failures are {ResponseMetadata: {RequestId, Error: {CodeN, Code, Message}}} with any HTTP status,
// 200 among them: the vendor's documents say to look at Error and not at the status. Codes are
// words; those of the gateway are the same for all services and are published, those of the
// services mostly are not.

#include "providers/volcengine/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "make an access key of an IAM user at {keys_url} and give both halves to the account; the "
    "secret is used as it is shown, though it looks like base64");
constexpr Meaning kWrongClock =
    meaning::kWrongClock.advising("set this machine's clock: it may be off by 15 minutes at most");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "allow {permission} to the IAM user; 'certferry providers {id}' prints the whole policy to "
    "paste");
/// The sentence is in `error_of`, for it names the call.
constexpr Meaning kNoSuchCall{ErrorKind::kRejected,
                              "",
                              "whoever answered has no call {call}",
                              "check `endpoint:` of the account"};
constexpr Meaning kInUse = meaning::kInUse.saying(
    "the certificate cannot be deleted, for something uses it or is renewed by it");
constexpr Meaning kBusy{ErrorKind::kUnavailable,
                        "",
                        "{vendor} is still at an earlier change of the domain",
                        "it takes minutes; try again later"};
constexpr Meaning kNotBound =
    meaning::kRefused.saying("{vendor} did not give the domain its certificate");

struct Rule {
  std::string_view part;  ///< of the code, anywhere in it
  const Meaning& meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"FlowLimitExceeded", meaning::kThrottled},
    Rule{"Throttl", meaning::kThrottled},
    Rule{"RequestLimitExceeded", meaning::kThrottled},
    Rule{"TooManyRequests", meaning::kThrottled},
    Rule{"InvalidAccessKey", kWrongKey},
    Rule{"SignatureDoesNotMatch", kWrongKey},
    Rule{"MissingSignature", kWrongKey},
    Rule{"MissingAuthenticationToken", kWrongKey},
    Rule{"InvalidSecretToken", kWrongKey},
    Rule{"InvalidSecurityToken", kWrongKey},
    Rule{"InvalidAuthorization", kWrongKey},
    Rule{"InvalidCredential", kWrongKey},
    Rule{"InvalidTimestamp", kWrongClock},
    Rule{"RequestTimeTooSkewed", kWrongClock},
    Rule{"AccessDenied", kNoPermission},
    Rule{"LackPolicy", kNoPermission},
    Rule{"LackProjectPolicy", kNoPermission},
    Rule{"PermissionDenied", kNoPermission},
    Rule{"ServiceNotFound", kNoSuchCall},
    Rule{"InvalidActionOrVersion", kNoSuchCall},
    Rule{"QuotaExceed", meaning::kFull},
    Rule{"ExceedQuota", meaning::kFull},
    Rule{"LimitExceed", meaning::kFull},
    Rule{"ExceedLimit", meaning::kFull},
    Rule{"InUse", kInUse},
    Rule{"Delete.Certificate", kInUse},
    Rule{"NotFound", meaning::kNotFound},
    Rule{"NoSuch", meaning::kNotFound},
    Rule{"NotExist", meaning::kNotFound},
    Rule{"Configuring", kBusy},
    Rule{"InternalError", meaning::kFailed},
    Rule{"InternalService", meaning::kFailed},
    Rule{"ServiceUnavailable", meaning::kFailed},
    Rule{"CommonErr", meaning::kFailed},
};

/// "System busy, please try again later", as the certificate centre of BytePlus counts its errors.
constexpr std::string_view kCenterIsBusy = "2000";

const Meaning& meaning_of(const std::string& code, int status) {
  // Some gateways say ...LimitExceeded to both too many calls and too many certificates.
  if (status == 429) return meaning::kThrottled;
  const auto rule =
      std::ranges::find_if(kRules, [&](const Rule& one) { return code.contains(one.part); });
  if (rule != kRules.end()) return rule->meaning;
  if (status >= 500 || code == kCenterIsBusy) return meaning::kFailed;
  return meaning::kRefused;
}

/// Why a domain has not got its certificate.
const Meaning& meaning_of_words(std::string_view words) {
  const std::string lower = to_lower(trim(words));
  const auto says = [&](std::initializer_list<std::string_view> any) {
    return std::ranges::any_of(any, [&](std::string_view one) { return lower.contains(one); });
  };
  if (says({"not found", "not exist", "不存在"})) return meaning::kNotFound;
  if (says({"configuring", "deploying", "配置中", "部署中"})) return kBusy;
  // A failure of the vendor's own, or one without a word, has decided nothing.
  if (lower.empty() || says({"busy", "internal", "timeout", "timed out", "系统", "繁忙", "超时"})) {
    return meaning::kFailed;
  }
  return kNotBound;
}

RefusedCall refused_call(const VolcengineAction& action) {
  const VolcengineSite& site = *action.service->site;
  return {.vendor = site.name,
          .id = site.id,
          .keys_url = site.keys_url,
          .permission = action.permission(),
          .call = std::string(action.name) + " of version " + std::string(action.service->version),
          .effect = action.effect};
}

/// What the vendor says went wrong: the object that has Code and Message; null for nothing.
///
/// Some failures of the gateway come without ResponseMetadata, as {ErrorCode, Message}.
const Json* failure_in(const Json& body) {
  const Json* metadata = member(body, "ResponseMetadata");
  if (metadata != nullptr) return member(*metadata, "Error");
  return member(body, "ErrorCode") != nullptr || member(body, "Code") != nullptr ? &body : nullptr;
}

std::string vendor_code(const Json& failure) {
  for (const char* key : {"Code", "ErrorCode", "CodeN"}) {
    std::string code = text_of(failure, key);
    if (!code.empty()) return code;
  }
  return {};
}

/// Live writes RequestID.
std::string request_id(const Json& body) {
  const Json* metadata = member(body, "ResponseMetadata");
  if (metadata == nullptr) return {};
  const std::string id = text_of(*metadata, "RequestId");
  return id.empty() ? text_of(*metadata, "RequestID") : id;
}

Error error_of(const HttpResponse& response, const Json& body, const VolcengineAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Json* failure = failure_in(body);
  const std::string code = failure == nullptr ? "" : vendor_code(*failure);
  const Meaning& meaning = meaning_of(code, response.status);
  // Whatever answered without a word of the vendor's has decided nothing.
  std::optional<ErrorKind> kind;
  if (code.empty()) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came =
      code.empty() ? describe(response, quoting) : "HTTP " + std::to_string(response.status);
  Error error = refusal(meaning, refused_call(action), came, kind)
                    .with_vendor(quotable(code, 80),
                                 failure == nullptr ? "" : quotable(text_of(*failure, "Message")))
                    .with_retry_after(retry_after(response));
  // Object storage has it without ResponseMetadata.
  const std::string id = request_id(body);
  error.request_id = quotable(id.empty() ? text_of(body, "RequestId") : id, 80);
  return error;
}

}  // namespace

std::string VolcengineAction::permission() const {
  return std::string(service->id) + ":" + std::string(name);
}

Result<Json> read_volcengine_reply(const HttpResponse& response, const VolcengineAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<Json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  const Json body = reply ? *std::move(reply) : Json();
  if (!success || failure_in(body) != nullptr) {
    return std::unexpected(error_of(response, body, action));
  }
  if (request_id(body).empty()) {
    return std::unexpected(bad_shape("the answer has no RequestId", action.effect));
  }
  const Json* result = member(body, "Result");
  return result == nullptr ? Json() : *result;
}

Result<Json> read_tos_reply(const HttpResponse& response, const VolcengineAction& action) {
  const bool success = is_success(response.status);
  const bool empty = success && response.body.empty();
  Result<Json> reply = empty ? Json() : read_json(response, action.effect, Quoting::kAllowed);
  if (!reply && success) return reply;
  if (!success) return std::unexpected(error_of(response, reply.value_or(Json()), action));
  if (response.header("x-tos-request-id").empty()) {
    return std::unexpected(bad_shape("the answer has no x-tos-request-id", action.effect));
  }
  return reply;
}

Error volcengine_bind_error(std::string_view words, const VolcengineAction& action) {
  return refusal(meaning_of_words(words), refused_call(action)).with_vendor("", quotable(words));
}

}  // namespace certferry

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

namespace certferry {

namespace {

using Json = nlohmann::json;

enum class Meaning {
  kThrottled,
  kWrongKey,
  kWrongClock,
  kNoPermission,
  kNoSuchCall,
  kNotFound,
  kFull,
  kInUse,
  kBusy,
  kFailed,
  kRefused,
};

struct Rule {
  std::string_view part;  ///< of the code, anywhere in it
  Meaning meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"FlowLimitExceeded", Meaning::kThrottled},
    Rule{"Throttl", Meaning::kThrottled},
    Rule{"RequestLimitExceeded", Meaning::kThrottled},
    Rule{"TooManyRequests", Meaning::kThrottled},
    Rule{"InvalidAccessKey", Meaning::kWrongKey},
    Rule{"SignatureDoesNotMatch", Meaning::kWrongKey},
    Rule{"MissingSignature", Meaning::kWrongKey},
    Rule{"MissingAuthenticationToken", Meaning::kWrongKey},
    Rule{"InvalidSecretToken", Meaning::kWrongKey},
    Rule{"InvalidSecurityToken", Meaning::kWrongKey},
    Rule{"InvalidAuthorization", Meaning::kWrongKey},
    Rule{"InvalidCredential", Meaning::kWrongKey},
    Rule{"InvalidTimestamp", Meaning::kWrongClock},
    Rule{"AccessDenied", Meaning::kNoPermission},
    Rule{"LackPolicy", Meaning::kNoPermission},
    Rule{"LackProjectPolicy", Meaning::kNoPermission},
    Rule{"PermissionDenied", Meaning::kNoPermission},
    Rule{"ServiceNotFound", Meaning::kNoSuchCall},
    Rule{"InvalidActionOrVersion", Meaning::kNoSuchCall},
    Rule{"QuotaExceed", Meaning::kFull},
    Rule{"ExceedQuota", Meaning::kFull},
    Rule{"LimitExceed", Meaning::kFull},
    Rule{"ExceedLimit", Meaning::kFull},
    Rule{"InUse", Meaning::kInUse},
    Rule{"Delete.Certificate", Meaning::kInUse},
    Rule{"NotFound", Meaning::kNotFound},
    Rule{"NotExist", Meaning::kNotFound},
    Rule{"Configuring", Meaning::kBusy},
    Rule{"InternalError", Meaning::kFailed},
    Rule{"InternalService", Meaning::kFailed},
    Rule{"ServiceUnavailable", Meaning::kFailed},
    Rule{"CommonErr", Meaning::kFailed},
};

/// "System busy, please try again later", as the certificate centre of BytePlus counts its errors.
constexpr std::string_view kCenterIsBusy = "2000";

Meaning meaning_of(const std::string& code, int status) {
  // Some gateways say ...LimitExceeded to both too many calls and too many certificates.
  if (status == 429) return Meaning::kThrottled;
  const auto rule =
      std::ranges::find_if(kRules, [&](const Rule& one) { return code.contains(one.part); });
  if (rule != kRules.end()) return rule->meaning;
  if (status >= 500 || code == kCenterIsBusy) return Meaning::kFailed;
  return Meaning::kRefused;
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kWrongClock:
    case Meaning::kNoPermission:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    case Meaning::kBusy:
      return ErrorKind::kUnavailable;
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kNoSuchCall:
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const VolcengineAction& action) {
  const std::string name(action.service->site->name);
  switch (meaning) {
    case Meaning::kThrottled:
      return name + " asks for fewer calls";
    case Meaning::kWrongKey:
      return name + " refused the account's keys";
    case Meaning::kWrongClock:
      return name + " refused the time at which the call was signed";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + action.permission();
    case Meaning::kNoSuchCall:
      return "whoever answered has no call " + std::string(action.name) + " of version " +
             std::string(action.service->version);
    case Meaning::kNotFound:
      return name + " knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate cannot be deleted, for something uses it or is renewed by it";
    case Meaning::kBusy:
      return name + " is still at an earlier change of the domain";
    case Meaning::kFailed:
      return name + " failed to answer";
    case Meaning::kRefused:
      return name + " refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const VolcengineAction& action) {
  const VolcengineSite& site = *action.service->site;
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make an access key of an IAM user at " + std::string(site.keys_url) +
             " and give both halves to the account; the secret is used as it is shown, though it "
             "looks like base64";
    case Meaning::kWrongClock:
      return "set this machine's clock: it may be off by 15 minutes at most";
    case Meaning::kNoPermission:
      return "allow " + action.permission() + " to the IAM user; 'certferry providers " +
             std::string(site.id) + "' prints the whole policy to paste";
    case Meaning::kNoSuchCall:
      return "check `endpoint:` of the account";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kBusy:
      return "it takes minutes; try again later";
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

std::string code_of(Meaning meaning, ErrorKind kind) {
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kWrongClock) return "vendor.clock";
  return "vendor." + std::string(to_string(kind));
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
  const Meaning meaning = meaning_of(code, response.status);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (code.empty() && meaning == Meaning::kRefused) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came =
      code.empty() ? describe(response, quoting) : "HTTP " + std::to_string(response.status);
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(code_of(meaning, kind))
                    .with_hint(hint(meaning, action))
                    .with_vendor(quotable(code, 80),
                                 failure == nullptr ? "" : quotable(text_of(*failure, "Message")))
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(request_id(body), 80);
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

Error volcengine_bind_error(std::string_view words, const VolcengineAction& action) {
  const std::string lower = to_lower(trim(words));
  const auto says = [&](std::initializer_list<std::string_view> any) {
    return std::ranges::any_of(any, [&](std::string_view one) { return lower.contains(one); });
  };
  Meaning meaning = Meaning::kRefused;
  // A failure of the vendor's own, or one without a word, has decided nothing.
  if (lower.empty() || says({"busy", "internal", "timeout", "timed out", "系统", "繁忙", "超时"})) {
    meaning = Meaning::kFailed;
  }
  if (says({"configuring", "deploying", "配置中", "部署中"})) meaning = Meaning::kBusy;
  if (says({"not found", "not exist", "不存在"})) meaning = Meaning::kNotFound;
  const ErrorKind kind = kind_of(meaning, action.effect);
  const std::string sentence_or_own =
      meaning == Meaning::kRefused
          ? std::string(action.service->site->name) + " did not give the domain its certificate"
          : sentence(meaning, action);
  return Error(kind, sentence_or_own)
      .with_code(code_of(meaning, kind))
      .with_hint(hint(meaning, action))
      .with_vendor("", quotable(words));
}

}  // namespace certferry

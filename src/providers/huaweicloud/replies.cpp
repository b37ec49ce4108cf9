// Three forms of failure occur: {error_code, error_msg}, the same inside of {error}, and
// {error: {code, message}}; with HTTP 4xx or 5xx, and at CDN with 200. The gateway's codes begin
// with APIGW and are the same for all services; CDN's and SCM's are numbers in their documents,
// which do not tell of a full store, so that words of the message have to say it.

#include "providers/huaweicloud/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/huaweicloud/metadata.h"

namespace certferry {

namespace {

enum class Meaning {
  kThrottled,
  kWrongKey,
  kWrongClock,
  kNoPermission,
  kNotFound,
  kFull,
  kInUse,
  kBusy,
  kFailed,
  kRefused,
};

struct Rule {
  std::string_view code;
  Meaning meaning;
};

constexpr std::array kRules{
    Rule{"APIGW.0308", Meaning::kThrottled},     // too many calls
    Rule{"APIGW.0201", Meaning::kFailed},        // the service behind the gateway did not answer
    Rule{"APIGW.0301", Meaning::kWrongKey},      // signature, key or token
    Rule{"APIGW.0303", Meaning::kWrongKey},      //
    Rule{"APIGW.0307", Meaning::kWrongKey},      //
    Rule{"APIGW.0302", Meaning::kNoPermission},  // the account may not call this
    Rule{"APIGW.0305", Meaning::kNoPermission},  //
    Rule{"APIGW.0306", Meaning::kNoPermission},  //
    Rule{"CDN.0004", Meaning::kNoPermission},    //
    Rule{"CDN.0020", Meaning::kNoPermission},    // of the enterprise project
    Rule{"CDN.0021", Meaning::kNoPermission},    // of this one action
    Rule{"CDN.0003", Meaning::kNotFound},        //
    Rule{"CDN.0105", Meaning::kNotFound},        // no such domain
    Rule{"CDN.0108", Meaning::kNotFound},        // another account's
    Rule{"CDN.0005", Meaning::kFull},            //
    Rule{"CDN.0104", Meaning::kFull},            //
    Rule{"CDN.0106", Meaning::kBusy},            // not in its present state
    Rule{"CDN.0115", Meaning::kRefused},         // banned
    Rule{"CDN.0116", Meaning::kRefused},         // locked
    Rule{"SCM.0003", Meaning::kNoPermission},    // another account's certificate
    Rule{"SCM.0008", Meaning::kNotFound},        //
    Rule{"SCM.0020", Meaning::kNotFound},        //
    Rule{"SCM.0011", Meaning::kFull},            //
    Rule{"SCM.0010", Meaning::kInUse},           // not as long as its state is this
};

/// What the vendor said no with.
struct Failure {
  std::string code;  ///< empty: none that is the vendor's
  std::string message;
  bool denied = false;  ///< IAM adds why a policy did not let it through
};

bool says_any(const std::string& message, std::initializer_list<std::string_view> words) {
  const std::string lower = to_lower(message);
  return std::ranges::any_of(words, [&](std::string_view word) { return lower.contains(word); });
}

Failure failure_in(const nlohmann::json& reply) {
  const nlohmann::json* inner = member(reply, "error");
  const nlohmann::json& said = inner != nullptr && inner->is_object() ? *inner : reply;
  Failure failure{.code = text_of(said, "error_code"), .message = text_of(said, "error_msg")};
  if (failure.code.empty() && inner != nullptr) failure.code = text_of(said, "code");
  if (failure.message.empty()) failure.message = text_of(said, "message");
  failure.denied = !text_of(said, "encoded_authorization_message").empty() ||
                   !text_of(reply, "encoded_authorization_message").empty();
  return failure;
}

Meaning meaning_of(const Failure& failure, int status) {
  if (failure.denied) return Meaning::kNoPermission;
  const auto rule = std::ranges::find(kRules, failure.code, &Rule::code);
  if (rule != kRules.end()) {
    const bool clock = rule->meaning == Meaning::kWrongKey &&
                       says_any(failure.message, {"date expired", "timestamp", "time expired"});
    return clock ? Meaning::kWrongClock : rule->meaning;
  }
  if (status == 429) return Meaning::kThrottled;
  if (status >= 500) return Meaning::kFailed;
  if (status == 401) return Meaning::kWrongKey;
  if (status == 403) return Meaning::kNoPermission;
  if (status == 404) return Meaning::kNotFound;
  if (says_any(failure.message, {"quota", "upper limit", "配额", "上限"})) return Meaning::kFull;
  if (status == 409) return Meaning::kInUse;
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
    case Meaning::kBusy:  // it was refused and not begun: to be sent again, a little later
      return ErrorKind::kUnavailable;
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const HuaweiCloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Huawei Cloud asks for fewer calls";
    case Meaning::kWrongKey:
      return "Huawei Cloud refused the account's keys";
    case Meaning::kWrongClock:
      return "Huawei Cloud refused the time at which the call was signed";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + std::string(action.permission);
    case Meaning::kNotFound:
      return "Huawei Cloud knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many certificates as it may";
    case Meaning::kInUse:
      return "the certificate is not to be deleted as it is now";
    case Meaning::kBusy:
      return "the domain takes no changes in the state it is in";
    case Meaning::kFailed:
      return "Huawei Cloud failed to answer";
    case Meaning::kRefused:
      return "Huawei Cloud refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const HuaweiCloudAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make an access key at " + std::string(huaweicloud_metadata().keys_url) +
             " and give both halves to the account, with domain_id and project_id of the same page";
    case Meaning::kWrongClock:
      return "set this machine's clock: it may be off by 15 minutes at most";
    case Meaning::kNoPermission:
      return "allow " + std::string(action.permission) +
             " to the IAM user; 'certferry providers huaweicloud' prints the whole policy to "
             "paste. "
             "Where the user may see one enterprise project alone, name it in "
             "`enterprise_project_id:`";
    case Meaning::kFull:
      return "delete certificates that are no longer used in the console";
    case Meaning::kInUse:
      return "look in the console of SCM what still uses it";
    case Meaning::kBusy:
      return "another change of it is under way; when that has ended, 'certferry apply' goes on";
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kNotFound:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

std::string code_of(Meaning meaning, ErrorKind kind) {
  if (meaning == Meaning::kNoPermission) return "vendor.permission";
  if (meaning == Meaning::kWrongClock) return "vendor.clock";
  if (meaning == Meaning::kBusy) return "vendor.busy";
  return "vendor." + std::string(to_string(kind));
}

Error error_of(const HttpResponse& response,
               const Failure& failure,
               const nlohmann::json& reply,
               const HuaweiCloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning meaning = meaning_of(failure, response.status);
  ErrorKind kind = kind_of(meaning, action.effect);
  // Whatever answered without a word of the vendor's has decided nothing.
  if (failure.code.empty() && !failure.denied) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came = failure.code.empty() ? describe(response, quoting)
                                                : "HTTP " + std::to_string(response.status);
  Error error = Error(kind, sentence(meaning, action) + " (" + came + ")")
                    .with_code(code_of(meaning, kind))
                    .with_hint(hint(meaning, action))
                    .with_vendor(quotable(failure.code, 80), quotable(failure.message))
                    .with_retry_after(retry_after(response));
  std::string request = text_of(reply, "request_id");
  if (request.empty()) request = response.header("x-request-id");
  error.request_id = quotable(request, 80);
  return error;
}

}  // namespace

Result<nlohmann::json> read_huaweicloud_reply(const HttpResponse& response,
                                              const HuaweiCloudAction& action) {
  if (response.status == 204 && response.body.empty()) return nlohmann::json::object();
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  Result<nlohmann::json> reply = read_json(response, action.effect, quoting);
  const bool success = is_success(response.status);
  if (!reply && success) return reply;
  nlohmann::json body = reply ? *std::move(reply) : nlohmann::json();
  const Failure failure = failure_in(body);
  const bool says_no = !failure.code.empty() || failure.denied || member(body, "error") != nullptr;
  if (!success || says_no) return std::unexpected(error_of(response, failure, body, action));
  if (!body.is_object()) {
    return std::unexpected(bad_shape("the answer is not an object", action.effect));
  }
  return body;
}

}  // namespace certferry

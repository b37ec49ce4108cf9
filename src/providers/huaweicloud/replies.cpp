// Three forms of failure occur: {error_code, error_msg}, the same inside of {error}, and
// {error: {code, message}}; with HTTP 4xx or 5xx, and at CDN with 200. The gateway's codes begin
// with APIGW and are the same for all services; CDN's and SCM's are numbers in their documents,
// which do not tell of a full store, so that words of the message have to say it. OBS has words for
// codes, in XML.

#include "providers/huaweicloud/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/meaning.h"
#include "providers/common/xml_api.h"
#include "providers/huaweicloud/metadata.h"

namespace certferry {

namespace {

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "make an access key at {keys_url} and give both halves to the account, with domain_id and "
    "project_id of the same page");
constexpr Meaning kWrongClock =
    meaning::kWrongClock.advising("set this machine's clock: it may be off by 15 minutes at most");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "allow {permission} to the IAM user; 'certferry providers {id}' prints the whole policy to "
    "paste. Where the user may see one enterprise project alone, name it in "
    "`enterprise_project_id:`");
constexpr Meaning kInUse =
    meaning::kInUse.saying("the certificate is not to be deleted as it is now")
        .advising("look in the console of SCM what still uses it");
constexpr Meaning kBusy =
    meaning::kBusy.saying("the domain takes no changes in the state it is in")
        .advising(
            "another change of it is under way; when that has ended, 'certferry apply' goes on");

constexpr Meaning kNoSuchCall =
    meaning::kRefused.saying("whoever answered has no such call")
        .advising(
            "check the regions and projects of the account, and its `endpoint:` if it has one");
/// Of a store that refuses another certificate without saying why.
constexpr Meaning kTakesNoMore =
    meaning::kFull.saying("the store takes no further certificate, most likely for want of room");

struct Rule {
  std::string_view code;
  const Meaning& meaning;
};

constexpr std::array kRules{
    Rule{"APIGW.0308", meaning::kThrottled},  // too many calls
    Rule{"APIGW.0201", meaning::kFailed},     // the service behind the gateway did not answer
    Rule{"APIGW.0101", kNoSuchCall},          // not here, or not in this region
    Rule{"APIGW.0301", kWrongKey},            // signature, key or token
    Rule{"APIGW.0303", kWrongKey},            //
    Rule{"APIGW.0307", kWrongKey},            //
    Rule{"APIGW.0302", kNoPermission},        // the account may not call this
    Rule{"APIGW.0305", kNoPermission},        //
    Rule{"APIGW.0306", kNoPermission},        //
    Rule{"CDN.0004", kNoPermission},          //
    Rule{"CDN.0020", kNoPermission},          // of the enterprise project
    Rule{"CDN.0021", kNoPermission},          // of this one action
    Rule{"CDN.0003", meaning::kNotFound},     //
    Rule{"CDN.0105", meaning::kNotFound},     // no such domain
    Rule{"CDN.0108", meaning::kNotFound},     // another account's
    Rule{"CDN.0005", meaning::kFull},         //
    Rule{"CDN.0104", meaning::kFull},         //
    Rule{"CDN.0106", kBusy},                  // not in its present state
    Rule{"CDN.0115", meaning::kRefused},      // banned
    Rule{"CDN.0116", meaning::kRefused},      // locked
    Rule{"SCM.0003", kNoPermission},          // another account's certificate
    Rule{"SCM.0008", meaning::kNotFound},     //
    Rule{"SCM.0020", meaning::kNotFound},     //
    Rule{"SCM.0011", meaning::kFull},         //
    Rule{"SCM.0010", kInUse},                 // not as long as its state is this
    Rule{"WAF.00012001", kWrongKey},          // token
    Rule{"WAF.00012002", kWrongKey},          // project
    Rule{"WAF.00012003", kNoPermission},      //
    Rule{"WAF.00011016", meaning::kRefused},  // the name is taken, with whatever status
    Rule{"ELB.1003", meaning::kNotFound},     //
    Rule{"InvalidAccessKeyId", kWrongKey},    // OBS's from here on
    Rule{"SignatureDoesNotMatch", kWrongKey},
    Rule{"RequestTimeTooSkewed", kWrongClock},
    Rule{"InArrearOrInsufficientBalance", meaning::kRefused},
    Rule{"NoSuchBucket", meaning::kNotFound},
    Rule{"NoSuchCustomDomain", meaning::kNotFound},
    Rule{"CustomDomainNotExist", meaning::kNotFound},
    Rule{"SlowDown", meaning::kThrottled},
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

/// What a conflict is depends on what was asked for.
const Meaning& meaning_of_conflict(const HuaweiCloudAction& action) {
  if (action.permission.ends_with(":delete")) return kInUse;
  const bool stores = action.carried_key && action.effect == Effect::kChanges;
  return stores ? kTakesNoMore : meaning::kRefused;
}

const Meaning& meaning_of(const Failure& failure, int status, const HuaweiCloudAction& action) {
  if (failure.denied) return kNoPermission;
  const auto rule = std::ranges::find(kRules, failure.code, &Rule::code);
  if (rule != kRules.end()) {
    const bool clock = &rule->meaning == &kWrongKey &&
                       says_any(failure.message, {"date expired", "timestamp", "time expired"});
    return clock ? kWrongClock : rule->meaning;
  }
  if (status == 429) return meaning::kThrottled;
  if (status >= 500) return meaning::kFailed;
  if (status == 401) return kWrongKey;
  if (status == 403) return kNoPermission;
  if (status == 404) return meaning::kNotFound;
  if (says_any(failure.message, {"quota", "upper limit", "配额", "上限"})) return meaning::kFull;
  if (status == 409) return meaning_of_conflict(action);
  return meaning::kRefused;
}

RefusedCall refused_call(const HuaweiCloudAction& action) {
  const ProviderMetadata& vendor = huaweicloud_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = std::string(action.permission),
          .effect = action.effect};
}

Error error_of(const HttpResponse& response,
               const Failure& failure,
               const std::string& request_id,
               const HuaweiCloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const Meaning& meaning = meaning_of(failure, response.status, action);
  // Whatever answered without a word of the vendor's has decided nothing.
  std::optional<ErrorKind> kind;
  if (failure.code.empty() && !failure.denied) {
    kind = kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  }
  const std::string came = failure.code.empty() ? describe(response, quoting)
                                                : "HTTP " + std::to_string(response.status);
  Error error = refusal(meaning, refused_call(action), came, kind)
                    .with_vendor(quotable(failure.code, 80), quotable(failure.message))
                    .with_retry_after(retry_after(response));
  error.request_id = quotable(request_id, 80);
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
  if (!success || says_no) {
    std::string request = text_of(body, "request_id");
    if (request.empty()) request = response.header("x-request-id");
    return std::unexpected(error_of(response, failure, request, action));
  }
  if (!body.is_object()) {
    return std::unexpected(bad_shape("the answer is not an object", action.effect));
  }
  return body;
}

Result<std::optional<pugi::xml_document>> read_obs_reply(const HttpResponse& response,
                                                         const HuaweiCloudAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  const std::string request_id = response.header("x-obs-request-id");
  const bool success = is_success(response.status);
  if (success && response.body.empty()) {
    if (!request_id.empty()) return std::nullopt;
    return std::unexpected(bad_shape("the answer has no x-obs-request-id", action.effect));
  }
  Result<pugi::xml_document> read = read_xml(response, action.effect, quoting);
  if (!read && success) return std::unexpected(std::move(read).error());
  pugi::xml_document document = read ? *std::move(read) : pugi::xml_document();
  const pugi::xml_node error = document.child("Error");
  if (!success || !error.empty()) {
    const Failure failure{.code = xml_text(error, "Code"), .message = xml_text(error, "Message")};
    const std::string named = xml_text(error, "RequestId");
    return std::unexpected(error_of(response, failure, named.empty() ? request_id : named, action));
  }
  if (request_id.empty()) {
    return std::unexpected(bad_shape("the answer has no x-obs-request-id", action.effect));
  }
  return document;
}

}  // namespace certferry

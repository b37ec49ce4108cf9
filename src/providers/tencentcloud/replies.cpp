// Failures come with HTTP 200 and {"Response": {"Error": {Code, Message}, RequestId}}. A code is a
// category, often with a detail behind a dot; categories are the same for all services, and details
// that matter here are listed. Sources: the error codes in the official Go SDK (ssl, cdn, teo,
// live, vod), https://cloud.tencent.com/document/api/228/30980 (what is common).

#include "providers/tencentcloud/replies.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/quotable.h"
#include "providers/common/json_api.h"
#include "providers/tencentcloud/metadata.h"

namespace certferry {

namespace {

enum class Meaning {
  kThrottled,
  kWrongKey,
  kWrongClock,
  kNoPermission,
  kNoRole,
  kNotFound,
  kFull,
  kInUse,
  kBusy,
  kMoved,
  kFailed,
  kRefused,
};

struct Rule {
  std::string_view start;  ///< of the code
  Meaning meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"RequestLimitExceeded", Meaning::kThrottled},
    Rule{"LimitExceeded.CdnHostOpTooOften", Meaning::kThrottled},
    Rule{"LimitExceeded.RateLimitExceeded", Meaning::kThrottled},
    Rule{"AuthFailure.SignatureExpire", Meaning::kWrongClock},
    Rule{"AuthFailure.UnauthorizedOperation", Meaning::kNoPermission},
    Rule{"AuthFailure", Meaning::kWrongKey},
    Rule{"UnauthorizedOperation", Meaning::kNoPermission},
    Rule{"FailedOperation.AuthError", Meaning::kNoPermission},
    Rule{"FailedOperation.NoProjectPermission", Meaning::kNoPermission},
    Rule{"FailedOperation.NoPrivileges", Meaning::kNoPermission},
    Rule{"InternalError.NotPermmitOperat", Meaning::kNoPermission},  // so spelled
    Rule{"FailedOperation.RoleNotFoundAuthorization", Meaning::kNoRole},
    Rule{"ResourceNotFound", Meaning::kNotFound},
    Rule{"FailedOperation.CertificateNotFound", Meaning::kNotFound},
    Rule{"FailedOperation.SslCertNotFound", Meaning::kNotFound},
    Rule{"InvalidParameter.CdnCertInfoNotFound", Meaning::kNotFound},
    Rule{"InvalidParameter.CloudCrtIdError", Meaning::kNotFound},
    Rule{"InvalidParameter.CrtDateNotFound", Meaning::kNotFound},
    Rule{"InvalidParameter.DomainNotFound", Meaning::kNotFound},
    Rule{"InvalidParameter.HostNotFound", Meaning::kNotFound},
    Rule{"InvalidParameter.QueryCertBySSLIDFailed", Meaning::kNotFound},
    Rule{"InvalidParameterValue.DomainName", Meaning::kNotFound},
    Rule{"LimitExceeded", Meaning::kFull},
    Rule{"FailedOperation.ExceedsFreeLimit", Meaning::kFull},
    Rule{"FailedOperation.DeleteResourceFailed", Meaning::kInUse},
    Rule{"ResourceInUse.CdnOpInProgress", Meaning::kBusy},
    Rule{"FailedOperation.DomainDeploying", Meaning::kBusy},
    Rule{"InvalidParameter.ActionInProgress", Meaning::kBusy},
    Rule{"InternalError.ConfigLocked", Meaning::kBusy},
    Rule{"OperationDenied.ProductUpgraded", Meaning::kMoved},
    Rule{"OperationDenied.ProductUpdating", Meaning::kMoved},
    Rule{"OperationDenied.UserMigrating", Meaning::kMoved},
    Rule{"InvalidParameter.CdnHostExistsInEdgeOne", Meaning::kMoved},
    // Of those with a detail (a domain that is locked, without its ICP number) a person must know.
    Rule{"ResourceUnavailable.", Meaning::kRefused},
    Rule{"ResourceUnavailable", Meaning::kBusy},
    // Live says so of what it was given, not of itself.
    Rule{"InternalError.CrtDateNotFound", Meaning::kNotFound},
    Rule{"InternalError.DomainNotExist", Meaning::kNotFound},
    Rule{"InternalError.PlayDomainNoRecord", Meaning::kNotFound},
    Rule{"InternalError.Crt", Meaning::kRefused},
    Rule{"FailedOperation.NetworkError", Meaning::kFailed},
    Rule{"FailedOperation.NetWorkError", Meaning::kFailed},
    Rule{"FailedOperation.SystemError", Meaning::kFailed},
    Rule{"InternalError", Meaning::kFailed},
};

Meaning meaning_of(const std::string& code) {
  // Without a detail it says no more than that something went wrong.
  if (code == "FailedOperation") return Meaning::kFailed;
  const auto rule =
      std::ranges::find_if(kRules, [&](const Rule& one) { return code.starts_with(one.start); });
  return rule == kRules.end() ? Meaning::kRefused : rule->meaning;
}

ErrorKind kind_of(Meaning meaning, Effect effect) {
  switch (meaning) {
    case Meaning::kThrottled:
      return ErrorKind::kThrottled;
    case Meaning::kWrongKey:
    case Meaning::kWrongClock:
    case Meaning::kNoPermission:
    case Meaning::kNoRole:
      return ErrorKind::kUnauthorized;
    case Meaning::kNotFound:
      return ErrorKind::kNotFound;
    case Meaning::kFull:
      return ErrorKind::kQuota;
    case Meaning::kInUse:
      return ErrorKind::kInUse;
    // Refused because of another change that is under way: nothing was done, and it passes.
    case Meaning::kBusy:
      return ErrorKind::kUnavailable;
    case Meaning::kFailed:
      return unusable(effect);
    case Meaning::kMoved:
    case Meaning::kRefused:
      return ErrorKind::kRejected;
  }
  return ErrorKind::kRejected;
}

std::string sentence(Meaning meaning, const TencentAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "Tencent Cloud asks for fewer calls";
    case Meaning::kWrongKey:
      return "Tencent Cloud refused the account's keys";
    case Meaning::kWrongClock:
      return "Tencent Cloud refused the time at which the call was signed";
    case Meaning::kNoPermission:
      return "the account's keys are right, but may not do this: " + action.permission();
    case Meaning::kNoRole:
      return "the account has not let SSL Certificates see which resources use a certificate";
    case Meaning::kNotFound:
      return "Tencent Cloud knows no such domain or certificate in this account";
    case Meaning::kFull:
      return "the account holds as many as it may";
    case Meaning::kInUse:
      return "something of the account still uses the certificate";
    case Meaning::kBusy:
      return "an earlier change is still being carried out";
    case Meaning::kMoved:
      return "the domain or the account has moved to EdgeOne, or is about to";
    case Meaning::kFailed:
      return "Tencent Cloud failed to answer";
    case Meaning::kRefused:
      return "Tencent Cloud refused the call";
  }
  return {};
}

std::string hint(Meaning meaning, const TencentAction& action) {
  switch (meaning) {
    case Meaning::kThrottled:
      return "run 'certferry apply' again later; a smaller `pace:` of the account avoids this";
    case Meaning::kWrongKey:
      return "make keys of a CAM sub-user at " + std::string(tencentcloud_metadata().keys_url) +
             " and give both halves to the account; international accounts need `site: intl` "
             "as well";
    case Meaning::kWrongClock:
      return "set this machine's clock: it may be off by five minutes at most";
    case Meaning::kNoPermission:
      return "allow " + action.permission() +
             " to the sub-user; 'certferry providers tencentcloud' prints the whole policy to "
             "paste";
    case Meaning::kNoRole:
      return "grant the service role SSL_QCSLinkedRoleInReplaceLoadCertificate once, in the "
             "console of SSL Certificates; until then superseded certificates stay";
    case Meaning::kMoved:
      return "take it off this product and deploy to product `eo` instead";
    case Meaning::kBusy:
      return "nothing was changed; try again in some minutes";
    case Meaning::kFailed:
      return action.effect == Effect::kChanges ? "the account is read before anything is sent again"
                                               : "nothing was changed; try again later";
    case Meaning::kFull:
    case Meaning::kInUse:
    case Meaning::kNotFound:
    case Meaning::kRefused:
      return {};
  }
  return {};
}

std::string code_of(Meaning meaning, ErrorKind kind) {
  switch (meaning) {
    case Meaning::kNoPermission:
      return "vendor.permission";
    case Meaning::kWrongClock:
      return "vendor.clock";
    case Meaning::kNoRole:
      return "vendor.role";
    case Meaning::kBusy:
      return "vendor.busy";
    case Meaning::kMoved:
      return "vendor.moved";
    default:
      return "vendor." + std::string(to_string(kind));
  }
}

/// What answered was not the vendor: a gateway, or nothing that finished.
Error gateway_error(const HttpResponse& response, const TencentAction& action, Quoting quoting) {
  const ErrorKind kind =
      kind_of_status(response.status, action.effect).value_or(unusable(action.effect));
  return Error(kind,
               "something else answered in Tencent Cloud's place (" + describe(response, quoting) +
                   ")")
      .with_code("vendor." + std::string(to_string(kind)))
      .with_hint(hint(Meaning::kFailed, action))
      .with_retry_after(retry_after(response));
}

}  // namespace

std::string TencentAction::permission() const {
  return std::string(service->id) + ":" + std::string(name);
}

Error tencent_refusal(const std::string& code,
                      const std::string& message,
                      const TencentAction& action) {
  const Meaning meaning = meaning_of(code);
  const ErrorKind kind = kind_of(meaning, action.effect);
  return Error(kind, sentence(meaning, action))
      .with_code(code_of(meaning, kind))
      .with_hint(hint(meaning, action))
      .with_vendor(quotable(code, 80), quotable(message));
}

Result<nlohmann::json> read_tencent_reply(const HttpResponse& response,
                                          const TencentAction& action) {
  const Quoting quoting = action.carried_key ? Quoting::kNever : Quoting::kAllowed;
  if (!is_success(response.status)) {
    return std::unexpected(gateway_error(response, action, quoting));
  }
  TRY(nlohmann::json reply, read_json(response, action.effect, quoting));
  const nlohmann::json* inner = member(reply, "Response");
  if (inner == nullptr || !inner->is_object()) {
    return std::unexpected(bad_shape("the answer has no Response", action.effect));
  }
  if (const nlohmann::json* said = member(*inner, "Error")) {
    Error error = tencent_refusal(text_of(*said, "Code"), text_of(*said, "Message"), action)
                      .with_retry_after(retry_after(response));
    error.request_id = quotable(text_of(*inner, "RequestId"), 80);
    return std::unexpected(std::move(error));
  }
  if (text_of(*inner, "RequestId").empty()) {
    return std::unexpected(bad_shape("the answer has no RequestId", action.effect));
  }
  return *inner;
}

}  // namespace certferry

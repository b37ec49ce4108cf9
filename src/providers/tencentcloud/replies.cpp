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
#include "providers/common/meaning.h"
#include "providers/tencentcloud/metadata.h"

namespace certferry {

namespace {

constexpr Meaning kWrongKey = meaning::kWrongKey.advising(
    "make keys of a CAM sub-user at {keys_url} and give both halves to the account; international "
    "accounts need `site: intl` as well");
constexpr Meaning kWrongClock = meaning::kWrongClock.advising(
    "set this machine's clock: it may be off by five minutes at most");
constexpr Meaning kNoPermission = meaning::kNoPermission.advising(
    "allow {permission} to the sub-user; 'certferry providers {id}' prints the whole policy to "
    "paste");
constexpr Meaning kNoRole{
    ErrorKind::kUnauthorized,
    "vendor.role",
    "the account has not let SSL Certificates see which resources use a certificate",
    "grant the service role SSL_QCSLinkedRoleInReplaceLoadCertificate once, in the console of SSL "
    "Certificates; until then superseded certificates stay"};
constexpr Meaning kFull = meaning::kFull.saying("the account holds as many as it may").advising("");
constexpr Meaning kInUse =
    meaning::kInUse.saying("something of the account still uses the certificate");
constexpr Meaning kBusy = meaning::kBusy.saying("an earlier change is still being carried out")
                              .advising("nothing was changed; try again in some minutes");
constexpr Meaning kMoved{ErrorKind::kRejected,
                         "vendor.moved",
                         "the domain or the account has moved to EdgeOne, or is about to",
                         "take it off this product and deploy to product `eo` instead"};

struct Rule {
  std::string_view start;  ///< of the code
  const Meaning& meaning;
};

/// The first that fits counts.
constexpr std::array kRules{
    Rule{"RequestLimitExceeded", meaning::kThrottled},
    Rule{"LimitExceeded.CdnHostOpTooOften", meaning::kThrottled},
    Rule{"LimitExceeded.RateLimitExceeded", meaning::kThrottled},
    Rule{"AuthFailure.SignatureExpire", kWrongClock},
    Rule{"AuthFailure.UnauthorizedOperation", kNoPermission},
    Rule{"AuthFailure", kWrongKey},
    Rule{"UnauthorizedOperation", kNoPermission},
    Rule{"FailedOperation.AuthError", kNoPermission},
    Rule{"FailedOperation.NoProjectPermission", kNoPermission},
    Rule{"FailedOperation.NoPrivileges", kNoPermission},
    Rule{"InternalError.NotPermmitOperat", kNoPermission},  // so spelled
    Rule{"FailedOperation.RoleNotFoundAuthorization", kNoRole},
    Rule{"ResourceNotFound", meaning::kNotFound},
    Rule{"FailedOperation.CertificateNotFound", meaning::kNotFound},
    Rule{"FailedOperation.CertificateDeployNotExist", meaning::kNotFound},
    Rule{"FailedOperation.SslCertNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.CdnCertInfoNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.CloudCrtIdError", meaning::kNotFound},
    Rule{"InvalidParameter.CrtDateNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.DomainNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.HostNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.LBIdNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.ListenerIdNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.LocationNotFound", meaning::kNotFound},
    Rule{"InvalidParameter.QueryCertBySSLIDFailed", meaning::kNotFound},
    Rule{"InvalidParameterValue.DomainName", meaning::kNotFound},
    Rule{"LimitExceeded", kFull},
    Rule{"FailedOperation.ExceedsFreeLimit", kFull},
    Rule{"FailedOperation.DeleteResourceFailed", kInUse},
    Rule{"ResourceInUse.CdnOpInProgress", kBusy},
    Rule{"FailedOperation.CertificateDeployHasPendingRecord", kBusy},
    Rule{"FailedOperation.DomainDeploying", kBusy},
    Rule{"FailedOperation.InvalidLBStatus", kBusy},
    Rule{"InvalidParameter.ActionInProgress", kBusy},
    Rule{"InternalError.ConfigLocked", kBusy},
    Rule{"OperationDenied.ProductUpgraded", kMoved},
    Rule{"OperationDenied.ProductUpdating", kMoved},
    Rule{"OperationDenied.UserMigrating", kMoved},
    Rule{"InvalidParameter.CdnHostExistsInEdgeOne", kMoved},
    // Of those with a detail (a domain that is locked, without its ICP number) a person must know.
    Rule{"ResourceUnavailable.", meaning::kRefused},
    Rule{"ResourceUnavailable", kBusy},
    // Live says so of what it was given, not of itself.
    Rule{"InternalError.CrtDateNotFound", meaning::kNotFound},
    Rule{"InternalError.DomainNotExist", meaning::kNotFound},
    Rule{"InternalError.PlayDomainNoRecord", meaning::kNotFound},
    Rule{"InternalError.Crt", meaning::kRefused},
    Rule{"FailedOperation.NetworkError", meaning::kFailed},
    Rule{"FailedOperation.NetWorkError", meaning::kFailed},
    Rule{"FailedOperation.SystemError", meaning::kFailed},
    Rule{"FailedOperation.CertificateHostResourceInnerInterrupt", meaning::kFailed},
    Rule{"InternalError", meaning::kFailed},
};

const Meaning& meaning_of(const std::string& code) {
  // Without a detail it says no more than that something went wrong.
  if (code == "FailedOperation") return meaning::kFailed;
  const auto rule =
      std::ranges::find_if(kRules, [&](const Rule& one) { return code.starts_with(one.start); });
  return rule == kRules.end() ? meaning::kRefused : rule->meaning;
}

RefusedCall refused_call(const TencentAction& action) {
  const ProviderMetadata& vendor = tencentcloud_metadata();
  return {.vendor = vendor.name,
          .id = vendor.id,
          .keys_url = vendor.keys_url,
          .permission = action.permission(),
          .effect = action.effect};
}

/// What answered was not the vendor: a gateway, or nothing that finished.
Error gateway_error(const HttpResponse& response, const TencentAction& action, Quoting quoting) {
  const Meaning somebody_else =
      meaning::kFailed.saying("something else answered in {vendor}'s place");
  return refusal(somebody_else,
                 refused_call(action),
                 describe(response, quoting),
                 kind_of_status(response.status, action.effect))
      .with_retry_after(retry_after(response));
}

}  // namespace

std::string TencentAction::permission() const {
  return std::string(service->id) + ":" + std::string(name);
}

Error tencent_refusal(const std::string& code,
                      const std::string& message,
                      const TencentAction& action) {
  return refusal(meaning_of(code), refused_call(action))
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

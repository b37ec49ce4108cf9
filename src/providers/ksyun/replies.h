// Kingsoft Cloud's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// One call of the API. The texts outlive it.
struct KsyunAction {
  std::string_view name;     ///< "GetCdnDomains"
  std::string_view version;  ///< "2019-06-01"
  std::string_view folder;   ///< between version and name in the path: "domain"
  Effect effect = Effect::kReads;
  bool carries_key = false;  ///< the request has a private key, so its answer is not quoted
};

/// The whole object of a success.
///
/// Success is HTTP 2xx and an object without an Error; a change's has to have a RequestId or a
/// CertificateId, else nothing is decided: `reply.shape`. Other errors: `reply.*` of json_api.h,
/// `vendor.<kind>` for what the vendor refused or failed at, `vendor.permission` (unauthorized),
/// which names it, `vendor.clock` (unauthorized) and `vendor.busy` (unavailable).
Result<nlohmann::json> read_ksyun_reply(const HttpResponse& response, const KsyunAction& action);

}  // namespace certferry

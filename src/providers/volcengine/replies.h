// Volcengine's and BytePlus's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// Which of the two sites of one house: their APIs have the same words.
struct VolcengineSite {
  std::string_view id;    ///< "byteplus", as the configuration has it
  std::string_view name;  ///< "BytePlus", for people
  std::string_view keys_url;
};

/// One of a site's services, as calls address it.
struct VolcengineService {
  const VolcengineSite* site = nullptr;
  std::string_view id;       ///< in the scope of signatures: "certificate_service"
  std::string_view host;     ///< the first label of its host: "open"
  std::string_view region;   ///< in the scope of signatures
  std::string_view version;  ///< of its API
};

/// What reading an answer needs to know of its call. The texts outlive it.
struct VolcengineAction {
  const VolcengineService* service = nullptr;
  std::string_view name;  ///< "BatchDeployCert"
  Effect effect = Effect::kReads;
  bool carried_key = false;  ///< the request had a private key, so its answer is not quoted
  std::string_view method = "POST";

  /// "cdn:BatchDeployCert": what a policy has to allow.
  std::string permission() const;
};

/// The `Result` of a success; null when it has none.
///
/// Success is HTTP 2xx and JSON whose ResponseMetadata has a RequestId and no Error. Without a
/// RequestId nothing is decided: `reply.shape`. Other errors: `reply.*` of json_api.h,
/// `vendor.<kind>` for what the vendor refused or failed at, and two that are unauthorized for a
/// reason of their own: `vendor.permission`, whose hint names what is missing, and `vendor.clock`.
Result<nlohmann::json> read_volcengine_reply(const HttpResponse& response,
                                             const VolcengineAction& action);

/// The body of a success of object storage; null when it has none.
///
/// Success is HTTP 2xx with an x-tos-request-id. Errors: as above.
Result<nlohmann::json> read_tos_reply(const HttpResponse& response, const VolcengineAction& action);

/// Why a domain has not got its certificate, out of an answer that is a success on the whole.
///
/// Only words for people say why: `unavailable` where they speak of a change under way,
/// `not_found` where they know no such domain, `maybe_applied` where the vendor itself has failed
/// or says nothing, otherwise `rejected`.
Error volcengine_bind_error(std::string_view words, const VolcengineAction& action);

}  // namespace certferry

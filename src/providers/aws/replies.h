// AWS's answers: which are successes, and what kind of error the others are.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// One of AWS's services, as calls address it. The texts outlive it.
struct AwsService {
  /// What stands before amazonaws.com: "acm.{region}", or of a service of all regions "cloudfront".
  std::string_view host;
  std::string_view scope;         ///< as signatures name it: "acm"
  std::string_view iam;           ///< what the names of its permissions begin with
  std::string_view target = {};   ///< before the name of an action, of those that speak JSON
  std::string_view version = {};  ///< of those that take forms: "2015-12-01"
  std::string_view china = {};    ///< of those of all regions, where theirs is in China
};

/// What reading an answer needs to know of its call. The texts outlive it.
struct AwsAction {
  const AwsService* service = nullptr;
  std::string_view name;  ///< "ImportCertificate"
  Effect effect = Effect::kReads;
  bool carries_key = false;           ///< the request has a private key: no word is quoted
  std::string_view also_needed = {};  ///< another permission that the call takes

  /// "acm:ImportCertificate": whom a policy may allow it.
  std::string permission() const;
};

/// The whole object of a success; empty where the vendor sends no body.
///
/// Success is HTTP 2xx and an object without a failure's `__type`, or nothing at all under a
/// request's id. Other errors: `reply.*` of json_api.h, `vendor.<kind>` for what the vendor refused
/// or failed at, `vendor.permission` (unauthorized), which names it, `vendor.clock` (unauthorized)
/// and `vendor.busy` (unavailable).
Result<nlohmann::json> read_aws_json(const HttpResponse& response, const AwsAction& action);

/// The same of the services that speak XML, where an <ErrorResponse> counts whatever the status and
/// the root has to be of that name. A distribution's settings hold secrets of its owner, so no
/// answer is quoted but for what the vendor says of a failure.
Result<pugi::xml_document> read_aws_xml(const HttpResponse& response,
                                        const AwsAction& action,
                                        const char* root);

}  // namespace certferry

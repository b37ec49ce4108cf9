// What each call of ACM and of the index of tags does to the world, and what it answers; and what
// is common to all of AWS's calls.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class AwsVerb {
  kListCertificates,
  kListTags,
  kImport,
  kDelete,
  kDescribe,
  kGetResources,
  kListBalancers,
  kListListeners,
  kListListenerCertificates,
  kListRules,
  kAddCertificates,
  kSetDefault,
  kRemoveCertificates,
  kListServer,
  kGetServer,
  kUploadServer,
  kDeleteServer,
  kListDistributions,
  kGetConfig,
  kUpdate,
};

/// One request, taken apart.
struct AwsRequest {
  std::string name;  ///< the action's; of an unknown one, what it was called by
  std::optional<AwsVerb> verb;
  std::string_view service;  ///< as signatures name it; empty when it is unknown
  bool speaks_xml = false;
  bool readable = true;
  nlohmann::json body = nlohmann::json::object();  ///< of those that speak JSON
  Fields query;                                    ///< of the others, as all that follows; a form
  std::string distribution;                        ///< its id
  std::string if_match;
  std::string text;         ///< the body as it came
  std::string domain = {};  ///< canonical; of the distribution, which knows it

  bool of_balancers() const { return service == "elasticloadbalancing"; }
  bool of_iam() const { return service == "iam"; }
  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
  /// "acm:ImportCertificate": whom a policy may allow it.
  std::string permission() const;
};

/// `domain` stays empty.
AwsRequest read_aws_request(const Request& request);

/// How the vendor says no.
struct AwsRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// A body with the version of what it tells.
struct AwsXmlBody {
  std::string text;
  std::string etag = {};
};

/// Null is a yes without a body.
using AwsAnswer = std::variant<nlohmann::json, AwsXmlBody, AwsRefusal>;

/// Of the world's certificate with that id. The other way round nothing, when it is none.
std::string aws_arn_of(std::int64_t id);
std::optional<std::int64_t> aws_id_in(std::string_view arn);

/// What ACM's calls have to know besides the world.
struct AwsAcmView {
  SteadyTime moment{};                 ///< lists show the world as it was then
  std::set<std::int64_t> attached;     ///< in use beside those that a domain is bound to
  std::set<std::int64_t> not_in = {};  ///< what is in the store of IAM
};

/// Of what speaks JSON.
AwsAnswer run_acm_call(World& world, const AwsRequest& call, const AwsAcmView& view);

}  // namespace certferry::sandbox

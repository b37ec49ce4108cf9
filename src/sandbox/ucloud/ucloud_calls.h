// What each action of UCloud does to the world, and what it answers; those of USSL and UCDN here,
// the others in files of their own.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class UcloudVerb {
  kListStored,
  kUpload,
  kDelete,
  kListDomains,
  kGetDomains,
  kBind,
  kListBuckets,
  kListBucketCertificates,
  kAddToBucket,
  kUpdateInBucket,
  kListBalancerCertificates,
  kCreateBalancerCertificate,
  kDeleteBalancerCertificate,
  kListAlbs,
  kListListeners,
  kListClbs,
  kListVServers,
  kAddToListener,
  kTakeFromListener,
  kReplaceAtListener,
  kBindVServer,
};

/// How the vendor says no; in HTTP 200 as a rule.
struct UcloudRefusal {
  int code = 0;
  std::string message;
  int status = 200;
};

/// One request, taken apart.
struct UcloudRequest {
  std::string name;  ///< the action's, known or not
  std::optional<UcloudVerb> verb;
  Fields parameters;
  std::string domain;  ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const;
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

struct UcloudState;

/// The state knows which domain a number or a listener stands for.
UcloudRequest read_ucloud_request(const World& world,
                                  const UcloudState& state,
                                  const Request& request);

/// The areas that domains serve, where it is not China alone: "abroad" or "all".
using UcloudAreas = std::map<std::string, std::string>;

/// The members of an answer, RetCode and Action aside; or how the vendor says no.
using UcloudAnswer = std::variant<nlohmann::json, UcloudRefusal>;

/// What no action is there for, or cannot be read.
std::optional<UcloudRefusal> refuse_ucloud_call(const UcloudRequest& call);
/// Lists show the world as it was `view_age` ago.
UcloudAnswer run_ucloud_call(World& world,
                             UcloudState& state,
                             const UcloudRequest& call,
                             milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
UcloudAnswer pretend_ucloud_call(World& world, const UcloudRequest& call);

}  // namespace certferry::sandbox

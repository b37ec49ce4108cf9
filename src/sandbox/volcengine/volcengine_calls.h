// What each action of the certificate centre, CDN, DCDN, Live, VOD, veImageX, CLB and ALB does to
// the world, and what it answers.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/volcengine/hmac_check.h"
#include "sandbox/volcengine/tos.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// Which of the two sites is emulated: they have the same words, and not the same calls.
enum class VolcengineSite { kVolcengine, kBytePlus };

enum class VolcengineVerb {
  kListStored,
  kUpload,
  kDelete,
  kListDomains,
  kListCertificates,
  kAddCertificate,
  kGetConfig,
  kBind,
  kListDcdn,
  kBindDcdn,
  kListLive,
  kListCopies,
  kCopy,
  kBindLive,
  kDeleteCopy,
  kListSpaces,
  kListVod,
  kGetVodConfig,
  kBindVod,
  kListServices,
  kListServiceDomains,
  kGetImagexConfig,
  kBindImagex,
  kListBalancers,
  kListListeners,
  kGetListener,
  kListRules,
  kChangeListener,
  kChangeExtensions,
};

struct VolcengineAction {
  VolcengineSite site;
  std::string_view service;
  std::string_view region;  ///< of load balancers where the emulated ones are; others have none
  std::string_view version;
  std::string_view name;
  VolcengineVerb verb;
  std::string_view method = "POST";

  bool changes() const;
  bool binds() const;
  /// Whether each region answers for itself.
  bool is_regional() const { return service == "clb" || service == "alb"; }
  std::string permission() const { return std::string(service) + ":" + std::string(name); }
};

/// Live's own list.
struct VolcengineLive {
  /// A certificate in its list; the world knows what is in it as one of the centre's.
  struct Copy {
    std::string name;
    std::int64_t id = 0;
    SteadyTime made_at{};
  };
  std::map<std::string, Copy> copies;  ///< by ChainID
  std::set<std::string> http2;         ///< the domains that have it
  std::uint64_t next_copy = 1;
};

/// Listeners of load balancers.
struct VolcengineListeners {
  /// The domains that have a listener of their own, whose only certificate is theirs; the others
  /// have an extension at the listener of their load balancer.
  std::set<std::string> alone;
  /// What is set for a listener beside certificates, where it is not as at first.
  std::map<std::string, nlohmann::json> settings;  ///< by its id
};

/// What the products have of their own, beside the world.
struct VolcengineState {
  VolcengineLive live;
  /// HTTPS settings of VOD's domains that are not as they are at first, certificates aside.
  std::map<std::string, nlohmann::json> vod_https;
  std::map<std::string, nlohmann::json> imagex_https;  ///< the same of veImageX's
  TosProtocols tos_protocols;
  VolcengineListeners listeners;
};

/// One request, taken apart.
struct VolcengineRequest {
  std::string name;                          ///< the action's, known or not
  std::string version;                       ///< asked for
  std::string region;                        ///< in the scope of its signature
  const VolcengineAction* action = nullptr;  ///< null: there is none of that name and version
  nlohmann::json parameters;                 ///< of the body, and of the query where they stand
  std::string domain;                        ///< canonical; empty when it is about none or several
  bool readable = true;

  std::string_view counted_as() const { return action == nullptr ? std::string_view() : name; }
  CallShape shape() const;
};

VolcengineRequest read_volcengine_request(const Request& request, VolcengineSite site);

/// The Result of an answer; or how the vendor says no.
using VolcengineAnswer = std::variant<nlohmann::json, VolcengineRefusal>;

/// What no action is there for, or cannot be read.
std::optional<VolcengineRefusal> refuse_call(const VolcengineRequest& call);
/// Lists show the world as it was `view_age` ago.
VolcengineAnswer run_volcengine_call(World& world,
                                     VolcengineState& state,
                                     const VolcengineRequest& call,
                                     milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
VolcengineAnswer pretend_volcengine_call(World& world, const VolcengineRequest& call);

/// The domain whose certificate a change of a listener sets; empty: it is none, or of none.
std::string domain_of_change(const World& world,
                             const VolcengineState& state,
                             const VolcengineRequest& call);
/// The listener that a domain of CLB or ALB is at.
std::string listener_of(const World& world, const VolcengineState& state, const std::string& name);

/// A certificate's id at the vendor: "cert-" and 32 digits.
std::string volcengine_id(std::int64_t id);

}  // namespace certferry::sandbox

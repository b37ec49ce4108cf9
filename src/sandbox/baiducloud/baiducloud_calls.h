// What each call of certificate management, CDN and BLB does to the world, and what it answers.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/baiducloud/bce_auth.h"
#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class BaiduCloudVerb {
  kListStored,
  kUpload,
  kDelete,
  kListDomains,
  kGetConfig,
  kBind,
  kListBalancers,
  kGetBalancer,
  kListSecure,  ///< HTTPS listeners
  kListPlain,   ///< SSL listeners, which have no names
  kUpdateListener,
};

/// One call that there is. `path` has a `*` where a name or an id stands.
struct BaiduCloudOperation {
  std::string_view name;  ///< as the vendor's Go client calls it
  std::string_view service;
  std::string_view method;
  std::string_view path;
  BaiduCloudVerb verb;

  bool changes() const {
    using enum BaiduCloudVerb;
    return verb == kUpload || verb == kDelete || binds();
  }
  bool binds() const {
    return verb == BaiduCloudVerb::kBind || verb == BaiduCloudVerb::kUpdateListener;
  }
};

/// One request, taken apart.
struct BaiduCloudRequest {
  const BaiduCloudOperation* operation = nullptr;  ///< null: there is none at that path
  std::string subject;                             ///< the name or id in the path, decoded
  std::map<std::string, std::string> query;        ///< a name without '=' has an empty value
  std::string body;
  std::string domain;  ///< canonical; empty when it is about none
  std::string region;  ///< of load balancers, by the host
  bool readable = true;

  std::string_view counted_as() const {
    return operation == nullptr ? std::string_view() : operation->name;
  }
  CallShape shape() const;
};

BaiduCloudRequest read_baiducloud_request(const Request& request);

/// What the vendor keeps and the world does not know of.
struct BaiduCloudState {
  /// HTTPS settings beside `enabled` and `certId`, as the vendor begins with them unless set.
  std::map<std::string, nlohmann::json> https;
  milliseconds operating{};         ///< for how long after a change a domain is OPERATING
  std::set<std::string> apart;      ///< hosts at a load balancer of the application kind
  std::set<std::string> forgotten;  ///< hosts that a change of their listener left out
  std::map<std::string, nlohmann::json> listeners;  ///< what they are set to beside, by balancer
  std::map<std::string, SteadyTime> changed;        ///< when they were last, by balancer

  nlohmann::json& https_of(const std::string& domain);
};

/// A body; empty where the vendor says no more than HTTP 200. Or how it says no.
using BaiduCloudAnswer = std::variant<std::string, BaiduCloudRefusal>;

/// What no call is there for, or cannot be read.
std::optional<BaiduCloudRefusal> refuse_call(const BaiduCloudRequest& call);
/// Lists show the world as it was `view_age` ago.
BaiduCloudAnswer run_baiducloud_call(World& world,
                                     BaiduCloudState& state,
                                     const BaiduCloudRequest& call,
                                     milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
BaiduCloudAnswer pretend_baiducloud_call(World& world, const BaiduCloudRequest& call);

/// "cert-0000000000dz".
std::string baiducloud_certificate_id(std::int64_t id);
/// The inverse; nothing for what is no such id.
std::optional<std::int64_t> baiducloud_certificate_number(std::string_view id);

}  // namespace certferry::sandbox

// What each call of SSL certificates and CDN does to the world, and what it answers; those of Live
// and VOD are in jdcloud_video.h.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/jdcloud/jdcloud2.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class JdcloudVerb {
  kListStored,
  kGetStored,
  kUpload,
  kDelete,
  kListDomains,
  kGetDomain,
  kGetConfig,
  kBind,
  kListLive,
  kGetLive,
  kSetLive,
  kListVod,
  kGetVod,
  kSetVod,
};

/// One call that there is. `path` has a `*` where a name or an id stands.
struct JdcloudOperation {
  std::string_view name;  ///< as the vendor's documents call it
  std::string_view service;
  std::string_view method;
  std::string_view path;
  JdcloudVerb verb;

  bool changes() const {
    using enum JdcloudVerb;
    return verb == kUpload || verb == kDelete || binds();
  }
  bool binds() const {
    using enum JdcloudVerb;
    return verb == kBind || verb == kSetLive || verb == kSetVod;
  }
};

/// One request, taken apart.
struct JdcloudRequest {
  const JdcloudOperation* operation = nullptr;  ///< null: there is none at that path
  std::string subject;                          ///< the name or id in the path, decoded
  Fields query;
  std::string body;
  std::string domain;  ///< canonical; empty when it is about none
  bool readable = true;

  std::string_view counted_as() const {
    return operation == nullptr ? std::string_view() : operation->name;
  }
  CallShape shape() const;
};

/// A domain of VOD's is named by a number, and stands in the world: `domain` stays empty here.
JdcloudRequest read_jdcloud_request(const Request& request);

/// What the vendor keeps and the world does not know of.
struct JdcloudState {
  std::map<std::string, std::string> redirects;  ///< jumpType, by canonical name
  std::map<std::string, std::string> titles;     ///< of bundles that domains hold themselves
  milliseconds configuring{};                    ///< how long a domain takes no other change
  std::uint64_t next_task = 1;
};

/// The result of a success, which may have none, or how the vendor says no.
using JdcloudAnswer = std::variant<nlohmann::json, JdcloudRefusal>;

/// What no call is there for, or cannot be read.
std::optional<JdcloudRefusal> refuse_call(const JdcloudRequest& call);
/// Lists show the world as it was `view_age` ago.
JdcloudAnswer run_jdcloud_call(World& world,
                               JdcloudState& state,
                               const JdcloudRequest& call,
                               milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
JdcloudAnswer pretend_jdcloud_call(World& world, const JdcloudRequest& call);

/// Whether a change of it is still being carried out.
bool is_configuring(const World& world, const JdcloudState& state, const Domain& domain);

/// "cert-10001".
std::string jdcloud_certificate_id(std::int64_t id);

}  // namespace certferry::sandbox

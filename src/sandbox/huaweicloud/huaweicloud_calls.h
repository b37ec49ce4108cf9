// What each call of SCM, CDN, WAF and ELB does to the world, and what it answers.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/fields.h"
#include "sandbox/huaweicloud/sdk_hmac.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class HuaweiCloudVerb {
  kListStored,
  kUpload,
  kDelete,
  kListDeployed,
  kListDomains,
  kListHttps,
  kGetConfig,
  kBind,
  kListHosts,
  kListOwn,
  kCopy,
  kApply,
  kDeleteCopy,
  kListBalancers,
  kListListeners,
  kGetListener,
  kListElbOwn,
  kElbCopy,
  kUpdateListener,
  kDeleteElbCopy,
};

/// One call that there is. `path` has a `*` where a name or an id stands, and `{project}` where the
/// region's project does.
struct HuaweiCloudOperation {
  std::string_view name;  ///< as the vendor's documents call it
  std::string_view service;
  std::string_view method;
  std::string_view path;
  HuaweiCloudVerb verb;
  std::string_view permission;

  bool changes() const {
    using enum HuaweiCloudVerb;
    return verb == kUpload || verb == kDelete || verb == kBind || verb == kCopy || verb == kApply ||
           verb == kDeleteCopy || verb == kElbCopy || verb == kUpdateListener ||
           verb == kDeleteElbCopy;
  }
  bool binds() const {
    using enum HuaweiCloudVerb;
    return verb == kBind || verb == kApply || verb == kUpdateListener;
  }
};

/// One request, taken apart.
struct HuaweiCloudRequest {
  const HuaweiCloudOperation* operation = nullptr;  ///< null: there is none at that path
  std::string subject;                              ///< the name or id in the path, decoded
  std::string project;                              ///< the same, of a project
  Fields query;
  std::string body;
  std::string domain;  ///< canonical; empty when it is about none
  bool readable = true;

  std::string_view counted_as() const {
    return operation == nullptr ? std::string_view() : operation->name;
  }
  CallShape shape() const;
};

HuaweiCloudRequest read_huaweicloud_request(const Request& request);

/// The HTTPS settings of a domain beside its certificate, as the vendor begins with them.
struct HuaweiCloudHttps {
  std::string http2 = "off";
  std::string tls_version = "TLSv1.1,TLSv1.2,TLSv1.3";
  std::string ocsp_stapling = "off";
  bool second_certificate = false;  ///< one for SM2, beside

  bool operator==(const HuaweiCloudHttps&) const = default;
};

/// A certificate in WAF's own list: what is in it is an entry of the world's store, by which the
/// edges serve it.
struct HuaweiCloudCopy {
  std::string name;
  std::int64_t entry = 0;
  SteadyTime made_at{};
  Time end{};  ///< of what is in it: another one once somebody has replaced that
};

struct HuaweiCloudWaf {
  std::map<std::string, HuaweiCloudCopy> copies;  ///< by WAF's id
  std::map<std::string, std::string> applied;     ///< the copy that a host was given, by its name
  std::set<std::string> bypassed;                 ///< hosts, by canonical name
  std::uint64_t next_copy = 1;
};

/// The same in ELB's list, for the names that stand beside it.
struct HuaweiCloudElbCopy {
  std::string name;
  std::string domain;
  std::int64_t entry = 0;
  SteadyTime made_at{};
};

struct HuaweiCloudElb {
  std::map<std::string, HuaweiCloudElbCopy> copies;  ///< by ELB's id
  std::map<std::string, std::string> applied;        ///< the copy that a name was given
  std::uint64_t next_copy = 1;
};

/// What the vendor keeps and the world does not know of.
struct HuaweiCloudState {
  std::map<std::string, HuaweiCloudHttps> https;  ///< by canonical name
  /// The name that a certificate was given at a domain, by domain and id.
  std::map<std::pair<std::string, std::int64_t>, std::string> names;
  milliseconds configuring{};  ///< how long a domain takes no other change after one
  HuaweiCloudWaf waf;
  HuaweiCloudElb elb;
};

/// A body; empty for HTTP 204. Or how the vendor says no.
using HuaweiCloudAnswer = std::variant<std::string, HuaweiCloudRefusal>;

/// What no call is there for, or cannot be read.
std::optional<HuaweiCloudRefusal> refuse_call(const HuaweiCloudRequest& call);
/// Lists show the world as it was `view_age` ago.
HuaweiCloudAnswer run_huaweicloud_call(World& world,
                                       HuaweiCloudState& state,
                                       const HuaweiCloudRequest& call,
                                       milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
HuaweiCloudAnswer pretend_huaweicloud_call(World& world, const HuaweiCloudRequest& call);

/// "scs0000000010001".
std::string huaweicloud_certificate_id(std::int64_t id);

}  // namespace certferry::sandbox

// What each call of SCM and CDN does to the world, and what it answers.
#pragma once

#include <map>
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
};

/// One call that there is. `path` has a `*` where a name or an id stands.
struct HuaweiCloudOperation {
  std::string_view name;  ///< as the vendor's documents call it
  std::string_view service;
  std::string_view method;
  std::string_view path;
  HuaweiCloudVerb verb;
  std::string_view permission;

  bool changes() const {
    using enum HuaweiCloudVerb;
    return verb == kUpload || verb == kDelete || verb == kBind;
  }
};

/// One request, taken apart.
struct HuaweiCloudRequest {
  const HuaweiCloudOperation* operation = nullptr;  ///< null: there is none at that path
  std::string subject;                              ///< the name or id in the path, decoded
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

/// What the vendor keeps and the world does not know of.
struct HuaweiCloudState {
  std::map<std::string, HuaweiCloudHttps> https;  ///< by canonical name
  /// The name that a certificate was given at a domain, by domain and id.
  std::map<std::pair<std::string, std::int64_t>, std::string> names;
  milliseconds configuring{};  ///< how long a domain takes no other change after one
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

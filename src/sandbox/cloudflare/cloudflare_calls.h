// What each call of Cloudflare's API does to the world, and what it answers.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class CloudflareVerb {
  kListHostnames,
  kGetHostname,
  kEditHostname,
  kListCertificates,
  kGetCertificate,
  kAddCertificate,
  kReplaceCertificate,
  kListRecords,
  kListZones,
  kGetZone,
};

/// How the vendor says no.
struct CloudflareRefusal {
  int status = 400;
  int code = 0;
  std::string message;
};

/// One request, taken apart.
struct CloudflareRequest {
  /// As a fault calls it: "list", "get" and "edit" of hostnames; "certificates", and "set" for both
  /// ways in which one gets there; "records", "zones". The path of an unknown one.
  std::string name;
  std::optional<CloudflareVerb> verb;
  std::string zone;
  std::string id;  ///< of a hostname or certificate, as in the path
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body = nlohmann::json::object();
  std::string domain = {};  ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const {
    return verb == CloudflareVerb::kEditHostname || verb == CloudflareVerb::kAddCertificate ||
           verb == CloudflareVerb::kReplaceCertificate;
  }
  std::string_view counted_as() const { return verb ? name : std::string_view(); }
  CallShape shape() const;
};

CloudflareRequest read_cloudflare_request(const World& world, const Request& request);

/// A hostname beside what the world knows of it. A bind that leaves one of these out resets it.
struct CloudflareHostname {
  std::string method = "http";
  std::string bundle_method = "ubiquitous";
  bool wildcard = false;
  nlohmann::json settings = nlohmann::json::object();
};

/// A certificate that was uploaded to the zone, beside what the world knows of it.
struct CloudflareCertificate {
  std::string id;
  std::string type = "sni_custom";
  std::string bundle_method = "ubiquitous";
  nlohmann::json geo_restrictions;  ///< null: none
  std::string policy;
  Time uploaded_on{};
  std::optional<SteadyTime> gone_at = {};  ///< replaced or deleted
  std::set<std::string> served = {};       ///< names of the zone that it served when last looked at
};

struct CloudflareState {
  std::string zone_id;
  std::string zone_name = "example.com";
  std::map<std::string, CloudflareHostname> hostnames;         ///< by canonical name
  std::map<std::int64_t, CloudflareCertificate> certificates;  ///< by the world's id
};

/// What is beside `success`, or a refusal.
using CloudflareAnswer = std::variant<nlohmann::json, CloudflareRefusal>;

/// What no call is there for, or cannot be read.
std::optional<CloudflareRefusal> refuse_cloudflare_call(const CloudflareRequest& call);
/// Lists show the world as it was `view_age` ago.
CloudflareAnswer run_cloudflare_call(World& world,
                                     CloudflareState& state,
                                     const CloudflareRequest& call,
                                     milliseconds view_age);
/// What it would answer if all went well, with nothing changed.
CloudflareAnswer pretend_cloudflare_call(const World& world,
                                         const CloudflareState& state,
                                         const CloudflareRequest& call);

}  // namespace certferry::sandbox

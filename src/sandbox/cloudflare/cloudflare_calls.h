// What each call of Cloudflare's API does to the world, and what it answers.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class CloudflareVerb { kListHostnames, kGetHostname, kEditHostname };

/// How the vendor says no.
struct CloudflareRefusal {
  int status = 400;
  int code = 0;
  std::string message;
};

/// One request, taken apart.
struct CloudflareRequest {
  std::string name;  ///< as a fault calls it: "list", "get", "edit"; the path of an unknown one
  std::optional<CloudflareVerb> verb;
  std::string zone;
  std::string id;  ///< of a hostname, as in the path
  std::map<std::string, std::string, std::less<>> query;
  nlohmann::json body = nlohmann::json::object();
  std::string domain = {};  ///< canonical; empty when it is about none
  bool readable = true;

  bool changes() const { return verb == CloudflareVerb::kEditHostname; }
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

struct CloudflareState {
  std::map<std::string, CloudflareHostname> hostnames;  ///< by canonical name
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

// One zone at Cloudflare: its token, and one call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/http_client.h"
#include "providers/cloudflare/replies.h"

namespace certferry {

struct CloudflareConfig {
  std::string endpoint;  ///< without a slash at the end
  std::string zone_id;
  std::string cname_target;  ///< where custom hostnames are pointed at; may be empty
  Secret api_token;
};

struct CloudflareCall {
  CloudflareAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string target;               ///< path below the zone and query, as they go onto the line
  std::optional<Secret> body = {};  ///< JSON
  unsigned page_size = 50;          ///< of a list
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h.
class CloudflareAccount {
 public:
  CloudflareAccount(CloudflareConfig config, HttpClient& http)
      : config_(std::move(config)), http_(http) {}

  const std::string& cname_target() const { return config_.cname_target; }
  /// The whole answer.
  Task<nlohmann::json> call(CloudflareCall call);
  /// Every item of every page of the list.
  Task<std::vector<nlohmann::json>> list(CloudflareCall list);

 private:
  HttpRequest request_of(const CloudflareCall& call) const;

  CloudflareConfig config_;
  HttpClient& http_;
};

}  // namespace certferry

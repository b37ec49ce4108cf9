// One account at Gcore: its token, and one call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "providers/gcore/replies.h"

namespace certferry {

struct GcoreConfig {
  std::string endpoint;  ///< without a slash at the end
  Secret api_token;
};

struct GcoreCall {
  GcoreAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string target;               ///< path and query as they go onto the request line
  std::optional<Secret> body = {};  ///< JSON
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h.
class GcoreAccount {
 public:
  GcoreAccount(GcoreConfig config, HttpClient& http) : config_(std::move(config)), http_(http) {}

  Task<nlohmann::json> call(GcoreCall call);
  /// Every item of the list, whose target has no query yet.
  Task<std::vector<nlohmann::json>> list(GcoreCall list);

 private:
  GcoreConfig config_;
  HttpClient& http_;
};

}  // namespace certferry

// One account at BaishanCloud: its token, and one call or one list.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "providers/baishan/replies.h"

namespace certferry {

struct BaishanConfig {
  std::string endpoint;  ///< without a slash at the end
  Secret api_token;
};

struct BaishanCall {
  BaishanAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string target;               ///< path and query as they go onto the request line
  std::optional<Secret> body = {};  ///< JSON
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h.
class BaishanAccount {
 public:
  BaishanAccount(BaishanConfig config, HttpClient& http)
      : config_(std::move(config)), http_(http) {}

  /// The answer's `data`.
  Task<nlohmann::json> call(BaishanCall call);
  /// Every item of the list, whose target has no query yet.
  Task<std::vector<nlohmann::json>> list(BaishanCall list, std::size_t items_a_page);

 private:
  BaishanConfig config_;
  HttpClient& http_;
};

}  // namespace certferry

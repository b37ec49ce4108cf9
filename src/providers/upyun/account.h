// One account at UPYUN: a session at its console, and one call or one list.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/upyun/replies.h"

namespace certferry {

struct UpyunConfig {
  std::string endpoint;  ///< without a slash at the end
  std::string username;
  Secret password;
};

struct UpyunCall {
  UpyunAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string target;               ///< path and query as they go onto the request line
  std::optional<Secret> body = {};  ///< JSON
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h.
class UpyunAccount {
 public:
  UpyunAccount(UpyunConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  /// The data of the answer. Logs in first when nobody is, or was a long time ago.
  Task<nlohmann::json> call(UpyunCall call);
  /// Every bucket of every page, with its domains.
  Task<std::vector<nlohmann::json>> buckets(std::string doing);
  /// Every certificate of every page, by id.
  Task<std::map<std::string, nlohmann::json>> certificates(std::string doing);

 private:
  Task<void> log_in();
  HttpRequest request_of(const UpyunCall& call) const;

  UpyunConfig config_;
  HttpClient& http_;
  const Clock& clock_;
  Secret session_;  ///< cookies; empty: nobody is logged in
  SteadyTime logged_in_at_{};
};

}  // namespace certferry

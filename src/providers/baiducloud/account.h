// One account at Baidu AI Cloud: its keys, and one signed call.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/baiducloud/replies.h"
#include "signing/request.h"

namespace certferry {

struct BaiduCloudConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called.
  std::string endpoint;
  AccessKey key;
  std::string region = {};  ///< of load balancers; empty: Beijing
};

struct BaiduCloudCall {
  std::string_view service;  ///< "cdn", "certificate"
  BaiduCloudAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "GET";
  std::string path;  ///< percent-encoded, as it is sent
  QueryParameters query = {};
  std::optional<Secret> body = {};  ///< JSON
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h, invalid_input for keys that
/// cannot go into a header.
class BaiduCloudAccount {
 public:
  BaiduCloudAccount(BaiduCloudConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  Task<nlohmann::json> call(BaiduCloudCall call);
  const Clock& clock() const { return clock_; }

 private:
  Result<HttpRequest> signed_request(const BaiduCloudCall& call) const;
  std::string endpoint_of(std::string_view service) const;

  BaiduCloudConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry

// One account at Kingsoft Cloud: its keys, and one signed call or one list.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/ksyun/replies.h"
#include "signing/request.h"

namespace certferry {

struct KsyunConfig {
  std::string endpoint;  ///< without a slash at the end
  AccessKey key;
  std::string project;  ///< empty: domains of every project
};

struct KsyunCall {
  KsyunAction action;
  std::string doing;  ///< becomes the errors' activity
  QueryParameters query = {};
  std::optional<Secret> body = {};  ///< JSON, and then the call is a POST
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h, invalid_input for keys that
/// are empty or broken. Lifetime: client and clock outlive it.
class KsyunAccount {
 public:
  KsyunAccount(KsyunConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  const std::string& project() const { return config_.project; }
  Task<nlohmann::json> call(KsyunCall call);

 private:
  Result<HttpRequest> signed_request(const KsyunCall& call) const;

  KsyunConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry

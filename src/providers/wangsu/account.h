// One account at Wangsu: its keys, and one signed call.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/wangsu/replies.h"
#include "signing/request.h"

namespace certferry {

struct WangsuConfig {
  std::string endpoint;  ///< without a slash at the end
  AccessKey key;
  Secret api_key;  ///< of CDN Pro, which takes private keys encrypted by it; may be empty
};

struct WangsuCall {
  WangsuAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string method = "POST";
  std::string path;  ///< as it goes onto the request line
  QueryParameters query = {};
  std::optional<Secret> body = {};  ///< JSON
  /// The second that its body was made for; unset: whenever it is signed.
  std::optional<Time> at = {};
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h, invalid_input for keys that
/// cannot go into a header.
class WangsuAccount {
 public:
  WangsuAccount(WangsuConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  Task<nlohmann::json> call(WangsuCall call);
  /// A call whose success is told by the address of what it made: that address.
  Task<std::string> create(WangsuCall call);
  const Secret& api_key() const { return config_.api_key; }
  Time now() const { return clock_.now(); }

 private:
  Task<HttpResponse> send(WangsuCall call);
  Result<HttpRequest> signed_request(const WangsuCall& call) const;

  WangsuConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry

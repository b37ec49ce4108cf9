#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "ports/task.h"

namespace certferry {

struct HttpRequest {
  std::string method = "GET";
  std::string url;  ///< absolute; https, or http to a loopback address
  /// More of the query, in percent encoding, when it is a credential ("token=…"): it is sent behind
  /// the query of `url`, which stays fit to be said aloud.
  Secret secret_query;
  /// Values may carry credentials: a request is never logged as a whole.
  std::vector<std::pair<std::string, Secret>> headers;
  Secret body;  ///< the exact bytes sent
  milliseconds timeout = seconds(30);
  std::size_t max_response_bytes = std::size_t{4} * 1024 * 1024;
  /// Whether the call changes something at the peer: then a lost reply is maybe_applied.
  bool changes_state = false;
};

struct HttpResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;

  /// The first header of that name (lower case); empty when there is none.
  std::string header(std::string_view name) const {
    for (const auto& [key, value] : headers) {
      if (key == name) return value;
    }
    return {};
  }
};

/// Sends one request and reads the whole reply, whatever its status.
///
/// TLS is always verified, redirects are not followed, at most `timeout` passes and at most
/// `max_response_bytes` of decoded body are read.
/// Throws: invalid_input (URL not allowed: `http.insecure`), unavailable (name not found, refused,
/// reset or TLS failed before anything was sent), timed_out, rejected (`reply.too_large`);
/// maybe_applied in place of the last three and of a lost connection when `changes_state` and any
/// byte of the request may have reached the peer; cancelled.
/// Lifetime: the client outlives its tasks.
class HttpClient {
 public:
  virtual ~HttpClient() = default;
  virtual Task<HttpResponse> send(HttpRequest request) = 0;
};

}  // namespace certferry

// A dead man's switch: somebody elsewhere hears from us, and tells when that ends.
#pragma once

#include "ports/http_client.h"

namespace certferry::notify {

/// Calls one address by GET; any 2xx is a yes.
///
/// The address is a secret, for its path says whose heartbeat it is: no part of it is in what is
/// thrown. Lifetime: the client outlives it.
class Heartbeat {
 public:
  Heartbeat(Secret url, HttpClient& http) : url_(std::move(url)), http_(http) {}

  /// Throws: what the client throws, rejected or unavailable (`heartbeat.refused`) for another
  /// answer than 2xx; cancelled.
  Task<void> beat();

 private:
  Secret url_;
  HttpClient& http_;
};

}  // namespace certferry::notify

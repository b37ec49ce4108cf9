// Whether a request is signed as JD Cloud wants it (JDCLOUD2-HMAC-SHA256), checked by code that
// shares nothing with the client's.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct JdcloudCredentials {
  std::string access_key_id;
  Secret access_key_secret;
};

/// How the vendor says no.
struct JdcloudRefusal {
  int code = 400;
  std::string status;
  std::string message;
};

/// Takes a nonce once.
class JdcloudSignatures {
 public:
  /// Nothing when the request is signed for that service.
  std::optional<JdcloudRefusal> refuse(const Request& request,
                                       const JdcloudCredentials& credentials,
                                       std::string_view service,
                                       Time now);

 private:
  std::set<std::string> nonces_;
};

}  // namespace certferry::sandbox

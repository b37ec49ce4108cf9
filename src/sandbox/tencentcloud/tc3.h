// Whether a request is signed as Tencent Cloud wants it, checked by code that shares nothing with
// the client's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct TencentCredentials {
  std::string secret_id;
  Secret secret_key;
  std::string session_token;  ///< empty: the pair is a permanent one
};

/// How the vendor says no; HTTP says 200 all the same.
struct TencentRefusal {
  std::string code;
  std::string message;
};

/// Nothing when the request is signed, for that service. `service` empty: there is none of that
/// action.
std::optional<TencentRefusal> refuse_tc3(const TencentCredentials& credentials,
                                         const Request& request,
                                         std::string_view service,
                                         Time now);

}  // namespace certferry::sandbox

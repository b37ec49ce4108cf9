// Whether a request is signed by AWS's Signature Version 4, checked by code that shares nothing
// with the client's. Kingsoft Cloud takes it as well.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct Aws4Credentials {
  std::string access_key;
  Secret secret_key;
  std::string session_token = {};  ///< of temporary ones; else none may come
};

/// What a vendor wants of a signature.
struct Aws4Rules {
  std::string_view service;               ///< in the scope
  std::string_view region = {};           ///< as well; empty: any
  std::vector<std::string> signed_names;  ///< headers that have to be signed, others may be
  minutes tolerance{15};
};

/// How a request is not signed as it should be.
enum class Aws4Fault { kIncomplete, kUnknownKey, kWrongToken, kWrongTime, kMismatch };

/// Nothing when the request is signed with these keys, for this service, and not long ago.
std::optional<Aws4Fault> find_aws4_fault(const Request& request,
                                         const Aws4Credentials& credentials,
                                         const Aws4Rules& rules,
                                         Time now);

}  // namespace certferry::sandbox

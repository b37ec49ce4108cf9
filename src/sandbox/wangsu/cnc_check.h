// Whether a request is signed as Wangsu wants it (CNC-HMAC-SHA256), checked by code that shares
// nothing with the client's.
#pragma once

#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct WangsuCredentials {
  std::string access_key;
  Secret secret_key;
};

/// Signed over method, path, decoded query, type, host and body, at most a quarter of an hour ago
/// or ahead, with a Date of the very same second.
bool is_signed_for_wangsu(const Request& request, const WangsuCredentials& credentials, Time now);

}  // namespace certferry::sandbox

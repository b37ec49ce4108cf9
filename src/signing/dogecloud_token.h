// DogeCloud's "TOKEN" scheme: HMAC-SHA1 over request target and body, and nothing else.
//
// No time, nonce, method or header is covered: a request signs to the same value for ever, clock
// skew never matters, and whoever sees a request may repeat it. So the value is a secret.
#pragma once

#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

/// The value of the Authorization header of one call.
///
/// `target` is the path and query exactly as they go on the request line, `body` the exact bytes
/// sent; empty for GET. Error: invalid_input `signing.key` when a key is empty or holds CR, LF or
/// NUL, which would break the header.
/// Source: https://docs.dogecloud.com/cdn/api-access-token
Result<Secret> dogecloud_authorization(std::string_view access_key,
                                       const Secret& secret_key,
                                       std::string_view target,
                                       std::string_view body);

}  // namespace certferry

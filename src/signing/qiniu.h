// Qiniu's second signature, "Qiniu"; its first, "QBox", does not cover a body of JSON.
//
// What is odd here:
//  - base64 with - and _, and with its padding
//  - path and query are signed as they stand on the request line
//  - a body of octets is not signed, any other is
//  - no time: but for X-Qiniu-Date, if it is sent, a request signs to the same value for ever
#pragma once

#include "signing/request.h"

namespace certferry {

/// `raw_query` is what stands behind the question mark; `request.query` is not looked at. Of
/// `request.headers` Content-Type, which every request must have, and X-Qiniu-* are signed.
/// Error: as `check_signable`.
/// Source: https://developer.qiniu.com/kodo/1201/access-token, tests/wire/fixtures/qiniu.json
Result<Signature> sign_qiniu(const UnsignedRequest& request,
                             std::string_view raw_query,
                             const AccessKey& key);

}  // namespace certferry

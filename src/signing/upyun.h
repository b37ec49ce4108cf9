// UPYUN's signature, of its storage; certificates are for a token or a session of the console.
//
// What is odd here:
//  - the key is the MD5 of the operator's password, as 32 hexadecimal digits
//  - path and query are signed as they stand on the request line, and no host
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// The key is the operator's name and password. `raw_query` is what stands behind the question
/// mark; `request.query` is not looked at. Of `request.headers` Content-MD5 alone is signed.
/// Error: as `check_signable`.
/// Source: https://help.upyun.com/knowledge-base/object_storage_authorization/,
/// tests/wire/fixtures/upyun.json
Result<Signature> sign_upyun(const UnsignedRequest& request,
                             std::string_view raw_query,
                             const AccessKey& key,
                             Time now);

}  // namespace certferry

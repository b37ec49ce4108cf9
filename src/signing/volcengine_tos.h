// The signature of Volcengine's and BytePlus's object storage: their own one with other words.
//
// What is odd here:
//  - the body is not signed, and X-Tos-Content-Sha256 says so: without that header the hash of an
//    empty body is expected whatever the body
//  - a bare parameter of the query, such as ?customdomain, is signed with its `=`
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` are what begins with `x-tos-`, and no others. Error: as `check_signable`.
/// Source: https://www.volcengine.com/docs/6349/74839, tests/wire/fixtures/volcengine_tos.json
Result<Signature> sign_tos(const UnsignedRequest& request,
                           const AccessKey& key,
                           std::string_view region,
                           Time now);

}  // namespace certferry

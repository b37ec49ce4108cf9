// Tencent Cloud's TC3, of every product: a domain of a COS bucket is bound by the certificate
// center, so COS's own signature is not needed.
//
// What is odd here:
//  - the chain has no region, and its day is written with dashes
//  - the host is signed without its port; X-TC-Token is not signed
//  - no parameters are the body `{}`, not an empty one
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` is `content-type`, in lower case, for the vendor lowers it before comparing.
/// `service` is the first label of the product's own host: ssl, cdn, teo. X-TC-Action and
/// X-TC-Version are the caller's. Error: as `check_signable`.
/// Source: https://cloud.tencent.com/document/api/213/30654, tests/wire/fixtures/tencentcloud.json
Result<Signature> sign_tc3(const UnsignedRequest& request,
                           const AccessKey& key,
                           std::string_view service,
                           Time now);

}  // namespace certferry

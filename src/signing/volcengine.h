// The signature of Volcengine and BytePlus: AWS's fourth version with other words.
//
// What is odd here:
//  - the chain begins with the secret alone, without a prefix
//  - the path is always `/`; Action and Version are in the query, and signed there
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` may stay empty: the vendor's own SDKs differ in whether they sign
/// `content-type`, and the server goes by the list of names. `service` is cdn, dcdn,
/// certificate_service, live, vod, imagex, alb, clb. Error: as `check_signable`.
/// Source: https://www.volcengine.com/docs/6369/67269, tests/wire/fixtures/volcengine.json
Result<Signature> sign_volcengine(const UnsignedRequest& request,
                                  const AccessKey& key,
                                  std::string_view region,
                                  std::string_view service,
                                  Time now);

}  // namespace certferry

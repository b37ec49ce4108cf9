// Alibaba Cloud's third signature version, of every OpenAPI product; OSS has its own.
//
// What is odd here:
//  - one plain HMAC with the secret itself, no key for a day
//  - action and version are headers; with the other x-acs-* ones they must all be signed
//  - commas without blanks in Authorization
//  - a nonce is taken once: whoever repeats a request signs it anew
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` are `x-acs-action`, `x-acs-version` and, with a body, `content-type`. `nonce`
/// is not used a second time within 15 minutes. Error: as `check_signable`.
/// Source: https://help.aliyun.com/zh/sdk/product-overview/v3-request-structure-and-signature,
/// tests/wire/fixtures/aliyun.json
Result<Signature> sign_acs3(const UnsignedRequest& request,
                            const AccessKey& key,
                            Time now,
                            std::string_view nonce);

}  // namespace certferry

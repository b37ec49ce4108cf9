// Huawei Cloud's SDK-HMAC-SHA256, of every REST service; OBS has its own.
//
// What is odd here:
//  - the canonical path always ends in a slash, though the request's does not
//  - one plain HMAC with the secret itself, no key for a day
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` are all that are sent, but for Accept and User-Agent: as a rule `content-type`
/// and `x-project-id`, or `x-domain-id` of a global service. Whether one answers without those
/// two is unconfirmed: the vendor's SDKs always send one. Error: as `check_signable`.
/// Source: https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm.html,
/// tests/wire/fixtures/huaweicloud.json
Result<Signature> sign_huawei(const UnsignedRequest& request, const AccessKey& key, Time now);

}  // namespace certferry

// Huawei Cloud OBS's header signature, which the other services do not take.
//
// What is odd here:
//  - the bucket is in the signed path, though on the wire it is in the host, which is not signed
//  - of the query only sub-resources are signed, and those decoded
//  - the body is not signed, but for its Content-MD5
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// Of `request.headers` Content-MD5, Content-Type and what begins with `x-obs-` are signed. Of the
/// sub-resources `customdomain` alone is known here. Error: as `check_signable`.
/// Source: https://support.huaweicloud.com/intl/en-us/api-obs/obs_04_0010.html,
/// tests/wire/fixtures/huaweicloud_obs.json
Result<Signature> sign_obs(const UnsignedRequest& request,
                           std::string_view bucket,
                           const AccessKey& key,
                           Time now);

}  // namespace certferry

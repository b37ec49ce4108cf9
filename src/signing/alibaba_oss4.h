// Alibaba Cloud OSS's fourth signature, which the other products do not take.
//
// What is odd here:
//  - the bucket is in the canonical path, though on the wire it is in the host, which is not signed
//  - a parameter of the query without a value has no `=`
//  - the list of signed headers is not in Authorization: which they are is agreed
//  - the body is not signed, but for its Content-MD5 when that is sent
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` are `content-type`, `content-md5` and what begins with `x-oss-`, and no
/// others. `bucket` is empty in a call that is about none. `region` is without `oss-`: cn-hangzhou.
/// Error: as `check_signable`. Source:
/// https://help.aliyun.com/zh/oss/developer-reference/recommend-to-use-signature-version-4,
/// tests/wire/fixtures/aliyun_oss.json
Result<Signature> sign_oss4(const UnsignedRequest& request,
                            std::string_view bucket,
                            const AccessKey& key,
                            std::string_view region,
                            Time now);

}  // namespace certferry

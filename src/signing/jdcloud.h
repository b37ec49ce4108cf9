// JD Cloud's JDCLOUD2-HMAC-SHA256: AWS's fourth version with other words, and a nonce.
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` is `content-type`. `nonce` is a UUID, new for each request. `region` is the
/// literal `jdcloud-api` for services that have none; `service` is cdn, ssl, live, vod, lb.
/// Error: as `check_signable`.
/// Source: https://docs.jdcloud.com/cn/common-declaration/api/signature,
/// tests/wire/fixtures/jdcloud.json
Result<Signature> sign_jdcloud(const UnsignedRequest& request,
                               const AccessKey& key,
                               std::string_view region,
                               std::string_view service,
                               Time now,
                               std::string_view nonce);

}  // namespace certferry

// CTYun's EOP signature.
//
// What is odd here:
//  - neither method, host nor path is signed
//  - eop-date ends in Z, and most clients write Beijing time there, the vendor's Go SDK among them
//    (ctyun-it/ctyun-sdk-go, ctyun-sdk-core/request.go formats local time); at least one writes
//    UTC. Which of the two the gateway insists on, and how far it may be off, is unconfirmed
//  - the chain of keys has the access key's id in it
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// What a clock on the wall says where the caller thinks that the gateway is.
enum class CtyunClock { kBeijing, kUtc };

/// `request.headers` are not signed, and the query must go as `canonical_query` spells it.
/// `request_id` is new for each request. Error: as `check_signable`.
/// Source: https://www.ctyun.cn/document/10015882/10030146; no SDK for Node exists.
Result<Signature> sign_ctyun(const UnsignedRequest& request,
                             const AccessKey& key,
                             Time now,
                             std::string_view request_id,
                             CtyunClock clock = CtyunClock::kBeijing);

}  // namespace certferry

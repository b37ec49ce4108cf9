// Wangsu's CNC-HMAC-SHA256.
//
// What is odd here:
//  - the query is signed decoded, without its percent signs
//  - Content-Type is signed even when there is no body, so it is always sent
//  - one plain HMAC with the secret itself, no key for a day
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` is `content-type`. The query must go as `canonical_query` spells it: what is
/// signed is that, decoded. The Date header is of the same moment, for CDN Pro encrypts with it.
/// Error: as `check_signable`.
/// Source: recomputed from public clients (certimate-go/certimate, netcccyun/dnsmgr) that agree; no
/// SDK for Node exists, and the service itself has not seen it.
Result<Signature> sign_wangsu(const UnsignedRequest& request, const AccessKey& key, Time now);

/// A private key as CDN Pro takes it: encrypted by the account's API key and the second that the
/// request is signed in, so `now` is the very same; base64.
/// Source: as above; the service itself has not seen it.
std::string encrypt_for_cdn_pro(const Secret& private_key, const Secret& api_key, Time now);

}  // namespace certferry

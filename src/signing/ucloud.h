// UCloud's signature: a hash over the parameters, which it becomes one of.
//
// What is odd here:
//  - SHA-1 of everything in a row with the private key at its end, and no separators
//  - no time and no nonce: a request signs to the same value for ever, so it is a secret
#pragma once

#include "signing/request.h"

namespace certferry {

/// Values may be secrets: an upload has a private key among them.
using UcloudParameters = std::vector<std::pair<std::string, Secret>>;

/// `parameters` are the call's own, Action among them, as they are before the form is encoded.
/// Returns those to be sent besides: PublicKey and Signature.
/// Error: invalid_input `signing.key`, as `check_key` of both halves.
/// Source: https://docs.ucloud.cn/api/summary/signature; the SDK for Node is not published.
Result<UcloudParameters> sign_ucloud(const UcloudParameters& parameters, const AccessKey& key);

}  // namespace certferry

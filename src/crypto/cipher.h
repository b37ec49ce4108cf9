// Encryption that a vendor's API asks for within TLS.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace certferry {

/// Raw bytes: AES-128 in CBC mode, padded as PKCS #7 says. `key` and `iv` are 16 bytes each. It
/// keeps nobody from changing the text, so it is for what is authenticated otherwise. Source: NIST
/// SP 800-38A, RFC 5652 section 6.3.
std::string aes_128_cbc(const Secret& key, std::string_view iv, const Secret& text);

}  // namespace certferry

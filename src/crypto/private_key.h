// Private to this room: between OpenSSL's keys and PEM text in a Secret.
#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"
#include "crypto/keys.h"
#include "crypto/openssl.h"

namespace certferry::openssl {

/// An RSA, EC or Ed25519 key; null when it is none of them, or damaged.
Key key_from_pkcs8(const PKCS8_PRIV_KEY_INFO& info);

/// Reads such a key as PKCS#8, PKCS#1 or SEC1 in DER form, unencrypted; null when it is none of
/// them.
Key key_from_der(std::string_view der);

/// Null when the key has no such form.
std::optional<Secret> key_to_pem(const EVP_PKEY& key, KeyForm form);

/// Whether a signature made with `private_key` verifies with `public_key`. Comparing the public
/// halves is not enough: a damaged private half would be found out by the first visitor. A hostile
/// one, whose numbers are so long that signing takes minutes, does not sign.
bool signs_for(EVP_PKEY& private_key, EVP_PKEY& public_key);

}  // namespace certferry::openssl

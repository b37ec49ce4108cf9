// Private keys in the forms that vendors take.
#pragma once

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

enum class KeyForm {
  kPkcs8,        ///< BEGIN PRIVATE KEY, any algorithm
  kTraditional,  ///< BEGIN RSA PRIVATE KEY (PKCS#1) or BEGIN EC PRIVATE KEY (SEC1), by the key
};

/// Writes an unencrypted PEM key in another form, unencrypted too.
///
/// Error: invalid_input `pem.truncated` (not one key), unsupported `cert.key_unsupported` (a key
/// that has no traditional form: Ed25519). Source: RFC 5208, RFC 8017 appendix A.1.2, RFC 5915.
Result<Secret> write_key(const Secret& key_pem, KeyForm form);

}  // namespace certferry

// PFX archives (PKCS#12): a key and its certificates in one file, closed with a password.
#pragma once

#include <string>

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

/// Takes an archive apart into one PEM text: its certificates, then its key, for `read_bundle`.
///
/// Limits: 64 KiB, and two million rounds of key derivation in all, which take about two seconds:
/// an archive names its own number. `where` names it in messages. Error: invalid_input
/// `pkcs12.too_large`, `pkcs12.not_pkcs12`, `pkcs12.password`, `pkcs12.rounds`,
/// `pkcs12.unsupported` (ciphers that OpenSSL 3 no longer has; no check of its integrity),
/// `cert.key_unsupported` (no RSA, EC or Ed25519 key); `pem.empty` for no bytes at all.
/// Source: RFC 7292.
Result<Secret> pkcs12_to_pem(const Secret& archive,
                             const Secret& password,
                             const std::string& where);

}  // namespace certferry

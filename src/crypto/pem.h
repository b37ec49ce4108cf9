// Bundles and certificates out of PEM text.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/secret.h"
#include "crypto/certificate.h"
#include "model/bundle.h"

namespace certferry {

/// One PEM text that holds everything, or a chain and its key apart.
struct PemInput {
  Secret chain;
  std::optional<Secret> key;             ///< none: the key stands in `chain`
  std::string chain_name = "the chain";  ///< for messages: a path, mostly
  std::string key_name = "the key";      ///< for messages
};

/// Reads leaf, chain and key, puts the chain in order and matches the key to the leaf.
///
/// The leaf is the certificate that the key belongs to; the chain follows by issuer and signature;
/// duplicates and a root at the end are dropped; the key comes out as PKCS#8 whatever it was.
/// Dates, trust and wanted names are for policy's gate. Limits: 256 KiB a text, 10 certificates.
/// Error: invalid_input with one of `pem.empty pem.not_pem pem.other_form pem.truncated
/// pem.too_large pem.no_key pem.no_certificate pem.key_encrypted pem.many_keys`,
/// `cert.key_unsupported` (RSA under 2048 or over 8192 bits, odd or explicit curves),
/// `cert.mismatch`, `cert.chain` (foreign elements, an issuer that is no CA, unknown critical
/// extensions), `cert.names` (no usable name), `cert.dates` (ends before it begins). Each message
/// says what to do.
Result<BundlePtr> read_bundle(const PemInput& input);

/// Reads every certificate of a PEM text, in its order: extra roots, say.
///
/// Limits: 4 MiB, 1,000 certificates. `where` names the text in messages. Error: as above.
Result<std::vector<Certificate>> read_certificates(std::string_view pem, const std::string& where);

}  // namespace certferry

// Private to this room: a leaf written byte by byte.
#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "crypto/openssl.h"
#include "model/bundle.h"

namespace certferry::openssl {

/// What such a leaf is made of. Pointers are borrowed for the call.
struct WrittenLeafSpec {
  std::string common_name;
  std::vector<std::string> dns_names;  ///< canonical
  Time not_before{};
  Time not_after{};
  std::string serial;              ///< big-endian, positive, without leading zeros
  std::string secret;              ///< of its P-256 key, as derive_ec_key takes it
  X509* issuer = nullptr;          ///< with a subject key identifier
  EVP_PKEY* issuer_key = nullptr;  ///< Ed25519
};

struct WrittenLeaf {
  Certificate certificate;
  Secret key_der;  ///< PKCS#8
};

/// The same bytes as make_certificate and derive_ec_key give, in a tenth of the time: OpenSSL 3.0
/// looks for its decoders anew for each key that it puts into a certificate.
WrittenLeaf write_leaf(const WrittenLeafSpec& spec);

}  // namespace certferry::openssl

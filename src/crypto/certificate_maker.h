// Private to this room: making keys and certificates, for the throw-away CA and for tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/time.h"
#include "crypto/openssl.h"

namespace certferry::openssl {

/// What a certificate is made of. Pointers are borrowed for the call.
struct CertificateSpec {
  std::string common_name;
  EVP_PKEY* key = nullptr;  ///< its public half goes in
  Time not_before{};
  Time not_after{};
  X509* issuer = nullptr;          ///< none: self-signed
  EVP_PKEY* issuer_key = nullptr;  ///< with `issuer`
  /// Extensions by NID, in the notation of openssl.cnf: {NID_basic_constraints,
  /// "critical,CA:TRUE"}.
  std::vector<std::pair<int, std::string>> extensions;
};

/// P-256, P-384, secp256k1, ... by OpenSSL's name of the curve.
Key make_ec_key(const char* curve);
Key make_rsa_key(unsigned bits);

/// A random serial, version 3, key identifiers, signed with SHA-256.
X509Handle make_certificate(const CertificateSpec& spec);

}  // namespace certferry::openssl

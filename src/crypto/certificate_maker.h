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
  std::string serial;              ///< big-endian, at most 20 bytes; empty: a random one
  /// Extensions by NID, in the notation of openssl.cnf: {NID_basic_constraints,
  /// "critical,CA:TRUE"}.
  std::vector<std::pair<int, std::string>> extensions;
};

/// P-256, P-384, secp256k1, ... by OpenSSL's name of the curve.
Key make_ec_key(const char* curve);
Key make_rsa_key(unsigned bits);

/// The numbers of a key on a curve, big-endian.
struct EcNumbers {
  std::string scalar;  ///< as long as the curve's order
  std::string point;   ///< uncompressed
};
EcNumbers derive_ec_numbers(const char* curve, const std::string& secret);

/// Keys that follow from a secret of 32 bytes or more and are the same on every machine.
Key derive_ec_key(const char* curve, const std::string& secret);
Key derive_ed25519_key(const std::string& secret);

/// Version 3, key identifiers, signed with SHA-256 or, by an Ed25519 key, as that signs: the same
/// bytes whenever serial, keys and dates are the same.
X509Handle make_certificate(const CertificateSpec& spec);

}  // namespace certferry::openssl

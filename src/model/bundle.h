// A bundle: one generation of leaf, chain and private key.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"

namespace certferry {

struct KeyType {
  enum class Algorithm { kRsa, kEcdsa, kEd25519, kOther };
  Algorithm algorithm = Algorithm::kOther;
  int bits = 0;  ///< RSA modulus, or field size of the curve: 256 for P-256

  auto operator<=>(const KeyType&) const = default;
};

/// "RSA 2048", "ECDSA P-256", "Ed25519".
std::string to_string(KeyType type);

/// What is read out of one X.509 certificate. All text in it is foreign: print with `printable`.
struct Certificate {
  std::string fingerprint;  ///< SHA-256 of the DER form, 64 lower-case hexadecimal digits
  std::string der;
  std::string subject;  ///< RFC 2253, for people
  std::string issuer;   ///< RFC 2253, for people
  std::string serial;   ///< lower-case hexadecimal
  Time not_before{};
  Time not_after{};
  std::vector<std::string> dns_names;     ///< canonical, in the certificate's order
  std::vector<std::string> ip_addresses;  ///< canonical
  KeyType key;
  bool is_ca = false;
  bool self_issued = false;  ///< subject equals issuer
};

/// Leaf, chain in issuer order without the root, and the key that matches the leaf.
///
/// Named by the leaf's fingerprint. Made only by crypto's `read_bundle`, which has already put the
/// chain in order and matched the key; whether it may be served is for policy's gate to say.
struct Bundle {
  Certificate leaf;
  std::vector<Certificate> chain;
  std::string chain_pem;  ///< leaf first, then the chain; LF line ends, one at the end
  Secret key_pem;         ///< unencrypted PKCS#8

  const std::string& fingerprint() const { return leaf.fingerprint; }
};

/// Bundles are immutable and shared: a thousand targets hold one.
using BundlePtr = std::shared_ptr<const Bundle>;

/// The first 12 digits of a fingerprint, for people.
std::string short_fingerprint(const std::string& fingerprint);

/// Whether a chain verifies, and if not, in which of the ways that people mend differently.
struct ChainVerdict {
  enum class Kind {
    kTrusted,
    kIncomplete,  ///< an issuer is missing between the leaf and the roots we trust
    kUntrusted,   ///< complete, but its root is not one we trust
    kExpired,     ///< an element is outside its dates at the time asked for
    kBroken,      ///< a signature, a CA flag or an extension is wrong
  };
  Kind kind = Kind::kBroken;
  std::string reason;  ///< one sentence for people; empty when trusted

  bool trusted() const { return kind == Kind::kTrusted; }
};

}  // namespace certferry

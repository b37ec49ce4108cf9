// A certificate authority that lives as long as the program: for the sandbox and for tests.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "model/bundle.h"

namespace certferry {

/// What to put into a leaf. Names may be wildcards and U-labels.
struct LeafRequest {
  enum class KeyKind { kEcdsaP256, kEcdsaP384, kEcdsaP521, kRsa2048 };
  std::vector<std::string> names;
  std::vector<std::string> ip_addresses;
  Time not_before{};
  Time not_after{};
  KeyKind key = KeyKind::kEcdsaP256;
};

/// One issuance, as an ACME client would write it to files.
struct IssuedLeaf {
  std::string chain_pem;  ///< the leaf, then the intermediate: fullchain.pem
  std::string leaf_pem;   ///< the leaf alone
  Secret key_pem;         ///< PKCS#8: privkey.pem
  Certificate leaf;       ///< as it is read out of `leaf_pem`
};

/// A root and an intermediate with fresh keys from OpenSSL's generator, or with keys that follow
/// from a seed; nothing is written anywhere.
class ThrowawayCa {
 public:
  /// Both CA certificates are valid from `not_before` to `not_after`.
  ThrowawayCa(Time not_before, Time not_after, const std::string& name = "certferry throw-away");
  /// The same bytes from the same seed, name and dates on every machine, for runs that must repeat:
  /// the CA signs with Ed25519, whose signatures hold no chance, and the n-th leaf is always the
  /// same. Such a CA issues no RSA keys.
  static ThrowawayCa from_seed(const std::string& seed,
                               Time not_before,
                               Time not_after,
                               const std::string& name);
  ~ThrowawayCa();
  ThrowawayCa(ThrowawayCa&&) noexcept;
  ThrowawayCa& operator=(ThrowawayCa&&) noexcept;

  /// What clients must trust; give it to `trust:` or to OpenSslChainVerifier.
  const std::string& root_pem() const { return root_pem_; }
  const std::string& intermediate_pem() const { return intermediate_pem_; }

  /// Throws: invalid_input `cert.names` for a name or address that is none, and for none at all.
  IssuedLeaf issue(const LeafRequest& request) const;

 private:
  struct Authority;
  IssuedLeaf write(const LeafRequest& request,
                   const std::vector<std::string>& names,
                   const std::string& number) const;
  ThrowawayCa(std::unique_ptr<Authority> authority,
              Time not_before,
              Time not_after,
              const std::string& name);

  std::unique_ptr<Authority> authority_;
  std::string root_pem_;
  std::string intermediate_pem_;
};

}  // namespace certferry

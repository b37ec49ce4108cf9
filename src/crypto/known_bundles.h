// Pairs read before, so that a fleet that has not changed is not taken apart again each hour.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "crypto/pem.h"

namespace certferry {

/// Gives what `read_bundle` gives, without its work where the very bytes were read before.
///
/// Taking a pair apart and trying its key takes OpenSSL 3.0 milliseconds: half a minute for ten
/// thousand, each time that one of them was renewed. What is remembered of a pair is its public
/// part and the digests of its bytes, by the name of its chain: a renewal takes the place of its
/// predecessor, and no key is kept. What could not be read is not remembered.
class KnownBundles {
 public:
  Result<BundlePtr> read(const PemInput& input);

 private:
  struct Known {
    std::string digest;
    Certificate leaf;
    std::vector<std::shared_ptr<const Certificate>> chain;
    bool key_as_written = false;  ///< the key's text is already in the form that a bundle has
  };
  Result<BundlePtr> again(const Known& known, const PemInput& input) const;
  void remember(const PemInput& input, std::string digest, const Bundle& bundle);
  /// Issuers are few, and shared.
  std::shared_ptr<const Certificate> shared(const Certificate& issuer);

  std::map<std::string, Known> known_;
  std::map<std::string, std::weak_ptr<const Certificate>> issuers_;  ///< by fingerprint
};

}  // namespace certferry

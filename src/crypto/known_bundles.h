// Pairs read before, so that a fleet that has not changed is not taken apart again each hour.
#pragma once

#include <map>
#include <memory>
#include <memory_resource>
#include <string>

#include "crypto/pem.h"

namespace certferry {

/// Gives what `read_bundle` gives, without its work where the very bytes were read before.
///
/// Taking a pair apart and trying its key takes OpenSSL 3.0 milliseconds: half a minute for ten
/// thousand, each time that one of them was renewed. What is remembered of a pair is its public
/// part and the digest of its bytes, by the name of its chain: a renewal takes the place of its
/// predecessor, and no key is kept. What could not be read is not remembered.
///
/// It lies in memory of its own: strewn among what ten thousand pairs take while they are read, it
/// would keep all of that from going back to the system.
class KnownBundles {
 public:
  Result<BundlePtr> read(const PemInput& input);

 private:
  /// A leaf but for its texts.
  struct Plain {
    Time not_before{};
    Time not_after{};
    KeyType key;
    bool is_ca = false;
    bool self_issued = false;
  };
  struct Known {
    std::pmr::string digest;
    Plain plain;
    std::pmr::string texts;  ///< of the leaf, each after its length; its DER form is not among them
    std::pmr::vector<std::shared_ptr<const Certificate>> chain;
    bool key_as_written = false;  ///< the key's text is already in the form that a bundle has
  };
  Result<BundlePtr> again(const Known& known, const PemInput& input) const;
  void remember(const PemInput& input, const std::string& digest, const Bundle& bundle);
  /// Issuers are few, and shared.
  std::shared_ptr<const Certificate> shared(const Certificate& issuer);
  static Certificate leaf_of(const Known& known);

  std::pmr::unsynchronized_pool_resource memory_;
  std::pmr::map<std::pmr::string, Known, std::less<>> known_{&memory_};
  std::map<std::string, std::weak_ptr<const Certificate>> issuers_;  ///< by fingerprint
};

}  // namespace certferry

// The vault on libsodium: XChaCha20-Poly1305 under a key in a file of its own.
#pragma once

#include <string>

#include "base/secret.h"
#include "ports/vault.h"

namespace certferry::state {

/// Lifetime: reads the key file at each use, so that nothing secret is kept between them.
class SealingVault final : public Vault {
 public:
  /// `key_path`: 32 bytes, mode 0600, beside the state and not in it: whoever has a copy of the
  /// state alone has no keys. Made on the first use.
  explicit SealingVault(std::string key_path) : key_path_(std::move(key_path)) {}

  std::string seal(const Bundle& bundle, const std::string& purpose, bool first) override;
  BundlePtr open(const std::string& sealed, const std::string& purpose) override;

 private:
  Secret key(bool may_make) const;

  std::string key_path_;
};

/// Where the key of a state file is: "<state>.key".
std::string vault_key_path(const std::string& state_path);

}  // namespace certferry::state

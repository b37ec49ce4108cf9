#include "engine/testing/fake_vault.h"

#include <memory>

#include "base/error.h"

namespace certferry::testing {

std::string FakeVault::seal(const Bundle& bundle, const std::string& purpose, bool first) {
  if (lost && first) lost = false;  // another one is made
  check_key();
  const std::string sealed = "sealed " + std::to_string(contents_.size());
  contents_[sealed] = {purpose, std::make_shared<const Bundle>(bundle)};
  return sealed;
}

BundlePtr FakeVault::open(const std::string& sealed, const std::string& purpose) {
  check_key();
  const auto found = contents_.find(sealed);
  if (found == contents_.end() || found->second.first != purpose) {
    throw Error(ErrorKind::kInvalidInput, "a sealed bundle does not open")
        .with_code("vault.sealed");
  }
  return found->second.second;
}

void FakeVault::check_key() const {
  if (!lost) return;
  throw Error(ErrorKind::kInvalidInput, "the vault's key file is not there")
      .with_code("vault.key")
      .with_hint("put it back");
}

}  // namespace certferry::testing

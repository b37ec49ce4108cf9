// A vault whose seal is a number: what it sealed opens for its purpose, while the key is there.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "base/error.h"
#include "ports/vault.h"

namespace certferry::testing {

class FakeVault final : public Vault {
 public:
  bool lost = false;  ///< the key file is not there

  std::string seal(const Bundle& bundle, const std::string& purpose, bool first) override {
    if (lost && first) lost = false;  // another one is made
    check_key();
    const std::string sealed = "sealed " + std::to_string(contents_.size());
    contents_[sealed] = {purpose, std::make_shared<const Bundle>(bundle)};
    return sealed;
  }

  BundlePtr open(const std::string& sealed, const std::string& purpose) override {
    check_key();
    const auto found = contents_.find(sealed);
    if (found == contents_.end() || found->second.first != purpose) {
      throw Error(ErrorKind::kInvalidInput, "a sealed bundle does not open")
          .with_code("vault.sealed");
    }
    return found->second.second;
  }

 private:
  void check_key() const {
    if (!lost) return;
    throw Error(ErrorKind::kInvalidInput, "the vault's key file is not there")
        .with_code("vault.key")
        .with_hint("put it back");
  }

  std::map<std::string, std::pair<std::string, BundlePtr>> contents_;
};

}  // namespace certferry::testing

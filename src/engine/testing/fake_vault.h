// A vault whose seal is a number: what it sealed opens for its purpose, while the key is there.
#pragma once

#include <map>
#include <string>
#include <utility>

#include "ports/vault.h"

namespace certferry::testing {

class FakeVault final : public Vault {
 public:
  bool lost = false;  ///< the key file is not there

  std::string seal(const Bundle& bundle, const std::string& purpose, bool first) override;
  BundlePtr open(const std::string& sealed, const std::string& purpose) override;

 private:
  void check_key() const;

  std::map<std::string, std::pair<std::string, BundlePtr>> contents_;
};

}  // namespace certferry::testing

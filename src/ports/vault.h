#pragma once

#include <string>

#include "model/bundle.h"

namespace certferry {

/// Seals bundles with their keys for the state store, and opens them again.
///
/// What was sealed for one purpose opens for no other: a row that is moved to another target's
/// place is refused. Throws: invalid_input `vault.key` (the key file is missing, too open, or not
/// the one it was sealed with) and `vault.sealed` (the sealed text was changed or is for something
/// else), unavailable `vault.io`. Nothing is overwritten then.
class Vault {
 public:
  virtual ~Vault() = default;
  /// Printable text. `first`: nothing is sealed yet, so that a missing key file may be made.
  virtual std::string seal(const Bundle& bundle, const std::string& purpose, bool first) = 0;
  virtual BundlePtr open(const std::string& sealed, const std::string& purpose) = 0;
};

}  // namespace certferry

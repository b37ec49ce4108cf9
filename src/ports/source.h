#pragma once

#include <string>

#include "model/bundle.h"
#include "ports/task.h"

namespace certferry {

/// Where bundles come from.
class Source {
 public:
  virtual ~Source() = default;
  /// For people: "1Panel site example.com (/opt/1panel/…/ssl)".
  virtual std::string describe() const = 0;
  /// Reads leaf, chain and key as one generation.
  ///
  /// Throws: not_found (`source.missing`), unauthorized (`source.permission`), invalid_input with a
  /// `pem.*` or `cert.*` code, unavailable (`source.torn`: the files changed while being read or do
  /// not belong together yet, so try again).
  virtual Task<BundlePtr> read() = 0;
};

}  // namespace certferry

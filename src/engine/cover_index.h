// Which of an account's many domains a certificate may cover, without asking each of them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/target.h"

namespace certferry {

/// Ten thousand certificates times ten thousand domains are a hundred million questions; by name
/// and by what stands above it there is one for each pair that may fit.
///
/// Lifetime: the list outlives it and does not change.
class CoverIndex {
 public:
  explicit CoverIndex(const std::vector<Binding>& bindings);

  /// What the leaf covers, in the list's order.
  std::vector<const Binding*> covered_by(const Certificate& leaf) const;

 private:
  using Places = std::vector<std::size_t>;
  const std::vector<Binding>& bindings_;
  std::map<std::string, Places, std::less<>> by_name_;
  std::map<std::string, Places, std::less<>> below_;  ///< ".example.com": all that ends so
};

}  // namespace certferry

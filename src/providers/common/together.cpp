#include "providers/common/together.h"

#include <set>
#include <vector>

#include "base/text.h"

namespace certferry {

std::optional<std::string> together(std::span<const std::optional<std::string>> each) {
  std::set<std::string> different;
  for (const auto& one : each) different.insert(one.value_or("none"));
  if (different.empty()) return std::nullopt;
  if (different.size() == 1) return each.front();
  const std::vector<std::string> words(different.begin(), different.end());
  return printable(join(words, " and "), 120);
}

}  // namespace certferry

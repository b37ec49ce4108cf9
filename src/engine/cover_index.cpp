#include "engine/cover_index.h"

#include <set>

#include "model/name.h"

namespace certferry {

CoverIndex::CoverIndex(const std::vector<Binding>& bindings) : bindings_(bindings) {
  for (std::size_t i = 0; i < bindings.size(); ++i) {
    const std::string& name = bindings[i].name;
    by_name_[canonical_ip(name).value_or(name)].push_back(i);
    for (auto dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
      below_[name.substr(dot)].push_back(i);
    }
  }
}

std::vector<const Binding*> CoverIndex::covered_by(const Certificate& leaf) const {
  std::set<std::size_t> likely;
  const auto take = [&](const auto& from, std::string_view key) {
    const auto found = from.find(key);
    if (found != from.end()) likely.insert(found->second.begin(), found->second.end());
  };
  for (const std::string& ip : leaf.ip_addresses) take(by_name_, ip);
  for (const std::string& name : leaf.dns_names) {
    take(by_name_, name);
    if (name.starts_with("*.")) take(below_, std::string_view(name).substr(1));
  }
  std::vector<const Binding*> covered;
  for (const std::size_t place : likely) {
    const Binding& binding = bindings_[place];
    if (any_covers(leaf.dns_names, leaf.ip_addresses, binding.name)) covered.push_back(&binding);
  }
  return covered;
}

}  // namespace certferry

#include "providers/common/placed_names.h"

#include <algorithm>

#include "model/name.h"

namespace certferry {

Error stopped_halfway(Error error) {
  if (error.kind == ErrorKind::kCancelled) return error;
  error.kind = ErrorKind::kMaybeApplied;
  return std::move(error)
      .with_code("vendor.halfway")
      .with_hint("other places of the name have it by now; where it is missing it is sent again");
}

std::optional<std::string> first_uncovered(const Certificate& leaf,
                                           std::span<const std::string> domains) {
  const auto found = std::ranges::find_if(domains, [&](const std::string& domain) {
    const Result<std::string> name = canonical_name(domain);
    return !name || !any_covers(leaf.dns_names, leaf.ip_addresses, *name);
  });
  return found == domains.end() ? std::nullopt : std::optional(*found);
}

}  // namespace certferry

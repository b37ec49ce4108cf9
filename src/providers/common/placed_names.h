// Names that a product has at several places, each with certificates of its own: the listeners of
// load balancers.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "model/bundle.h"
#include "model/target.h"
#include "providers/common/together.h"

namespace certferry {

/// A name at one place, as the vendor's lists have it.
template <typename Place>
struct ListedPlace {
  Place place;
  std::string name;                       ///< canonical; or what stands for a place without a name
  std::string spelled;                    ///< as the vendor spells it there
  std::optional<std::string> stored_id;   ///< the certificate that counts as the name's
  std::vector<std::string> certificates;  ///< all that it refers to
  std::string why_not = {};               ///< that it is no target there; empty: it is one
  std::string status = "online";          ///< of one that is
  std::map<std::string, std::string> settings = {};
};

/// A name with all of its places.
template <typename Place>
struct PlacedName {
  Binding binding;
  std::vector<std::string> certificates;  ///< all that any place refers to
  std::vector<Place> places;              ///< that a bind goes to; none for what is no target
};

/// The error of a bind that stopped after others of the name's places were changed: maybe_applied,
/// `vendor.halfway`, for the name is set to this and that, and must be read before more is sent.
Error stopped_halfway(Error error);

/// The first of the domains that the leaf does not cover, or that is no name to cover.
std::optional<std::string> first_uncovered(const Certificate& leaf,
                                           std::span<const std::string> domains);

/// One entry a name, in the order of the list. A place that is no target does not count where there
/// is one that is, but for its certificates.
template <typename Place>
std::vector<PlacedName<Place>> gather_names(std::vector<ListedPlace<Place>> listed) {
  std::vector<PlacedName<Place>> names;
  std::map<std::string, std::size_t> at;
  std::vector<std::vector<std::optional<std::string>>> set_to;
  for (ListedPlace<Place>& one : listed) {
    const bool serves = one.why_not.empty();
    const auto [found, first] = at.emplace(one.name, names.size());
    if (first) {
      names.push_back({.binding = {.name = one.name, .vendor_name = one.spelled}});
      set_to.emplace_back();
    }
    PlacedName<Place>& name = names[found->second];
    std::vector<std::optional<std::string>>& ids = set_to[found->second];
    name.certificates.insert(
        name.certificates.end(), one.certificates.begin(), one.certificates.end());
    if (!serves && name.binding.online) continue;
    if (serves != name.binding.online || first) {
      name.binding.online = serves;
      name.binding.status = serves ? one.status : one.why_not;
      name.binding.settings.clear();
      ids.clear();
    }
    ids.push_back(std::move(one.stored_id));
    name.binding.settings.insert(one.settings.begin(), one.settings.end());
    if (serves) name.places.push_back(std::move(one.place));
  }
  for (std::size_t i = 0; i < names.size(); ++i) names[i].binding.stored_id = together(set_to[i]);
  return names;
}

}  // namespace certferry

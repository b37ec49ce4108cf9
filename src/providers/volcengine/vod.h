// The domains of the spaces of Volcengine's VOD, and which certificate each is set to.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"
#include "providers/volcengine/cdn_domain.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class VolcengineVod {
 public:
  explicit VolcengineVod(VolcengineAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Reads the domain's HTTPS settings before, and sends all of them along. Throws
  /// `vendor.two_certificates`, and sends nothing, for a domain that has two, of which the other
  /// would be lost.
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// Where a domain lies: every call about it says so.
  struct Place {
    std::string space;
    std::string type;
  };

  static Result<Place> place_of(const Binding& binding);
  Task<std::vector<std::string>> list_spaces();
  Task<std::vector<Binding>> list_place(Place place);
  Task<Binding> read_domain(Place place, std::string vendor_name, nlohmann::json row);
  /// The DomainInfo of one.
  Task<nlohmann::json> ask(Place place, std::string vendor_name);

  VolcengineAccount& account_;
  KnownHttps known_;
  /// Domains that had no HTTPS until they were bound just now: the settings that come with it are
  /// not such as a bind has changed.
  std::set<std::string> switched_on_;
};

}  // namespace certferry

// What goes wrong at its own time: windows in which something does not work, and moments at which
// somebody does something.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sim/machine.h"
#include "sim/renewals.h"

namespace certferry::sim {

class Troubles {
 public:
  Troubles(Scene& scene,
           std::vector<std::unique_ptr<Vendor>>& vendors,
           Edges& edges,
           Machine& machine,
           Renewals& renewals)
      : scene_(scene), vendors_(vendors), edges_(edges), machine_(machine), renewals_(renewals) {}

  /// Draws all of it. Half of it comes near the beginning of a run, where it does most harm.
  void begin(const std::vector<milliseconds>& run_times, milliseconds end);
  /// What has been drawn and has not come yet does not come.
  void begin_no_more() { over_ = true; }
  /// Everything works again, but for what lasts.
  void heal();

 private:
  using Strike = void (Troubles::*)(Chance&);
  void plan(Hazard hazard, const std::vector<milliseconds>& runs, milliseconds end, Strike strike);
  /// Undone after a while, or when everything heals.
  void until_healed(Chance& chance, std::function<void()> undo);

  void out_of_service(Chance& chance);
  void no_names(Chance& chance);
  void address_silent(Chance& chance);
  void no_route(Chance& chance);
  void edge_ahead(Chance& chance);
  void clock_jumps(Chance& chance);
  void file_missing(Chance& chance);
  void file_unreadable(Chance& chance);
  void domain_off(Chance& chance);
  void file_truncated(Chance& chance);
  void older_bundle(Chance& chance);
  void operator_binds(Chance& chance);
  void operator_deletes(Chance& chance);
  void operator_relabels(Chance& chance);
  void domains_change(Chance& chance);
  void rival(Chance& chance);
  void other_ledger(Chance& chance);
  void configuration_changes(Chance& chance);
  template <sandbox::EdgeFaultKind Kind>
  void edge_breaks(Chance& chance);
  template <Hazard Kind>
  void disk_fails(Chance& chance);
  template <Hazard Kind>
  void bad_bundle(Chance& chance);
  void spoil(Hazard hazard, std::size_t certificate, Chance& chance);

  Vendor& any_vendor(Chance& chance) { return *vendors_[chance.below(vendors_.size())]; }
  std::size_t any_certificate(Chance& chance) { return chance.below(renewals_.count()); }
  std::string any_file(Chance& chance);
  const sandbox::Domain* any_domain(Vendor& vendor, Chance& chance);
  std::int64_t store_by_others(Vendor& vendor, const Generation& generation, std::string note);

  Scene& scene_;
  std::vector<std::unique_ptr<Vendor>>& vendors_;
  Edges& edges_;
  Machine& machine_;
  Renewals& renewals_;
  std::vector<std::shared_ptr<std::function<void()>>> to_undo_;
  bool over_ = false;
  unsigned added_domains_ = 0;
  std::map<std::string, std::vector<TargetSelector>> configured_;   ///< by certificate, as drawn
  std::map<std::string, std::vector<std::int64_t>> other_uploads_;  ///< by account
};

/// An entry in the store of an account as the vendor reads it.
sandbox::UploadedPair pair_of(const Generation& generation);

}  // namespace certferry::sim

// Watches one simulated world and holds every rule against what truly happens in it.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/events.h"
#include "engine/report.h"
#include "sim/disk.h"
#include "sim/edge.h"
#include "sim/grounds.h"
#include "sim/looks.h"
#include "sim/manners.h"
#include "sim/wishes.h"

namespace certferry::sim {

class Witness final : public WireWitness, public EventSink {
 public:
  Witness(Scene& scene,
          std::vector<std::unique_ptr<Vendor>>& vendors,
          Edges& edges,
          WatchedStore::Promises& promises);

  // What the simulation tells.

  void process_begins();
  void process_ended(const Report& report, bool everything);
  /// Somebody else stored this certificate.
  void stored_by_others(const Vendor& vendor, std::int64_t id);
  /// A domain came, went, or was switched on or off.
  void domain_changed(const std::string& account, const std::string& name);
  /// Notes what calls that were applied late have stored meanwhile.
  void look_at_store(Vendor& vendor);

  // What it overhears.

  void sending(Vendor& vendor, const ExchangePtr& exchange) override;
  void acted(Vendor& vendor, const Exchange& exchange) override;
  void answered(Vendor& vendor, const Exchange& exchange) override;
  void on_event(const Event& event) override;

  // What others ask of it.

  /// The certificates that the configuration gives the name at the account.
  /// `unread`: certificates whose names cannot be known for now.
  std::vector<std::string> wanted_by(const std::string& account,
                                     const std::string& name,
                                     const std::set<std::string>& unread = {}) const;
  bool ours(const std::string& account, std::int64_t id) const;
  /// Whether some target of its certificate was not confirmed on a later one, or no run lived to
  /// note that it was, so that it must stay.
  bool has_to_stay(const Vendor& vendor, const Generation& generation) const;
  /// Copies of the bundle that the vendor may have made of one upload that arrived twice. Where the
  /// answer arrived as well nobody can know of the second one, which may be left over. For L9.
  std::size_t doubled(const std::string& account, const std::string& fingerprint) const;

  Grounds grounds;

 private:
  struct OurUpload {
    std::string fingerprint;
    ExchangePtr exchange;
  };
  struct Confirmation {
    std::string fingerprint;
    Time at{};
  };
  /// What is known of one account beside what its world holds.
  struct History {
    std::map<std::int64_t, bool> origin;  ///< of every entry ever seen: whether it is ours
    std::vector<OurUpload> uploads;
    std::map<std::string, SteadyTime> changed;  ///< domains: when their status last changed
    // By this process:
    bool answered = false;  ///< with the time of the vendor's clock
    std::optional<SteadyTime> first_domains_as_of;
    std::optional<SteadyTime> domains_as_of;
    std::optional<SteadyTime> store_listed_at;
    SteadyTime store_as_of{};
    std::optional<SteadyTime> too_old_list_at;
  };
  void note_source(const Event& event);
  void note_harm(Vendor& vendor, const Exchange& exchange);
  void check_bind(Vendor& vendor, const Exchange& exchange);
  void check_upload(Vendor& vendor, const ExchangePtr& exchange);
  void check_delete(Vendor& vendor, const Exchange& exchange);
  void note_bindings(Vendor& vendor, SteadyTime shown);
  void note_served_now(Vendor& vendor, const std::string& name);
  milliseconds confirm_deadline() const;
  milliseconds patience_before_going_back() const;
  bool may_wait_for_canary(const std::string& account,
                           const std::string& name,
                           const Generation& generation) const;
  void check_order(const Vendor& vendor, const BindFacts& facts);
  bool was_there(Vendor& vendor, const std::string& name, const Generation* generation) const;
  const Generation* generation_of(const sandbox::EntryPtr& entry) const;
  BindFacts bind_facts(Vendor& vendor, const Exchange& exchange) const;
  DeleteFacts delete_facts(Vendor& vendor, std::int64_t id);
  void add_places(Vendor& vendor, const Generation& generation, DeleteFacts& facts);
  bool confirmed_on_later(const std::string& place, const Generation& generation, Time by) const;
  std::vector<EarlierUpload> earlier_uploads(Vendor& vendor, const std::string& fingerprint) const;
  bool status_seen(const std::string& account, const std::string& name) const;
  void confirm(const std::string& place, const std::string& fingerprint, Time planned_at);
  std::vector<std::string> missing_targets(const Report& report) const;
  const History& history(const std::string& account) const { return histories_.at(account); }
  milliseconds grace() const;

  Scene& scene_;
  Manners manners_;
  Looks looks_;
  Wishes wishes_;
  std::vector<std::unique_ptr<Vendor>>& vendors_;
  Edges& edges_;
  WatchedStore::Promises& promises_;
  std::map<std::string, History> histories_;
  /// Certificates whose source gave this process nothing, or one for other names.
  std::set<std::string> unread_;
  std::map<std::string, SteadyTime> upload_begun_at_;  ///< by account and certificate
  bool ended_ = false;  ///< this process, with a report of what it applied
  std::map<std::string, std::vector<Confirmation>> confirmations_;  ///< true ones, by place
  milliseconds clock_ahead_at_begin_{};  ///< of true time, when the process began
  std::map<std::pair<std::string, std::string>, std::size_t> doubled_;
};

}  // namespace certferry::sim

// A small vendor: domains, a certificate store, and scripted misbehaviour for each call.
//
// It watches what must never happen while it serves: a changing call without its durable intent, a
// second copy of a bundle, a deletion of what is bound, served or not ours.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/testing/fake_edge.h"
#include "engine/testing/memory_store.h"
#include "model/label.h"
#include "ports/http_client.h"
#include "ports/provider.h"

namespace certferry::testing {

/// How one call ends: what the caller hears, and whether the thing was done.
struct Answer {
  std::optional<Error> error;
  bool done = true;
  milliseconds late{};  ///< done only so long after the call

  static Answer yes();
  /// The answer was lost on its way back.
  static Answer lost_but_done();
  static Answer lost_but_done_later(milliseconds late);
  /// The call was lost on its way there.
  static Answer lost();
  /// The vendor says yes and does nothing.
  static Answer empty_yes();
  /// The vendor answers what nobody can make anything of; nothing was done.
  static Answer senseless();
  static Answer refused(ErrorKind kind);
  static Answer throttled(milliseconds retry_after);
};

class FakeProvider final : public Provider {
 public:
  FakeProvider(std::string account, VirtualTime& time, FakeEdge& edge, MemoryStore& ledger);

  // The world as the test sets it up.

  void add_domain(const std::string& name, bool online = true);
  /// Somebody removes the domain by hand; its addresses serve nothing for it any more.
  void take_away(const std::string& name);
  /// Somebody stores a certificate; returns its id, a new one unless it is given.
  std::string put(const BundlePtr& bundle, std::string label, std::string id = {});
  /// The domain is pointed at a stored certificate, and its addresses follow.
  void point(const std::string& name, const std::string& id);
  /// Somebody writes another remark on a stored certificate.
  void relabel(const std::string& id, std::string label);
  /// Somebody deletes a stored certificate by hand.
  void drop(const std::string& id);

  /// The next such call ends like this; `call` is the kind, or the kind and the domain
  /// ("bind www.example.com").
  void next(const std::string& call, Answer answer);
  /// Every such call ends like this once its script is at an end.
  void always(const std::string& call, Answer answer);

  /// From here on lists show what changes only so long after; what is there now shows at once.
  void lag_lists_by(milliseconds lag);
  std::size_t quota = 0;  ///< how many certificates the store holds at most; 0: any number
  /// Set: a bind goes through the general settings, and does this to them.
  std::function<void(Binding&)> binds_by_settings;
  bool tells_names_and_end_only = false;  ///< its list shows no label, nor from when one is valid
  bool expects_kept = true;               ///< what is set in place has been kept for a way back
  bool may_store_twice = false;           ///< a second copy of a bundle is what the test is about
  milliseconds gap{};  ///< calls start at least so far apart, in the order they were made
  milliseconds call_time = milliseconds(40);
  HttpClient* wire = nullptr;  ///< set: each call goes over it, as one of the account's pace does

  /// From here on binds replace what the name has; the store keeps nothing.
  void replaces_in_place();
  /// Another product, with this one name, which takes its bundles in place.
  void add_in_place(const std::string& product, const std::string& name);

  // What a test asks afterwards.

  std::vector<Binding> handed;  ///< what each bind was told of its name
  std::size_t count(const std::string& call) const;
  std::size_t changing_calls() const;
  const std::vector<StoredCertificate>& stored() const { return state_.stored; }
  std::size_t stored_copies(const std::string& fingerprint) const;
  Binding& binding(const std::string& name);
  /// The fingerprint of what the domain points at; empty when at nothing.
  std::string bound(const std::string& name);
  ProviderMetadata& mutable_metadata() { return metadata_; }

  // The port.

  const ProviderMetadata& metadata() const override { return metadata_; }
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  struct State {
    std::vector<Binding> bindings;
    std::vector<StoredCertificate> stored;
  };

  /// Names are of "cdn", but for those that were added to another product.
  std::string product_of(const std::string& name) const;
  Task<void> replace(BindRequest request);
  void set_in_place(const BindRequest& request);

  Task<void> begin(std::string call);
  Answer take(const std::string& call, const std::string& name);

  Time right_time() const;  ///< the vendor's own, whatever this machine's clock says
  void after(milliseconds late, std::function<void()> effect);
  void do_what_is_late();
  /// A late effect happens at its own moment, though it is only done when somebody looks.
  Time moment() const;

  /// Keeps what lists will show later; only when they are late, for it is a copy of everything.
  void remember();
  const State& as_listed();

  void expect_intent(const JournalEntry& call);
  void expect_safe_to_remove(const std::string& id);

  std::string account_;
  VirtualTime& time_;
  FakeEdge& edge_;
  MemoryStore& ledger_;
  ProviderMetadata metadata_;
  State state_;
  State before_;
  milliseconds list_lag_{};
  std::vector<std::pair<Time, State>> history_;
  std::map<std::string, std::string> elsewhere_;  ///< names of other products, with those
  std::map<std::string, BundlePtr> bundles_;      ///< by id, deleted ones too
  std::map<std::string, std::deque<Answer>> script_;
  std::map<std::string, Answer> always_;
  std::map<std::string, std::size_t> counts_;
  std::multimap<Time, std::function<void()>> late_;
  std::optional<Time> happening_at_;
  SteadyTime next_start_{};
  int next_id_ = 10001;
};

}  // namespace certferry::testing

// A small vendor: domains, a certificate store, and scripted misbehaviour for each call.
//
// It watches what must never happen while it serves: a changing call without its durable intent, a
// second copy of a bundle, a deletion of what is bound, served or not ours.
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "engine/testing/fake_edge.h"
#include "engine/testing/memory_store.h"
#include "model/label.h"
#include "model/name.h"
#include "ports/provider.h"

namespace certferry::testing {

/// How one call ends: what the caller hears, and whether the thing was done.
struct Answer {
  std::optional<Error> error;
  bool done = true;
  milliseconds late{};  ///< done only so long after the call

  static Answer yes() { return {}; }
  /// The answer was lost on its way back.
  static Answer lost_but_done() { return {lost_error(), true, {}}; }
  static Answer lost_but_done_later(milliseconds late) { return {lost_error(), true, late}; }
  /// The call was lost on its way there.
  static Answer lost() { return {lost_error(), false, {}}; }
  /// The vendor says yes and does nothing.
  static Answer empty_yes() { return {std::nullopt, false, {}}; }
  /// The vendor answers what nobody can make anything of; nothing was done.
  static Answer senseless() {
    return {Error(ErrorKind::kMaybeApplied, "the reply has no code").with_code("reply.shape"),
            false,
            {}};
  }
  static Answer refused(ErrorKind kind) {
    return {Error(kind, "the vendor refused").with_vendor("40001", "no"), false, {}};
  }
  static Answer throttled(milliseconds retry_after) {
    return {
        Error(ErrorKind::kThrottled, "too many calls").with_retry_after(retry_after), false, {}};
  }

 private:
  static Error lost_error() {
    return {ErrorKind::kMaybeApplied, "the connection was lost before an answer came"};
  }
};

class FakeProvider final : public Provider {
 public:
  FakeProvider(std::string account, VirtualTime& time, FakeEdge& edge, MemoryStore& ledger)
      : account_(std::move(account)), time_(time), edge_(edge), ledger_(ledger) {
    metadata_.id = "fake";
    metadata_.products = {{.id = "cdn",
                           .title = "Fake CDN",
                           .confirm = {.rounds = 3,
                                       .spread = minutes(2),
                                       .deadline = minutes(30),
                                       .retry_interval = seconds(10)}}};
    metadata_.limits = {.list_consistency = seconds(5)};
  }

  // The world as the test sets it up.

  void add_domain(const std::string& name, bool online = true) {
    state_.bindings.push_back({.name = name,
                               .vendor_name = name,
                               .edge_name = FakeEdge::edge_name(name),
                               .online = online,
                               .status = online ? "online" : "offline"});
  }
  /// Somebody removes the domain by hand; its addresses serve nothing for it any more.
  void take_away(const std::string& name) {
    std::erase_if(state_.bindings, [&](const Binding& one) { return one.name == name; });
    edge_.turn_to(name, {}, moment());
    remember();
  }
  /// Somebody stores a certificate; returns its id.
  std::string put(const BundlePtr& bundle, std::string label) {
    const std::string id = std::to_string(next_id_++);
    bundles_[id] = bundle;
    state_.stored.push_back({.id = id,
                             .label = std::move(label),
                             .names = bundle->leaf.dns_names,
                             .not_before = bundle->leaf.not_before,
                             .not_after = bundle->leaf.not_after});
    remember();
    return id;
  }
  /// The domain is pointed at a stored certificate, and its addresses follow.
  void point(const std::string& name, const std::string& id) {
    binding(name).stored_id = id;
    edge_.turn_to(name, chain_of(*bundles_.at(id)), moment());
    remember();
  }
  /// Somebody writes another remark on a stored certificate.
  void relabel(const std::string& id, std::string label) {
    std::ranges::find(state_.stored, id, &StoredCertificate::id)->label = std::move(label);
    remember();
  }
  /// Somebody deletes a stored certificate by hand.
  void drop(const std::string& id) {
    std::erase_if(state_.stored, [&](const StoredCertificate& one) { return one.id == id; });
    remember();
  }

  /// The next such call ends like this; `call` is the kind, or the kind and the domain
  /// ("bind www.example.com").
  void next(const std::string& call, Answer answer) { script_[call].push_back(std::move(answer)); }
  /// Every such call ends like this once its script is at an end.
  void always(const std::string& call, Answer answer) {
    always_.insert_or_assign(call, std::move(answer));
  }

  /// From here on lists show what changes only so long after; what is there now shows at once.
  void lag_lists_by(milliseconds lag) {
    before_ = state_;
    history_.clear();
    list_lag_ = lag;
  }
  std::size_t quota = 0;  ///< how many certificates the store holds at most; 0: any number
  /// Set: a bind goes through the general settings, and does this to them.
  std::function<void(Binding&)> binds_by_settings;
  bool expects_kept = true;      ///< what is set in place has been kept for a way back
  bool may_store_twice = false;  ///< a second copy of a bundle is what the test is about
  milliseconds gap{};            ///< calls start at least so far apart, in the order they were made
  milliseconds call_time = milliseconds(40);

  /// From here on binds replace what the name has; the store keeps nothing.
  void replaces_in_place() { metadata_.products.front().store = StoreKind::kInline; }

  // What a test asks afterwards.

  std::size_t count(const std::string& call) const {
    const auto found = counts_.find(call);
    return found == counts_.end() ? 0 : found->second;
  }
  std::size_t changing_calls() const { return count("upload") + count("bind") + count("remove"); }
  const std::vector<StoredCertificate>& stored() const { return state_.stored; }
  std::size_t stored_copies(const std::string& fingerprint) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(state_.stored, [&](const StoredCertificate& one) {
          return fingerprint_in_label(one.label) == fingerprint;
        }));
  }
  Binding& binding(const std::string& name) {
    return *std::ranges::find(state_.bindings, name, &Binding::name);
  }
  /// The fingerprint of what the domain points at; empty when at nothing.
  std::string bound(const std::string& name) {
    const std::optional<std::string> id = binding(name).stored_id;
    return id && bundles_.contains(*id) ? bundles_.at(*id)->fingerprint() : "";
  }
  ProviderMetadata& mutable_metadata() { return metadata_; }

  // The port.

  const ProviderMetadata& metadata() const override { return metadata_; }

  Task<std::vector<Binding>> list_bindings(std::string product) override {
    EXPECT_EQ(product, "cdn");
    co_await begin("list_bindings");
    const Answer answer = take("list_bindings", "");
    std::vector<Binding> list = as_listed().bindings;
    co_await time_.sleep(call_time / 2);
    if (answer.error) throw *answer.error;
    co_return list;
  }

  Task<std::vector<StoredCertificate>> list_stored() override {
    co_await begin("list_stored");
    const Answer answer = take("list_stored", "");
    std::vector<StoredCertificate> list = as_listed().stored;
    co_await time_.sleep(call_time / 2);
    if (answer.error) throw *answer.error;
    co_return list;
  }

  Task<std::string> upload(BundlePtr bundle, std::string label) override {
    co_await begin("upload");
    expect_intent({.account = account_, .action = "upload", .fingerprint = bundle->fingerprint()});
    const UploadRecord* record = ledger_.upload(account_, bundle->fingerprint());
    EXPECT_TRUE(record != nullptr && record->label == label) << "an upload outside the ledger";
    if (quota > 0 && state_.stored.size() >= quota) {
      throw Error(ErrorKind::kQuota, "the store is full").with_vendor("40009", "full");
    }
    const Answer answer = take("upload", "");
    if (answer.done) {
      after(answer.late, [this, bundle, label] {
        EXPECT_TRUE(may_store_twice || stored_copies(bundle->fingerprint()) == 0U)
            << "stored twice: " << label;
        put(bundle, label);
      });
    }
    const std::string id = answer.done ? std::to_string(next_id_ - 1) : "of nothing";
    co_await time_.sleep(call_time / 2);
    if (answer.error) throw *answer.error;
    co_return id;
  }

  Task<BindDone> bind(BindRequest request) override {
    co_await begin("bind");
    const std::string name = request.binding.vendor_name;
    if (metadata_.products.front().in_place()) {
      co_await replace(std::move(request));
      co_return BindDone{};
    }
    expect_intent({.account = account_,
                   .product = request.product,
                   .name = name,
                   .action = request.bundle ? "bind" : "rollback",
                   .fingerprint = request.bundle ? request.bundle->fingerprint() : "",
                   .stored_id = request.stored_id});
    const auto& known = state_.stored;
    if (std::ranges::find(known, request.stored_id, &StoredCertificate::id) == known.end()) {
      throw Error(ErrorKind::kNotFound, "no certificate " + request.stored_id);
    }
    EXPECT_TRUE(any_covers(bundles_.at(request.stored_id)->leaf.dns_names, {}, name)) << name;
    const Answer answer = take("bind", name);
    if (answer.done) {
      after(answer.late, [this, name, id = request.stored_id] {
        if (binds_by_settings) binds_by_settings(binding(name));
        point(name, id);
      });
    }
    co_await time_.sleep(call_time / 2);
    if (answer.error) throw *answer.error;
    co_return BindDone{.wrote_settings = static_cast<bool>(binds_by_settings)};
  }

  Task<void> remove(std::string stored_id) override {
    co_await begin("remove");
    expect_safe_to_remove(stored_id);
    const Answer answer = take("remove", "");
    if (answer.done) after(answer.late, [this, stored_id] { drop(stored_id); });
    co_await time_.sleep(call_time / 2);
    if (answer.error) throw *answer.error;
  }

 private:
  struct State {
    std::vector<Binding> bindings;
    std::vector<StoredCertificate> stored;
  };

  static std::vector<Certificate> chain_of(const Bundle& bundle) {
    std::vector<Certificate> chain = {bundle.leaf};
    chain.insert(chain.end(), bundle.chain.begin(), bundle.chain.end());
    return chain;
  }

  Task<void> replace(BindRequest request) {
    const std::string name = request.binding.vendor_name;
    EXPECT_TRUE(request.bundle != nullptr && request.stored_id.empty());
    const JournalEntry call{.account = account_,
                            .product = request.product,
                            .name = name,
                            .action = "bind",
                            .fingerprint = request.bundle->fingerprint()};
    JournalEntry back = call;
    back.action = "rollback";
    EXPECT_TRUE(ledger_.intends(call) || ledger_.intends(back)) << "without a durable intent";
    EXPECT_TRUE(!expects_kept || ledger_.keeps({account_, request.product, name}, call.fingerprint))
        << "what cannot be put back is set";
    const Answer answer = take("bind", name);
    if (answer.done) after(answer.late, [this, request] { set_in_place(request); });
    co_await time_.sleep(call_time / 2);
    if (answer.error) throw *answer.error;
  }

  void set_in_place(const BindRequest& request) {
    const std::string& name = request.binding.vendor_name;
    const std::string id = "at " + name;
    std::erase_if(state_.stored, [&](const StoredCertificate& one) { return one.id == id; });
    bundles_[id] = request.bundle;
    state_.stored.push_back({.id = id,
                             .label = request.label,
                             .names = request.bundle->leaf.dns_names,
                             .not_before = request.bundle->leaf.not_before,
                             .not_after = request.bundle->leaf.not_after});
    point(name, id);
  }

  Task<void> begin(std::string call) {
    const SteadyTime start = std::max(time_.steady_now(), next_start_);
    next_start_ = start + gap;
    const milliseconds wait = (start - time_.steady_now()) + call_time / 2;
    co_await time_.sleep(wait);
    ++counts_[call];
    do_what_is_late();
  }

  Answer take(const std::string& call, const std::string& name) {
    std::string named = call;
    named.append(" ").append(name);
    for (const std::string& key : {named, call}) {
      if (std::deque<Answer>& script = script_[key]; !script.empty()) {
        Answer answer = std::move(script.front());
        script.pop_front();
        return answer;
      }
      if (const auto found = always_.find(key); found != always_.end()) return found->second;
    }
    return Answer::yes();
  }

  void after(milliseconds late, std::function<void()> effect) {
    late_.emplace(time_.now() + late, std::move(effect));
    do_what_is_late();
  }
  void do_what_is_late() {
    while (!late_.empty() && late_.begin()->first <= time_.now()) {
      const auto due = late_.extract(late_.begin());
      happening_at_ = due.key();
      due.mapped()();
      happening_at_.reset();
    }
  }

  /// A late effect happens at its own moment, though it is only done when somebody looks.
  Time moment() const { return happening_at_.value_or(time_.now()); }

  /// Keeps what lists will show later; only when they are late, for it is a copy of everything.
  void remember() {
    if (list_lag_ > milliseconds(0)) history_.emplace_back(moment(), state_);
  }
  const State& as_listed() {
    if (list_lag_ == milliseconds(0)) return state_;
    const State* shown = &before_;
    for (const auto& [when, state] : history_) {
      if (when + list_lag_ <= time_.now()) shown = &state;
    }
    return *shown;
  }

  void expect_intent(const JournalEntry& call) {
    EXPECT_TRUE(ledger_.intends(call))
        << call.action << " of " << call.name << " without a durable intent";
  }

  void expect_safe_to_remove(const std::string& id) {
    ASSERT_TRUE(bundles_.contains(id)) << "deleting what never was: " << id;
    const std::string& fingerprint = bundles_.at(id)->fingerprint();
    expect_intent(
        {.account = account_, .action = "retire", .fingerprint = fingerprint, .stored_id = id});
    const UploadRecord* record = ledger_.upload(account_, fingerprint);
    const bool surplus = ledger_.is_orphan(account_, id);
    EXPECT_TRUE(record != nullptr && (record->stored_id == id || surplus))
        << "deleting what is not ours: " << id;
    // Of two copies of a leaf the edge shows only that one of them is served.
    EXPECT_TRUE(surplus || !edge_.serves(fingerprint)) << "deleting what is served: " << id;
    for (const Binding& one : state_.bindings) {
      EXPECT_NE(one.stored_id, id) << "deleting what " << one.name << " points at";
    }
  }

  std::string account_;
  VirtualTime& time_;
  FakeEdge& edge_;
  MemoryStore& ledger_;
  ProviderMetadata metadata_;
  State state_;
  State before_;
  milliseconds list_lag_{};
  std::vector<std::pair<Time, State>> history_;
  std::map<std::string, BundlePtr> bundles_;  ///< by id, deleted ones too
  std::map<std::string, std::deque<Answer>> script_;
  std::map<std::string, Answer> always_;
  std::map<std::string, std::size_t> counts_;
  std::multimap<Time, std::function<void()>> late_;
  std::optional<Time> happening_at_;
  SteadyTime next_start_{};
  int next_id_ = 10001;
};

}  // namespace certferry::testing

#include "engine/testing/fake_provider.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "model/name.h"

namespace certferry::testing {

namespace {

Error lost_error() {
  return {ErrorKind::kMaybeApplied, "the connection was lost before an answer came"};
}

std::vector<Certificate> chain_of(const Bundle& bundle) {
  std::vector<Certificate> chain = {bundle.leaf};
  chain.insert(chain.end(), bundle.chain.begin(), bundle.chain.end());
  return chain;
}

}  // namespace

Answer Answer::yes() {
  return {};
}

Answer Answer::lost_but_done() {
  return {lost_error(), true, {}};
}

Answer Answer::lost_but_done_later(milliseconds late) {
  return {lost_error(), true, late};
}

Answer Answer::lost() {
  return {lost_error(), false, {}};
}

Answer Answer::empty_yes() {
  return {std::nullopt, false, {}};
}

Answer Answer::senseless() {
  return {
      Error(ErrorKind::kMaybeApplied, "the reply has no code").with_code("reply.shape"), false, {}};
}

Answer Answer::refused(ErrorKind kind) {
  return {Error(kind, "the vendor refused").with_vendor("40001", "no"), false, {}};
}

Answer Answer::throttled(milliseconds retry_after) {
  return {Error(ErrorKind::kThrottled, "too many calls").with_retry_after(retry_after), false, {}};
}

FakeProvider::FakeProvider(std::string account,
                           VirtualTime& time,
                           FakeEdge& edge,
                           MemoryStore& ledger)
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

void FakeProvider::add_domain(const std::string& name, bool online) {
  state_.bindings.push_back({.name = name,
                             .vendor_name = name,
                             .edge_name = FakeEdge::edge_name(name),
                             .online = online,
                             .status = online ? "online" : "offline"});
}

void FakeProvider::take_away(const std::string& name) {
  std::erase_if(state_.bindings, [&](const Binding& one) { return one.name == name; });
  edge_.turn_to(name, {}, moment());
  remember();
}

std::string FakeProvider::put(const BundlePtr& bundle, std::string label, std::string id) {
  if (id.empty()) id = std::to_string(next_id_++);
  bundles_[id] = bundle;
  state_.stored.push_back({.id = id,
                           .label = std::move(label),
                           .names = bundle->leaf.dns_names,
                           .not_before = bundle->leaf.not_before,
                           .not_after = bundle->leaf.not_after});
  remember();
  return id;
}

void FakeProvider::point(const std::string& name, const std::string& id) {
  binding(name).stored_id = id;
  edge_.turn_to(name, chain_of(*bundles_.at(id)), moment());
  remember();
}

void FakeProvider::relabel(const std::string& id, std::string label) {
  std::ranges::find(state_.stored, id, &StoredCertificate::id)->label = std::move(label);
  remember();
}

void FakeProvider::drop(const std::string& id) {
  std::erase_if(state_.stored, [&](const StoredCertificate& one) { return one.id == id; });
  remember();
}

void FakeProvider::next(const std::string& call, Answer answer) {
  script_[call].push_back(std::move(answer));
}

void FakeProvider::always(const std::string& call, Answer answer) {
  always_.insert_or_assign(call, std::move(answer));
}

void FakeProvider::lag_lists_by(milliseconds lag) {
  before_ = state_;
  history_.clear();
  list_lag_ = lag;
}

void FakeProvider::replaces_in_place() {
  metadata_.products.front().store = StoreKind::kInline;
}

void FakeProvider::add_in_place(const std::string& product, const std::string& name) {
  ProductMetadata other = metadata_.products.front();
  other.id = elsewhere_[name] = product;  // which is borrowed
  other.store = StoreKind::kInline;
  metadata_.products.push_back(std::move(other));
  add_domain(name);
}

std::string FakeProvider::product_of(const std::string& name) const {
  const auto other = elsewhere_.find(name);
  return other == elsewhere_.end() ? "cdn" : other->second;
}

std::size_t FakeProvider::count(const std::string& call) const {
  const auto found = counts_.find(call);
  return found == counts_.end() ? 0 : found->second;
}

std::size_t FakeProvider::changing_calls() const {
  return count("upload") + count("bind") + count("remove");
}

std::size_t FakeProvider::stored_copies(const std::string& fingerprint) const {
  return static_cast<std::size_t>(
      std::ranges::count_if(state_.stored, [&](const StoredCertificate& one) {
        return fingerprint_in_label(one.label) == fingerprint;
      }));
}

Binding& FakeProvider::binding(const std::string& name) {
  return *std::ranges::find(state_.bindings, name, &Binding::name);
}

std::string FakeProvider::bound(const std::string& name) {
  const std::optional<std::string> id = binding(name).stored_id;
  return id && bundles_.contains(*id) ? bundles_.at(*id)->fingerprint() : "";
}

Task<std::vector<Binding>> FakeProvider::list_bindings(std::string product) {
  co_await begin("list_bindings");
  const Answer answer = take("list_bindings", "");
  std::vector<Binding> list = as_listed().bindings;
  std::erase_if(list, [&](const Binding& one) { return product_of(one.name) != product; });
  co_await time_.sleep(call_time / 2);
  if (answer.error) throw *answer.error;
  co_return list;
}

Task<std::vector<StoredCertificate>> FakeProvider::list_stored() {
  co_await begin("list_stored");
  const Answer answer = take("list_stored", "");
  std::vector<StoredCertificate> list = as_listed().stored;
  for (StoredCertificate& one : list) {
    if (!tells_names_and_end_only) break;
    one.label.clear();
    one.not_before = {};
  }
  co_await time_.sleep(call_time / 2);
  if (answer.error) throw *answer.error;
  co_return list;
}

Task<std::string> FakeProvider::upload(BundlePtr bundle, std::string label) {
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

Task<BindDone> FakeProvider::bind(BindRequest request) {
  co_await begin("bind");
  const std::string name = request.binding.vendor_name;
  handed.push_back(request.binding);
  EXPECT_EQ(request.product, product_of(name));
  const auto& products = metadata_.products;
  if (std::ranges::find(products, request.product, &ProductMetadata::id)->in_place()) {
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

Task<void> FakeProvider::remove(std::string stored_id) {
  co_await begin("remove");
  expect_safe_to_remove(stored_id);
  const Answer answer = take("remove", "");
  if (answer.done) after(answer.late, [this, stored_id] { drop(stored_id); });
  co_await time_.sleep(call_time / 2);
  if (answer.error) throw *answer.error;
}

Task<void> FakeProvider::replace(BindRequest request) {
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

void FakeProvider::set_in_place(const BindRequest& request) {
  const std::string& name = request.binding.vendor_name;
  const std::string& product = request.product;
  const std::string id = product == "cdn" ? "at " + name : product + "/" + name;
  std::erase_if(state_.stored, [&](const StoredCertificate& one) { return one.id == id; });
  bundles_[id] = request.bundle;
  state_.stored.push_back({.id = id,
                           .label = request.label,
                           .names = request.bundle->leaf.dns_names,
                           .not_before = request.bundle->leaf.not_before,
                           .not_after = request.bundle->leaf.not_after});
  point(name, id);
}

Task<void> FakeProvider::begin(std::string call) {
  const SteadyTime start = std::max(time_.steady_now(), next_start_);
  next_start_ = start + gap;
  const milliseconds wait = (start - time_.steady_now()) + call_time / 2;
  co_await time_.sleep(wait);
  if (wire != nullptr) co_await wire->send({});
  ++counts_[call];
  do_what_is_late();
}

Answer FakeProvider::take(const std::string& call, const std::string& name) {
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

Time FakeProvider::right_time() const {
  return time_.now() - time_.wall_jump();
}

void FakeProvider::after(milliseconds late, std::function<void()> effect) {
  late_.emplace(right_time() + late, std::move(effect));
  do_what_is_late();
}

void FakeProvider::do_what_is_late() {
  while (!late_.empty() && late_.begin()->first <= right_time()) {
    const auto due = late_.extract(late_.begin());
    happening_at_ = due.key();
    due.mapped()();
    happening_at_.reset();
  }
}

Time FakeProvider::moment() const {
  return happening_at_.value_or(right_time());
}

void FakeProvider::remember() {
  if (list_lag_ > milliseconds(0)) history_.emplace_back(moment(), state_);
}

const FakeProvider::State& FakeProvider::as_listed() {
  if (list_lag_ == milliseconds(0)) return state_;
  const State* shown = &before_;
  for (const auto& [when, state] : history_) {
    if (when + list_lag_ <= right_time()) shown = &state;
  }
  return *shown;
}

void FakeProvider::expect_intent(const JournalEntry& call) {
  EXPECT_TRUE(ledger_.intends(call))
      << call.action << " of " << call.name << " without a durable intent";
}

void FakeProvider::expect_safe_to_remove(const std::string& id) {
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

}  // namespace certferry::testing

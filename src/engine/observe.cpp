#include "engine/observe.h"

#include <algorithm>
#include <limits>

#include "base/text.h"
#include "engine/attempt.h"
#include "engine/left_behind.h"
#include "engine/likeness.h"
#include "engine/list_lag.h"
#include "engine/select.h"
#include "engine/shared_sources.h"
#include "model/label.h"
#include "policy/edge.h"

namespace certferry {

const Binding* AccountView::binding(const std::string& product, const std::string& name) const {
  const auto found = by_name.find({product, name});
  return found == by_name.end() ? nullptr : &bindings.at(product)[found->second];
}

const StoredCertificate* AccountView::stored_by_id(const std::string& id) const {
  const auto found = by_id.find(id);
  return found == by_id.end() ? nullptr : &stored[found->second];
}

std::optional<std::string> AccountView::id_by_label(const std::string& label) const {
  const auto found = ids_by_label.find(label);
  return found == ids_by_label.end() ? std::nullopt : std::optional(found->second.front());
}

std::optional<std::string> AccountView::fingerprint_at(const TargetId& id) const {
  const Binding* found = binding(id.product, id.name);
  if (found == nullptr || !found->stored_id) return std::nullopt;
  const StoredCertificate* entry = stored_by_id(*found->stored_id);
  return entry == nullptr ? std::nullopt : fingerprint_in_label(entry->label);
}

bool AccountView::is_set_to(const TargetId& id,
                            const std::string& stored_id,
                            const std::string& fingerprint) const {
  if (stored_id.empty()) return fingerprint_at(id) == fingerprint;
  const Binding* found = binding(id.product, id.name);
  return found != nullptr && found->stored_id == stored_id;
}

std::vector<Binding> AccountView::all_bindings() const {
  std::vector<Binding> all;
  for (const auto& [product, list] : bindings) all.insert(all.end(), list.begin(), list.end());
  return all;
}

std::set<std::string> AccountView::products() const {
  std::set<std::string> names;
  for (const auto& [product, list] : bindings) names.insert(product);
  return names;
}

namespace {

/// What a name has for itself comes and goes with it: no other can be pointed at it. An account
/// that has a store as well lists it under "PRODUCT/NAME".
bool of_one_name(const AccountView& view, const StoredCertificate& entry) {
  const auto its = [&](const ProductMetadata& product) {
    return product.in_place() && entry.id.starts_with(std::string(product.id) + "/");
  };
  return view.account.provider != nullptr &&
         std::ranges::any_of(view.account.provider->metadata().products, its);
}

void index(AccountView& view) {
  view.by_id.clear();
  view.id_by_fingerprint.clear();
  view.ids_by_label.clear();
  view.by_name.clear();
  for (std::size_t i = 0; i < view.stored.size(); ++i) {
    const StoredCertificate& entry = view.stored[i];
    view.by_id.emplace(entry.id, i);
    if (of_one_name(view, entry)) continue;
    // Of several entries with one label the first is taken, so that every run takes the same.
    if (auto fingerprint = fingerprint_in_label(entry.label)) {
      view.id_by_fingerprint.emplace(*std::move(fingerprint), entry.id);
      view.ids_by_label[entry.label].push_back(entry.id);
    }
  }
  for (const auto& [product, list] : view.bindings) {
    for (std::size_t i = 0; i < list.size(); ++i)
      view.by_name.emplace(std::pair(product, list[i].name), i);
  }
}

}  // namespace

Observer::Observer(const Fleet& fleet,
                   const EngineSettings& settings,
                   EnginePorts ports,
                   Edge& edge)
    : fleet_(fleet), settings_(settings), ports_(ports), edge_(edge) {}

void Observer::event(
    Stage stage, Status status, std::string account, std::string text, std::optional<Error> error) {
  ports_.events.on_event({.at = ports_.clock.now(),
                          .stage = stage,
                          .status = status,
                          .account = std::move(account),
                          .text = std::move(text),
                          .error = std::move(error)});
}

std::function<void(const Error&, milliseconds)> Observer::again(std::string account) {
  return [this, account](const Error& error, milliseconds wait) {
    event(Stage::kObserve,
          Status::kProgress,
          account,
          "again in " + format_duration(wait) + ": " + error.text(),
          error);
  };
}

Task<void> Observer::read_source(SharedSources* sources,
                                 std::string certificate,
                                 BundleView* into) {
  *into = co_await sources->read(std::move(certificate));
}

Task<void> Observer::list_product(Account account, std::string product, AccountView* into) {
  std::function<Task<std::vector<Binding>>()> call = [account, product] {
    return account.provider->list_bindings(product);
  };
  auto list = co_await attempt_read(
      std::move(call), settings_.retry, &ports_.random, &ports_.sleeper, again(account.name));
  if (list) {
    into->bindings[product] = *std::move(list);
  } else if (!into->error) {
    into->error = std::move(list).error();
  }
}

Task<void> Observer::list_store(Account account, AccountView* into) {
  std::function<Task<std::vector<StoredCertificate>>()> call = [account] {
    return account.provider->list_stored();
  };
  auto list = co_await attempt_read(
      std::move(call), settings_.retry, &ports_.random, &ports_.sleeper, again(account.name));
  if (list) {
    into->stored = *std::move(list);
    recognise(account, ports_, into->stored);
  } else if (!into->error) {
    into->error = std::move(list).error();
  }
}

Task<void> Observer::list_store_again(AccountView* view) {
  const auto unknown = [&](const Binding& one) {
    return one.stored_id && !view->by_id.contains(*one.stored_id);
  };
  const std::vector<Binding> bindings = view->all_bindings();
  if (std::ranges::none_of(bindings, unknown)) co_return;
  AccountView again{.account = view->account};
  co_await list_store(view->account, &again);
  if (again.error) {
    view->error = std::move(again.error);
    co_return;
  }
  view->stored = std::move(again.stored);
  index(*view);
}

Task<void> Observer::read_account_into(Account account,
                                       std::set<std::string> products,
                                       AccountView* into) {
  into->account = account;
  into->read_at = ports_.clock.now();
  into->steady_read_at = ports_.clock.steady_now();
  std::vector<Task<void>> lists;
  lists.push_back(list_store(account, into));
  for (const std::string& product : products) lists.push_back(list_product(account, product, into));
  co_await run_all(std::move(lists));
  index(*into);
  // The domains may have been listed a while after the store, and show what came into it since.
  if (!into->error) co_await list_store_again(into);
  if (into->error) {
    event(Stage::kObserve, Status::kFailed, account.name, into->error->text(), into->error);
    co_return;
  }
  event(Stage::kObserve,
        Status::kDone,
        account.name,
        count_of(into->by_name.size(), "domain") + ", " +
            count_of(into->stored.size(), "stored certificate"));
}

Task<void> Observer::read_account_in_step(Account account,
                                          std::set<std::string> products,
                                          AccountView* into) {
  co_await read_account_into(account, products, into);
  // Of a call that was repeated for longer than this the next run knows no better either.
  constexpr milliseconds kLongestCall = hours(1);
  const std::vector<JournalEntry> applied =
      ports_.store.journal({.account = into->account.name,
                            .outcome = JournalEntry::Outcome::kApplied,
                            .begun_since = into->read_at - kLongestCall,
                            .ended_since = into->read_at - list_lag(account),
                            .limit = std::numeric_limits<std::size_t>::max()});
  const std::optional<Time> at = catches_up_at(*into, applied);
  if (!at) co_return;
  const milliseconds wait = std::max(*at - ports_.clock.now(), milliseconds(0));
  event(Stage::kObserve,
        Status::kProgress,
        account.name,
        "again in " + format_duration(wait) +
            ": its lists do not show yet what was done just before");
  co_await ports_.sleeper.sleep(wait);
  *into = {};
  co_await read_account_into(std::move(account), std::move(products), into);
}

Task<AccountView> Observer::read_account(Account account, std::set<std::string> products) {
  AccountView view;
  co_await read_account_into(std::move(account), std::move(products), &view);
  co_return view;
}

Task<void> Observer::look_at(TargetFacts* facts) {
  const std::string edge_name = facts->binding ? facts->binding->edge_name : std::string();
  facts->looked_at = ports_.clock.now();
  Look look = co_await edge_.look(facts->id.name, edge_name);
  facts->probed = true;
  facts->probes = std::move(look.probes);
  facts->probe_problem = std::move(look.problem);
  // What its likeness says of it the edge knows better.
  const bool unsure =
      facts->product->in_place() && facts->bound && is_known_by_likeness(*facts->bound);
  if (facts->bound_fingerprint && !unsure) co_return;
  if (auto served = bound_as_served(*facts)) facts->bound_fingerprint = std::move(served);
}

namespace {

/// Certificates of which something at an account may be let go, which takes a fresh look.
std::set<std::pair<std::string, std::string>> with_something_to_retire(
    const std::vector<UploadRecord>& uploads,
    const std::vector<OrphanRecord>& orphans,
    const std::map<std::string, BundleView>& bundles,
    Time grace_began) {
  std::set<std::pair<std::string, std::string>> found;
  std::set<std::pair<std::string, std::string>> surplus;  // account and fingerprint
  for (const OrphanRecord& one : orphans) {
    if (!one.removed_at) surplus.emplace(one.account, one.fingerprint);
  }
  for (const UploadRecord& one : uploads) {
    const auto view = bundles.find(one.certificate);
    const bool wanted = view != bundles.end() && view->second.bundle &&
                        view->second.bundle->fingerprint() == one.fingerprint;
    const bool in_grace = one.superseded_at && *one.superseded_at > grace_began;
    const bool to_let_go = one.state == UploadRecord::State::kStored && !wanted && !in_grace;
    if (to_let_go || surplus.contains({one.account, one.fingerprint})) {
      found.emplace(one.account, one.certificate);
    }
  }
  return found;
}

}  // namespace

void Observer::take_options(const ApplyOptions& options, Observation& seen) {
  std::set<std::pair<std::string, std::string>> to_retire;
  if (options.trust_looks) {
    to_retire = with_something_to_retire(seen.uploads,
                                         ports_.store.orphans(),
                                         seen.bundles,
                                         ports_.clock.now() - settings_.retire_after);
  }
  for (TargetFacts& facts : seen.targets) {
    facts.due_only = options.due_only;
    facts.insist = options.insist;
    facts.trust_looks =
        options.trust_looks && !to_retire.contains({facts.id.account, facts.certificate});
  }
}

Task<Observation> Observer::observe(ProbeScope scope,
                                    ApplyOptions options,
                                    SharedSources* sources,
                                    std::map<std::string, Error> paused) {
  Observation seen;
  const std::vector<Job> jobs = jobs_for(fleet_, options.only);
  std::map<std::string, std::set<std::string>> products;
  std::vector<Task<void>> reads;
  for (const Job& job : jobs) {
    for (const TargetSelector& to : job.to) products[to.account].insert(to.product);
  }
  // The lists first: their calls are on the way while the sources are read.
  for (const Account& account : fleet_.accounts) {
    const auto used = products.find(account.name);
    if (used == products.end()) continue;
    AccountView& view = seen.accounts[account.name];
    if (const auto pause = paused.find(account.name); pause != paused.end()) {
      view.account = account;
      view.error = pause->second;
      continue;
    }
    reads.push_back(read_account_in_step(account, used->second, &view));
  }
  for (const Job& job : jobs) {
    reads.push_back(read_source(sources, job.certificate, &seen.bundles[job.certificate]));
  }
  co_await run_all(std::move(reads));

  // Of one account no more is read than it needs.
  const std::string account = fleet_.accounts.size() == 1 ? fleet_.accounts.front().name : "";
  seen.uploads = ports_.store.uploads(account);
  const std::vector<TargetRecord> ledger = ports_.store.targets(account);
  select_targets(jobs, options.only, ledger, seen.uploads, ports_.clock.now(), seen);
  if (options.only.empty()) seen.left_behind = left_behind(jobs, ledger, seen);
  take_options(options, seen);

  std::vector<Task<void>> looks;
  for (TargetFacts& facts : seen.targets) {
    const bool bound = facts.binding && facts.binding->online;
    const bool look = scope == ProbeScope::kAll
                          ? bound
                          : scope == ProbeScope::kWhereItDecides && needs_probe(facts);
    if (look) looks.push_back(look_at(&facts));
  }
  if (!looks.empty()) {
    event(Stage::kProbe, Status::kStarted, {}, "looking at " + count_of(looks.size(), "edge name"));
  }
  co_await run_all(std::move(looks));
  co_return seen;
}

}  // namespace certferry

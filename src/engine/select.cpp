#include "engine/select.h"

#include <algorithm>
#include <tuple>

#include "base/planted.h"
#include "base/text.h"
#include "engine/cover_index.h"
#include "model/label.h"
#include "model/name.h"
#include "policy/put_back.h"

namespace certferry {

bool goes_by(const TargetId& id, const std::string& asked) {
  const auto slash = asked.find_last_of('/');
  const std::size_t begin = slash == std::string::npos ? 0 : slash + 1;
  const std::string domain = canonical_name(asked.substr(begin)).value_or(asked.substr(begin));
  return domain == id.name && (begin == 0 || asked.substr(0, begin) + domain == to_string(id));
}

namespace {

bool named(const std::set<std::string>& only, const TargetId& id) {
  return std::ranges::any_of(only, [&](const std::string& asked) { return goes_by(id, asked); });
}

const ProductMetadata* product_of(const Account& account, const std::string& product) {
  const auto& products = account.provider->metadata().products;
  const auto found = std::ranges::find(products, product, &ProductMetadata::id);
  ASSERT(found != products.end());  // the configuration was checked against the same metadata
  return &*found;
}

bool excepted(const TargetSelector& to, const std::string& name) {
  if (planted("except_ignored")) return false;
  return std::ranges::any_of(to.except,
                             [&](const std::string& one) { return name_covers(one, name); });
}

/// Switched off by its owner, as against a state that we do not know or that will pass: `covered`
/// leaves out the former and is held by the latter.
bool left_out(const Binding& binding) {
  return !binding.online && to_lower(binding.status) == "offline";
}

/// The domains that certificates cover, each account's list indexed when it is first asked for.
class Covered {
 public:
  explicit Covered(const Observation& seen) : seen_(seen) {}

  /// Whatever the domain's state; none when the list or the bundle is missing.
  std::vector<const Binding*> by(const BundlePtr& bundle, const TargetSelector& to) {
    const AccountView& view = seen_.accounts.at(to.account);
    const auto list = view.bindings.find(to.product);
    if (list == view.bindings.end() || !bundle) return {};
    const auto index = indexes_.try_emplace(std::pair(to.account, to.product), list->second).first;
    return index->second.covered_by(bundle->leaf);
  }

 private:
  const Observation& seen_;
  std::map<std::pair<std::string, std::string>, CoverIndex> indexes_;
};

/// The names a selector means, given what the account has and what the certificate covers.
std::vector<std::string> matching(const TargetSelector& to,
                                  const BundlePtr& bundle,
                                  Covered& covered) {
  if (!to.covered) return to.names;
  std::vector<std::string> names;
  for (const Binding* binding : covered.by(bundle, to)) {
    if (!left_out(*binding) && !excepted(to, binding->name)) names.push_back(binding->name);
  }
  return names;
}

Error nothing_matched(const Job& job, const TargetSelector& to, const AccountView& view) {
  const std::string where = "account " + to.account + ", product " + to.product;
  std::vector<std::string> has;
  if (const auto list = view.bindings.find(to.product); list != view.bindings.end()) {
    for (const Binding& one : list->second)
      has.push_back(one.name + (one.online ? "" : " (offline)"));
  }
  const std::string there = has.empty() ? "the account has no domain at all"
                                        : "the account has " + printable(join(has, ", "), 200);
  std::string what = "none of the listed domains exists";
  if (to.covered) what = "certificate " + job.certificate + " covers no online domain";
  if (!to.except.empty()) what += " that `except:` leaves over";
  return Error(ErrorKind::kNotFound, what + " at " + where + "; " + there)
      .with_code("select.nothing")
      .with_hint("nothing was sent for it. Add the domain at the vendor, or mend `domains:`");
}

/// A misspelt `except:` would deploy to the very domain that is to be spared.
void note_idle_exceptions(const Job& job, const TargetSelector& to, Observation& seen) {
  if (to.except.empty()) return;
  const AccountView& view = seen.accounts.at(to.account);
  const auto list = view.bindings.find(to.product);
  if (view.error || list == view.bindings.end()) return;
  std::vector<std::string> names;
  for (const Binding& one : list->second) names.push_back(one.name);
  for (const std::string& pattern : to.except) {
    const bool used = std::ranges::any_of(
        names, [&](const std::string& name) { return name_covers(pattern, name); });
    if (used) continue;
    const std::string near = nearest(pattern, names);
    seen.warnings.push_back(
        {"certificate " + job.certificate,
         Error(ErrorKind::kNotFound,
               "`except:` names " + pattern + ", but account " + to.account + " has no " +
                   to.product + " domain that this leaves out")
             .with_code("select.except_unused")
             .with_hint(near.empty() ? "mend it or take it out" : "did you mean " + near + "?")});
  }
}

bool any_known(const TargetSelector& to, const AccountView& view) {
  return std::ranges::any_of(
      to.names, [&](const std::string& name) { return view.binding(to.product, name) != nullptr; });
}

class Selector {
 public:
  Selector(const std::vector<TargetRecord>& remembered,
           const std::vector<UploadRecord>& uploads,
           Time now,
           Observation& seen)
      : now_(now), seen_(seen) {
    for (const TargetRecord& record : remembered) {
      remembered_.emplace(record.id, &record);
      if (record.harmed_fingerprint.empty()) continue;
      harmed_.try_emplace({record.id.account, record.id.product, record.harmed_fingerprint},
                          record.id.name);
    }
    for (const UploadRecord& record : uploads) {
      if (record.state == UploadRecord::State::kIntended) {
        unanswered_.emplace(record.account, record.fingerprint);
      }
      uploaded_at_[{record.account, record.fingerprint}] = record.created_at;
      if (record.state != UploadRecord::State::kStored) continue;
      fingerprint_by_id_[{record.account, record.stored_id}] = record.fingerprint;
    }
    for (const auto& [key, fingerprint] : fingerprint_by_id_) {
      ids_by_fingerprint_[{key.first, fingerprint}].push_back(key.second);
    }
  }

  TargetFacts facts(const Job& job, const TargetSelector& to, const std::string& name) const {
    const AccountView& view = seen_.accounts.at(to.account);
    const BundleView& bundle = seen_.bundles.at(job.certificate);
    TargetFacts facts{.id = {to.account, to.product, name},
                      .certificate = job.certificate,
                      .product = product_of(view.account, to.product),
                      .bundle = bundle.bundle,
                      .chain = bundle.chain,
                      .canary = to.wants_canary(),
                      .now = now_};
    if (bundle.error) facts.source_problem = {"source.failed", bundle.error->text()};
    if (const auto known = remembered_.find(facts.id); known != remembered_.end()) {
      facts.memory = *known->second;
    }
    if (facts.bundle) facts.harmed_elsewhere = harmed_elsewhere(facts);
    if (view.error) {
      facts.observe_problem = {"observe.failed", view.error->text()};
      return facts;
    }
    observe(view, facts);
    return facts;
  }

 private:
  /// What a bind of a bundle did to one name it would do to the product's others, asked for or not.
  std::string harmed_elsewhere(const TargetFacts& facts) const {
    const auto found =
        harmed_.find({facts.id.account, facts.id.product, facts.bundle->fingerprint()});
    return found == harmed_.end() || found->second == facts.id.name ? "" : found->second;
  }

  void observe(const AccountView& view, TargetFacts& facts) const {
    if (const Binding* binding = view.binding(facts.id.product, facts.id.name)) {
      facts.binding = *binding;
    } else {
      for (const Binding& one : view.bindings.at(facts.id.product))
        facts.known_names.push_back(one.name);
    }
    if (facts.binding && facts.binding->stored_id) {
      if (const StoredCertificate* bound = view.stored_by_id(*facts.binding->stored_id)) {
        facts.bound = *bound;
        facts.bound_fingerprint = fingerprint_of(view, *bound);
        facts.bound_to_our_later = is_bound_to_our_later(facts);
      }
    }
    if (facts.bundle) {
      facts.stored_id = stored_id_of(view, facts.bundle->fingerprint());
      facts.upload_unanswered =
          unanswered_.contains({view.account.name, facts.bundle->fingerprint()});
    }
    facts.last_confirmed = last_confirmed(view, facts);
    facts.way_back = stored_entry(view, bundle_before(facts));
  }

  bool is_bound_to_our_later(const TargetFacts& facts) const {
    if (!facts.memory || !facts.bound_fingerprint) return false;
    const auto is = uploaded_at_.find({facts.id.account, *facts.bound_fingerprint});
    if (is == uploaded_at_.end()) return false;
    // What we remember may have been stored by others, and found where it belongs.
    const auto was = uploaded_at_.find({facts.id.account, facts.memory->bound_fingerprint});
    return is->second > (was != uploaded_at_.end() ? was->second : facts.memory->bound_at);
  }

  std::optional<StoredCertificate> last_confirmed(const AccountView& view,
                                                  const TargetFacts& facts) const {
    if (!facts.memory || facts.memory->confirmed_fingerprint.empty()) return std::nullopt;
    const std::string& fingerprint = facts.memory->confirmed_fingerprint;
    if (facts.bundle && facts.bundle->fingerprint() == fingerprint) return std::nullopt;
    return stored_entry(view, fingerprint);
  }

  std::optional<StoredCertificate> stored_entry(const AccountView& view,
                                                const std::string& fingerprint) const {
    if (fingerprint.empty()) return std::nullopt;
    const std::optional<std::string> id = stored_id_of(view, fingerprint);
    const StoredCertificate* entry = id ? view.stored_by_id(*id) : nullptr;
    return entry == nullptr ? std::nullopt : std::optional(*entry);
  }

  /// The label says which leaf an entry is; if a person renamed it, our ledger still does.
  std::optional<std::string> fingerprint_of(const AccountView& view,
                                            const StoredCertificate& entry) const {
    if (auto fingerprint = fingerprint_in_label(entry.label)) return fingerprint;
    const auto known = fingerprint_by_id_.find({view.account.name, entry.id});
    if (known == fingerprint_by_id_.end()) return std::nullopt;
    return known->second;
  }

  std::optional<std::string> stored_id_of(const AccountView& view,
                                          const std::string& fingerprint) const {
    if (planted("any_id") && !view.stored.empty()) return view.stored.front().id;
    // Of several copies the one in our ledger: it is the one we may retire one day.
    if (const auto ours = ids_by_fingerprint_.find({view.account.name, fingerprint});
        ours != ids_by_fingerprint_.end()) {
      for (const std::string& id : ours->second) {
        if (view.stored_by_id(id) != nullptr) return id;
      }
    }
    const auto labelled = view.id_by_fingerprint.find(fingerprint);
    if (labelled != view.id_by_fingerprint.end()) return labelled->second;
    return std::nullopt;
  }

  Time now_;
  Observation& seen_;
  std::map<TargetId, const TargetRecord*> remembered_;
  /// The name by account, product and the bundle that took its settings with it.
  std::map<std::tuple<std::string, std::string, std::string>, std::string> harmed_;
  std::map<std::pair<std::string, std::string>, Time> uploaded_at_;  ///< by account and bundle
  std::map<std::pair<std::string, std::string>, std::string> fingerprint_by_id_;
  /// By account and fingerprint.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> ids_by_fingerprint_;
  std::set<std::pair<std::string, std::string>> unanswered_;  ///< account and fingerprint
};

bool asked_for(const std::set<std::string>& only, const TargetFacts& facts) {
  return only.empty() || only.contains(facts.certificate) || named(only, facts.id);
}

/// A target that two certificates want has no right answer: neither is sent.
void drop_conflicts(const std::set<std::string>& only, Observation& seen) {
  std::map<TargetId, std::set<std::string>> wanted_by;
  std::set<TargetId> asked;
  for (const TargetFacts& facts : seen.targets) {
    wanted_by[facts.id].insert(facts.certificate);
    if (asked_for(only, facts)) asked.insert(facts.id);
  }
  for (const auto& [id, certificates] : wanted_by) {
    if (certificates.size() < 2 || !asked.contains(id) || planted("conflict_ignored")) continue;
    const std::vector<std::string> names(certificates.begin(), certificates.end());
    seen.problems.push_back(
        {to_string(id),
         Error(ErrorKind::kConflict,
               "certificates " + join(names, " and ") + " both want this target")
             .with_code("select.conflict")
             .with_hint("name it under one of them, or put it under `except:` of the other")});
  }
  std::erase_if(seen.targets, [&](const TargetFacts& facts) {
    const bool conflict = wanted_by[facts.id].size() > 1 && !planted("conflict_ignored");
    return conflict || !asked_for(only, facts);
  });
}

/// What a selector covered last time: that is what is at stake when it cannot be asked now.
std::vector<std::string> covered_before(const std::string& certificate,
                                        const TargetSelector& to,
                                        const std::vector<TargetRecord>& remembered) {
  std::vector<std::string> names;
  for (const TargetRecord& one : remembered) {
    const bool same_place = one.id.account == to.account && one.id.product == to.product;
    if (same_place && one.certificate == certificate && !excepted(to, one.id.name)) {
      names.push_back(one.id.name);
    }
  }
  return names;
}

/// The selector's names, or why there are none.
Result<std::vector<std::string>> names_of(const Job& job,
                                          const TargetSelector& to,
                                          const std::vector<TargetRecord>& remembered,
                                          const Observation& seen,
                                          Covered& covered) {
  const AccountView& view = seen.accounts.at(to.account);
  const BundlePtr& bundle = seen.bundles.at(job.certificate).bundle;
  const bool cannot_ask = view.error || (to.covered && !bundle);
  if (cannot_ask && to.covered) {
    std::vector<std::string> names = covered_before(job.certificate, to, remembered);
    if (names.empty() && view.error) return std::unexpected(*view.error);
    return names;
  }
  std::vector<std::string> names = matching(to, bundle, covered);
  const bool none = to.covered ? names.empty() : !any_known(to, view);
  if (none && !cannot_ask) return std::unexpected(nothing_matched(job, to, view));
  return names;
}

/// What `covered` would mean but for its being offline, so that nobody is left to wonder.
void note_left_out(const TargetSelector& to,
                   const BundlePtr& bundle,
                   Covered& covered,
                   Observation& seen) {
  if (!to.covered) return;
  for (const Binding* binding : covered.by(bundle, to)) {
    if (!left_out(*binding) || excepted(to, binding->name)) continue;
    seen.left_out.push_back({to.account, to.product, binding->name});
  }
}

/// Names asked for on the command line that nothing here goes by.
std::set<std::string> unknown_names(const std::set<std::string>& only,
                                    const std::vector<Job>& jobs,
                                    const Observation& seen) {
  std::set<std::string> unknown;
  for (const std::string& name : only) {
    const bool is_certificate = std::ranges::find(jobs, name, &Job::certificate) != jobs.end();
    const bool is_target = std::ranges::any_of(
        seen.targets, [&](const TargetFacts& facts) { return goes_by(facts.id, name); });
    if (!is_certificate && !is_target) unknown.insert(name);
  }
  return unknown;
}

}  // namespace

std::vector<Job> jobs_for(const Fleet& fleet, const std::set<std::string>& only) {
  // A domain's name tells only after observing which certificate it belongs to.
  std::set<std::pair<std::string, std::string>> places;
  for (const std::string& name : only) {
    const auto asked = std::ranges::find(fleet.jobs, name, &Job::certificate);
    if (asked == fleet.jobs.end()) return fleet.jobs;
    for (const TargetSelector& to : asked->to) places.emplace(to.account, to.product);
  }
  if (only.empty()) return fleet.jobs;
  std::vector<Job> jobs;
  std::ranges::copy_if(fleet.jobs, std::back_inserter(jobs), [&](const Job& job) {
    return std::ranges::any_of(job.to, [&](const TargetSelector& to) {
      return places.contains({to.account, to.product});
    });
  });
  return jobs;
}

void select_targets(const std::vector<Job>& jobs,
                    const std::set<std::string>& only,
                    const std::vector<TargetRecord>& remembered,
                    const std::vector<UploadRecord>& uploads,
                    Time now,
                    Observation& seen) {
  const Selector selector(remembered, uploads, now, seen);
  Covered covered(seen);
  std::set<std::pair<std::string, TargetId>> chosen;
  for (const Job& job : jobs) {
    const bool asked = only.empty() || only.contains(job.certificate);
    for (const TargetSelector& to : job.to) {
      Result<std::vector<std::string>> names = names_of(job, to, remembered, seen, covered);
      if (!names) {
        std::vector<Problem>& problems = asked ? seen.problems : seen.unasked;
        problems.push_back({"certificate " + job.certificate, std::move(names).error()});
        continue;
      }
      if (asked) note_idle_exceptions(job, to, seen);
      if (asked) note_left_out(to, seen.bundles.at(job.certificate).bundle, covered, seen);
      for (const std::string& name : *names) {
        const TargetId id{to.account, to.product, name};
        if (!chosen.emplace(job.certificate, id).second) continue;
        seen.targets.push_back(selector.facts(job, to, name));
      }
    }
  }
  // Conflicts are between all certificates, also those that were not asked for.
  seen.unknown = unknown_names(only, jobs, seen);
  drop_conflicts(only, seen);
}

}  // namespace certferry

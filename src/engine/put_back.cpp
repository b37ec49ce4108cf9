#include "engine/put_back.h"

#include <algorithm>

#include "base/text.h"
#include "policy/put_back.h"
#include "policy/retry.h"

namespace certferry {

namespace {

/// Of a bundle whose chain and key are no longer here the vendor's list still says what is asked
/// for when the edge is looked at.
BundlePtr stand_in(const std::string& fingerprint, const StoredCertificate& entry) {
  return std::make_shared<const Bundle>(Bundle{.leaf = {.fingerprint = fingerprint,
                                                        .not_before = entry.not_before,
                                                        .not_after = entry.not_after,
                                                        .dns_names = entry.names}});
}

const UploadRecord* find(const std::vector<UploadRecord>& ledger,
                         const std::string& account,
                         const std::string& fingerprint) {
  const auto found = std::ranges::find_if(ledger, [&](const UploadRecord& one) {
    return one.account == account && one.fingerprint == fingerprint;
  });
  return found == ledger.end() ? nullptr : &*found;
}

/// What was kept here for a product that keeps nothing itself, as its list would show it.
BundlePtr open_kept(TargetFacts& facts, const std::string& fingerprint, Keeper& keeper) {
  facts.way_back.reset();
  if (fingerprint.empty()) return nullptr;
  Result<BundlePtr> kept = keeper.open(facts.id, fingerprint);
  if (!kept) {
    facts.way_back_problem = {kept.error().code, kept.error().text()};
    return nullptr;
  }
  const Certificate& leaf = (*kept)->leaf;
  facts.way_back = StoredCertificate{
      .names = leaf.dns_names, .not_before = leaf.not_before, .not_after = leaf.not_after};
  return *std::move(kept);
}

}  // namespace

void prepare_put_back(TargetReport& target,
                      std::string by,
                      const std::vector<UploadRecord>& ledger,
                      Keeper keeper) {
  TargetFacts& facts = target.facts;
  const std::string before = bundle_before(facts);
  const bool in_place = facts.product->in_place();
  BundlePtr kept = in_place ? open_kept(facts, before, keeper) : nullptr;
  target.put_back = PutBack{.by = std::move(by), .held_back = bundle_held_back(facts)};
  target.plan = plan_put_back(facts, find(ledger, facts.id.account, before));
  target.outcome = outcome_of(target.plan);
  target.message = target.plan.summary.text;
  if (target.plan.blocked()) return;
  facts.bundle = in_place ? std::move(kept) : stand_in(before, *facts.way_back);
  facts.stored_id = in_place ? std::nullopt : std::optional(facts.way_back->id);
  target.plan.bundle = facts.bundle;
}

std::string put_back_words(const TargetReport& target) {
  return "asked for by " + printable(target.put_back->by, 80);
}

std::string put_back_result(const TargetReport& target, const std::string& served) {
  const std::string& held_back = target.put_back->held_back;
  std::string out = target.plan.summary.text + "; " + served;
  if (held_back.empty()) return out;
  return out + ". Bundle " + short_fingerprint(held_back) +
         " is not sent again by itself: a newer one of the source will be, this one by 'certferry "
         "apply --now " +
         target.facts.id.name + "'";
}

TargetRecord record_before_put_back(const TargetReport& target, Time now) {
  TargetRecord record = *target.facts.memory;
  record.rolled_back_fingerprint = target.put_back->held_back;
  record.rolled_back_at = now;
  record.rolled_back_by = target.put_back->by;
  record.rollbacks = 0;
  record.bound_fingerprint = target.facts.bundle->fingerprint();
  record.bound_at = now;
  record.reversed_to.clear();
  record.failures = 0;
  record.attempted_fingerprint.clear();
  record.next_attempt.reset();
  return record;
}

std::optional<TargetRecord> record_after_put_back(const TargetReport& target, Time now) {
  if (target.plan.blocked()) return std::nullopt;
  const bool bound = target.outcome == Outcome::kConfirmed ||
                     target.outcome == Outcome::kUnconfirmed || target.harmed;
  const bool perhaps = target.error && remedy(target.error->kind) == Remedy::kReadFirst;
  // Nothing was done, so nothing is held back: what the intent said is taken back.
  if (!bound && !perhaps) return target.facts.memory;
  TargetRecord record = record_before_put_back(target, now);
  record.last_attempt = now;
  record.outcome = to_string(target.outcome);
  record.message = target.message;
  if (target.harmed) record.harmed_fingerprint = target.facts.bundle->fingerprint();
  if (target.outcome == Outcome::kConfirmed) {
    record.outcome = to_string(Outcome::kParked);
    record.confirmed_fingerprint = target.facts.bundle->fingerprint();
    record.confirmed_at = target.facts.looked_at;
    record.previous_fingerprint.clear();
  }
  return record;
}

}  // namespace certferry

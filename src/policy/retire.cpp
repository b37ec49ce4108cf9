#include "policy/retire.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"

namespace certferry {

namespace {

std::optional<Reason> in_use(std::span<const Binding> bindings, const StoredCertificate& entry) {
  if (planted("delete_in_use")) return std::nullopt;
  for (const Binding& binding : bindings) {
    if (binding.stored_id == entry.id) {
      return Reason{"retire.in_use", binding.vendor_name + " still points at it"};
    }
  }
  if (entry.in_use.value_or(0) == 0) return std::nullopt;
  return Reason{"retire.in_use",
                "the vendor says that it is in use by " + count_of(*entry.in_use, "domain")};
}

/// Everything but the grace period; a reason means that it must stay.
std::optional<Reason> why_keep(const RetireFacts& facts, const StoredCertificate& entry) {
  const UploadRecord& record = facts.record;
  const auto is_wanted = std::ranges::find(facts.wanted, record.fingerprint) != facts.wanted.end();
  if (is_wanted) return Reason{"retire.wanted", "it is what the configuration wants deployed"};
  if (entry.label != record.label) {
    return Reason{"retire.not_ours",
                  "certificate " + record.stored_id +
                      " no longer carries our label, so it is not "
                      "the one we uploaded"};
  }
  if (auto used = in_use(facts.bindings, entry)) return used;
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* leaf = one.probe.leaf();
    if (leaf != nullptr && leaf->fingerprint == record.fingerprint) {
      return Reason{"retire.served", to_string(one.probe.address) + " still serves it"};
    }
  }
  if (!facts.all_looked_at) {
    return Reason{"retire.unseen",
                  "not every target of its certificate was seen serving a later one in this run"};
  }
  return std::nullopt;
}

}  // namespace

RetirePlan plan_retire(const RetireFacts& facts) {
  const UploadRecord& record = facts.record;
  RetirePlan plan{.account = record.account,
                  .certificate = record.certificate,
                  .fingerprint = record.fingerprint,
                  .stored_id = record.stored_id};
  if (record.state != UploadRecord::State::kStored || !record.superseded_at) {
    plan.reason = {"retire.not_superseded", "no later bundle has been confirmed in its place"};
    return plan;
  }
  const auto entry = std::ranges::find(facts.stored, record.stored_id, &StoredCertificate::id);
  if (entry == facts.stored.end()) {
    plan.reason = {"retire.gone", "it is no longer in the vendor's store"};
    return plan;
  }
  // Within the grace period it stays whatever the lists say, which may be older than the bind.
  plan.due_at = *record.superseded_at + facts.grace;
  if (facts.now < plan.due_at && !planted("no_grace")) {
    plan.reason = {"retire.grace",
                   "superseded; kept until " + format_time(plan.due_at) + " in case of a return"};
    return plan;
  }
  if (auto keep = why_keep(facts, *entry)) {
    plan.reason = *std::move(keep);
    return plan;
  }
  plan.due = true;
  plan.reason = {"retire.due",
                 "superseded, unused, and its successor confirmed since " +
                     format_time(*record.superseded_at)};
  return plan;
}

namespace {

std::optional<Reason> why_keep(const OrphanFacts& facts, const StoredCertificate& entry) {
  if (entry.id == facts.record.stored_id) {
    return Reason{"orphan.counts", "it is the copy that counts"};
  }
  if (entry.label != facts.record.label) {
    return Reason{"retire.not_ours", "certificate " + entry.id + " no longer carries our label"};
  }
  if (auto used = in_use(facts.bindings, entry)) return used;
  const bool other_copy_used = std::ranges::any_of(
      facts.bindings, [&](const Binding& one) { return one.stored_id == facts.record.stored_id; });
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* leaf = one.probe.leaf();
    const bool shown = leaf != nullptr && leaf->fingerprint == facts.orphan.fingerprint;
    if (shown && !other_copy_used) {
      return Reason{"retire.served", to_string(one.probe.address) + " still serves it"};
    }
  }
  if (!facts.all_looked_at) {
    return Reason{"retire.unseen", "not every target of its certificate was looked at"};
  }
  return std::nullopt;
}

}  // namespace

RetirePlan plan_orphan(const OrphanFacts& facts) {
  constexpr milliseconds kGraceMost = hours(6 * 24);
  const OrphanRecord& orphan = facts.orphan;
  RetirePlan plan{.account = orphan.account,
                  .certificate = facts.record.certificate,
                  .fingerprint = orphan.fingerprint,
                  .stored_id = orphan.stored_id,
                  .surplus = true};
  const auto entry = std::ranges::find(facts.stored, orphan.stored_id, &StoredCertificate::id);
  if (entry == facts.stored.end()) {
    plan.reason = {"retire.gone", "it is no longer in the vendor's store"};
    return plan;
  }
  if (auto keep = why_keep(facts, *entry)) {
    plan.reason = *std::move(keep);
    return plan;
  }
  plan.due_at = orphan.found_at + std::min(facts.grace, kGraceMost);
  if (facts.now < plan.due_at) {
    plan.reason = {"retire.grace", "a surplus copy; kept until " + format_time(plan.due_at)};
    return plan;
  }
  plan.due = true;
  plan.reason = {"retire.due", "a surplus copy of ours, unused since it was found"};
  return plan;
}

}  // namespace certferry

#include "policy/retire.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"

namespace certferry {

namespace {

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
  for (const Binding& binding : facts.bindings) {
    if (binding.stored_id == record.stored_id && !planted("delete_in_use")) {
      return Reason{"retire.in_use", binding.vendor_name + " still points at it"};
    }
  }
  if (entry.in_use.value_or(0) > 0 && !planted("delete_in_use")) {
    return Reason{"retire.in_use",
                  "the vendor says that it is in use by " + count_of(*entry.in_use, "domain")};
  }
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

}  // namespace certferry

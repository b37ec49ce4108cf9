#include "policy/put_back.h"

#include "base/text.h"
#include "policy/gate.h"
#include "policy/plan.h"

namespace certferry {

std::string bundle_before(const TargetFacts& facts) {
  if (!facts.memory) return {};
  const TargetRecord& memory = *facts.memory;
  std::string now = facts.bound_fingerprint.value_or("");
  const bool begun = !memory.rolled_back_by.empty() && !now.empty() &&
                     memory.bound_fingerprint == now && memory.confirmed_fingerprint != now;
  if (begun) return now;
  return memory.confirmed_fingerprint == now ? memory.previous_fingerprint
                                             : memory.confirmed_fingerprint;
}

std::string bundle_held_back(const TargetFacts& facts) {
  const std::string before = bundle_before(facts);
  if (facts.bundle && facts.bundle->fingerprint() != before) return facts.bundle->fingerprint();
  std::string bound = facts.bound_fingerprint.value_or("");
  if (bound != before) return bound;
  return facts.memory ? facts.memory->rolled_back_fingerprint : "";
}

namespace {

Plan with(const TargetFacts& facts, std::vector<Step> steps) {
  Reason summary = steps.front().reason;
  return {.target = facts.id,
          .certificate = facts.certificate,
          .bundle = facts.bundle,
          .steps = std::move(steps),
          .summary = std::move(summary)};
}

constexpr std::string_view kByHand =
    "; to go back all the same, store the older pair at the vendor and bind it there by hand";

Reason nothing_before(const TargetFacts& facts) {
  const std::string name = to_string(facts.id);
  return {"rollback.nothing",
          "nothing is known to have been confirmed at " + name +
              " before what it is set to now; 'certferry history " + facts.id.name +
              "' shows what was done" + std::string(kByHand)};
}

Reason no_longer_stored(const std::string& fingerprint, const UploadRecord* record) {
  const std::string what = "bundle " + short_fingerprint(fingerprint) + ", which it served before,";
  if (record == nullptr || record->state != UploadRecord::State::kRetired) {
    return {"rollback.gone",
            what + " is no longer in the vendor's store: somebody else deleted it" +
                std::string(kByHand)};
  }
  const std::string when = record->retired_at ? " on " + format_time(*record->retired_at) : "";
  return {"rollback.retired",
          what + " was deleted from the vendor's store" + when +
              ", after its grace period; a longer `settings: retire_after:` keeps the next one "
              "longer" +
              std::string(kByHand)};
}

/// "…, 60 d before what is set now", or nothing when it ends no earlier.
std::string how_much_earlier(const TargetFacts& facts) {
  if (!facts.bound || facts.bound->not_after <= facts.way_back->not_after) return {};
  return ", " + format_duration(facts.bound->not_after - facts.way_back->not_after) +
         " before what is set now";
}

}  // namespace

Plan plan_put_back(const TargetFacts& facts, const UploadRecord* record) {
  if (!facts.observe_problem.code.empty()) {
    return with(facts, {{StepKind::kHold, facts.observe_problem}});
  }
  if (const auto step = obstacle(facts)) return with(facts, {*step});
  const std::string fingerprint = bundle_before(facts);
  if (fingerprint.empty()) return with(facts, {{StepKind::kHold, nothing_before(facts)}});
  if (!facts.way_back_problem.code.empty()) {
    return with(facts, {{StepKind::kHold, facts.way_back_problem}});
  }
  if (!facts.way_back) {
    return with(facts, {{StepKind::kHold, no_longer_stored(fingerprint, record)}});
  }
  const StoredCertificate& entry = *facts.way_back;
  const std::string bundle = short_fingerprint(fingerprint);
  const std::string named = entry.id.empty() ? "bundle " + bundle + ", kept here sealed"
                                             : "certificate " + entry.id + " (" + bundle + ")";
  const std::string what = named + ", which ends " + format_time(entry.not_after);
  if (!would_do(entry, facts.id.name, facts.now)) {
    return with(facts,
                {{StepKind::kHold,
                  {"rollback.unfit",
                   what + ", would not do for " + facts.id.name +
                       ": it has ended, has hardly begun, or is for other names. What is set "
                       "stays; renew where the certificate comes from"}}});
  }
  const Step confirm{StepKind::kConfirm,
                     {"edge.pending", "done means that every edge address serves it"}};
  if (facts.bound_fingerprint == fingerprint) {
    return with(facts,
                {{StepKind::kConfirm,
                  {"rollback.bound", "set back already to " + what + "; not yet confirmed"}}});
  }
  return with(facts,
              {{StepKind::kBind,
                {"rollback.by_hand", "by hand: back to " + what + how_much_earlier(facts)}},
               confirm});
}

}  // namespace certferry

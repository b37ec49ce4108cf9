#include "policy/plan.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "model/name.h"
#include "policy/contest.h"
#include "policy/edge.h"
#include "policy/rollback.h"
#include "policy/schedule.h"
#include "policy/senseless.h"
#include "policy/settings.h"

namespace certferry {

namespace {

bool bound_to_wanted(const TargetFacts& facts) {
  if (!facts.binding || !facts.binding->stored_id || !facts.bundle) return false;
  return facts.binding->stored_id == facts.stored_id ||
         facts.bound_fingerprint == facts.bundle->fingerprint();
}

Plan blocked(const TargetFacts& facts, StepKind kind, Reason reason) {
  return Plan{.target = facts.id,
              .certificate = facts.certificate,
              .bundle = facts.bundle,
              .steps = {Step{kind, reason}},
              .summary = reason};
}

Reason unknown_target(const TargetFacts& facts) {
  const std::string near = nearest(facts.id.name, facts.known_names);
  return {"target.unknown",
          "account " + facts.id.account + " has no " + facts.id.product + " domain " +
              facts.id.name +
              (near.empty() ? "; it has " + count_of(facts.known_names.size(), "domain") +
                                  ". Add it at the vendor, or mend the list"
                            : "; did you mean " + near + "?")};
}

Reason offline_target(const TargetFacts& facts) {
  return {"target.offline",
          "the vendor says the domain is '" + printable(facts.binding->status, 40) +
              "'; what it is set to stays. Bring it online there, or take it off the list"};
}

std::string what_is_bound(const TargetFacts& facts) {
  const Binding& binding = *facts.binding;
  if (!binding.stored_id) return "it is set to serve no certificate";
  if (!facts.bound) {
    return "it points at certificate " + *binding.stored_id + ", which is not in the store";
  }
  return "it points at certificate " + *binding.stored_id + ", which ends " +
         format_date(facts.bound->not_after);
}

/// Whether the edge serves what is bound and no client would take it: vendors store any chain.
bool bound_is_served_broken(const TargetFacts& facts) {
  return std::ranges::any_of(facts.probes, [&](const JudgedProbe& one) {
    const Certificate* leaf = one.probe.leaf();
    return leaf != nullptr && !one.chain.trusted() && leaf->not_after == facts.bound->not_after &&
           leaf->not_before == facts.bound->not_before;
  });
}

/// Sending ours would be a way back from `who`, which would do and ends no earlier.
Reason not_newer(const TargetFacts& facts, const std::string& who, Time ends) {
  return {"plan.not_newer",
          who + " ends " + format_time(ends) + ", not before the bundle of the source (" +
              format_time(facts.bundle->leaf.not_after) +
              "); nothing is sent. Renew the source, or look who deployed the other one; to go "
              "back on purpose, bind the older one at the vendor"};
}

std::optional<Reason> bound_is_better(const TargetFacts& facts) {
  if (planted("not_newer")) return std::nullopt;
  if (!facts.bound || facts.bound->not_after < facts.bundle->leaf.not_after) return std::nullopt;
  if (bound_is_served_broken(facts)) return std::nullopt;
  if (!would_do(*facts.bound, facts.id.name, facts.now)) return std::nullopt;
  return not_newer(
      facts, "certificate " + facts.bound->id + " that is bound", facts.bound->not_after);
}

std::optional<Reason> served_is_better(const TargetFacts& facts) {
  if (planted("not_newer") || planted("served_ignored")) return std::nullopt;
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* leaf = one.probe.leaf();
    if (leaf == nullptr || leaf->fingerprint == facts.bundle->fingerprint()) continue;
    if (leaf->not_after < facts.bundle->leaf.not_after || !fit_to_serve(facts, one)) continue;
    return not_newer(
        facts, "the certificate served at " + to_string(one.probe.address), leaf->not_after);
  }
  return std::nullopt;
}

/// Bound to something that neither the store nor the edge shows: it might be better than ours.
std::optional<Reason> unknown_binding(const TargetFacts& facts) {
  const bool known = !facts.binding->stored_id || facts.bound;
  const bool seen = std::ranges::any_of(facts.probes, [](const JudgedProbe& one) {
    return one.probe.outcome != Probe::Outcome::kUnreachable;
  });
  if (known || seen || !facts.probed) return std::nullopt;  // not probed: nobody means to send
  return Reason{"plan.unseen",
                what_is_bound(facts) +
                    ", and its edge could not be looked at; nothing is sent before either shows "
                    "what is served now"};
}

/// Whether some address showed something other than our bundle; one that could not be looked at
/// shows nothing.
bool edge_shows_another(const TargetFacts& facts) {
  return std::ranges::any_of(facts.probes, [&](const JudgedProbe& one) {
    return one.probe.outcome != Probe::Outcome::kUnreachable &&
           !one.serves(facts.bundle->fingerprint());
  });
}

/// Bound to ours and once confirmed, and now clients are refused: setting it once more is all that
/// can be done from here.
Plan plan_regressed(const TargetFacts& facts, Reason reason) {
  reason.text += "; set once more";
  return {.target = facts.id,
          .certificate = facts.certificate,
          .bundle = facts.bundle,
          .steps = {Step{StepKind::kBind, reason},
                    Step{StepKind::kConfirm, {"edge.pending", "until every address serves it"}}},
          .summary = reason};
}

/// Already bound: done when the edge shows it and was confirmed before, else confirm.
Plan plan_bound(const TargetFacts& facts) {
  const std::string& wanted = facts.bundle->fingerprint();
  const bool confirmed_before = facts.memory && facts.memory->confirmed_fingerprint == wanted;
  Plan plan{.target = facts.id, .certificate = facts.certificate, .bundle = facts.bundle};
  if (!facts.probed && seen_lately(facts)) {
    const milliseconds ago = facts.now - facts.memory->confirmed_at;
    plan.summary = {"done", "bound, and seen served " + format_duration(ago) + " ago"};
    return plan;
  }
  if ((served_everywhere(facts) || planted("memory_is_truth")) && confirmed_before) {
    const std::size_t count = facts.probes.size();
    plan.summary = {
        "done",
        "bound, and served on " + std::to_string(count) + (count == 1 ? " address" : " addresses")};
    return plan;
  }
  Reason reason;
  if (confirmed_before && !edge_shows_another(facts)) {
    reason = {"edge.unseen", "bound and confirmed before; " + describe_edge(facts)};
  } else if (confirmed_before) {
    reason = {"edge.regressed", "bound and confirmed before, but now " + describe_edge(facts)};
    const bool once_more = facts.stored_id && edge_refuses_clients(facts) &&
                           !served_is_better(facts) && !after_changed_settings(facts);
    if (once_more) return plan_regressed(facts, std::move(reason));
  } else if (served_everywhere(facts)) {
    reason = {"edge.unconfirmed", "bound and served, not yet confirmed over time"};
  } else {
    reason = {"edge.pending", "bound; " + describe_edge(facts)};
  }
  plan.steps = {Step{StepKind::kConfirm, reason}};
  plan.summary = reason;
  return plan;
}

Plan unless_put_off(const TargetFacts& facts, Plan plan) {
  if (plan.steps.empty()) return plan;
  const std::optional<Step> later = put_off_until_later(facts);
  return later ? blocked(facts, later->kind, later->reason) : plan;
}

Plan plan_change(const TargetFacts& facts) {
  Plan plan{.target = facts.id, .certificate = facts.certificate, .bundle = facts.bundle};
  const std::string ends = format_date(facts.bundle->leaf.not_after);
  if (!facts.stored_id && !facts.product->in_place()) {
    plan.steps.push_back({StepKind::kUpload,
                          {"store.missing", "the account's store does not have this bundle yet"}});
  }
  const Reason bind = {"binding.differs", what_is_bound(facts) + "; the new one ends " + ends};
  plan.steps.push_back({StepKind::kBind, bind});
  plan.steps.push_back(
      {StepKind::kConfirm, {"edge.pending", "done means that every edge address serves it"}});
  plan.summary = bind;
  return plan;
}

}  // namespace

bool needs_probe(const TargetFacts& facts) {
  if (!facts.bundle || !facts.binding || !facts.binding->online) return false;
  if (!facts.binding->stored_id) return false;
  if (bound_to_wanted(facts) && seen_lately(facts)) return false;
  // Bound to ours: is it served? Bound to something else: is what is served worse than ours?
  return true;
}

std::vector<Check> gate_checks(const TargetFacts& facts) {
  if (!facts.bundle) return {};
  return gate({.bundle = *facts.bundle,
               .chain = facts.chain,
               .name = facts.id.name,
               .accepted_keys = facts.product->accepted_keys,
               .now = facts.now});
}

namespace {

/// As against what a person must mend: names, key, a chain that will not verify.
bool time_or_renewal_mends(const std::string& code) {
  return code == "gate.not_yet_valid" || code == "gate.expired" || code == "gate.chain_expired" ||
         code == "gate.chain_ends_first";
}

}  // namespace

std::optional<Step> obstacle(const TargetFacts& facts) {
  if (!facts.binding) return Step{StepKind::kPark, unknown_target(facts)};
  if (!facts.binding->online && !planted("offline_bound")) {
    return Step{StepKind::kHold, offline_target(facts)};
  }
  if (!facts.clock_problem.code.empty()) return Step{StepKind::kHold, facts.clock_problem};
  return std::nullopt;
}

Plan plan_target(const TargetFacts& facts) {
  if (!facts.observe_problem.code.empty()) {
    return blocked(facts, StepKind::kHold, facts.observe_problem);
  }
  if (!facts.bundle) return blocked(facts, StepKind::kHold, facts.source_problem);
  if (const auto step = obstacle(facts)) return blocked(facts, step->kind, step->reason);
  const std::vector<Check> checks = gate_checks(facts);
  if (const Check* failed = first_failed(checks)) {
    const std::string hint = failed->hint.empty() ? "" : "; " + failed->hint;
    return blocked(
        facts,
        time_or_renewal_mends(failed->reason.code) ? StepKind::kHold : StepKind::kPark,
        {failed->reason.code, "the bundle may not be served: " + failed->reason.text + hint});
  }
  if (bound_to_wanted(facts)) return unless_put_off(facts, plan_bound(facts));
  if (const auto reason = bound_is_better(facts)) return blocked(facts, StepKind::kHold, *reason);
  if (const auto reason = served_is_better(facts)) return blocked(facts, StepKind::kHold, *reason);
  if (const auto reason = unknown_binding(facts)) return blocked(facts, StepKind::kHold, *reason);
  for (const auto stop :
       {&after_changed_settings, &after_rollback, &contested, &after_senseless_answers}) {
    if (const auto step = stop(facts)) return blocked(facts, step->kind, step->reason);
  }
  return unless_put_off(facts, plan_change(facts));
}

}  // namespace certferry

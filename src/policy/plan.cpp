#include "policy/plan.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "model/name.h"

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

/// What is bound or served would do and ends no earlier: then sending ours would be a way back.
std::optional<Reason> way_back(const TargetFacts& facts) {
  if (planted("not_newer")) return std::nullopt;
  const Time ours = facts.bundle->leaf.not_after;
  const auto reason = [&](const std::string& who, Time ends) {
    return Reason{
        "plan.not_newer",
        who + " ends " + format_time(ends) + ", not before the bundle of the source (" +
            format_time(ours) +
            "); nothing is sent. Renew the source, or look who deployed the other one; to go "
            "back on purpose, bind the older one at the vendor"};
  };
  if (facts.bound && facts.bound->not_after >= ours && !bound_is_served_broken(facts) &&
      would_do(facts.bound->not_before,
               facts.bound->not_after,
               facts.bound->names,
               {},
               facts.id.name,
               facts.now)) {
    return reason("certificate " + facts.bound->id + " that is bound", facts.bound->not_after);
  }
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* leaf = one.probe.leaf();
    if (leaf == nullptr || leaf->fingerprint == facts.bundle->fingerprint()) continue;
    if (planted("served_ignored")) continue;
    if (!one.chain.trusted() || leaf->not_after < ours) continue;
    if (would_do(leaf->not_before,
                 leaf->not_after,
                 leaf->dns_names,
                 leaf->ip_addresses,
                 facts.id.name,
                 facts.now)) {
      return reason("the certificate served at " + to_string(one.probe.address), leaf->not_after);
    }
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

/// Already bound: done when the edge shows it and was confirmed before, else confirm.
Plan plan_bound(const TargetFacts& facts) {
  const std::string& wanted = facts.bundle->fingerprint();
  const bool confirmed_before = facts.memory && facts.memory->confirmed_fingerprint == wanted;
  Plan plan{.target = facts.id, .certificate = facts.certificate, .bundle = facts.bundle};
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
  } else if (served_everywhere(facts)) {
    reason = {"edge.unconfirmed", "bound and served, not yet confirmed over time"};
  } else {
    reason = {"edge.pending", "bound; " + describe_edge(facts)};
  }
  plan.steps = {Step{StepKind::kConfirm, reason}};
  plan.summary = reason;
  return plan;
}

Plan plan_change(const TargetFacts& facts) {
  Plan plan{.target = facts.id, .certificate = facts.certificate, .bundle = facts.bundle};
  const std::string ends = format_date(facts.bundle->leaf.not_after);
  if (!facts.stored_id) {
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

std::string describe_edge(const TargetFacts& facts) {
  if (!facts.probe_problem.code.empty()) return facts.probe_problem.text;
  for (const JudgedProbe& one : facts.probes) {
    if (one.serves(facts.bundle->fingerprint())) continue;
    const std::string where = to_string(one.probe.address);
    const Certificate* leaf = one.probe.leaf();
    if (one.probe.no_route) {
      return "this machine has no route to " + where +
             "; give it one, or name the addresses to look at in `settings: resolve:`";
    }
    if (one.probe.outcome == Probe::Outcome::kUnreachable) {
      return where + " could not be looked at: " + one.probe.detail;
    }
    if (leaf == nullptr) return where + " serves no certificate for it: " + one.probe.detail;
    if (leaf->fingerprint == facts.bundle->fingerprint()) return where + ": " + one.chain.reason;
    return where + " serves " + short_fingerprint(leaf->fingerprint) + ", which ends " +
           format_date(leaf->not_after);
  }
  return "no address was looked at";
}

bool served_everywhere(const TargetFacts& facts) {
  if (planted("one_address") && facts.bundle) {
    return std::ranges::any_of(facts.probes, [&](const JudgedProbe& one) {
      return one.serves(facts.bundle->fingerprint());
    });
  }
  return facts.probed && !facts.probes.empty() &&
         std::ranges::all_of(facts.probes, [&](const JudgedProbe& one) {
           return one.serves(facts.bundle->fingerprint());
         });
}

bool served_wherever_routed(const TargetFacts& facts) {
  const std::string& wanted = facts.bundle->fingerprint();
  return std::ranges::any_of(facts.probes,
                             [&](const JudgedProbe& one) { return one.serves(wanted); }) &&
         std::ranges::all_of(facts.probes, [&](const JudgedProbe& one) {
           return one.probe.no_route || one.serves(wanted);
         });
}

bool needs_probe(const TargetFacts& facts) {
  if (!facts.bundle || !facts.binding || !facts.binding->online) return false;
  if (!facts.binding->stored_id) return false;
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

Plan plan_target(const TargetFacts& facts) {
  if (!facts.observe_problem.code.empty()) {
    return blocked(facts, StepKind::kHold, facts.observe_problem);
  }
  if (!facts.bundle) return blocked(facts, StepKind::kHold, facts.source_problem);
  if (!facts.binding) return blocked(facts, StepKind::kPark, unknown_target(facts));
  if (!facts.binding->online && !planted("offline_bound"))
    return blocked(facts, StepKind::kHold, offline_target(facts));
  const std::vector<Check> checks = gate_checks(facts);
  if (const Check* failed = first_failed(checks)) {
    const std::string hint = failed->hint.empty() ? "" : "; " + failed->hint;
    return blocked(
        facts,
        StepKind::kPark,
        {failed->reason.code, "the bundle may not be served: " + failed->reason.text + hint});
  }
  if (bound_to_wanted(facts)) return plan_bound(facts);
  if (const auto reason = way_back(facts)) return blocked(facts, StepKind::kHold, *reason);
  if (const auto reason = unknown_binding(facts)) return blocked(facts, StepKind::kHold, *reason);
  return plan_change(facts);
}

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
    return Reason{"retire.unseen", "not every edge address could be looked at"};
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

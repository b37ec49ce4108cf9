#include "policy/edge.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "policy/gate.h"

namespace certferry {

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

bool seen_lately(const TargetFacts& facts) {
  if (!facts.trust_looks || !facts.memory || !facts.bundle) return false;
  const TargetRecord& memory = *facts.memory;
  const std::string& wanted = facts.bundle->fingerprint();
  if (memory.confirmed_fingerprint != wanted || memory.bound_fingerprint != wanted) return false;
  const bool wrong_since = memory.outcome != "confirmed";
  if (wrong_since && !planted("trouble_forgotten")) return false;
  const milliseconds ago = facts.now - memory.confirmed_at;
  return planted("old_look_trusted") || (ago >= milliseconds(0) && ago < kLookHolds);
}

std::optional<std::string> bound_as_served(const TargetFacts& facts) {
  if (!facts.bound || facts.probes.empty()) return std::nullopt;
  const Certificate* first = facts.probes.front().probe.leaf();
  if (first == nullptr) return std::nullopt;
  const StoredCertificate& bound = *facts.bound;
  // In place a vendor may say no more than names and end.
  const bool untold = facts.product->in_place() && bound.not_before == Time{} &&
                      std::ranges::all_of(bound.names, [&](const std::string& name) {
                        return std::ranges::find(first->dns_names, name) != first->dns_names.end();
                      });
  const bool alike =
      (untold || first->not_before == bound.not_before) && first->not_after == bound.not_after;
  const bool everywhere = std::ranges::all_of(facts.probes, [&](const JudgedProbe& one) {
    const Certificate* leaf = one.probe.leaf();
    return leaf != nullptr && leaf->fingerprint == first->fingerprint;
  });
  return alike && everywhere ? std::optional(first->fingerprint) : std::nullopt;
}

bool served_everywhere(const TargetFacts& facts) {
  if (planted("partly_is_whole") && facts.bundle && served_wherever_routed(facts)) return true;
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

bool fit_to_serve(const TargetFacts& facts, const JudgedProbe& one) {
  const Certificate* leaf = one.probe.leaf();
  return leaf != nullptr && one.chain.trusted() &&
         would_do(leaf->not_before,
                  leaf->not_after,
                  leaf->dns_names,
                  leaf->ip_addresses,
                  facts.id.name,
                  facts.now);
}

bool edge_refuses_clients(const TargetFacts& facts) {
  return std::ranges::any_of(facts.probes, [&](const JudgedProbe& one) {
    return one.probe.outcome != Probe::Outcome::kUnreachable && !fit_to_serve(facts, one);
  });
}

}  // namespace certferry

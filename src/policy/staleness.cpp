#include "policy/staleness.h"

#include "policy/alerts.h"

namespace certferry {

namespace {

std::optional<Urgency> urgency_of(const RenewalFacts& facts) {
  if (facts.not_after <= facts.now) return Urgency::kExpired;
  const unsigned stage = stage_of({.begins = facts.not_before, .ends = facts.not_after}, facts.now);
  if (stage == 0) return std::nullopt;
  return stage == 1 ? Urgency::kStale : Urgency::kOverdue;
}

std::string code_of(Urgency urgency) {
  switch (urgency) {
    case Urgency::kStale:
      return "source.stale";
    case Urgency::kOverdue:
      return "source.overdue";
    case Urgency::kExpired:
      break;
  }
  return "source.expired";
}

std::string text_of(Urgency urgency, const RenewalFacts& facts, const std::string& who) {
  const std::string lifetime = format_duration(facts.not_after - facts.not_before);
  if (urgency == Urgency::kExpired) {
    return who + " has not renewed it, and it ended at " + format_time(facts.not_after);
  }
  const std::string left = format_duration(facts.not_after - facts.now);
  const std::string should =
      urgency == Urgency::kOverdue ? " should have renewed it long ago" : " should have renewed it";
  return who + should + ": " + left + " are left of " + lifetime;
}

std::string hint_of(const Renewer& renewer, const std::string& who) {
  if (renewer.log.empty()) return "look why " + who + " did not";
  return "look why in " + renewer.log;
}

}  // namespace

std::optional<Staleness> staleness(const RenewalFacts& facts) {
  const std::optional<Urgency> urgency = urgency_of(facts);
  if (!urgency) return std::nullopt;
  const std::string who = facts.renewer.tool.empty() ? "whoever renews it" : facts.renewer.tool;
  return Staleness{.urgency = *urgency,
                   .reason = {code_of(*urgency), text_of(*urgency, facts, who)},
                   .hint = hint_of(facts.renewer, who)};
}

}  // namespace certferry

#include "policy/staleness.h"

#include <algorithm>

namespace certferry {

namespace {

constexpr milliseconds kStaleAtMost = hours(24 * 30);
constexpr milliseconds kOverdueAtMost = hours(24 * 20);

std::optional<Urgency> urgency_of(const RenewalFacts& facts) {
  const milliseconds left = facts.not_after - facts.now;
  const milliseconds lifetime = facts.not_after - facts.not_before;
  if (left <= milliseconds(0)) return Urgency::kExpired;
  if (left < std::min(lifetime / 6, kOverdueAtMost)) return Urgency::kOverdue;
  if (left < std::min(lifetime / 4, kStaleAtMost)) return Urgency::kStale;
  return std::nullopt;
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

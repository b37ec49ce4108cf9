#include "policy/senseless.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace certferry {

bool makes_no_sense(const Error& error) {
  constexpr std::array<std::string_view, 7> kCodes = {"reply.malformed",
                                                      "reply.shape",
                                                      "reply.no_id",
                                                      "reply.too_large",
                                                      "reply.paging",
                                                      kNothingChanged,
                                                      kNothingStored};
  return std::ranges::find(kCodes, error.code) != kCodes.end();
}

unsigned senseless_before(const TargetFacts& facts, const std::string& step) {
  if (!facts.memory || !facts.bundle || facts.insist) return 0;
  const bool same = facts.memory->senseless_step == step &&
                    facts.memory->attempted_fingerprint == facts.bundle->fingerprint();
  return same ? facts.memory->senseless : 0;
}

std::optional<Step> after_senseless_answers(const TargetFacts& facts) {
  if (!facts.memory) return std::nullopt;
  const std::string& step = facts.memory->senseless_step;
  const unsigned count = senseless_before(facts, step);
  if (count < kSenselessMost) return std::nullopt;
  return Step{
      StepKind::kPark,
      {"vendor.senseless",
       "the vendor's answer to the " + printable(step, 20) + " of this bundle made no sense " +
           count_of(count, "time") + " in a row ('certferry history " + facts.id.name +
           "' has them); look there with the vendor's console, then 'certferry apply --now " +
           facts.id.name + "'"}};
}

}  // namespace certferry

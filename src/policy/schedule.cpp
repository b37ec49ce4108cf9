#include "policy/schedule.h"

#include <algorithm>

#include "base/planted.h"
#include "base/text.h"
#include "policy/clock_check.h"

namespace certferry {

namespace {

constexpr milliseconds kShortest = minutes(1);
constexpr milliseconds kLongest = hours(1);
constexpr milliseconds kRetryAfterMost = hours(6);

}  // namespace

milliseconds wait_before_next_run(unsigned failures,
                                  std::optional<milliseconds> validity_left,
                                  std::optional<milliseconds> retry_after,
                                  Random& random) {
  milliseconds most = kLongest;
  if (validity_left) most = std::clamp(*validity_left / 20, kShortest, kLongest);
  milliseconds wait = kShortest;
  for (unsigned i = 1; i < failures && wait < most; ++i) wait *= 2;
  const auto half = static_cast<std::uint64_t>(wait.count() / 2) + 1;
  wait = std::min(wait + milliseconds(static_cast<std::int64_t>(random.next() % half)), most);
  return std::max(wait, std::min(retry_after.value_or(milliseconds(0)), kRetryAfterMost));
}

std::optional<Step> put_off_until_later(const TargetFacts& facts) {
  if (!facts.due_only || facts.insist || !facts.memory || !facts.bundle) return std::nullopt;
  const TargetRecord& memory = *facts.memory;
  const bool same = memory.attempted_fingerprint == facts.bundle->fingerprint();
  if (!same || !memory.next_attempt) return std::nullopt;
  // Later than anything waits: a clock that was ahead wrote that, and has been set right since.
  const bool wrong = *memory.next_attempt > facts.now + kRetryAfterMost + kClockTolerance;
  const bool due = facts.now >= *memory.next_attempt || wrong;
  if (due && !planted("never_due")) return std::nullopt;
  return Step{StepKind::kHold,
              {"retry.waiting",
               "failed " + count_of(memory.failures, "time") +
                   ", last with: " + printable(memory.message, 300) + "; tried again after " +
                   format_time(*memory.next_attempt)}};
}

}  // namespace certferry

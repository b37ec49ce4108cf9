// Whether this machine's clock may be trusted to judge dates by. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "model/plan.h"

namespace certferry {

/// How far clocks may be apart: with more, nothing is sent.
constexpr milliseconds kClockTolerance = minutes(5);

/// What a peer's replies say of the time.
struct PeerClock {
  std::string peer;      ///< for people: the account's name
  milliseconds ahead{};  ///< how far it is ahead of us; below zero: behind
};

struct ClockFacts {
  Time now{};
  Time released{};             ///< this program cannot run before it was made
  std::optional<Time> latest;  ///< the latest moment that the state file speaks of as past
  std::span<const PeerClock> peers;
};

/// Why nothing may be sent until somebody has mended the clock; none when it seems right.
///
/// Of several peers two must agree that we are wrong: one may be wrong itself.
/// Where all agree with us it is the state file that a wrong clock has written, a month ahead
/// perhaps: a clock that was set right must not be held for as long as it had been wrong.
std::optional<Reason> clock_problem(const ClockFacts& facts);

/// The same for a clock that was set while a run was at work.
std::optional<Reason> clock_jump_problem(milliseconds jumped);

}  // namespace certferry

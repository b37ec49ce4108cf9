#include "policy/clock_check.h"

#include <algorithm>

#include "base/planted.h"
#include "base/time.h"

namespace certferry {

namespace {

constexpr const char* kAdvice = "; nothing is sent before the clock is right (look at timedatectl)";

bool far(milliseconds apart) {
  return apart > kClockTolerance || apart < -kClockTolerance;
}

std::string apart_words(milliseconds ahead) {
  return format_duration(ahead < milliseconds(0) ? -ahead : ahead) +
         (ahead > milliseconds(0) ? " ahead of" : " behind");
}

}  // namespace

std::optional<Reason> clock_problem(const ClockFacts& facts) {
  if (planted("clock_ignored")) return std::nullopt;
  const std::string now = "this machine's clock says " + format_time(facts.now);
  if (facts.now < facts.released) {
    return Reason{"clock.too_early", now + ", which is before this program was released" + kAdvice};
  }
  const auto disagrees = [](const PeerClock& peer) { return far(peer.ahead); };
  const bool vouched_for = !facts.peers.empty() && std::ranges::none_of(facts.peers, disagrees);
  if (facts.latest && facts.now + kClockTolerance < *facts.latest && !vouched_for) {
    return Reason{
        "clock.set_back",
        now + ", but the state file holds work done at " + format_time(*facts.latest) + kAdvice};
  }
  const auto against = std::ranges::count_if(facts.peers, disagrees);
  const std::size_t needed = facts.peers.size() < 2 ? 1 : 2;
  if (static_cast<std::size_t>(against) < needed) return std::nullopt;
  const PeerClock& peer = *std::ranges::find_if(facts.peers, disagrees);
  return Reason{"clock.apart",
                now + ", but the vendor of account " + peer.peer + " is " +
                    apart_words(peer.ahead) + " it" + kAdvice};
}

std::optional<Reason> clock_jump_problem(milliseconds jumped) {
  if (!far(jumped)) return std::nullopt;
  return Reason{"clock.jumped",
                "this machine's clock was set by " +
                    format_duration(jumped < milliseconds(0) ? -jumped : jumped) +
                    (jumped < milliseconds(0) ? " back" : " forward") + " during the run" +
                    kAdvice};
}

}  // namespace certferry

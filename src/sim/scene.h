// What all parts of one simulated world share.
#pragma once

#include <exception>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sim/authority.h"
#include "sim/chance.h"
#include "sim/checks.h"
#include "sim/coverage.h"
#include "sim/scenario.h"
#include "sim/trace.h"
#include "virtual_time/virtual_time.h"

namespace certferry::sim {

/// Thrown where a rule is seen broken; ends the simulation of this seed.
class ViolationFound : public std::exception {
 public:
  explicit ViolationFound(Violation violation) : violation_(std::move(violation)) {}
  const Violation& violation() const { return violation_; }
  const char* what() const noexcept override { return violation_.sentence.c_str(); }

 private:
  Violation violation_;
};

/// One strike at a chosen time: the n-th at which the hazard could have struck, from 0.
struct ScriptedStrike {
  Hazard hazard = Hazard::kCrash;
  std::size_t nth = 0;
  unsigned process = 0;  ///< counted in this one alone; 0: in all
};

struct Scene {
  explicit Scene(Scenario drawn)
      : scenario(std::move(drawn)),
        rates(scenario.rates),
        root(scenario.seed),
        authority(scenario.seed, time.now()) {}

  Scenario scenario;
  HazardRates rates;  ///< in force now: all zero once the world has healed
  Chance root;
  VirtualTime time;
  Trace trace;
  Coverage coverage;
  Authority authority;

  unsigned process = 0;  ///< the process that runs, or ran last
  Step step = Step::kObserve;
  bool planning = false;
  bool putting_back = false;  ///< the process takes back what a person asked it to
  bool for_a_person = false;  ///< it does that, or what one insists on

  void note(std::string_view what) { trace.add(time.passed(), process, what); }
  std::optional<ScriptedStrike> script;
  bool script_struck = false;

  /// Whether the script says that the hazard strikes now.
  bool scripted(Hazard hazard);
  /// Whether the hazard strikes now; drawn from a generator of its own.
  bool strikes(Hazard hazard);
  Chance& chance(Hazard hazard);
  /// What happens before the next process begins, and during none.
  std::vector<std::function<void()>> between_processes;
  void pass_between_processes();
  /// While what was being done; when nothing runs, the next run comes across it first.
  void hit(Hazard hazard) { hit(hazard, time.is_running() ? step : Step::kObserve); }
  void hit(Hazard hazard, Step at) { coverage.hit(hazard, at); }
  /// The first rule that was seen broken.
  std::optional<Violation> violation;
  std::map<std::string, std::uint64_t> asked;  ///< by rule: how often it was held against the world
  /// Notes a finding and has it thrown by the loop of time: a coroutine of the program would catch
  /// it, or wait for its siblings before it handed it on.
  void require(const std::string& rule, Finding finding);

 private:
  std::map<Hazard, Chance> chances_;
};

}  // namespace certferry::sim

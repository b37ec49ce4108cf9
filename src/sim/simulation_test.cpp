#include "sim/simulation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <stdexcept>

#include "sim/testing/quiet_world.h"

namespace certferry::sim {
namespace {

TEST(SimulationTest, TheSameSeedIsTheSameRun) {
  std::set<std::uint64_t> hashes;
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    const SeedResult first = simulate(draw_scenario(seed));
    const SeedResult again = simulate(draw_scenario(seed));
    EXPECT_EQ(first.hash, again.hash) << "seed " << seed;
    EXPECT_EQ(first.events, again.events);
    hashes.insert(first.hash);
  }
  EXPECT_EQ(hashes.size(), 5U);
}

TEST(SimulationTest, LeavingOneHazardOutLeavesTheOthersAsTheyAre) {
  const HazardRates all = draw_scenario(13).rates;
  const HazardRates fewer = draw_scenario(13, {.hazards = {Hazard::kLostReply}}).rates;
  EXPECT_FALSE(fewer.has(Hazard::kLostReply));
  for (const HazardTraits& one : all_hazards()) {
    if (one.hazard != Hazard::kLostReply) EXPECT_EQ(all[one.hazard], fewer[one.hazard]);
  }
}

TEST(SimulationTest, EachHazardHasItsNameAndPlace) {
  for (const HazardTraits& one : all_hazards()) {
    EXPECT_EQ(&traits_of(one.hazard), &one);
    EXPECT_EQ(hazard_named(one.name), one.hazard);
  }
  EXPECT_EQ(hazard_named("none"), std::nullopt);
}

TEST(SimulationTest, AQuietWorldBreaksNoRule) {
  const SeedResult result = simulate(quiet_scenario());
  EXPECT_EQ(told(result), "");
  EXPECT_EQ(result.coverage.cells(), 0U);
}

TEST(SimulationTest, EveryStoreHasItsWorlds) {
  std::size_t sqlite = 0;
  for (std::uint64_t seed = 1; seed <= 800; ++seed) {
    const Scenario scenario = draw_scenario(seed);
    const bool disk_errors = scenario.rates.has(Hazard::kDiskError);
    if (scenario.store == StoreKind::kSqlite) ++sqlite;
    if (scenario.store != StoreKind::kSqlite) EXPECT_FALSE(disk_errors);
  }
  EXPECT_GE(sqlite, 100U);
  std::string first;
  Scenario scenario = quiet_scenario();
  scenario.store = StoreKind::kSqlite;
  EXPECT_THAT(describe(scenario), testing::HasSubstr("state in SQLite"));
  const auto trace = [&](const std::string& line) { first = first.empty() ? line : first; };
  EXPECT_EQ(told(simulate(scenario, {.trace = trace})), "");
  EXPECT_THAT(first, testing::HasSubstr("state in SQLite"));
}

TEST(SimulationTest, TheSameSeedOnSqliteIsTheSameRun) {
  Scenario scenario = draw_scenario(1);
  scenario.store = StoreKind::kSqlite;
  scenario.rates[Hazard::kDiskError] = 300;
  scenario.rates[Hazard::kPowerLoss] = 300;
  EXPECT_EQ(simulate(scenario).hash, simulate(scenario).hash);
}

/// What happens in the world of a sweep: it does one of everything.
TEST(SimulationTest, ARenewingWorldUploadsThriceAndDeletes) {
  std::string lines;
  const auto trace = [&](const std::string& line) { lines += line + "\n"; };
  EXPECT_EQ(told(simulate(renewing_scenario(), {.trace = trace})), "");
  const std::string troubled = lines.substr(0, lines.find("healed"));
  const auto count = [&](const std::string& call) {
    std::size_t found = 0;
    for (auto at = troubled.find(call); at != std::string::npos; at = troubled.find(call, at + 1))
      ++found;
    return found;
  };
  EXPECT_EQ(count("/cdn/cert/upload.json"), 4U);  // the last as nobody is there any more
  EXPECT_GE(count("/cdn/cert/bind.json"), 4U);
  EXPECT_GE(count("/cdn/cert/delete.json"), 1U);
}

struct Death {
  unsigned run = 1;
  bool loses_power = false;
  StoreKind store = StoreKind::kMemory;
};

/// Whether the run came to where it was to die.
bool dies(const Death& how, const ScriptedDeath& death, std::size_t point) {
  Scenario scenario = how.run == 1 ? quiet_scenario() : renewing_scenario();
  scenario.store = how.store;
  SimulationOptions options{.death = death};
  if (how.store == StoreKind::kSqlite) {
    options.make_disk = [point](Scene& scene) { return make_sqlite_disk(scene, point); };
  }
  const SeedResult result = simulate(scenario, options);
  EXPECT_EQ(told(result), "") << "dying at " << point;
  return result.died_as_asked;
}

class DeathSweepTest : public testing::TestWithParam<Death> {};

TEST_P(DeathSweepTest, DyingAtAnyTimerLosesNothing) {
  ScriptedDeath death{.run = GetParam().run, .loses_power = GetParam().loses_power};
  while (dies(GetParam(), death, death.timer)) ++death.timer;
  EXPECT_GT(death.timer, 10U);
}

constexpr Death kDeaths[] = {{.loses_power = false, .store = StoreKind::kMemory},
                             {.loses_power = true, .store = StoreKind::kMemory},
                             {.loses_power = false, .store = StoreKind::kSqlite},
                             {.loses_power = true, .store = StoreKind::kSqlite},
                             {.run = 3, .loses_power = false, .store = StoreKind::kMemory},
                             {.run = 3, .loses_power = true, .store = StoreKind::kMemory},
                             {.run = 3, .loses_power = false, .store = StoreKind::kSqlite},
                             {.run = 3, .loses_power = true, .store = StoreKind::kSqlite}};

INSTANTIATE_TEST_SUITE_P(
    FlushedAndLost, DeathSweepTest, testing::ValuesIn(kDeaths), [](const auto& one) {
      return std::string(to_string(one.param.store)) +
             (one.param.loses_power ? "Lost" : "Flushed") + (one.param.run == 1 ? "" : "Renewal");
    });

class CallDeathSweepTest : public testing::TestWithParam<Death> {};

TEST_P(CallDeathSweepTest, DyingInAnyCallToTheDiskLosesNothing) {
  ScriptedDeath death{.run = GetParam().run,
                      .timer = VirtualTime::kNever,
                      .call = 1,
                      .loses_power = GetParam().loses_power};
  while (dies(GetParam(), death, death.call)) ++death.call;
  EXPECT_GT(death.call, 40U);
}

constexpr Death kDeathsInCalls[] = {{.loses_power = false, .store = StoreKind::kSqlite},
                                    {.loses_power = true, .store = StoreKind::kSqlite},
                                    {.run = 3, .loses_power = false, .store = StoreKind::kSqlite},
                                    {.run = 3, .loses_power = true, .store = StoreKind::kSqlite}};

INSTANTIATE_TEST_SUITE_P(FlushedAndLost,
                         CallDeathSweepTest,
                         testing::ValuesIn(kDeathsInCalls),
                         [](const auto& one) {
                           return std::string(one.param.loses_power ? "Lost" : "Flushed") +
                                  (one.param.run == 1 ? "" : "Renewal");
                         });

/// A world in which just this happens, at every run; the lines of its trace.
std::vector<std::string> lines_of(Hazard hazard, StoreKind store, Coverage& coverage) {
  Scenario scenario = quiet_scenario();
  scenario.store = store;
  scenario.runs = 40;
  scenario.rates[hazard] = 1000;
  std::vector<std::string> lines;
  const SeedResult result =
      simulate(scenario, {.trace = [&](const std::string& line) { lines.push_back(line); }});
  EXPECT_EQ(told(result), "");
  coverage = result.coverage;
  return lines;
}

std::uint64_t hits(const Coverage& coverage, Hazard hazard) {
  std::uint64_t sum = 0;
  for (std::size_t step = 0; step < kSteps; ++step) {
    sum += coverage.count(hazard, static_cast<Step>(step));
  }
  return sum;
}

TEST(SecondInstanceTest, IsToldWhoIsAtWorkAndOnlyReads) {
  for (const StoreKind store : {StoreKind::kMemory, StoreKind::kSqlite}) {
    Coverage coverage;
    const auto lines = lines_of(Hazard::kSecondInstance, store, coverage);
    EXPECT_GT(hits(coverage, Hazard::kSecondInstance), 2U);
    EXPECT_THAT(lines,
                testing::Contains(testing::ContainsRegex(
                    "second: the state is in use by process [0-9]+ on this machine "
                    "\\(certferry apply\\), since 20")));
    EXPECT_THAT(lines, testing::Contains(testing::HasSubstr("second: has read the state")));
  }
}

TEST(PauseTest, TheProcessStandsStillAndTheWorldGoesOn) {
  Coverage coverage;
  const auto lines = lines_of(Hazard::kPaused, StoreKind::kMemory, coverage);
  EXPECT_GT(hits(coverage, Hazard::kPaused), 2U);
  EXPECT_THAT(lines, testing::Contains(testing::HasSubstr("paused for")));
}

TEST(OtherLedgerTest, TwoInstancesShareOneAccount) {
  Coverage coverage;
  const auto lines = lines_of(Hazard::kOtherLedger, StoreKind::kMemory, coverage);
  EXPECT_GT(hits(coverage, Hazard::kOtherLedger), 2U);
  EXPECT_THAT(lines, testing::Contains(testing::HasSubstr("the other one uses")));
}

class StrikeSweepTest : public testing::TestWithParam<HazardTraits> {};

/// Worlds in which the hazard strikes in one way each: what it draws follows from the seed alone.
std::vector<std::uint64_t> seeds_of(Hazard hazard) {
  switch (hazard) {
    case Hazard::kThrottle:
      return {1, 2, 3};  // without a word of how long; for 26 s; for two hours
    case Hazard::kErrorCode:
      return {1, 2};  // 500, which may have been done, and 400, which was not
    case Hazard::kApplyLate:
      return {1, 2, 3};  // before the lists have to show it, after that, and after two hours
    case Hazard::kSlowReply:
      return {1, 16};  // in time, and too late
    case Hazard::kStaleList:
      return {1, 8};  // by less than the lists may lag, and by more
    default:
      return {1};
  }
}

/// How often the hazard could strike in a run, or before all heals; each time it does once, and no
/// rule breaks.
std::size_t sweep(Scenario scenario, Hazard hazard, unsigned process = 0) {
  constexpr std::size_t kMost = 1000;
  std::size_t strikes = 0;
  for (const std::uint64_t seed : seeds_of(hazard)) {
    scenario.seed = seed;
    ScriptedStrike strike{.hazard = hazard, .process = process};
    for (; strike.nth < kMost; ++strike.nth) {
      const SeedResult result = simulate(scenario, {.strike = strike});
      EXPECT_EQ(told(result), "") << "call " << strike.nth;
      if (!result.struck_as_asked) break;
      ++strikes;
    }
    EXPECT_LT(strike.nth, kMost) << "the end was not reached";
  }
  return strikes;
}

TEST_P(StrikeSweepTest, AnyOneCallOfAFirstDeployMayFailSo) {
  EXPECT_GT(sweep(quiet_scenario(), GetParam().hazard), 0U);
}

TEST_P(StrikeSweepTest, AnyOneCallOfARenewalAndARetirementMayFailSo) {
  // The third run uploads, binds and deletes.
  EXPECT_GT(sweep(renewing_scenario(), GetParam().hazard, 3), 0U);
}

std::vector<HazardTraits> hazards_of_calls() {
  std::vector<HazardTraits> all;
  for (const HazardTraits& one : all_hazards()) {
    // Of what otherwise holds for a while one probe, look-up, file or commit can be struck alone.
    const std::set<Hazard> once = {
        Hazard::kEdgeUnreachable, Hazard::kDnsFailure, Hazard::kUnreadableFile, Hazard::kDiskFull};
    // No pair is torn in the sweep's world, and no bind goes by the general settings.
    const std::set<Hazard> never = {Hazard::kTornPair, Hazard::kSettingsReset};
    const bool of_calls = once.contains(one.hazard) ||
                          (one.kind == HazardKind::kPerCall && !never.contains(one.hazard));
    if (of_calls) all.push_back(one);
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(Calls,
                         StrikeSweepTest,
                         testing::ValuesIn(hazards_of_calls()),
                         [](const auto& one) { return std::string(one.param.name); });

/// Seeds that once found something, and what: they run for ever.
std::vector<std::uint64_t> corpus() {
  std::ifstream file(CERTFERRY_CORPUS);
  std::vector<std::uint64_t> seeds;
  std::string line;
  while (std::getline(file, line)) {
    if (!line.empty() && line.front() != '#') seeds.push_back(std::stoull(line));
  }
  if (seeds.empty()) throw std::runtime_error("no seeds in " CERTFERRY_CORPUS);
  return seeds;
}

class CorpusTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(CorpusTest, FindsNothingAnyMore) {
  EXPECT_EQ(told(simulate(draw_scenario(GetParam()))), "");
}

INSTANTIATE_TEST_SUITE_P(Seeds, CorpusTest, testing::ValuesIn(corpus()), [](const auto& one) {
  return std::to_string(one.param);
});

}  // namespace
}  // namespace certferry::sim

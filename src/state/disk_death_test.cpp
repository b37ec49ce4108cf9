// Death in every call that SQLite makes to the disk: what was promised is there afterwards.
#include "disk/test_support.h"
#include "state/store_story.h"

namespace certferry::state {
namespace {

using disk::SeededRandom;
using disk::SimulatedDisk;

/// What comes of a death.
struct Aftermath {
  bool power_is_lost = true;
  std::uint64_t seed = 0;        ///< of what the loss of power leaves
  std::uint64_t dies_again = 0;  ///< in which call of recovering; 0: in none
};

constexpr Aftermath kAftermaths[] = {
    {.power_is_lost = false},
    {.power_is_lost = false, .dies_again = 3},
    {.seed = 1},
    {.seed = 2},
    {.seed = 3},
    {.seed = 4},
    {.seed = 5, .dies_again = 2},
    {.seed = 6, .dies_again = 4},
    {.seed = 7, .dies_again = 8},
};

std::string words_of(const Aftermath& after) {
  return std::string(after.power_is_lost ? "power lost" : "crash") + ", seed " +
         std::to_string(after.seed) + ", dies again in call " + std::to_string(after.dies_again);
}

void die(SimulatedDisk& disk, const Aftermath& after, SeededRandom& random) {
  if (after.power_is_lost) {
    disk.lose_power(random);
  } else {
    disk.crash();
  }
}

void die_recovering(SimulatedDisk& disk, const Aftermath& after, SeededRandom& random) {
  disk.stop_at_change(after.dies_again);
  try {
    SociStore::open_for_writing({kStoryPath, disk.name()});
  } catch (const Error&) {
    EXPECT_TRUE(disk.is_stopped());
  }
  die(disk, after, random);
}

void survive(const SimulatedDisk& dead, const StoreStory& so_far, const Aftermath& after) {
  SCOPED_TRACE(words_of(after));
  disk::StandingClock clock;
  SeededRandom random(after.seed);
  std::unique_ptr<SimulatedDisk> disk = dead.copy(clock, random);
  StoreStory story = so_far.on(*disk);
  die(*disk, after, random);
  if (after.dies_again > 0) die_recovering(*disk, after, random);
  story.expect_kept(after.power_is_lost);

  // What was saved is as safe as what comes after it.
  story.commit(Durability::kFlushed);
  disk->lose_power(random);
  story.expect_kept(true);
}

/// Whether the program died, rather than come to the end of the story.
bool run_until_death(const SimulatedDisk& disk, StoreStory& story) {
  for (StoryAct act : kStoryActs) {
    try {
      act(story);
    } catch (const Error&) {
      EXPECT_TRUE(disk.is_stopped());
    }
    if (disk.is_stopped()) return true;
  }
  return false;
}

/// Dies in a call of those that may change the disk; whether the story was long enough for that.
bool die_in_call(std::uint64_t call, SqliteHabit habit) {
  SCOPED_TRACE("death in call " + std::to_string(call));
  disk::StandingClock clock;
  SeededRandom random(call);
  SimulatedDisk disk(clock, random);
  StoreStory story(disk, habit);
  disk.stop_at_change(call);
  bool died = run_until_death(disk, story);
  for (const Aftermath& after : kAftermaths) survive(disk, story, after);
  return died;
}

class DeathTest : public testing::TestWithParam<SqliteHabit> {};

TEST_P(DeathTest, InAnyCallBreaksNoPromise) {
  std::uint64_t call = 1;
  while (die_in_call(call, GetParam())) {
    ASSERT_FALSE(HasFailure());
    ++call;
  }
  EXPECT_GT(call, 200u) << "the story has become short";
}

INSTANTIATE_TEST_SUITE_P(OfEverySqlite,
                         DeathTest,
                         testing::Values(SqliteHabit::kUsual, SqliteHabit::kHasty),
                         [](const auto& info) {
                           return info.param == SqliteHabit::kUsual ? "Usual" : "Hasty";
                         });

}  // namespace
}  // namespace certferry::state

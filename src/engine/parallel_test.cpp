#include "engine/parallel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/virtual_time.h"

namespace certferry::testing {
namespace {

using ::testing::ElementsAre;

struct Scene {
  VirtualTime time;
  std::vector<std::string> notes;
  std::size_t inside = 0;
  std::size_t most_inside = 0;
};

Task<void> note(Scene* scene, milliseconds after, std::string text) {
  co_await scene->time.sleep(after);
  scene->notes.push_back(std::move(text));
}

Task<void> break_down(Scene* scene, milliseconds after) {
  co_await scene->time.sleep(after);
  throw std::logic_error("a bug");
}

Task<bool> run_three(Scene* scene) {
  std::vector<Task<void>> tasks;
  tasks.push_back(note(scene, seconds(2), "second"));
  tasks.push_back(note(scene, seconds(1), "first"));
  tasks.push_back(note(scene, seconds(3), "third"));
  co_await run_all(std::move(tasks));
  scene->notes.emplace_back("all");
  co_return true;
}

Task<bool> run_with_a_bug(Scene* scene) {
  std::vector<Task<void>> tasks;
  tasks.push_back(break_down(scene, seconds(1)));
  tasks.push_back(note(scene, seconds(2), "the other"));
  co_await run_all(std::move(tasks));
  co_return true;
}

Task<bool> run_none() {
  co_await run_all({});
  co_return true;
}

Task<void> pass(Scene* scene, Turnstile* turnstile, std::string name, milliseconds after) {
  co_await scene->time.sleep(after);
  const Turnstile::Place place = co_await turnstile->enter();
  scene->notes.push_back(name);
  scene->most_inside = std::max(scene->most_inside, ++scene->inside);
  co_await scene->time.sleep(seconds(1));
  --scene->inside;
}

Task<bool> queue(Scene* scene) {
  Turnstile turnstile(co_await asio::this_coro::executor, 2);
  std::vector<Task<void>> tasks;
  for (const char* name : {"a", "b", "c", "d"}) {
    tasks.push_back(pass(scene, &turnstile, name, seconds(0)));
  }
  tasks.push_back(pass(scene, &turnstile, "a late one", milliseconds(1500)));
  co_await run_all(std::move(tasks));
  // All places came back.
  const Turnstile::Place one = co_await turnstile.enter();
  const Turnstile::Place two = co_await turnstile.enter();
  co_return true;
}

TEST(ParallelTest, RunsAllSideBySideAndJoinsThem) {
  Scene scene;
  EXPECT_TRUE(scene.time.run(run_three(&scene)));
  EXPECT_THAT(scene.notes, ElementsAre("first", "second", "third", "all"));
  EXPECT_EQ(scene.time.now() - kStart, seconds(3));
}

TEST(ParallelTest, ThrowsABugOnOnlyAfterAllHaveEnded) {
  Scene scene;
  EXPECT_THROW(scene.time.run(run_with_a_bug(&scene)), std::logic_error);
  EXPECT_THAT(scene.notes, ElementsAre("the other"));
}

TEST(ParallelTest, NothingToRunEndsAtOnce) {
  EXPECT_TRUE(VirtualTime().run(run_none()));
}

TEST(ParallelTest, TurnstileLetsSoManyPassInTheirOrder) {
  Scene scene;
  EXPECT_TRUE(scene.time.run(queue(&scene)));
  EXPECT_THAT(scene.notes, ElementsAre("a", "b", "c", "d", "a late one"));
  EXPECT_EQ(scene.most_inside, 2U);
  EXPECT_EQ(scene.time.now() - kStart, seconds(3));
}

TEST(ParallelTest, LoopMayEndWhileTasksHoldAndAwaitPlaces) {
  for (std::size_t timers = 0; timers < 4; ++timers) {
    Scene scene;
    EXPECT_FALSE(scene.time.run(queue(&scene), timers));
  }
}

}  // namespace
}  // namespace certferry::testing

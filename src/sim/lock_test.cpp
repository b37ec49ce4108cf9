#include "sim/lock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "state/writer_lock.h"

namespace certferry::sim {
namespace {

using state::WriterLock;

WriterLock take(SimulatedLock& lock, const std::string& process) {
  return WriterLock::acquire(lock.open(), {.command = "certferry apply", .process = process});
}

/// What whoever wants the lock is told; empty: it got it.
std::string told(SimulatedLock& lock) {
  try {
    take(lock, "another");
  } catch (const Error& error) {
    return error.message;
  }
  return {};
}

TEST(SimulatedLockTest, OneHasItAndTheOthersAreToldWho) {
  SimulatedLock lock;
  {
    const WriterLock first = take(lock, "the first");
    EXPECT_THAT(told(lock), testing::HasSubstr("in use by the first (certferry apply)"));
  }
  EXPECT_EQ(told(lock), "");
}

TEST(SimulatedLockTest, WhoDiesLetsGoAndLeavesItsWordsToNobody) {
  SimulatedLock lock;
  std::optional<WriterLock> first = take(lock, "the first");
  lock.holder_dies();
  const WriterLock second = take(lock, "the second");
  first.reset();  // the dead write nothing
  EXPECT_THAT(told(lock), testing::HasSubstr("in use by the second"));
}

}  // namespace
}  // namespace certferry::sim

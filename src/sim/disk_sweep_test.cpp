// SQLite's disk fails one call of a run, each call and each way: nothing is lost, and when it works
// again so does the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <map>

#include "disk/simulated_disk.h"
#include "sim/testing/quiet_world.h"
#include "state/soci_store.h"

namespace certferry::sim {
namespace {

using disk::DiskCall;

/// A way for a call to fail, with a code that SQLite may be given for it.
struct Failure {
  DiskCall call;
  int code;
  /// When the process has ended, so that nothing it does later makes good what failed.
  bool then_loses_power = false;
};

// A renewal deletes no file; that, and the making of the tables, is for the state's own FaultTest.
// So are the other codes that a call may fail with: to the engine each is the same `state.io`.
constexpr Failure kFailures[] = {{DiskCall::kOpen, SQLITE_CANTOPEN},
                                 {DiskCall::kRead, SQLITE_IOERR_READ},
                                 {DiskCall::kWrite, SQLITE_FULL},
                                 {DiskCall::kWrite, SQLITE_IOERR_WRITE, true},
                                 {DiskCall::kTruncate, SQLITE_IOERR_TRUNCATE},
                                 {DiskCall::kTruncate, SQLITE_IOERR_TRUNCATE, true},
                                 {DiskCall::kSync, SQLITE_IOERR_FSYNC},
                                 {DiskCall::kSync, SQLITE_IOERR_FSYNC, true},
                                 {DiskCall::kAccess, SQLITE_IOERR_ACCESS},
                                 {DiskCall::kSize, SQLITE_IOERR_FSTAT},
                                 {DiskCall::kLock, SQLITE_BUSY},
                                 {DiskCall::kShm, SQLITE_IOERR_SHMMAP}};

/// The process of a renewing world that uploads, binds and deletes.
constexpr unsigned kProcess = 3;

struct Script {
  Failure failure;
  std::uint64_t nth = 1;
  bool struck = false;  ///< the process made so many such calls
};

/// The production store, on a disk that fails as the script says.
class FailingDisk final : public Disk {
 public:
  FailingDisk(const Scene& scene, Script& script)
      : scene_(scene),
        script_(script),
        chance_(scene.root.fork("disk " + std::to_string(script.nth))) {}

  std::unique_ptr<StateStore> open() override {
    if (scene_.process == kProcess && !trouble()) begin(Hazard::kDiskError);
    if (scene_.process > kProcess && trouble()) heal();
    return state::SociStore::open_for_writing({"/state.db", disk_.name()});
  }
  std::unique_ptr<StateStore> open_beside() override {
    return state::SociStore::open_read_only({"/state.db", disk_.name()});
  }
  void process_dies(bool power_is_lost) override {
    if (power_is_lost) {
      disk_.lose_power(chance_);
    } else {
      disk_.crash();
    }
  }
  bool die_in_call(std::size_t /*nth*/) override { return false; }
  bool died_in_call() const override { return false; }

 protected:
  void strike(Hazard /*trouble*/) override {
    calls_before_ = disk_.calls(script_.failure.call);
    disk_.fail({.call = script_.failure.call, .nth = script_.nth, .code = script_.failure.code});
  }
  void mend() override { disk_.clear_faults(); }

 private:
  void heal() {
    script_.struck = disk_.calls(script_.failure.call) - calls_before_ >= script_.nth;
    end(Hazard::kDiskError);
    if (script_.failure.then_loses_power) process_dies(true);
  }

  const Scene& scene_;
  Script& script_;
  Chance chance_;
  disk::SimulatedDisk disk_{scene_.time, chance_};
  std::uint64_t calls_before_ = 0;
};

/// Whether the process made so many calls that one could fail.
bool survives(Script script) {
  Scenario scenario = renewing_scenario();
  std::map<std::string, unsigned> uploads;  // by label, without what chance adds to it
  const auto trace = [&](const std::string& line) {
    const auto at = line.find("/cdn/cert/upload.json certferry-");
    if (at != std::string::npos) ++uploads[line.substr(at)];
  };
  const auto make_disk = [&](Scene& scene) { return std::make_unique<FailingDisk>(scene, script); };
  EXPECT_EQ(told(simulate(scenario, {.trace = trace, .make_disk = make_disk})), "");
  EXPECT_GE(uploads.size(), 3U);
  for (const auto& [upload, count] : uploads) EXPECT_EQ(count, 1U) << upload;
  return script.struck;
}

class DiskFaultSweepTest : public testing::TestWithParam<Failure> {};

TEST_P(DiskFaultSweepTest, InAnyCallOfARenewalAndARetirementLosesNothing) {
  Script script{.failure = GetParam()};
  while (survives(script)) {
    ASSERT_FALSE(HasFailure()) << "call " << script.nth;
    ++script.nth;
  }
  EXPECT_GT(script.nth, 1U) << "no such call is made any more";
}

INSTANTIATE_TEST_SUITE_P(
    OfEveryKind, DiskFaultSweepTest, testing::ValuesIn(kFailures), [](const auto& one) {
      return std::string(to_string(one.param.call)) + "_" + std::to_string(one.param.code) +
             (one.param.then_loses_power ? "_then_no_power" : "");
    });

}  // namespace
}  // namespace certferry::sim

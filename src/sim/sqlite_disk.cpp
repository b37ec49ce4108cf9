// The production store on a simulated disk: SQLite itself, on a file system that loses and fails.
#include <sqlite3.h>

#include "disk/simulated_disk.h"
#include "sim/disk.h"
#include "state/soci_store.h"

namespace certferry::sim {

namespace {

using disk::DiskCall;
using disk::DiskFault;

constexpr const char* kPath = "/state.db";

/// A call that may fail, with a code that SQLite may be given for it.
struct Failure {
  DiskCall call;
  int code;
};
const std::vector<Failure> kFailures = {{DiskCall::kOpen, SQLITE_CANTOPEN},
                                        {DiskCall::kOpen, SQLITE_IOERR},
                                        {DiskCall::kRead, SQLITE_IOERR_READ},
                                        {DiskCall::kWrite, SQLITE_IOERR_WRITE},
                                        {DiskCall::kTruncate, SQLITE_IOERR_TRUNCATE},
                                        {DiskCall::kSync, SQLITE_IOERR_FSYNC},
                                        {DiskCall::kSync, SQLITE_IOERR_FSYNC},
                                        {DiskCall::kSize, SQLITE_IOERR_FSTAT},
                                        {DiskCall::kShm, SQLITE_IOERR_SHMMAP}};

class SqliteDisk final : public Disk {
 public:
  SqliteDisk(const Scene& scene, std::size_t drawn_by)
      : chance_(scene.root.fork(drawn_by == 0 ? "disk" : "disk " + std::to_string(drawn_by))),
        disk_(scene.time, chance_) {}

  std::unique_ptr<StateStore> open() override {
    return state::SociStore::open_for_writing({kPath, disk_.name()});
  }
  std::unique_ptr<StateStore> open_beside() override {
    return state::SociStore::open_read_only({kPath, disk_.name()});
  }

  void process_dies(bool power_is_lost) override {
    if (power_is_lost) {
      disk_.lose_power(chance_);
    } else {
      disk_.crash();
    }
  }
  bool die_in_call(std::size_t nth) override {
    disk_.stop_at_change(nth);
    return true;
  }
  bool died_in_call() const override { return disk_.is_stopped(); }

 protected:
  void strike(Hazard trouble) override {
    if (trouble == Hazard::kDiskFull) return fill();
    if (trouble == Hazard::kDiskReadOnly) return make_read_only();
    damage();
  }
  void mend() override {
    disk_.clear_faults();
    disk_.limit_bytes(std::nullopt);
  }

 private:
  void fill() {
    std::uint64_t used = 0;
    for (const std::string& name : disk_.files()) used += disk_.contents(name).size();
    disk_.limit_bytes(used + chance_.below(8192));
  }
  void make_read_only() {
    for (const DiskCall call : {DiskCall::kWrite, DiskCall::kTruncate}) {
      disk_.fail(
          {.call = call, .code = SQLITE_READONLY, .lasting = DiskFault::Lasting::kUntilCleared});
    }
  }
  void damage() {
    // Now and then a few, or one kind of call for as long as it lasts.
    const bool lasts = chance_.happens(300);
    for (std::uint64_t left = lasts ? 1 : chance_.between(1, 4); left > 0; --left) {
      const Failure& failure = chance_.pick(kFailures);
      disk_.fail(
          {.call = failure.call,
           .nth = 1 + chance_.below(lasts ? 4 : 40),
           .code = failure.code,
           .lasting = lasts ? DiskFault::Lasting::kUntilCleared : DiskFault::Lasting::kOnce});
    }
  }
  Chance chance_;
  disk::SimulatedDisk disk_;
};

}  // namespace

std::unique_ptr<Disk> make_sqlite_disk(Scene& scene, std::size_t drawn_by) {
  return std::make_unique<SqliteDisk>(scene, drawn_by);
}

}  // namespace certferry::sim

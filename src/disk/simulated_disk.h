// A disk in memory that fails on purpose, as a file system that SQLite is given by name.
//
// What SQLite writes lies in the operating system's memory until it is synced; a loss of power
// keeps of that what chance decides. Everything that happens here follows from the calls made, the
// clock and the randomness handed in, so a run can be repeated.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace certferry::disk {

/// The calls that can fail, as SQLite makes them.
enum class DiskCall {
  kOpen,
  kRead,
  kWrite,
  kTruncate,
  kSync,
  kDelete,
  kAccess,
  kSize,
  kLock,
  kShm,  ///< the memory beside the log that connections share, and its locks
};
inline constexpr std::size_t kDiskCallKinds = 10;

std::string_view to_string(DiskCall call);
bool may_change(DiskCall call);

/// One thing that goes wrong. A write that fails has landed in part, as chance decides. After a
/// sync that failed, chance decides whether the next makes good for it or the bytes never become
/// safe unless they are written again, as on Linux. Any other call that fails has done nothing.
struct DiskFault {
  enum class Lasting { kOnce, kUntilCleared };
  std::optional<DiskCall> call;  ///< none: calls of every kind are counted
  std::uint64_t nth = 1;         ///< counted from when the fault is set; 1 is the next call
  int code = 0;                  ///< SQLite's: SQLITE_FULL, SQLITE_IOERR_FSYNC…
  Lasting lasting = Lasting::kOnce;
};

/// A file system in memory, known to SQLite by name: `file:/state.db?vfs=<name>`.
///
/// Several may live at once. For one thread and one process; every connection must be closed before
/// its disk goes. Clock and randomness outlive the disk; SQLite's own randomness, which is one for
/// the whole process, is seeded from the disk's whenever a database on it is opened.
class SimulatedDisk {
 public:
  SimulatedDisk(const Clock& clock, Random& random);
  SimulatedDisk(const SimulatedDisk&) = delete;
  SimulatedDisk& operator=(const SimulatedDisk&) = delete;
  ~SimulatedDisk();

  /// Another disk with the same files, flushed or not; no faults, nothing open.
  std::unique_ptr<SimulatedDisk> copy(const Clock& clock, Random& random) const;

  /// What SQLite is to be given as `vfs`.
  const std::string& name() const;

  /// Adds a fault to those that wait; each counts for itself.
  void fail(const DiskFault& fault);
  void clear_faults();
  /// More than so many bytes do not fit: a write that would need more writes what fits and fails
  /// with SQLITE_FULL.
  void limit_bytes(std::optional<std::uint64_t> limit);

  /// The n-th call from now on that may change the disk (open, write, truncate, sync, delete), and
  /// all calls after it, fail and do nothing, as if the program had died in that one: until crash()
  /// or lose_power(). Of the one, if it is a write, a part may have landed.
  ///
  /// To die in any other call is to die before the next that changes something.
  void stop_at_change(std::uint64_t nth);
  bool is_stopped() const;

  /// The program dies: what it has open is dead, what it wrote stays.
  void crash();
  /// The machine dies too: of what was not flushed, chance decides what stays, in pieces of a
  /// sector. What stays is flushed.
  void lose_power(Random& random);

  /// Calls since the disk was made; a dead program's are not counted.
  std::uint64_t calls() const;
  std::uint64_t calls(DiskCall call) const;
  /// Calls that may change the disk.
  std::uint64_t changes() const;
  std::vector<std::string> files() const;
  /// What a reader sees in the file now; empty if there is none.
  std::string contents(const std::string& path) const;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace certferry::disk

// One writer at a time: whoever changes the state holds the lock beside it.
#pragma once

#include <memory>
#include <string>

#include "base/time.h"
#include "state/lock_file.h"

namespace certferry::state {

/// What a second instance is told about the first.
struct LockHolder {
  std::string command;  ///< "certferry apply"
  Time since{};
  std::string what = "the state";  ///< what is in use
  std::string process;             ///< "process 12 on host"; empty: this one
};

/// Holds `<state>.lock` until it goes; the kernel lets go when the process dies, however it dies.
///
/// The file stays: were it deleted, a third instance could lock a new file of the same name while
/// the second still holds the old one. Its words are for people; the lock is flock(2)'s.
class WriterLock {
 public:
  /// Takes the lock, making the folder (0700) and the lock file (0600) where they are missing.
  ///
  /// Throws: conflict `state.locked`, whose message says who holds it; invalid_input
  /// `state.insecure`; unavailable `state.io`.
  static WriterLock acquire(const std::string& state_path, const LockHolder& holder);
  /// The same on a lock file that is open. Throws: `state.locked` and `state.io`.
  static WriterLock acquire(std::unique_ptr<LockFile> file, const LockHolder& holder);

  WriterLock(WriterLock&&) noexcept = default;
  WriterLock& operator=(WriterLock&&) noexcept = default;
  ~WriterLock();

 private:
  explicit WriterLock(std::unique_ptr<LockFile> file) : file_(std::move(file)) {}

  std::unique_ptr<LockFile> file_;  ///< null: moved from
};

}  // namespace certferry::state

// The file that a writer locks, as far as the lock needs one.
#pragma once

#include <string>

namespace certferry::state {

/// One opening of a lock file: the lock is the opening's, and goes with it.
///
/// A seam, so that whoever gets the lock and what the others are told can be seen in a world where
/// processes die at any moment.
class LockFile {
 public:
  virtual ~LockFile() = default;

  virtual const std::string& path() const = 0;
  /// Takes the lock unless another opening has it. Throws: unavailable `state.io`.
  virtual bool try_lock() = 0;
  /// Whatever the holder wrote into it; empty while there is nothing.
  virtual std::string words() = 0;
  /// Throws: unavailable `state.io`.
  virtual void set_words(const std::string& words) = 0;
  /// A moment, for a holder that is just writing its words.
  virtual void wait() = 0;
};

}  // namespace certferry::state

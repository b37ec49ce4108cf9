// The lock beside the state as the simulated machine's kernel keeps it.
#pragma once

#include <memory>
#include <string>

#include "state/lock_file.h"

namespace certferry::sim {

/// flock(2) on one file: an opening at a time has it, and who dies lets go and leaves its words.
class SimulatedLock {
 public:
  std::unique_ptr<state::LockFile> open();
  /// Whoever holds it, if somebody does.
  void holder_dies();

 private:
  class Opening;

  Opening* holder_ = nullptr;
  std::string words_;
};

}  // namespace certferry::sim

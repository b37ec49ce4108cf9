// Counts the calls and says which of them fail.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "disk/simulated_disk.h"

namespace certferry::disk {

class FaultPlan {
 public:
  void add(const DiskFault& fault) { faults_.push_back(fault); }
  void clear() { faults_.clear(); }
  void stop_at_change(std::uint64_t nth) { changes_left_ = nth; }

  /// The program is to be taken for dead.
  bool is_stopped() const { return changes_left_ == 0; }
  void restart() { changes_left_.reset(); }

  /// Counts a call; the code that it fails with, or SQLITE_OK.
  int next(DiskCall call);

  std::uint64_t counted(DiskCall call) const { return counts_[static_cast<std::size_t>(call)]; }
  std::uint64_t counted() const;

 private:
  std::vector<DiskFault> faults_;
  std::optional<std::uint64_t> changes_left_;  ///< until the stop; 0: it has come
  std::array<std::uint64_t, kDiskCallKinds> counts_{};
};

}  // namespace certferry::disk

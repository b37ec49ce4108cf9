#include "disk/fault_plan.h"

#include <sqlite3.h>

#include <numeric>

namespace certferry::disk {

int FaultPlan::next(DiskCall call) {
  ++counts_[static_cast<std::size_t>(call)];
  if (changes_left_ && may_change(call) && --*changes_left_ == 0) return SQLITE_IOERR;
  int code = SQLITE_OK;
  for (DiskFault& fault : faults_) {
    if (fault.call.value_or(call) != call) continue;
    if (fault.nth > 1) {
      --fault.nth;
      continue;
    }
    if (code == SQLITE_OK) code = fault.code;
    if (fault.lasting == DiskFault::Lasting::kOnce) fault.nth = 0;
  }
  std::erase_if(faults_, [](const DiskFault& fault) { return fault.nth == 0; });
  return code;
}

std::uint64_t FaultPlan::counted() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

}  // namespace certferry::disk

// libFuzzer's entry point, and the limit of time that every input has.

#include <ctime>

#include "properties.h"
#include "target.h"

namespace {

/// Counted in processor time, for a busy machine is no slow parser. libFuzzer's own limit is of
/// wall time and ends what hangs.
double processor_seconds() {
  std::timespec now{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

constexpr double kLongestSeconds = 1;

}  // namespace

// The name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(  // NOLINT(readability-identifier-naming)
    const std::uint8_t* data,
    std::size_t size) {
  const double began = processor_seconds();
  certferry::fuzz::try_input({reinterpret_cast<const char*>(data), size});
  certferry::fuzz::require(processor_seconds() - began <= kLongestSeconds,
                           "an input is dealt with within one second");
  return 0;
}

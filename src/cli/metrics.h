// The figures that `certferry run` serves: their names, and their text.
#pragma once

#include <map>
#include <string>

#include "engine/counted_provider.h"
#include "engine/pace.h"
#include "engine/vitals.h"
#include "policy/health.h"

namespace certferry::cli {

struct HeartbeatCounts {
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
  std::optional<Time> last;  ///< that was answered
};

/// All that figures are made from, as it is now.
struct MetricFacts {
  Time started{};  ///< of the process
  const Vitals& vitals;
  std::map<std::string, const CountedProvider*> providers = {};  ///< by account
  std::map<std::string, const PacedHttpClient*> paces = {};      ///< by account
  std::map<std::string, Time> next_runs = {};                    ///< by account
  std::optional<std::size_t> open_calls = {};  ///< in the journal; none: it cannot be read
  std::optional<Time> oldest_open_call = {};
  std::optional<std::size_t> notices = {};  ///< that wait; none: they cannot be read
  bool state_writable = true;
  bool healthy = true;
  HeartbeatCounts heartbeat = {};
};

/// In Prometheus' text format. docs/MONITORING.md tells what each is for.
std::string metrics_text(const MetricFacts& facts);

}  // namespace certferry::cli

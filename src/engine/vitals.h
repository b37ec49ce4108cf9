// What runs leave behind for figures: small, and kept until the next run knows better.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/daemon.h"
#include "engine/events.h"
#include "model/records.h"
#include "policy/health.h"

namespace certferry {

/// Every way that a run leaves a target; it plans none without doing it.
constexpr std::array kOutcomes = {
    Outcome::kConfirmed, Outcome::kUnconfirmed, Outcome::kFailed, Outcome::kHeld, Outcome::kParked};

struct TargetVitals {
  std::string certificate;
  Outcome outcome = Outcome::kHeld;
  std::optional<Time> ends;          ///< of what clients get, as far as is known
  std::optional<Time> behind_since;  ///< since when its source has what it does not serve yet
};

struct SourceVitals {
  bool readable = false;
  std::optional<Time> ends;  ///< of what it gave last
  std::string generation;    ///< the first digits of the same's fingerprint
  Time seen_at{};            ///< when this process saw that first
};

/// How long it took from the source to the edge, as Prometheus counts such things.
struct Durations {
  static constexpr std::array<int, 9> kBoundsSeconds = {
      10, 30, 60, 300, 900, 1800, 3600, 21600, 86400};
  std::array<std::uint64_t, kBoundsSeconds.size()> up_to{};  ///< each holds those before it
  std::uint64_t count = 0;
  double sum_seconds = 0;

  void add(milliseconds duration);
};

struct AccountVitals {
  std::optional<Time> last_end;
  bool last_succeeded = false;
  SteadyTime alive_at{};  ///< when its last run ended, or when the process began
  std::string trouble;    ///< a stable code: why the last run could not look
  std::uint64_t succeeded = 0;
  std::uint64_t unsuccessful = 0;
  Durations deployments;
};

/// Gathers from every run. Lifetime: the clock outlives it.
class Vitals {
 public:
  Vitals(const Clock& clock, const Fleet& fleet);

  /// What earlier processes knew, until a run has looked: of targets that the fleet may still have.
  void recall(const Fleet& fleet,
              const std::vector<TargetRecord>& targets,
              const std::vector<UploadRecord>& uploads);
  /// Notes when targets were confirmed: a run may last for long after that.
  void on_event(const Event& event);
  void after_run(const DaemonRun& run);

  const std::map<TargetId, TargetVitals>& targets() const { return targets_; }
  const std::map<std::string, SourceVitals>& sources() const { return sources_; }
  const std::map<std::string, AccountVitals>& accounts() const { return accounts_; }
  /// `allowed`: how long an account may go without the end of a run.
  std::vector<HealthFacts::AccountFacts> health(milliseconds allowed) const;

 private:
  void note(const CertificateReport& source, Time began);
  void note(const TargetReport& target, AccountVitals& account);
  void forget_all_but(const Report& report, const std::string& account);

  const Clock& clock_;
  std::map<TargetId, TargetVitals> targets_;
  std::map<std::string, SourceVitals> sources_;
  std::map<std::string, AccountVitals> accounts_;
  std::map<TargetId, Time> confirmed_at_;  ///< in runs that have not ended
};

}  // namespace certferry

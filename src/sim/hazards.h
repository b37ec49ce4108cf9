// What may go wrong in the simulated world, and how often in one scenario.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

namespace certferry::sim {

/// Each has a name on the command line, so that a scenario can be run without it.
enum class Hazard {
  // The process.
  kCrash,
  kPowerLoss,
  kDiskFull,
  kDiskReadOnly,
  kDiskError,
  kClockJump,
  kPaused,
  kSecondInstance,
  // The network between us and the vendor.
  kConnectFailure,
  kLostRequest,
  kLostReply,
  kCutReply,
  kSlowReply,
  kDuplicateRequest,
  // The vendor's API.
  kThrottle,
  kThrottleBody,
  kServerError,
  kHtml,
  kEmptyBody,
  kHugeReply,
  kAuthRefused,
  kApplyLate,
  kErrorYetDone,
  kNothingChanged,
  kStaleList,
  kBindWithoutCode,
  kSettingsReset,
  kErrorCode,
  kOutage,
  kRateLimit,
  kListLag,
  kQuota,
  kNoBindCall,
  // The edges, and the way to them.
  kEdgeUnreachable,
  kEdgeStuck,
  kEdgeExpired,
  kEdgeSelfSigned,
  kEdgeNotTls,
  kEdgeAhead,
  kNoRoute,
  kDnsFailure,
  // The source.
  kTornPair,
  kTruncatedFile,
  kMissingFile,
  kUnreadableFile,
  kWrongNames,
  kExpiredBundle,
  kFutureBundle,
  kIncompleteChain,
  kUntrustedChain,
  kChainEndsFirst,
  kStrangeKey,
  kOlderBundle,
  // People and other programs.
  kOperatorBinds,
  kOperatorDeletes,
  kOperatorRelabels,
  kDomainOffline,
  kDomainsChange,
  kRival,
  kOtherLedger,
  kTakenBack,
  kConfiguration,
  kConflict,
};
inline constexpr std::size_t kHazards = static_cast<std::size_t>(Hazard::kConflict) + 1;

enum class HazardKind {
  kPerCall,    ///< rate: of a thousand calls
  kPerRun,     ///< rate: of a thousand runs of the tool
  kWindows,    ///< rate: windows of time in which it holds, of a thousand runs' time; hit when met
  kMoments,    ///< rate: times it happens, of a thousand runs' time
  kCondition,  ///< holds all along; hit when met
};

struct HazardTraits {
  Hazard hazard;
  std::string_view name;
  HazardKind kind;
  unsigned likely;  ///< how many of a thousand scenarios have it
  unsigned rate;    ///< the highest rate
};

std::span<const HazardTraits> all_hazards();
const HazardTraits& traits_of(Hazard hazard);
std::string_view to_string(Hazard hazard);
std::optional<Hazard> hazard_named(std::string_view name);

/// The rate of each hazard in one scenario; 0: it does not exist there.
class HazardRates {
 public:
  unsigned& operator[](Hazard hazard) { return rates_[static_cast<std::size_t>(hazard)]; }
  unsigned operator[](Hazard hazard) const { return rates_[static_cast<std::size_t>(hazard)]; }
  bool has(Hazard hazard) const { return (*this)[hazard] > 0; }

 private:
  std::array<unsigned, kHazards> rates_{};
};

}  // namespace certferry::sim

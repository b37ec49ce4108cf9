#include "sim/hazards.h"

#include <algorithm>

#include "base/error.h"

namespace certferry::sim {

namespace {

using Kind = HazardKind;

constexpr std::array kAll{
    HazardTraits{Hazard::kCrash, "crash", Kind::kPerRun, 600, 600},
    HazardTraits{Hazard::kPowerLoss, "power_loss", Kind::kPerRun, 400, 500},
    HazardTraits{Hazard::kDiskFull, "disk_full", Kind::kWindows, 200, 200},
    HazardTraits{Hazard::kDiskReadOnly, "disk_read_only", Kind::kWindows, 250, 250},
    HazardTraits{Hazard::kDiskError, "disk_error", Kind::kWindows, 400, 400},
    HazardTraits{Hazard::kClockJump, "clock_jump", Kind::kMoments, 100, 100},
    HazardTraits{Hazard::kPaused, "paused", Kind::kPerRun, 250, 200},
    HazardTraits{Hazard::kSecondInstance, "second_instance", Kind::kPerRun, 300, 400},
    HazardTraits{Hazard::kConnectFailure, "connect_failure", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kLostRequest, "lost_request", Kind::kPerCall, 300, 200},
    HazardTraits{Hazard::kLostReply, "lost_reply", Kind::kPerCall, 400, 300},
    HazardTraits{Hazard::kCutReply, "cut_reply", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kSlowReply, "slow_reply", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kDuplicateRequest, "duplicate_request", Kind::kPerCall, 150, 100},
    HazardTraits{Hazard::kThrottle, "throttle", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kThrottleBody, "throttle_body", Kind::kPerCall, 200, 200},
    HazardTraits{Hazard::kServerError, "server_error", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kHtml, "html", Kind::kPerCall, 200, 150},
    HazardTraits{Hazard::kEmptyBody, "empty_body", Kind::kPerCall, 200, 150},
    HazardTraits{Hazard::kHugeReply, "huge_reply", Kind::kPerCall, 20, 20},
    HazardTraits{Hazard::kAuthRefused, "auth_refused", Kind::kPerCall, 150, 100},
    HazardTraits{Hazard::kApplyLate, "apply_late", Kind::kPerCall, 300, 200},
    HazardTraits{Hazard::kErrorYetDone, "error_yet_done", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kNothingChanged, "nothing_changed", Kind::kPerCall, 250, 200},
    HazardTraits{Hazard::kStaleList, "stale_list", Kind::kPerCall, 200, 300},
    HazardTraits{Hazard::kBindWithoutCode, "bind_without_code", Kind::kPerCall, 200, 300},
    HazardTraits{Hazard::kSettingsReset, "settings_reset", Kind::kPerCall, 500, 400},
    HazardTraits{Hazard::kErrorCode, "error_code", Kind::kPerCall, 200, 150},
    HazardTraits{Hazard::kOutage, "outage", Kind::kWindows, 150, 150},
    HazardTraits{Hazard::kRateLimit, "rate_limit", Kind::kCondition, 500, 1},
    HazardTraits{Hazard::kListLag, "list_lag", Kind::kCondition, 400, 1},
    HazardTraits{Hazard::kQuota, "quota", Kind::kCondition, 100, 1},
    HazardTraits{Hazard::kNoBindCall, "no_bind_call", Kind::kCondition, 100, 1},
    HazardTraits{Hazard::kEdgeUnreachable, "edge_unreachable", Kind::kWindows, 250, 200},
    HazardTraits{Hazard::kEdgeStuck, "edge_stuck", Kind::kWindows, 250, 200},
    HazardTraits{Hazard::kEdgeExpired, "edge_expired", Kind::kWindows, 100, 100},
    HazardTraits{Hazard::kEdgeSelfSigned, "edge_self_signed", Kind::kWindows, 100, 100},
    HazardTraits{Hazard::kEdgeNotTls, "edge_not_tls", Kind::kWindows, 100, 100},
    HazardTraits{Hazard::kEdgeAhead, "edge_ahead", Kind::kWindows, 150, 150},
    HazardTraits{Hazard::kNoRoute, "no_route", Kind::kWindows, 200, 300},
    HazardTraits{Hazard::kDnsFailure, "dns_failure", Kind::kWindows, 150, 150},
    HazardTraits{Hazard::kTornPair, "torn_pair", Kind::kPerCall, 300, 600},
    HazardTraits{Hazard::kTruncatedFile, "truncated_file", Kind::kMoments, 150, 100},
    HazardTraits{Hazard::kMissingFile, "missing_file", Kind::kWindows, 150, 100},
    HazardTraits{Hazard::kUnreadableFile, "unreadable_file", Kind::kWindows, 100, 100},
    HazardTraits{Hazard::kWrongNames, "wrong_names", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kExpiredBundle, "expired_bundle", Kind::kMoments, 250, 200},
    HazardTraits{Hazard::kFutureBundle, "future_bundle", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kIncompleteChain, "incomplete_chain", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kUntrustedChain, "untrusted_chain", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kChainEndsFirst, "chain_ends_first", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kStrangeKey, "strange_key", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kOlderBundle, "older_bundle", Kind::kMoments, 200, 150},
    HazardTraits{Hazard::kOperatorBinds, "operator_binds", Kind::kMoments, 350, 300},
    HazardTraits{Hazard::kOperatorDeletes, "operator_deletes", Kind::kMoments, 150, 100},
    HazardTraits{Hazard::kOperatorRelabels, "operator_relabels", Kind::kMoments, 100, 100},
    HazardTraits{Hazard::kDomainOffline, "domain_offline", Kind::kWindows, 300, 250},
    HazardTraits{Hazard::kDomainsChange, "domains_change", Kind::kMoments, 250, 200},
    HazardTraits{Hazard::kRival, "rival", Kind::kMoments, 300, 300},
    HazardTraits{Hazard::kOtherLedger, "other_ledger", Kind::kMoments, 200, 250},
    HazardTraits{Hazard::kTakenBack, "taken_back", Kind::kPerRun, 200, 200},
    HazardTraits{Hazard::kConfiguration, "configuration", Kind::kMoments, 200, 200},
    HazardTraits{Hazard::kConflict, "conflict", Kind::kCondition, 150, 1},
};
static_assert(kAll.size() == kHazards);

}  // namespace

std::span<const HazardTraits> all_hazards() {
  return kAll;
}

const HazardTraits& traits_of(Hazard hazard) {
  const HazardTraits& found = kAll[static_cast<std::size_t>(hazard)];
  ASSERT(found.hazard == hazard);
  return found;
}

std::string_view to_string(Hazard hazard) {
  return traits_of(hazard).name;
}

std::optional<Hazard> hazard_named(std::string_view name) {
  const auto found = std::ranges::find(kAll, name, &HazardTraits::name);
  if (found == kAll.end()) return std::nullopt;
  return found->hazard;
}

}  // namespace certferry::sim

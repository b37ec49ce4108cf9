#include "sandbox/faults.h"

#include <algorithm>
#include <array>

#include "base/error.h"

namespace certferry::sandbox {

namespace {

using Scope = FaultTraits::Scope;

constexpr std::array kTraits{
    FaultTraits{FaultKind::kThrottle, "throttle", Effect::kNever, Scope::kAny, "HTTP 429"},
    FaultTraits{FaultKind::kThrottleBody,
                "throttle_body",
                Effect::kNever,
                Scope::kAny,
                "HTTP 200 with code 429 in the body"},
    FaultTraits{FaultKind::kThrottleWait,
                "throttle_wait",
                Effect::kNever,
                Scope::kAny,
                "HTTP 429 and a Retry-After of the delay"},
    FaultTraits{FaultKind::kServerError, "server_error", Effect::kNever, Scope::kAny, "HTTP 500"},
    FaultTraits{FaultKind::kHtml, "html", Effect::kNever, Scope::kAny, "HTTP 200 with a page"},
    FaultTraits{
        FaultKind::kEmptyBody, "empty_body", Effect::kNever, Scope::kAny, "HTTP 200, no body"},
    FaultTraits{FaultKind::kCutReply,
                "cut_reply",
                Effect::kNow,
                Scope::kAny,
                "cut in the middle of the reply, change made"},
    FaultTraits{FaultKind::kCutBefore,
                "cut_before",
                Effect::kNever,
                Scope::kAny,
                "cut in the middle of the reply, change not made"},
    FaultTraits{FaultKind::kLostReply,
                "lost_reply",
                Effect::kNow,
                Scope::kAny,
                "closed without a reply, change made"},
    FaultTraits{FaultKind::kLostRequest,
                "lost_request",
                Effect::kNever,
                Scope::kAny,
                "closed without a reply, change not made"},
    FaultTraits{FaultKind::kApplyLate,
                "apply_late",
                Effect::kLate,
                Scope::kChanges,
                "HTTP 504, change made after the delay"},
    FaultTraits{FaultKind::kSlow, "slow", Effect::kNow, Scope::kAny, "a reply after the delay"},
    FaultTraits{FaultKind::kErrorYetDone,
                "error_yet_done",
                Effect::kNow,
                Scope::kChanges,
                "an error code, change made"},
    FaultTraits{FaultKind::kNothingChanged,
                "nothing_changed",
                Effect::kNever,
                Scope::kChanges,
                "success, change not made"},
    FaultTraits{FaultKind::kErrorCode,
                "error_code",
                Effect::kNever,
                Scope::kAny,
                "HTTP 200 with the given code and message"},
    FaultTraits{FaultKind::kHugeReply, "huge_reply", Effect::kNow, Scope::kAny, "a reply of 5 MiB"},
    FaultTraits{
        FaultKind::kAuthRefused, "auth_refused", Effect::kNever, Scope::kAny, "code 401 for all"},
    FaultTraits{FaultKind::kStaleList,
                "stale_list",
                Effect::kNow,
                Scope::kLists,
                "lists as they were the delay ago"},
    FaultTraits{FaultKind::kBindWithoutCode,
                "bind_without_code",
                Effect::kNow,
                Scope::kBinds,
                "bind made, answered without a code"},
    FaultTraits{FaultKind::kBindResetsSettings,
                "bind_resets_settings",
                Effect::kNow,
                Scope::kBinds,
                "bind made, and the domain's origin reset with it"},
};

struct EdgeFaultName {
  EdgeFaultKind kind;
  std::string_view name;
};

constexpr std::array kEdgeFaults{
    EdgeFaultName{EdgeFaultKind::kRefuse, "refuse"},
    EdgeFaultName{EdgeFaultKind::kStuck, "stuck"},
    EdgeFaultName{EdgeFaultKind::kExpired, "expired"},
    EdgeFaultName{EdgeFaultKind::kSelfSigned, "self_signed"},
    EdgeFaultName{EdgeFaultKind::kSilent, "silent"},
    EdgeFaultName{EdgeFaultKind::kNotTls, "not_tls"},
};

bool in_scope(Scope scope, const CallShape& call) {
  switch (scope) {
    case Scope::kAny:
      return true;
    case Scope::kChanges:
      return call.changes;
    case Scope::kLists:
      return call.lists;
    case Scope::kBinds:
      return call.binds;
  }
  return false;
}

bool strikes(const Fault& fault, const CallShape& call) {
  if (!in_scope(traits(fault.kind).scope, call)) return false;
  if (!fault.endpoint.empty() && fault.endpoint != call.endpoint) return false;
  return fault.domain.empty() || fault.domain == call.domain;
}

}  // namespace

std::span<const FaultTraits> all_fault_traits() {
  return kTraits;
}

const FaultTraits& traits(FaultKind kind) {
  const auto found = std::ranges::find(kTraits, kind, &FaultTraits::kind);
  ASSERT(found != kTraits.end());
  return *found;
}

std::optional<FaultKind> fault_kind(std::string_view name) {
  const auto found = std::ranges::find(kTraits, name, &FaultTraits::name);
  if (found == kTraits.end()) return std::nullopt;
  return found->kind;
}

std::optional<Fault> Faults::take(const CallShape& call) {
  for (auto it = faults_.begin(); it != faults_.end(); ++it) {
    if (!strikes(*it, call)) continue;
    if (it->skip > 0) {
      --it->skip;
      continue;
    }
    Fault fault = *it;
    if (it->count && --*it->count == 0) faults_.erase(it);
    return fault;
  }
  return std::nullopt;
}

std::string_view to_string(EdgeFaultKind kind) {
  const auto found = std::ranges::find(kEdgeFaults, kind, &EdgeFaultName::kind);
  ASSERT(found != kEdgeFaults.end());
  return found->name;
}

std::optional<EdgeFaultKind> edge_fault_kind(std::string_view name) {
  const auto found = std::ranges::find(kEdgeFaults, name, &EdgeFaultName::name);
  if (found == kEdgeFaults.end()) return std::nullopt;
  return found->kind;
}

}  // namespace certferry::sandbox

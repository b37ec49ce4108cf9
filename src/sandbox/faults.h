// Peers that misbehave on purpose: what can go wrong at the emulated API and at
// the emulated edges.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace certferry::sandbox {

/// What becomes of the change that a call asks for, whatever its reply says.
enum class Effect { kNow, kNever, kLate };

enum class FaultKind {
  kThrottle,            ///< HTTP 429
  kThrottleBody,        ///< HTTP 200 with code 429 and 频繁 in msg
  kThrottleWait,        ///< HTTP 429, and a Retry-After of `delay`
  kServerError,         ///< HTTP 500
  kHtml,                ///< a gateway's page with HTTP 200
  kEmptyBody,           ///< HTTP 200 and no body
  kCutReply,            ///< the connection is cut in the middle of the reply; the change
                        ///< was made
  kCutBefore,           ///< the same, and the change was not made
  kLostReply,           ///< the change was made and the connection closed without a reply
  kLostRequest,         ///< the connection closed without a reply and the change was
                        ///< not made
  kApplyLate,           ///< HTTP 504 now, and the change is made `delay` later
  kSlow,                ///< an ordinary reply after `delay`
  kErrorYetDone,        ///< HTTP 200 with an error code, though the change was made
  kNothingChanged,      ///< a success reply, though nothing was changed
  kErrorCode,           ///< HTTP 200 with `code` and `message`
  kHugeReply,           ///< an ordinary reply padded to 5 MiB
  kAuthRefused,         ///< code 401, whatever the signature
  kStaleList,           ///< lists show the world as it was `delay` ago
  kBindWithoutCode,     ///< the bind is made and its answer has no code
  kBindResetsSettings,  ///< the bind is made, and the domain's origin set back with it
};

struct FaultTraits {
  FaultKind kind;
  std::string_view name;  ///< in the control API: "throttle_body"
  Effect effect;
  /// Which calls it strikes when no endpoint is given: a lost change needs a
  /// call that changes.
  enum class Scope { kAny, kChanges, kLists, kBinds } scope;
  std::string_view help;
};

std::span<const FaultTraits> all_fault_traits();
const FaultTraits& traits(FaultKind kind);
std::optional<FaultKind> fault_kind(std::string_view name);

struct Fault {
  FaultKind kind = FaultKind::kSlow;
  std::string endpoint;           ///< "/cdn/cert/bind.json"; empty: any within the kind's scope
  std::string domain;             ///< only calls that name this domain; empty: all
  unsigned skip = 0;              ///< calls that pass unharmed first
  std::optional<unsigned> count;  ///< how many calls it strikes; none: until cleared
  milliseconds delay = seconds(1);
  int code = 500;                    ///< for kErrorCode
  std::string message = "系统繁忙";  ///< for kErrorCode
};

/// What a fault needs to know of a call to strike it.
struct CallShape {
  std::string_view endpoint;
  std::string_view domain;
  bool changes = false;
  bool lists = false;
  bool binds = false;
};

/// The faults in force at the API. The oldest that matches a call strikes it,
/// and only that one.
class Faults {
 public:
  void add(Fault fault) { faults_.push_back(std::move(fault)); }
  void clear() { faults_.clear(); }
  /// The fault that strikes this call, counted as used.
  std::optional<Fault> take(const CallShape& call);
  std::span<const Fault> active() const { return faults_; }

 private:
  std::vector<Fault> faults_;
};

enum class EdgeFaultKind {
  kRefuse,      ///< connections are refused
  kStuck,       ///< serves what it served when the fault began, whatever is bound
                ///< since
  kExpired,     ///< serves an expired certificate for the name
  kSelfSigned,  ///< serves a self-signed certificate of another name
  kSilent,      ///< accepts and says nothing
  kNotTls,      ///< answers plain HTTP
};

std::string_view to_string(EdgeFaultKind kind);
std::optional<EdgeFaultKind> edge_fault_kind(std::string_view name);

struct EdgeFault {
  EdgeFaultKind kind = EdgeFaultKind::kRefuse;
  /// How many connections it strikes; none: until cleared. Refused connections
  /// cannot be counted.
  std::optional<unsigned> count;
};

}  // namespace certferry::sandbox

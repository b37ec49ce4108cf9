// What must never be seen, each as a small function over the facts of one moment.
//
// The facts are the world's truth, not what the program believes. Where somebody else changed the
// world after the program had read it, nobody could have known: such facts are marked as not seen.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sim/authority.h"

namespace certferry::sim {

/// A sentence when the rule was broken.
using Finding = std::optional<std::string>;

struct Violation {
  std::string rule;  ///< "S1 gate"
  std::string sentence;
};

/// A bind just before the vendor acts on it.
struct BindFacts {
  std::string name;
  Time now{};  ///< by the wall clock of the machine that sent it
  const Generation* wanted = nullptr;
  const Generation* before = nullptr;  ///< bound until now; null: nothing, or a stranger's
  bool before_seen = false;            ///< it has been so since the account was last read
  const Generation* served = nullptr;  ///< the best that an address showed when last looked at
  bool offline_seen = false;           ///< the domain has been off since the account was read
  std::vector<std::string> wanted_by;  ///< certificates that the configuration gives the name
  bool intended = false;               ///< its intent is on the disk
  /// Back to what was there before, because the edge got worse: older, and not of our bundles. So
  /// the program says; the next three say whether it is true.
  bool with_reason = false;  ///< a person wants to go back, or a bind changed other settings
  bool going_back = false;
  milliseconds worse_for{};  ///< how long some address was seen serving clients worse than before
  milliseconds patience{};   ///< how long that has to last
  bool was_there = false;    ///< what it goes back to was bound or confirmed here before
};

/// S1: what is bound would be served well, with the margin.
Finding check_gate(const BindFacts& facts);
/// S7: nothing that would do is replaced by what does not end later.
Finding check_no_way_back(const BindFacts& facts);
/// S7: who goes back has waited for an address to stay worse than it was, and goes to where it was.
Finding check_going_back(const BindFacts& facts);
/// S15: only what the configuration says, and nothing that two certificates claim.
Finding check_configured(const BindFacts& facts);
/// A domain that its owner switched off is left alone.
Finding check_online(const BindFacts& facts);
/// What is served well is never made worse by us, whatever the other rules say.
Finding check_nothing_lost(const BindFacts& facts);

/// S5: the intent is durable before the call leaves.
Finding check_intended(bool intended, const std::string& what);
/// Somebody has asked for the lock on the state.
struct LockFacts {
  bool at_work = false;  ///< a process is at work
  std::string holder;    ///< "process 7 on this machine": that one
  std::string told;      ///< what whoever asked was told instead; empty: it got the lock
};
/// S6: while one instance is at work no second one is, and it is told of the first; while none is,
/// nobody is kept out.
Finding check_one_worker(const LockFacts& facts);
/// S10: nothing is sent by a clock that the vendor's answers contradict.
struct ClockFacts {
  bool told = false;              ///< an answer with the vendor's time has come to this process
  milliseconds ahead_at_begin{};  ///< of true time, when the process began
  milliseconds ahead{};           ///< now
};
Finding check_clock(const ClockFacts& facts);
/// A call is about to be made.
struct PatienceFacts {
  std::string account;
  milliseconds left{};  ///< of a Retry-After that this process was given; 0: none
};
/// L6: while a vendor's Retry-After lasts, whoever was told it makes no call to the account.
Finding check_patience(const PatienceFacts& facts);

/// A bind of a bundle to a name that may have to wait for another.
struct CanaryFacts {
  std::string place;
  /// Another such name that is set to the bundle in the same moment, and none was before; empty:
  /// there is none.
  std::string together_with;
  /// Another such name of the account that this process has begun to set to the bundle before, that
  /// was not seen serving it since, and that is not done with; empty: none.
  std::string first;
  std::optional<milliseconds> bound_for;  ///< since the vendor's yes to the first; none: no yes yet
  milliseconds patience{};                ///< how long the others wait for it at most
};
/// The first name of several is served before the others follow, or has had its time.
Finding check_canary(const CanaryFacts& facts);

/// S16: planning sends nothing that changes anything.
Finding check_pure(bool planning, const std::string& what);

/// An upload of ours before this one, of the same leaf to the same account.
struct EarlierUpload {
  SteadyTime sent_at{};
  bool refused = false;  ///< the vendor's answer said so, or it never left
  /// Since when the store has it under our label; none: not there (any more).
  std::optional<SteadyTime> stored_at;
  bool by_others = false;  ///< no call of ours explains it
};

struct UploadFacts {
  const Generation* generation = nullptr;  ///< none: nobody issued this leaf
  std::string chain_pem;
  std::string key_pem;
  Time now{};
  bool intended = false;
  std::vector<EarlierUpload> earlier;
  /// The last reading of the store that this process was given: when, and as of when.
  SteadyTime begun_at{};  ///< when the program set about it
  std::optional<SteadyTime> listed_at;
  SteadyTime listed_as_of{};
  /// When a list was shown that was older than the vendor promises.
  std::optional<SteadyTime> too_old_list_at;
  milliseconds consistency{};  ///< how long the vendor's lists may lag, by its own word
};

/// S5: an upload whose answer was lost is looked for, not sent again.
Finding check_no_blind_repeat(const UploadFacts& facts);
/// S11: leaf, chain and key are of one generation, and whole.
Finding check_one_generation(const UploadFacts& facts);
/// S1: what no name could be bound to is not even sent.
Finding check_of_use(const UploadFacts& facts);

struct DeleteFacts {
  std::string id;
  bool ours = false;  ///< our upload made it, or may have made it
  bool intended = false;
  std::vector<std::string> bound_to;   ///< names that were bound to it when the account was read
  std::vector<std::string> served_at;  ///< addresses that served it when looked at, and still do
  std::vector<std::string> not_confirmed;  ///< targets not confirmed on a later one for the grace
  std::vector<std::string> not_looked_at;  ///< addresses of its targets without a look
};

/// S2: nothing refers to it, nothing serves it, and the successor has been confirmed long enough.
Finding check_unused(const DeleteFacts& facts);
/// S3: only what our own upload created.
Finding check_ours(const DeleteFacts& facts);

/// One look at all addresses of a name, as they truly were.
struct LookFacts {
  SteadyTime at{};
  bool good = false;  ///< every address truly served the leaf, with a chain that verifies
};

struct ConfirmFacts {
  std::string target;
  std::vector<LookFacts> looks;  ///< by the process that says so, in their order
  unsigned rounds = 1;
  milliseconds spread{};
  bool confirmed_before = false;  ///< of this bundle, truly, by an earlier process
  /// Where this process has not looked: how long ago an earlier one did, if what it saw was good.
  std::optional<milliseconds> good_look_before;
};

/// For how long a good look may stand for another one.
inline constexpr milliseconds kLookStandsFor = hours(1);

/// S8: confirmed means seen, on every address, as often and over as long as was asked.
Finding check_truly_confirmed(const ConfirmFacts& facts);

struct EndFacts {
  bool succeeded = false;
  std::vector<std::string> not_confirmed;  ///< targets in the report
  std::vector<std::string> missing;        ///< targets of the configuration not in the report
};

/// S8: exit status 0 means that all targets are confirmed, and none is forgotten.
Finding check_success(const EndFacts& facts);

}  // namespace certferry::sim

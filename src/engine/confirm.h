// Confirming: looking at one target's edge until every address has served the bundle long enough.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/edge.h"
#include "engine/readback.h"
#include "engine/report.h"

namespace certferry {

/// A bind that the vendor answered with yes; its list must show it from `visible_from` on.
struct Promise {
  std::string stored_id;  ///< empty: the bundle itself, in place
  SteadyTime visible_from{};
};

/// How confirming ended.
struct Verdict {
  enum class Kind {
    kConfirmed,
    kPartly,       ///< wherever this machine has a route to
    kUnconfirmed,  ///< not everywhere before the deadline
    kBroken,       ///< the vendor said yes, and its list shows something else
    kWorse,        ///< an address turned to something that clients refuse, and stayed so
  };
  Kind kind = Kind::kUnconfirmed;
  std::string text;  ///< for people
};

/// One target's way from bound to confirmed. Looks land in the target's facts.
class Confirmation {
 public:
  /// `promise`: none when nothing was bound in this run. The target outlives the confirmation.
  Confirmation(const EngineSettings& settings,
               EnginePorts ports,
               Edge& edge,
               Readback& readback,
               TargetReport& target,
               std::optional<Promise> promise);

  enum class Progress {
    kShown,    ///< so many good rounds are behind us
    kPending,  ///< patience is over before that
    kEnded,    ///< there is a verdict
  };
  /// Looks until so many good rounds in a row, or until `patience` has passed since it began.
  Task<Progress> until(unsigned rounds, milliseconds patience);

  /// Looks until there is a verdict.
  Task<Verdict> to_the_end();

  const std::optional<Verdict>& verdict() const { return verdict_; }
  /// Where to go back to; set when the verdict is kWorse.
  const std::optional<StoredCertificate>& fallback() const { return fallback_; }
  /// What the edge showed when the run began.
  const std::vector<JudgedProbe>& before() const { return before_; }
  Time began_at() const { return began_at_; }
  const ConfirmSettings& how() const { return how_; }

 private:
  Task<void> look();
  /// Whether the vendor's list shows something else than what it said yes to.
  Task<bool> broken(Promise promise);
  /// What a look that was not good means: nothing yet, or the end.
  Task<void> judge();
  std::optional<std::string> worse_for_long();
  void conclude();
  void end(Verdict::Kind kind, std::string text);
  void say(std::string text);

  EnginePorts ports_;
  Edge& edge_;
  Readback& readback_;
  TargetReport& target_;
  std::optional<Promise> promise_;
  ConfirmSettings how_;
  std::vector<JudgedProbe> before_;
  std::optional<StoredCertificate> fallback_;
  SteadyTime began_;
  Time began_at_;
  milliseconds wait_ = milliseconds(500);
  unsigned good_ = 0;
  bool partly_ = false;  ///< a good look left out an address that this machine has no way to
  std::optional<SteadyTime> worse_since_;
  std::string last_said_;
  std::optional<Verdict> verdict_;
};

/// Vendor metadata's way of confirming, with the configuration's words in place of its own.
ConfirmSettings confirm_settings(const ProductMetadata& product, const ConfirmOverrides& overrides);

}  // namespace certferry

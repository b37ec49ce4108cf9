// What truly happened to a target that may justify leaving it to a person.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"

namespace certferry::sim {

/// "account0/d1.c0.test".
std::string place_of(const std::string& account, const std::string& name);

class Grounds {
 public:
  /// A bind of ours is on its way.
  void bind_sent(const std::string& place, std::int64_t stored_id);
  /// The program has seen every address serve what it wants, with what a list showed last: whoever
  /// set it to that, from here on it counts as set by us.
  void confirmed(const std::string& place);
  /// A list of the vendor shows what the place is set to.
  void listed(const std::string& place, std::int64_t stored_id, SteadyTime now);
  /// A process goes back from the bundle because the edge got worse.
  void went_back(const std::string& place, const std::string& fingerprint, unsigned process);
  /// The vendor gave an answer of which nobody can make anything.
  void answered_without_sense(const std::string& account) { ++senseless_[account]; }
  /// A bind of the bundle at the account took other settings with it.
  void settings_changed(const std::string& account, const std::string& fingerprint) {
    harmful_.insert({account, fingerprint});
  }
  /// From here on no bundle is renewed any more.
  void last_renewal() { senseless_.clear(); }

  /// Whether the program may leave the name to a person for the reason that it gives (the code of
  /// a plan): it was set back twice in a day, the edge got worse twice, the vendor answered
  /// without sense three times, or a bind of that bundle changed other settings.
  bool justify(const std::string& account,
               const std::string& name,
               const std::string& fingerprint,
               const std::string& code,
               SteadyTime now) const;

 private:
  /// What became of what we set a place to, or found it set to and confirmed.
  struct Reversals {
    std::int64_t ours = 0;           ///< 0: nothing yet
    std::int64_t shown = 0;          ///< by the last list
    std::int64_t to = 0;             ///< what it was seen set to instead
    std::vector<SteadyTime> seen{};  ///< when each was last
  };

  std::map<std::string, Reversals> reversals_;  ///< by place
  /// By place and fingerprint.
  std::map<std::pair<std::string, std::string>, std::set<unsigned>> gone_back_;
  std::set<std::pair<std::string, std::string>> harmful_;  ///< account and bundle
  std::map<std::string, unsigned> senseless_;  ///< answers since the last renewal, by account
};

}  // namespace certferry::sim

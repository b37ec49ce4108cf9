// What a person has asked for, and what waits for one, so that the program may not do it by itself.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/report.h"
#include "sim/checks.h"
#include "sim/scene.h"

namespace certferry::sim {

class Wishes {
 public:
  explicit Wishes(const Scene& scene) : scene_(scene) {}

  /// `ended`: the one before came to its end, with a report.
  void process_begins(bool ended);
  /// A bind to the place has left. With another bundle what a person took back there is history.
  void bind_sent(const std::string& place, const std::string& fingerprint);
  /// A bind of the bundle took other settings of the place with it; known: by a call whose answer
  /// this process got.
  void harmed(const std::string& place, const std::string& fingerprint, bool known);
  /// This process was shown the places of the account as they were at that moment.
  void listed(const std::string& account, SteadyTime as_of);
  void process_ended(const Report& report);

  bool is_harmed(const std::string& place) const;

  /// S7: what a person took back is not sent again by itself.
  Finding check_taken_back(const std::string& place, const std::string& fingerprint) const;
  /// S15: where a bundle took settings with it, no other name of the account gets it.
  Finding check_harmless(const std::string& place, const std::string& fingerprint) const;
  /// S15: settings that a bind took with it are told.
  Finding check_told(const Report& report) const;

 private:
  struct Harm {
    std::string place;
    std::string fingerprint;
    SteadyTime at{};
    bool known = true;
    bool shown = false;  ///< by a list that was read since
  };

  const Scene& scene_;
  bool for_a_person_ = false;                      ///< the process that runs, or ran last
  std::map<std::string, std::string> taken_back_;  ///< by place: the bundle
  std::vector<Harm> harms_;                        ///< by this process
  /// By account and bundle that the program said so of: the place.
  std::map<std::pair<std::string, std::string>, std::string> told_;
};

}  // namespace certferry::sim

// Who renews the certificates, and what they put into the folders that the program reads.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "sim/files.h"
#include "sim/scene.h"

namespace certferry::sim {

class Renewals {
 public:
  Renewals(Scene& scene, Files& files);

  /// Puts the first generations in place and plans all renewals until `end`. One that no run would
  /// see before the next is left out: issuing is what costs most.
  void begin(milliseconds end, std::vector<milliseconds> run_times);
  /// A sound generation that ends later than any before; the pair may be torn for a while.
  void renew(std::size_t certificate);
  /// Something that may not be served, until it is mended.
  void spoil(
      std::size_t certificate, Flaw flaw, std::vector<std::string> names, Time from, Time to);
  /// An earlier generation again.
  void put_older(std::size_t certificate, Chance& chance);
  /// The writer stops in the middle.
  void truncate(std::size_t certificate);
  /// The newest sound generation again.
  void mend(std::size_t certificate);
  /// The last ones: they end later than anything else in this world.
  void renew_all_well();
  /// Whoever was in the middle of writing has come to the end.
  void settle();

  const Generation& newest(std::size_t certificate) const { return *sound_[certificate].back(); }
  const Generation* first(std::size_t certificate) const { return sound_[certificate].front(); }
  std::size_t count() const { return writers_.size(); }
  /// Somebody else's certificate ends then; ours shall end later in the end.
  void note_end(Time end) { latest_end_ = std::max(latest_end_, end); }

 private:
  const Generation& issue(std::size_t certificate, Time until);
  milliseconds gap();
  void plan_next(std::size_t certificate, milliseconds end);
  bool anybody_sees(milliseconds from, milliseconds until) const;

  Scene& scene_;
  std::deque<PairWriter> writers_;  ///< what is to be finished later points at them
  std::vector<std::vector<const Generation*>> sound_;
  std::vector<milliseconds> run_times_;  ///< in order
  Time latest_end_{};
  bool over_ = false;  ///< all has healed: nothing more comes by itself
};

}  // namespace certferry::sim

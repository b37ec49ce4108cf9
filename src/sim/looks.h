// What the program saw at the edges, and what was true of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sim/checks.h"
#include "sim/edge.h"

namespace certferry::sim {

/// One round over the addresses of a place, begun by resolving its name.
struct Look {
  SteadyTime at{};
  Time by_clock{};  ///< as the program's clock had it
  std::map<Address, TrueProbe> probes;
  bool worse = false;  ///< an address turned from what clients took to what they refuse
};

/// Places are "account0/d1.c0.test", as in Grounds.
class Looks {
 public:
  Looks(const Scene& scene, const std::vector<std::unique_ptr<Vendor>>& vendors)
      : scene_(scene), vendors_(vendors) {}

  /// `ended`: the one before came to its end, so that what it saw last is what the program goes by.
  void process_begins(bool ended);
  void begin(const std::string& place);
  void note(const std::string& place, const Address& at, const TrueProbe& probe);
  /// What clients take there now, whoever looks.
  void note_served(const std::string& place, const Address& at, const Generation& served) {
    served_well_[place][at] = &served;
  }

  /// By this process; none yet: empty.
  const std::vector<Look>& at(const std::string& place) const;
  /// How long, at the longest, this process has seen an address of the place worse off than before.
  milliseconds worse_for(const std::string& place) const;
  /// What the address showed last, though a look that is under way has not come to it yet.
  const TrueProbe* last_probe(const std::string& place, const Address& address) const;
  /// Those of this process, and whether each truly saw the bundle everywhere.
  std::vector<LookFacts> facts(const std::string& place, const std::string& fingerprint) const;
  /// How long before `now` every address truly served it when an earlier process looked.
  std::optional<milliseconds> good_before(const std::string& place,
                                          const std::string& fingerprint,
                                          Time now) const;

 private:
  /// What every address truly served at that look; none when that is no one thing.
  const Generation* served_at(const std::string& place, const Look& look) const;

  const Scene& scene_;
  const std::vector<std::unique_ptr<Vendor>>& vendors_;
  std::map<std::string, std::vector<Look>> looks_;  ///< by this process, by place
  /// By place and fingerprint: when an earlier process last saw it on every address.
  std::map<std::pair<std::string, std::string>, Time> seen_good_;
  /// What clients last took, by place and address: when it was looked at, or when a bind left.
  std::map<std::string, std::map<Address, const Generation*>> served_well_;
};

}  // namespace certferry::sim

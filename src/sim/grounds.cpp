#include "sim/grounds.h"

#include <algorithm>

namespace certferry::sim {

std::string place_of(const std::string& account, const std::string& name) {
  return account + "/" + name;
}

void Grounds::bind_sent(const std::string& place, std::int64_t stored_id) {
  Reversals& reversals = reversals_[place];
  reversals.ours = stored_id;
  reversals.to = 0;
}

void Grounds::confirmed(const std::string& place) {
  const auto known = reversals_.find(place);
  if (known != reversals_.end()) bind_sent(place, known->second.shown);
}

void Grounds::listed(const std::string& place, std::int64_t stored_id, SteadyTime now) {
  Reversals& reversals = reversals_[place];
  reversals.shown = stored_id;
  if (reversals.ours == 0 || stored_id == reversals.ours) return;
  // The program may have counted it at any sighting: a run that died remembers nothing.
  if (stored_id != reversals.to) reversals.seen.emplace_back();
  reversals.to = stored_id;
  reversals.seen.back() = now;
}

void Grounds::went_back(const std::string& place,
                        const std::string& fingerprint,
                        unsigned process) {
  gone_back_[{place, fingerprint}].insert(process);
}

bool Grounds::justify(const std::string& account,
                      const std::string& name,
                      const std::string& fingerprint,
                      const std::string& code,
                      SteadyTime now) const {
  const std::string place = place_of(account, name);
  if (code == "target.contested") {
    const auto known = reversals_.find(place);
    return known != reversals_.end() &&
           std::ranges::count_if(known->second.seen,
                                 [&](SteadyTime one) { return one >= now - hours(24); }) >= 2;
  }
  if (code == "rollback.twice") {
    const auto known = gone_back_.find({place, fingerprint});
    return known != gone_back_.end() && known->second.size() >= 2;
  }
  if (code == "settings.changed") return harmful_.contains({account, fingerprint});
  const auto known = senseless_.find(account);
  return code == "vendor.senseless" && known != senseless_.end() && known->second >= 3;
}

}  // namespace certferry::sim

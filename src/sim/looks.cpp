#include "sim/looks.h"

#include <algorithm>

namespace certferry::sim {

void Looks::process_begins(bool ended) {
  for (const auto& [place, looks] : looks_) {
    for (const Look& look : looks) {
      const Generation* served = served_at(place, look);
      if (ended) {
        std::erase_if(seen_good_, [&](const auto& one) { return one.first.first == place; });
      }
      if (served != nullptr) seen_good_[{place, served->fingerprint}] = look.by_clock;
    }
  }
  looks_.clear();
}

void Looks::begin(const std::string& place) {
  looks_[place].push_back({.at = scene_.time.steady_now(), .by_clock = scene_.time.now()});
}

void Looks::note(const std::string& place, const Address& at, const TrueProbe& probe) {
  std::map<Address, const Generation*>& well = served_well_[place];
  if (probe.well) well[at] = probe.served;
  std::vector<Look>& looks = looks_[place];
  if (looks.empty()) return;
  looks.back().probes[at] = probe;
  // A leaf that ended meanwhile is time's doing.
  const auto before = well.find(at);
  const bool turned = before != well.end() && before->second != probe.served;
  if (probe.reached && !probe.well && turned) looks.back().worse = true;
}

const std::vector<Look>& Looks::at(const std::string& place) const {
  static const std::vector<Look> kNone;
  const auto known = looks_.find(place);
  return known == looks_.end() ? kNone : known->second;
}

milliseconds Looks::worse_for(const std::string& place) const {
  milliseconds longest{};
  std::optional<SteadyTime> since;
  for (const Look& look : at(place)) {
    if (since) longest = std::max(longest, look.at - *since);
    if (!look.worse) since.reset();
    if (look.worse && !since) since = look.at;
  }
  if (since) longest = std::max(longest, scene_.time.steady_now() - *since);
  return longest;
}

const TrueProbe* Looks::last_probe(const std::string& place, const Address& address) const {
  constexpr std::size_t kUnderWay = 2;
  const std::vector<Look>& looks = at(place);
  for (std::size_t back = 1; back <= std::min(kUnderWay, looks.size()); ++back) {
    const auto& probes = looks[looks.size() - back].probes;
    if (const auto found = probes.find(address); found != probes.end()) return &found->second;
  }
  return nullptr;
}

const Generation* Looks::served_at(const std::string& place, const Look& look) const {
  const std::string account = place.substr(0, place.find('/'));
  const auto vendor =
      std::ranges::find_if(vendors_, [&](const auto& one) { return one->plan.name == account; });
  if (look.probes.empty() || look.probes.size() != (*vendor)->plan.addresses.size()) return nullptr;
  const Generation* served = look.probes.begin()->second.served;
  const bool all = std::ranges::all_of(
      look.probes, [&](const auto& one) { return one.second.well && one.second.served == served; });
  return all ? served : nullptr;
}

std::optional<milliseconds> Looks::good_before(const std::string& place,
                                               const std::string& fingerprint,
                                               Time now) const {
  const auto seen = seen_good_.find({place, fingerprint});
  if (seen == seen_good_.end()) return std::nullopt;
  return now - seen->second;
}

std::vector<LookFacts> Looks::facts(const std::string& place,
                                    const std::string& fingerprint) const {
  std::vector<LookFacts> facts;
  for (const Look& look : at(place)) {
    const Generation* served = served_at(place, look);
    const bool good = served != nullptr && served->fingerprint == fingerprint;
    facts.push_back({.at = look.at, .good = good});
  }
  return facts;
}

}  // namespace certferry::sim

#include "sim/wishes.h"

#include <algorithm>

#include "sim/grounds.h"

namespace certferry::sim {

namespace {

std::string account_of(const std::string& place) {
  return place.substr(0, place.find('/'));
}

std::string place_in(const TargetReport& target) {
  return place_of(target.facts.id.account, target.facts.id.name);
}

std::string bundle_of(const TargetReport& target) {
  return target.facts.bundle == nullptr ? "" : target.facts.bundle->fingerprint();
}

}  // namespace

void Wishes::process_begins(bool ended) {
  harms_.clear();
  // What a person's process did before it died it may have written down, or not.
  if (for_a_person_ && !ended) {
    taken_back_.clear();
    told_.clear();
  }
  for_a_person_ = scene_.for_a_person;
}

void Wishes::bind_sent(const std::string& place, const std::string& fingerprint) {
  const auto held_back = taken_back_.find(place);
  if (held_back != taken_back_.end() && held_back->second != fingerprint) {
    taken_back_.erase(held_back);
  }
}

void Wishes::harmed(const std::string& place, const std::string& fingerprint, bool known) {
  harms_.push_back(
      {.place = place, .fingerprint = fingerprint, .at = scene_.time.steady_now(), .known = known});
}

void Wishes::listed(const std::string& account, SteadyTime as_of) {
  for (Harm& one : harms_) {
    if (account_of(one.place) == account && one.at <= as_of) one.shown = true;
  }
}

bool Wishes::is_harmed(const std::string& place) const {
  return std::ranges::find(harms_, place, &Harm::place) != harms_.end();
}

void Wishes::process_ended(const Report& report) {
  const bool written =
      std::ranges::find(report.problems, "state", &Problem::where) == report.problems.end();
  for (const TargetReport& one : report.targets) {
    const std::string place = place_in(one);
    const std::string bundle = bundle_of(one);
    // Another bundle at that name begins a new story, and a person's word ends this one.
    std::erase_if(told_, [&](const auto& told) {
      const bool served = one.outcome == Outcome::kConfirmed;
      return told.second == place && (told.first.second != bundle || (served && for_a_person_));
    });
    if (one.harmed && written) told_[{one.facts.id.account, bundle}] = place;
    const bool bound = one.outcome == Outcome::kConfirmed || one.outcome == Outcome::kUnconfirmed;
    if (!bound) continue;
    taken_back_.erase(place);
    if (one.put_back && !one.put_back->held_back.empty()) {
      taken_back_[place] = one.put_back->held_back;
    }
  }
}

Finding Wishes::check_taken_back(const std::string& place, const std::string& fingerprint) const {
  const auto held_back = taken_back_.find(place);
  if (scene_.for_a_person || held_back == taken_back_.end()) return std::nullopt;
  if (held_back->second != fingerprint) return std::nullopt;
  return place + " is bound by itself to what a person took back";
}

Finding Wishes::check_harmless(const std::string& place, const std::string& fingerprint) const {
  const auto told = told_.find({account_of(place), fingerprint});
  if (scene_.for_a_person || told == told_.end()) return std::nullopt;
  return place + " is bound to a bundle that took settings of " + told->second + " with it";
}

Finding Wishes::check_told(const Report& report) const {
  for (const Harm& harm : harms_) {
    const auto target = std::ranges::find_if(
        report.targets, [&](const TargetReport& one) { return place_in(one) == harm.place; });
    if (target == report.targets.end()) continue;
    const bool unread = target->settings_before && target->outcome != Outcome::kConfirmed;
    const bool told = target->harmed || unread;
    if (told || !harm.known || !harm.shown) continue;
    return "a bind took settings of " + harm.place + " with it, and nobody is told";
  }
  return std::nullopt;
}

}  // namespace certferry::sim

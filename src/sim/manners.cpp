#include "sim/manners.h"

#include <algorithm>

#include "sim/grounds.h"

namespace certferry::sim {

void Manners::process_begins() {
  pauses_.clear();
  binds_.clear();
}

void Manners::asked_to_wait(const std::string& account, milliseconds wait) {
  const SteadyTime now = scene_.time.steady_now();
  Pause& pause = pauses_[account];
  if (now + wait > pause.until) pause = {.since = now, .until = now + wait};
}

void Manners::on_event(const Event& event) {
  if (!event.target) return;
  const std::string place = place_of(event.target->account, event.target->name);
  const SteadyTime now = scene_.time.steady_now();
  if (event.stage == Stage::kBind && event.status == Status::kStarted) {
    binds_[place] = {
        .account = event.target->account, .fingerprint = event.fingerprint, .started_at = now};
  }
  const auto bind = binds_.find(place);
  if (bind == binds_.end()) return;
  if (event.stage == Stage::kBind && event.status == Status::kDone) bind->second.done_at = now;
  if (event.stage == Stage::kEnd) bind->second.over = true;
}

void Manners::seen_served(const std::string& place, const std::string& fingerprint) {
  const auto bind = binds_.find(place);
  if (bind != binds_.end() && bind->second.fingerprint == fingerprint) bind->second.over = true;
}

PatienceFacts Manners::patience(const std::string& account) const {
  const auto pause = pauses_.find(account);
  if (pause == pauses_.end()) return {.account = account};
  // What left in the moment in which the answer came could not know.
  const SteadyTime now = scene_.time.steady_now();
  return {.account = account,
          .left = now > pause->second.since ? std::max(pause->second.until - now, milliseconds(0))
                                            : milliseconds(0)};
}

CanaryFacts Manners::canary(const std::string& place,
                            const std::function<bool(const std::string& place)>& may_wait) const {
  CanaryFacts facts{.place = place};
  const auto mine = binds_.find(place);
  if (mine == binds_.end()) return facts;
  bool some_went_first = false;
  for (const auto& [other, bind] : binds_) {
    const bool same = bind.account == mine->second.account &&
                      bind.fingerprint == mine->second.fingerprint && other != place;
    if (!same || !may_wait(other)) continue;
    const bool together = bind.started_at == mine->second.started_at;
    // One that came to nothing at once makes room for the next within the same moment.
    const bool earlier = bind.started_at < mine->second.started_at || (together && bind.over);
    some_went_first = some_went_first || earlier;
    if (together && !bind.over) facts.together_with = other;
    if (!earlier || bind.over) continue;
    facts.first = other;
    if (bind.done_at) facts.bound_for = scene_.time.steady_now() - *bind.done_at;
  }
  if (some_went_first) facts.together_with.clear();
  return facts;
}

}  // namespace certferry::sim

#include "sim/checks.h"

#include <algorithm>

#include "base/text.h"

namespace certferry::sim {

namespace {

std::string of(const Generation& generation) {
  return generation.fingerprint.substr(0, 12) + " (" + format_time(generation.not_before) + " to " +
         format_time(generation.not_after) + ")";
}

bool would_do(const Generation* generation, const BindFacts& facts) {
  return generation != nullptr && passes_gate(*generation, facts.name, facts.now);
}

}  // namespace

Finding check_gate(const BindFacts& facts) {
  if (facts.wanted == nullptr) return facts.name + " is bound to what nobody issued";
  const bool well = facts.going_back ? serves_well(*facts.wanted, facts.name, facts.now)
                                     : passes_gate(*facts.wanted, facts.name, facts.now);
  if (well) return std::nullopt;
  return facts.name + " is bound to " + of(*facts.wanted) + " of " + facts.wanted->certificate +
         ", which does not pass the gate at " + format_time(facts.now);
}

Finding check_no_way_back(const BindFacts& facts) {
  if (facts.wanted == nullptr || facts.going_back) return std::nullopt;
  const auto better = [&](const Generation* other) {
    return would_do(other, facts) && other != facts.wanted &&
           other->not_after >= facts.wanted->not_after;
  };
  const std::string now = " though " + of(*facts.wanted) + " does not end later";
  if (facts.before_seen && better(facts.before)) {
    return facts.name + " was bound to " + of(*facts.before) + ", which is replaced" + now;
  }
  if (better(facts.served)) {
    return facts.name + " is served with " + of(*facts.served) + ", which is replaced" + now;
  }
  return std::nullopt;
}

Finding check_going_back(const BindFacts& facts) {
  if (facts.wanted == nullptr || !facts.going_back) return std::nullopt;
  const std::string what = facts.name + " is set back to " + of(*facts.wanted);
  if (!facts.with_reason && facts.worse_for < facts.patience) {
    return what + " though no address was worse off for longer than " +
           format_duration(facts.worse_for);
  }
  if (!facts.was_there) return what + ", which it never had";
  return std::nullopt;
}

Finding check_configured(const BindFacts& facts) {
  if (facts.wanted == nullptr || facts.going_back) return std::nullopt;
  const std::string& certificate = facts.wanted->certificate;
  const bool named = std::ranges::find(facts.wanted_by, certificate) != facts.wanted_by.end();
  if (!named) return facts.name + " is no target of " + certificate + ", but is bound to it";
  if (facts.wanted_by.size() == 1) return std::nullopt;
  return facts.name + " is bound though " + join(facts.wanted_by, " and ") + " both want it";
}

Finding check_online(const BindFacts& facts) {
  if (!facts.offline_seen) return std::nullopt;
  return facts.name + " is bound while its owner has switched it off";
}

Finding check_nothing_lost(const BindFacts& facts) {
  if (facts.wanted == nullptr || facts.before == nullptr || !facts.before_seen) return std::nullopt;
  const bool well_before = serves_well(*facts.before, facts.name, facts.now);
  if (!well_before || serves_well(*facts.wanted, facts.name, facts.now)) return std::nullopt;
  return facts.name + " was served well with " + of(*facts.before) + " and is bound to " +
         of(*facts.wanted) + ", which no client takes";
}

Finding check_intended(bool intended, const std::string& what) {
  if (intended) return std::nullopt;
  return what + " is sent without a durable intent";
}

Finding check_one_worker(const LockFacts& facts) {
  if (!facts.at_work) {
    if (facts.told.empty()) return std::nullopt;
    return "nobody is at work, and one that wants to be is told: " + facts.told;
  }
  if (facts.told.empty()) return "a second instance goes to work beside " + facts.holder;
  if (facts.told.contains("in use by " + facts.holder + " (")) return std::nullopt;
  return "a second instance is not told of " + facts.holder + ", but: " + facts.told;
}

Finding check_clock(const ClockFacts& facts) {
  // Answers tell the time to the second. A clock that is set while calls wait for their turn is
  // noticed before the next ones.
  const milliseconds most = minutes(5) + seconds(2);
  const bool far = facts.ahead > most || facts.ahead < -most;
  if (!facts.told || !far || facts.ahead != facts.ahead_at_begin) return std::nullopt;
  return "a change is sent while the clock is wrong by " +
         format_duration(std::max(facts.ahead, -facts.ahead));
}

Finding check_patience(const PatienceFacts& facts) {
  if (facts.left <= milliseconds(0)) return std::nullopt;
  return "a call to " + facts.account + ", whose vendor asked for none for another " +
         format_duration(facts.left);
}

Finding check_canary(const CanaryFacts& facts) {
  if (!facts.together_with.empty()) {
    return facts.place + " is bound together with " + facts.together_with + ", and none went first";
  }
  if (facts.first.empty()) return std::nullopt;
  if (facts.bound_for && *facts.bound_for >= facts.patience) return std::nullopt;
  return facts.place + " is bound before the bundle was seen at " + facts.first +
         ", which went first";
}

Finding check_pure(bool planning, const std::string& what) {
  if (!planning) return std::nullopt;
  return "a plan does " + what;
}

Finding check_no_blind_repeat(const UploadFacts& facts) {
  for (const EarlierUpload& one : facts.earlier) {
    const std::string what = "a bundle is uploaded again ";
    // A vendor that breaks its word gets a second copy.
    if (facts.too_old_list_at && *facts.too_old_list_at >= one.sent_at) continue;
    // What another one stores while ours is under way nobody looks for.
    const bool meanwhile = one.by_others && facts.listed_at > facts.begun_at;
    if (one.stored_at && facts.listed_at && !meanwhile && *one.stored_at <= facts.listed_as_of) {
      return what + "though the list that was read shows it";
    }
    if (one.refused) continue;
    if (!facts.listed_at || *facts.listed_at < one.sent_at + facts.consistency) {
      return what + "and the store was not read since the first try could show in it";
    }
  }
  return std::nullopt;
}

Finding check_one_generation(const UploadFacts& facts) {
  if (facts.generation == nullptr) return "a leaf is uploaded that nobody issued";
  const Generation& one = *facts.generation;
  if (facts.chain_pem != one.chain_pem) return "the chain uploaded is not that of " + of(one);
  if (facts.key_pem != one.key_pem.reveal()) return "the key uploaded is not that of " + of(one);
  return std::nullopt;
}

Finding check_of_use(const UploadFacts& facts) {
  if (facts.generation == nullptr) return std::nullopt;
  const Generation& one = *facts.generation;
  if (one.flaw == Flaw::kNone && facts.now < one.not_after) return std::nullopt;
  return of(one) + " is uploaded though it could not be bound anywhere";
}

Finding check_unused(const DeleteFacts& facts) {
  const std::string what = "certificate " + facts.id + " is deleted though ";
  if (!facts.bound_to.empty()) return what + join(facts.bound_to, ", ") + " points at it";
  if (!facts.served_at.empty()) return what + join(facts.served_at, ", ") + " serves it";
  if (!facts.not_looked_at.empty()) {
    return what + join(facts.not_looked_at, ", ") + " was not looked at";
  }
  if (!facts.not_confirmed.empty()) {
    return what + join(facts.not_confirmed, ", ") +
           " has not been confirmed on a later one for the grace period";
  }
  return std::nullopt;
}

Finding check_ours(const DeleteFacts& facts) {
  if (facts.ours) return std::nullopt;
  return "certificate " + facts.id + " is deleted, but somebody else uploaded it";
}

Finding check_truly_confirmed(const ConfirmFacts& facts) {
  if (facts.looks.empty() && facts.confirmed_before && facts.good_look_before) {
    const milliseconds ago = *facts.good_look_before;
    if (ago >= milliseconds(0) && ago < kLookStandsFor) return std::nullopt;
    return facts.target + " is confirmed by a look of " + format_duration(ago) + " ago";
  }
  if (facts.looks.empty() || !facts.looks.back().good) {
    return facts.target + " is confirmed, but not every address truly serves it";
  }
  if (facts.confirmed_before) return std::nullopt;
  auto first = facts.looks.end();
  while (first != facts.looks.begin() && std::prev(first)->good) --first;
  const auto count = static_cast<std::size_t>(facts.looks.end() - first);
  const milliseconds over = facts.looks.back().at - first->at;
  if (count >= facts.rounds && (facts.rounds < 2 || over >= facts.spread)) return std::nullopt;
  return facts.target + " is confirmed after " + count_of(count, "good look") + " over " +
         format_duration(over);
}

Finding check_success(const EndFacts& facts) {
  if (!facts.succeeded) return std::nullopt;
  if (!facts.not_confirmed.empty()) {
    return "a run calls itself a success though " + join(facts.not_confirmed, ", ") +
           " is not confirmed";
  }
  if (!facts.missing.empty()) {
    return "a run calls itself a success and leaves out " + join(facts.missing, ", ");
  }
  return std::nullopt;
}

}  // namespace certferry::sim

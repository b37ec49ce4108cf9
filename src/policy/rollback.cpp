#include "policy/rollback.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "base/planted.h"
#include "base/text.h"
#include "policy/edge.h"
#include "policy/gate.h"

namespace certferry {

namespace {

/// What a look before the bind showed of one address.
struct EarlierLook {
  std::string address;
  bool looked_at = false;
  bool fit = false;
  std::string leaf;  ///< its fingerprint; empty: it presented none
};

using EarlierLooks = std::vector<EarlierLook>;

bool looked_at(const JudgedProbe& one) {
  return one.probe.outcome != Probe::Outcome::kUnreachable;
}

std::string leaf_of(const JudgedProbe& one) {
  const Certificate* leaf = one.probe.leaf();
  return leaf == nullptr ? std::string() : leaf->fingerprint;
}

EarlierLooks as_looks(const TargetFacts& facts, std::span<const JudgedProbe> probes) {
  EarlierLooks out;
  for (const JudgedProbe& one : probes) {
    out.push_back({.address = to_string(one.probe.address),
                   .looked_at = looked_at(one),
                   .fit = fit_to_serve(facts, one),
                   .leaf = leaf_of(one)});
  }
  return out;
}

constexpr std::string_view kFit = "fit";
constexpr std::string_view kRefused = "refused";
constexpr std::string_view kUnseen = "unseen";
constexpr std::string_view kNoLeaf = "-";

/// What is remembered of the looks before the last bind, if that was of this bundle and saw
/// anything.
std::optional<EarlierLooks> remembered(const TargetFacts& facts) {
  if (!facts.memory) return std::nullopt;
  const std::vector<std::string> lines = split(facts.memory->looks_before_bind, '\n');
  if (lines.front() != facts.bundle->fingerprint()) return std::nullopt;
  EarlierLooks out;
  for (const std::string& line : std::span(lines).subspan(1)) {
    const std::vector<std::string> words = split(line, ' ');
    if (words.size() != 3) return std::nullopt;
    out.push_back({.address = words[0],
                   .looked_at = words[1] != kUnseen,
                   .fit = words[1] == kFit,
                   .leaf = words[2] == kNoLeaf ? std::string() : words[2]});
  }
  if (std::ranges::none_of(out, &EarlierLook::looked_at)) return std::nullopt;
  return out;
}

/// Whether it was an earlier run that bound ours: then no look of this run shows what was before.
bool bound_earlier(const TargetFacts& facts) {
  return facts.bound_fingerprint == facts.bundle->fingerprint() && facts.memory &&
         !facts.memory->confirmed_fingerprint.empty() &&
         facts.memory->confirmed_fingerprint != facts.bundle->fingerprint();
}

/// Whether the address shows what it showed before: then it has not turned to anything. A leaf that
/// ended meanwhile is time's doing, and ours will mend it.
bool as_before(const TargetFacts& facts, const EarlierLook& before, const std::string& leaf) {
  return !leaf.empty() && leaf == before.leaf && leaf != facts.bundle->fingerprint();
}

bool turned_from_good(const TargetFacts& facts,
                      const EarlierLooks& before,
                      const JudgedProbe& now) {
  const std::string address = to_string(now.probe.address);
  const auto same = std::ranges::find(before, address, &EarlierLook::address);
  if (same != before.end()) {
    return same->looked_at && same->fit && !as_before(facts, *same, leaf_of(now));
  }
  // Addresses come and go: a new one is held against the others.
  return std::ranges::any_of(before, &EarlierLook::fit);
}

/// Whether the address served another one well when this run first looked, whatever it did before.
bool turned_from_another(const TargetFacts& facts,
                         std::span<const JudgedProbe> before,
                         const JudgedProbe& now) {
  const EarlierLooks known = as_looks(facts, before);
  const auto same = std::ranges::find(known, to_string(now.probe.address), &EarlierLook::address);
  return same != known.end() && same->fit && same->leaf != facts.bundle->fingerprint() &&
         !as_before(facts, *same, leaf_of(now));
}

/// Without a word of what was before, what counts is that clients were served well once, by what
/// was confirmed here.
bool turned_from_confirmed(const TargetFacts& facts, const JudgedProbe& now) {
  return leaf_of(now) != facts.memory->confirmed_fingerprint;
}

bool turned(const TargetFacts& facts, std::span<const JudgedProbe> before, const JudgedProbe& now) {
  if (!bound_earlier(facts)) return turned_from_good(facts, as_looks(facts, before), now);
  const std::optional<EarlierLooks> known = remembered(facts);
  if (!known) return turned_from_confirmed(facts, now);
  return turned_from_good(facts, *known, now) || turned_from_another(facts, before, now);
}

}  // namespace

std::optional<Reason> worse_than_before(const TargetFacts& facts,
                                        std::span<const JudgedProbe> before) {
  for (const JudgedProbe& one : facts.probes) {
    if (!looked_at(one) || fit_to_serve(facts, one)) continue;
    if (!turned(facts, before, one) && !planted("bad_is_worse")) continue;
    const Certificate* leaf = one.probe.leaf();
    std::string where = to_string(one.probe.address);
    std::string what = leaf == nullptr ? "serves no certificate for it: " + one.probe.detail
                                       : "serves " + short_fingerprint(leaf->fingerprint) +
                                             ", which clients refuse";
    if (leaf != nullptr && !one.chain.trusted()) what += ": " + one.chain.reason;
    return Reason{"edge.worse", where.append(" ").append(what)};
  }
  return std::nullopt;
}

std::string looks_to_remember(const TargetFacts& facts) {
  std::string out = facts.bundle->fingerprint();
  const EarlierLooks earlier = remembered(facts).value_or(EarlierLooks());
  for (EarlierLook one : as_looks(facts, facts.probes)) {
    // What a first bind of it did to an address is not what was before.
    const auto same = std::ranges::find(earlier, one.address, &EarlierLook::address);
    const bool ours = one.leaf.empty() || one.leaf == facts.bundle->fingerprint();
    if (same != earlier.end() && same->fit && !one.fit && ours) one = *same;
    const std::string_view fate = !one.looked_at ? kUnseen : one.fit ? kFit : kRefused;
    out.append("\n").append(one.address).append(" ").append(fate).append(" ");
    out.append(one.leaf.empty() ? kNoLeaf : std::string_view(one.leaf));
  }
  return out;
}

namespace {

/// Whether clients were served well with what is bound: not merely with something.
bool was_served_well(const TargetFacts& facts, std::span<const JudgedProbe> before) {
  return std::ranges::any_of(before, [&](const JudgedProbe& one) {
    const Certificate* leaf = one.probe.leaf();
    if (leaf == nullptr || !fit_to_serve(facts, one)) return false;
    if (facts.bound_fingerprint) return leaf->fingerprint == *facts.bound_fingerprint;
    // Of what others stored the vendor's list tells the dates.
    return leaf->not_after == facts.bound->not_after;
  });
}

}  // namespace

std::optional<StoredCertificate> fallback_of(const TargetFacts& facts,
                                             std::span<const JudgedProbe> before) {
  const bool another = facts.bound && facts.bound_fingerprint != facts.bundle->fingerprint();
  if (another && was_served_well(facts, before) &&
      would_do(*facts.bound, facts.id.name, facts.now)) {
    return facts.bound;
  }
  if (facts.last_confirmed && would_do(*facts.last_confirmed, facts.id.name, facts.now)) {
    return facts.last_confirmed;
  }
  return std::nullopt;
}

namespace {

/// What clients get is a person's choice, for as long as it is of use to them.
std::optional<Step> after_a_persons_rollback(const TargetFacts& facts, const TargetRecord& memory) {
  const bool does = facts.bound && would_do(*facts.bound, facts.id.name, facts.now);
  if (!does || planted("taken_back_sent")) return std::nullopt;
  return Step{
      StepKind::kPark,
      {"rollback.by_hand",
       "rolled back by hand on " + format_time(memory.rolled_back_at.value_or(Time{})) + " by " +
           printable(memory.rolled_back_by, 80) + ": certificate " + facts.bound->id +
           " stays, and bundle " + short_fingerprint(memory.rolled_back_fingerprint) +
           " is not sent again by itself. A newer one of the source will be; this one by "
           "'certferry apply --now " +
           facts.id.name + "'"}};
}

}  // namespace

std::optional<Step> after_rollback(const TargetFacts& facts) {
  constexpr milliseconds kPause = hours(1);
  if (!facts.memory || !facts.bundle || facts.insist) return std::nullopt;
  const TargetRecord& memory = *facts.memory;
  if (memory.rolled_back_fingerprint != facts.bundle->fingerprint()) return std::nullopt;
  if (!memory.rolled_back_by.empty()) return after_a_persons_rollback(facts, memory);
  const std::string what = "after this bundle was bound the edge served something worse,";
  const std::string how =
      "; look at the vendor, then 'certferry apply --now " + facts.id.name + "'";
  if (memory.rollbacks >= 2) {
    return Step{StepKind::kPark,
                {"rollback.twice", what + " twice, and it was rolled back each time" + how}};
  }
  const Time again = memory.rolled_back_at.value_or(Time{}) + kPause;
  if (facts.now >= again) return std::nullopt;
  return Step{StepKind::kHold,
              {"rollback.waiting",
               what + " so it was rolled back; tried again after " + format_time(again)}};
}

}  // namespace certferry

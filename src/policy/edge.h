// What the edge shows, judged: is ours served, and is what is served instead worse than before?
#pragma once

#include <optional>
#include <span>
#include <string>

#include "policy/facts.h"

namespace certferry {

/// How long a look at an edge that served as wished stands for another one, where it may.
inline constexpr milliseconds kLookHolds = hours(1);

/// Whether every address was seen serving the bundle so lately that nobody has to look again: for
/// who comes by often, so that one renewal does not mean a look at a thousand other edges.
bool seen_lately(const TargetFacts& facts);

/// Whether at least one address was looked at and all serve the bundle with a chain that verifies.
bool served_everywhere(const TargetFacts& facts);

/// The same, but for addresses that this machine has no route to (a host without IPv6, say).
bool served_wherever_routed(const TargetFacts& facts);

/// Whether some address shows what clients refuse: no certificate, an untrusted chain, another
/// name's, one that has ended. An address that could not be looked at shows nothing.
bool edge_refuses_clients(const TargetFacts& facts);

/// Whether a client would take what the address shows.
bool fit_to_serve(const TargetFacts& facts, const JudgedProbe& one);

/// Which leaf is bound where the store does not say it: the one that every address shows, if it is
/// valid from and until when what is bound is. Somebody else has stored it once more.
std::optional<std::string> bound_as_served(const TargetFacts& facts);

/// What the first address that does not serve the bundle as wished shows instead, for people; the
/// reason why none could be looked at when there was none. Needs a bundle.
std::string describe_edge(const TargetFacts& facts);

}  // namespace certferry

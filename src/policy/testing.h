// Facts for policy's tests: an ordinary renewal, and named changes to it, so that a row of a table
// reads as one sentence.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "policy/plan.h"

namespace certferry::testing {

using std::chrono::days;

inline constexpr Time kNow =
    std::chrono::sys_days(std::chrono::year(2026) / 1 / 15) + hours(8) + minutes(30);
inline const std::string kName = "cdn.example.com";
inline const std::string kOurs = std::string(64, 'a');     ///< the wanted bundle's fingerprint
inline const std::string kOlder = std::string(64, 'b');    ///< what is bound before it
inline const std::string kForeign = std::string(64, 'c');  ///< what somebody else deployed
inline constexpr KeyType kEc256{KeyType::Algorithm::kEcdsa, 256};

inline Certificate leaf(std::string fingerprint, milliseconds left) {
  return Certificate{.fingerprint = std::move(fingerprint),
                     .subject = "CN=" + kName,
                     .not_before = kNow - days(10),
                     .not_after = kNow + left,
                     .dns_names = {kName, "*.example.org"},
                     .key = kEc256};
}

inline ChainVerdict verdict(ChainVerdict::Kind kind) {
  return {.kind = kind,
          .reason = kind == ChainVerdict::Kind::kTrusted ? "" : "the chain is not good"};
}

/// Our bundle: 80 days left, its issuer ten years.
inline Bundle good_bundle() {
  Certificate issuer{.fingerprint = std::string(64, 'e'),
                     .subject = "CN=Example Issuing CA",
                     .not_before = kNow - days(365),
                     .not_after = kNow + days(3650),
                     .is_ca = true};
  return Bundle{.leaf = leaf(kOurs, days(80)), .chain = {std::move(issuer)}};
}

/// One address that serves the certificate.
inline JudgedProbe serving(Certificate certificate,
                           ChainVerdict::Kind chain = ChainVerdict::Kind::kTrusted) {
  return {.probe = {.address = {.ip = "192.0.2.7"},
                    .outcome = Probe::Outcome::kServed,
                    .chain = {std::move(certificate)}},
          .chain = verdict(chain)};
}

/// One address that shows no certificate.
inline JudgedProbe not_serving(Probe::Outcome outcome) {
  return {.probe = {.address = {.ip = "2001:db8::9"}, .outcome = outcome, .detail = "no answer"},
          .chain = verdict(ChainVerdict::Kind::kBroken)};
}

/// An ordinary renewal: our bundle is new, the target points at a certificate with 20 days left,
/// the store does not have ours yet, and nobody looked at the edge.
inline TargetFacts renewal() {
  static const ProductMetadata kProduct{.id = "cdn", .title = "DogeCloud CDN"};
  TargetFacts facts{.id = {.account = "doge", .product = "cdn", .name = kName},
                    .certificate = "example.com",
                    .product = &kProduct,
                    .bundle = std::make_shared<const Bundle>(good_bundle()),
                    .chain = verdict(ChainVerdict::Kind::kTrusted),
                    .now = kNow};
  facts.binding = Binding{
      .name = kName, .vendor_name = kName, .online = true, .status = "online", .stored_id = "1"};
  facts.bound = StoredCertificate{.id = "1",
                                  .label = "by hand",
                                  .names = {kName},
                                  .not_before = kNow - days(70),
                                  .not_after = kNow + days(20)};
  facts.bound_fingerprint = kOlder;
  return facts;
}

/// A change to the facts, with the words it is told in.
struct Change {
  std::string words;
  std::function<void(TargetFacts&)> apply;
};

inline TargetFacts renewal_but(const std::vector<Change>& changes) {
  TargetFacts facts = renewal();
  for (const Change& change : changes) change.apply(facts);
  return facts;
}

inline std::string words_of(const std::vector<Change>& changes) {
  std::string out = "a renewal";
  for (const Change& change : changes) out += ", " + change.words;
  return out;
}

// What the source says.

inline Change no_bundle() {
  return {"the source gives none", [](TargetFacts& facts) {
            facts.bundle = nullptr;
            facts.source_problem = {"source.missing", "the site's folder is not there"};
          }};
}

template <typename Edit>
Change bundle_with(std::string words, Edit edit) {
  return {std::move(words), [edit](TargetFacts& facts) {
            if (!facts.bundle) return;
            Bundle bundle = *facts.bundle;
            edit(bundle);
            facts.bundle = std::make_shared<const Bundle>(std::move(bundle));
          }};
}

inline Change bundle_ends_in(milliseconds left) {
  return bundle_with("the bundle ends in " + format_duration(left),
                     [left](Bundle& bundle) { bundle.leaf.not_after = kNow + left; });
}

inline Change bundle_begins_in(milliseconds wait) {
  return bundle_with("the bundle begins in " + format_duration(wait),
                     [wait](Bundle& bundle) { bundle.leaf.not_before = kNow + wait; });
}

inline Change bundle_for(std::string name) {
  return bundle_with("the bundle is for " + name,
                     [name](Bundle& bundle) { bundle.leaf.dns_names = {name}; });
}

inline Change bundle_chain_is(ChainVerdict::Kind kind) {
  return {"the bundle's chain is of kind " + std::to_string(static_cast<int>(kind)),
          [kind](TargetFacts& facts) { facts.chain = verdict(kind); }};
}

// What the vendor says.

inline Change vendor_silent() {
  return {"the vendor does not answer", [](TargetFacts& facts) {
            facts.observe_problem = {"observe.failed", "listing domains failed"};
          }};
}

inline Change name_unknown(std::vector<std::string> known = {}) {
  return {"the account lacks the name", [known](TargetFacts& facts) {
            facts.binding = std::nullopt;
            facts.bound = std::nullopt;
            facts.known_names = known;
          }};
}

inline Change name_offline() {
  return {"the name is offline", [](TargetFacts& facts) {
            if (!facts.binding) return;
            facts.binding->online = false;
            facts.binding->status = "stopped\n";
          }};
}

inline Change stored() {
  return {"the store has ours", [](TargetFacts& facts) { facts.stored_id = "2"; }};
}

inline Change bound_to_nothing() {
  return {"nothing is bound", [](TargetFacts& facts) {
            if (facts.binding) facts.binding->stored_id = std::nullopt;
            facts.bound = std::nullopt;
            facts.bound_fingerprint = std::nullopt;
          }};
}

/// By the id under which the store has our bundle.
inline Change bound_to_ours() {
  return {"ours is bound", [](TargetFacts& facts) {
            facts.stored_id = "2";
            if (!facts.binding || !facts.bundle) return;
            facts.binding->stored_id = "2";
            facts.bound = StoredCertificate{.id = "2",
                                            .names = facts.bundle->leaf.dns_names,
                                            .not_before = facts.bundle->leaf.not_before,
                                            .not_after = facts.bundle->leaf.not_after};
            facts.bound_fingerprint = facts.bundle->fingerprint();
          }};
}

/// The same leaf, uploaded by somebody else under an id of theirs.
inline Change bound_to_our_leaf() {
  return {"our leaf is bound under another id",
          [](TargetFacts& facts) { facts.bound_fingerprint = kOurs; }};
}

inline Change bound_to_unseen() {
  return {"what is bound is not in the store", [](TargetFacts& facts) {
            facts.bound = std::nullopt;
            facts.bound_fingerprint = std::nullopt;
          }};
}

inline Change bound_ends_in(milliseconds left) {
  return {"what is bound ends in " + format_duration(left), [left](TargetFacts& facts) {
            if (facts.bound) facts.bound->not_after = kNow + left;
          }};
}

inline Change bound_begins_in(milliseconds wait) {
  return {"what is bound begins in " + format_duration(wait), [wait](TargetFacts& facts) {
            if (facts.bound) facts.bound->not_before = kNow + wait;
          }};
}

inline Change bound_for(std::vector<std::string> names) {
  return {"what is bound is for " + (names.empty() ? "names unknown" : names.front()),
          [names](TargetFacts& facts) {
            if (facts.bound) facts.bound->names = names;
          }};
}

// What the edge shows.

inline Change edge(std::string words, JudgedProbe probe) {
  return {std::move(words), [probe](TargetFacts& facts) {
            facts.probed = true;
            facts.probes.push_back(probe);
          }};
}

inline Change edge_serves_ours() {
  return edge("an address serves ours", serving(leaf(kOurs, days(80))));
}

inline Change edge_serves_another(milliseconds left,
                                  ChainVerdict::Kind chain = ChainVerdict::Kind::kTrusted) {
  return edge("an address serves another that ends in " + format_duration(left),
              serving(leaf(kForeign, left), chain));
}

inline Change edge_unreachable() {
  return edge("an address is unreachable", not_serving(Probe::Outcome::kUnreachable));
}

inline Change edge_refuses() {
  return edge("an address refuses the name", not_serving(Probe::Outcome::kAlert));
}

inline Change harmful_elsewhere() {
  return {"a bind of ours changed settings of another name",
          [](TargetFacts& facts) { facts.harmed_elsewhere = "other.example.com"; }};
}

inline Change no_addresses() {
  return {"no address is found", [](TargetFacts& facts) {
            facts.probed = true;
            facts.probe_problem = {"probe.no_address", "the edge name does not resolve"};
          }};
}

// What is remembered.

inline Change confirmed(std::string fingerprint) {
  return {fingerprint == kOurs ? "ours was confirmed before" : "another was confirmed before",
          [fingerprint](TargetFacts& facts) {
            facts.memory = TargetRecord{.id = facts.id, .confirmed_fingerprint = fingerprint};
          }};
}

/// Ours, bound and seen on every address `ago`, by whom a look of then is enough.
inline Change seen_well(milliseconds ago) {
  return {"ours was seen served " + format_duration(ago) + " ago", [ago](TargetFacts& facts) {
            facts.memory = TargetRecord{.id = facts.id,
                                        .bound_fingerprint = kOurs,
                                        .confirmed_fingerprint = kOurs,
                                        .confirmed_at = kNow - ago,
                                        .outcome = "confirmed"};
            facts.trust_looks = true;
          }};
}

template <typename Edit>
Change memory_with(std::string words, Edit edit) {
  return {std::move(words), [edit](TargetFacts& facts) {
            if (facts.memory) edit(*facts.memory);
          }};
}

}  // namespace certferry::testing

#include "sim/authority.h"

#include <algorithm>

#include "crypto/pem.h"

namespace certferry::sim {

namespace {

using std::chrono::days;

constexpr milliseconds kGateMargin = seconds(300);
constexpr milliseconds kEndingCaLives = days(3);

std::vector<Certificate> parsed(const std::string& pem) {
  return read_certificates(pem, "the simulated authority").value();
}

ThrowawayCa make_ca(std::uint64_t seed, const std::string& name, Time begin, milliseconds life) {
  return ThrowawayCa::from_seed(std::to_string(seed), begin - days(400), begin + life, name);
}

bool covers(const Generation& generation, std::string_view name) {
  return std::ranges::any_of(generation.names,
                             [&](const std::string& one) { return stands_for(one, name); });
}

}  // namespace

bool stands_for(std::string_view pattern, std::string_view name) {
  if (!pattern.starts_with("*.")) return pattern == name;
  if (name.starts_with("*.")) return pattern == name;
  const std::size_t dot = name.find('.');
  return dot != std::string_view::npos && dot > 0 && name.substr(dot + 1) == pattern.substr(2);
}

bool serves_well(const Generation& generation, std::string_view name, Time at) {
  const bool chain_holds =
      generation.flaw != Flaw::kIncompleteChain && generation.flaw != Flaw::kUntrusted;
  const bool in_time = generation.not_before <= at && at < generation.not_after;
  return chain_holds && in_time && covers(generation, name);
}

bool passes_gate(const Generation& generation, std::string_view name, Time at) {
  return generation.flaw == Flaw::kNone && covers(generation, name) &&
         generation.not_before + kGateMargin <= at && at + kGateMargin <= generation.not_after;
}

Authority::Authority(std::uint64_t seed, Time begin)
    : trusted_(make_ca(seed, "trusted", begin, days(4000))),
      untrusted_(make_ca(seed, "untrusted", begin, days(4000))),
      ending_(make_ca(seed, "ending", begin, kEndingCaLives)) {
  for (const ThrowawayCa* ca : {&trusted_, &ending_}) {
    const std::vector<Certificate> root = parsed(ca->root_pem());
    roots_.insert(roots_.end(), root.begin(), root.end());
  }
}

const ThrowawayCa& Authority::ca_for(Flaw flaw) const {
  if (flaw == Flaw::kUntrusted) return untrusted_;
  return flaw == Flaw::kChainEndsFirst ? ending_ : trusted_;
}

const Generation& Authority::issue(const IssueRequest& request) {
  using KeyKind = LeafRequest::KeyKind;
  IssuedLeaf leaf = ca_for(request.flaw)
                        .issue({.names = request.names,
                                .not_before = request.not_before,
                                .not_after = request.not_after,
                                .key = request.flaw == Flaw::kStrangeKey ? KeyKind::kEcdsaP521
                                                                         : KeyKind::kEcdsaP256});
  Generation made{.certificate = request.certificate,
                  .names = request.names,
                  .not_before = std::chrono::floor<seconds>(request.not_before),
                  .not_after = std::chrono::floor<seconds>(request.not_after),
                  .flaw = request.flaw};
  const bool cut = request.flaw == Flaw::kIncompleteChain;
  made.chain_pem = cut ? leaf.leaf_pem : std::move(leaf.chain_pem);
  made.leaf_pem = std::move(leaf.leaf_pem);
  made.key_pem = std::move(leaf.key_pem);
  made.chain = parsed(made.chain_pem);
  made.fingerprint = made.chain.front().fingerprint;
  const std::string fingerprint = made.fingerprint;
  return generations_.emplace(fingerprint, std::move(made)).first->second;
}

const Generation* Authority::find(const std::string& fingerprint) const {
  const auto found = generations_.find(fingerprint);
  return found == generations_.end() ? nullptr : &found->second;
}

}  // namespace certferry::sim

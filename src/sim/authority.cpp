#include "sim/authority.h"

#include <algorithm>

#include "crypto/pem.h"

namespace certferry::sim {

namespace {

using std::chrono::days;

/// The gate asks for five minutes when a call gets in line, and a turn that comes a minute late is
/// not taken (engine/pace.h): what is sent has four.
constexpr milliseconds kGateMargin = minutes(4);
constexpr milliseconds kEndingCaLives = days(3);

std::vector<Certificate> parsed(const std::string& pem) {
  return read_certificates(pem, "the simulated authority").value();
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

Authority::Authority(std::uint64_t seed, Time begin) : seed_(seed), begin_(begin) {
  make(trusted_, "trusted", begin + days(4000));
}

const Certificate& Authority::intermediate(const std::string& pem) {
  const auto known = intermediates_.find(pem);
  if (known != intermediates_.end()) return known->second;
  return intermediates_.emplace(pem, parsed(pem).front()).first->second;
}

const ThrowawayCa& Authority::make(std::optional<ThrowawayCa>& ca,
                                   const std::string& name,
                                   Time until) {
  if (!ca) ca = ThrowawayCa::from_seed(std::to_string(seed_), begin_ - days(400), until, name);
  return *ca;
}

const ThrowawayCa& Authority::ca_for(Flaw flaw) {
  if (flaw == Flaw::kUntrusted) return make(untrusted_, "untrusted", begin_ + days(4000));
  if (flaw != Flaw::kChainEndsFirst) return *trusted_;
  return make(ending_, "ending", begin_ + kEndingCaLives);
}

const Generation& Authority::issue(const IssueRequest& request) {
  using KeyKind = LeafRequest::KeyKind;
  const ThrowawayCa& ca = ca_for(request.flaw);
  IssuedLeaf leaf = ca.issue(
      {.names = request.names,
       .not_before = request.not_before,
       .not_after = request.not_after,
       .key = request.flaw == Flaw::kStrangeKey ? KeyKind::kEcdsaP521 : KeyKind::kEcdsaP256});
  Generation made{.certificate = request.certificate,
                  .names = request.names,
                  .not_before = std::chrono::floor<seconds>(request.not_before),
                  .not_after = std::chrono::floor<seconds>(request.not_after),
                  .flaw = request.flaw};
  const bool cut = request.flaw == Flaw::kIncompleteChain;
  made.chain_pem = cut ? leaf.leaf_pem : std::move(leaf.chain_pem);
  made.leaf_pem = std::move(leaf.leaf_pem);
  made.key_pem = std::move(leaf.key_pem);
  made.chain = {std::move(leaf.leaf)};
  if (!cut) made.chain.push_back(intermediate(ca.intermediate_pem()));
  made.fingerprint = made.chain.front().fingerprint;
  const std::string fingerprint = made.fingerprint;
  const Generation& kept = generations_.emplace(fingerprint, std::move(made)).first->second;
  by_chain_[kept.chain_pem] = &kept;
  return kept;
}

const Generation* Authority::find_by_digits(const std::string& digits) const {
  const auto found = generations_.lower_bound(digits);
  const bool is_it = found != generations_.end() && found->first.starts_with(digits);
  return is_it ? &found->second : nullptr;
}

const Generation* Authority::find_by_chain(std::string_view chain_pem) const {
  const auto found = by_chain_.find(chain_pem);
  return found == by_chain_.end() ? nullptr : found->second;
}

const Generation* Authority::find(const std::string& fingerprint) const {
  const auto found = generations_.find(fingerprint);
  return found == generations_.end() ? nullptr : &found->second;
}

}  // namespace certferry::sim

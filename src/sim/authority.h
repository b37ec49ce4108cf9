// Who issues the certificates of the simulated world, and what is true of each.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/throwaway_ca.h"
#include "model/bundle.h"

namespace certferry::sim {

/// What may be wrong with an issuance.
enum class Flaw { kNone, kIncompleteChain, kUntrusted, kChainEndsFirst, kStrangeKey };

/// One issuance, as it truly is: checkers ask this, never the program's own parser.
struct Generation {
  std::string certificate;  ///< of the configuration, or who else had it issued
  std::string fingerprint;
  std::vector<std::string> names;
  Time not_before{};
  Time not_after{};
  Flaw flaw = Flaw::kNone;
  std::string chain_pem;  ///< leaf and intermediate
  std::string leaf_pem;
  Secret key_pem;
  std::vector<Certificate> chain;  ///< as an edge presents it
};

/// Whether a certificate's name stands for a name: one label for a wildcard. Written apart from the
/// program's own rule, as its witness.
bool stands_for(std::string_view pattern, std::string_view name);

/// Whether any client would take it for the name at that moment.
bool serves_well(const Generation& generation, std::string_view name, Time at);

/// What the gate lets through, with its margin at both ends.
bool passes_gate(const Generation& generation, std::string_view name, Time at);

struct IssueRequest {
  std::string certificate;
  std::vector<std::string> names;
  Time not_before{};
  Time not_after{};
  Flaw flaw = Flaw::kNone;
};

/// Three CAs that follow from the seed: a trusted one, one that nobody trusts, and a trusted one
/// whose own certificates end soon. The latter two are made when they are first asked for.
class Authority {
 public:
  Authority(std::uint64_t seed, Time begin);

  const Generation& issue(const IssueRequest& request);
  /// Null when nobody here issued it.
  const Generation* find(const std::string& fingerprint) const;
  /// By the first digits of its fingerprint, as people are told.
  const Generation* find_by_digits(const std::string& digits) const;
  const Generation* find_by_chain(std::string_view chain_pem) const;

 private:
  const ThrowawayCa& ca_for(Flaw flaw);
  const ThrowawayCa& make(std::optional<ThrowawayCa>& ca, const std::string& name, Time until);
  const Certificate& intermediate(const std::string& pem);

  std::uint64_t seed_;
  Time begin_;
  std::optional<ThrowawayCa> trusted_;
  std::optional<ThrowawayCa> untrusted_;
  std::optional<ThrowawayCa> ending_;
  std::map<std::string, Generation> generations_;  ///< by fingerprint; never moved
  std::map<std::string, const Generation*, std::less<>> by_chain_;
  std::map<std::string, Certificate> intermediates_;  ///< parsed once
};

}  // namespace certferry::sim

#include "crypto/known_chains.h"

#include "crypto/digest.h"

namespace certferry {

namespace {

constexpr milliseconds kRememberedFor = hours(24);
/// Twice what a large fleet has; a hostile edge may invent chains without end.
constexpr std::size_t kMost = 20'000;

std::string name_of(const std::vector<Certificate>& chain) {
  std::string all;
  for (const Certificate& one : chain) all += one.fingerprint;
  return sha256_hex(all);
}

Time end_of(const std::vector<Certificate>& chain, Time at) {
  Time end = at + kRememberedFor;
  for (const Certificate& one : chain) end = std::min(end, one.not_after);
  return end;
}

}  // namespace

ChainVerdict KnownChains::verify(const std::vector<Certificate>& chain, Time at) const {
  const std::string name = name_of(chain);
  const auto known = trusted_.find(std::string_view(name));
  if (known != trusted_.end() && at >= known->second.from && at < known->second.until) {
    return {.kind = ChainVerdict::Kind::kTrusted, .reason = {}};
  }
  ChainVerdict verdict = verifier_->verify(chain, at);
  if (!verdict.trusted()) return verdict;
  if (trusted_.size() >= kMost) trusted_.clear();
  trusted_.insert_or_assign(std::pmr::string(name, &memory_),
                            Span{.from = at, .until = end_of(chain, at)});
  return verdict;
}

}  // namespace certferry

// Chains that verified before, so that a fleet's are not verified again each hour.
#pragma once

#include <map>
#include <memory>
#include <memory_resource>
#include <string>

#include "ports/tls_prober.h"

namespace certferry {

/// Asks another verifier, and remembers its yes until an element of the chain ends, at most a day.
///
/// Verifying reads each certificate anew, and a fleet presents the same chains in each run. A no is
/// asked again each time: a root that was missing may be there now. The other way round loses
/// little: OpenSSL keeps the roots that it has found for as long as the process lives.
class KnownChains final : public ChainVerifier {
 public:
  explicit KnownChains(std::unique_ptr<ChainVerifier> verifier) : verifier_(std::move(verifier)) {}

  ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const override;

 private:
  struct Span {
    Time from{};
    Time until{};
  };
  std::unique_ptr<ChainVerifier> verifier_;
  /// Of its own, for the reason that KnownBundles has.
  mutable std::pmr::unsynchronized_pool_resource memory_;
  /// By the digest of all elements.
  mutable std::pmr::map<std::pmr::string, Span, std::less<>> trusted_{&memory_};
};

}  // namespace certferry

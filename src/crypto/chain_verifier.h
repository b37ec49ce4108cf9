// Judges chains with OpenSSL, against the system's roots and extra ones.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ports/tls_prober.h"

namespace certferry {

/// Verifies for the purpose "TLS server" at the given moment; revocation is not looked up.
///
/// The system's roots come from a hashed directory, one file at a time and only those needed:
/// loading the bundle file costs OpenSSL 3.0 35 ms, the directory 0.2 ms. A missing directory means
/// no system roots. Of the extra roots only self-issued ones are anchors: an intermediate among
/// them is not taken, for trusting it would hide that an edge does not send it.
class OpenSslChainVerifier : public ChainVerifier {
 public:
  static constexpr const char* kSystemRoots = "/etc/ssl/certs";

  explicit OpenSslChainVerifier(const std::vector<Certificate>& extra_roots = {},
                                const std::string& system_directory = kSystemRoots);
  ~OpenSslChainVerifier() override;

  ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const override;

 private:
  struct Roots;
  std::unique_ptr<Roots> roots_;
};

}  // namespace certferry

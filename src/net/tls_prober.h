#pragma once

#include <memory>

#include "ports/tls_prober.h"

namespace certferry {

/// TlsProber on Asio and OpenSSL.
///
/// It only looks, so it takes what an edge offers, old protocol versions included: a handshake that
/// a strict client refuses still shows which certificate is served. Bounded against hostile edges
/// by the request's timeout and by 100 KiB of presented certificates.
/// Handshakes run on a thread of its own; a task comes back to the loop that awaits it.
/// Lifetime: that loop outlives the prober; the prober outlives its tasks.
class AsioTlsProber final : public TlsProber {
 public:
  AsioTlsProber();
  ~AsioTlsProber() override;
  Task<Probe> probe(ProbeRequest request) override;

 private:
  class Thread;

  std::unique_ptr<Thread> thread_;
};

}  // namespace certferry

#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "ports/tls_prober.h"

namespace certferry {

/// TlsProber on Asio and OpenSSL.
///
/// It only looks, so it takes what an edge offers, old protocol versions included: a handshake that
/// a strict client refuses still shows which certificate is served. Bounded against hostile edges
/// by the request's timeout and by 100 KiB of presented certificates.
/// Lifetime: the loop outlives the prober; the prober outlives its tasks.
class AsioTlsProber final : public TlsProber {
 public:
  explicit AsioTlsProber(boost::asio::io_context& io);
  ~AsioTlsProber() override;
  Task<Probe> probe(ProbeRequest request) override;

 private:
  struct Context;

  boost::asio::io_context& io_;
  std::shared_ptr<Context> context_;
};

}  // namespace certferry

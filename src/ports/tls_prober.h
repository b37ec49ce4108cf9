#pragma once

#include <string>

#include "model/probe.h"
#include "ports/task.h"

namespace certferry {

struct ProbeRequest {
  std::string server_name;  ///< SNI, canonical; an IP address sends none
  Address address;
  milliseconds timeout = seconds(10);  ///< connect and handshake together
};

/// Probes one address by TLS handshake and reports the chain it serves.
///
/// The chain is reported, not trusted: ChainVerifier judges it. No session is resumed and nothing
/// is sent after the handshake. Throws only cancelled: not reaching the address is an outcome.
/// Source: RFC 8446 section 6, RFC 6066 section 3.
class TlsProber {
 public:
  virtual ~TlsProber() = default;
  virtual Task<Probe> probe(ProbeRequest request) = 0;
};

/// Builds and verifies a chain up to the roots we trust, at a given moment.
class ChainVerifier {
 public:
  virtual ~ChainVerifier() = default;
  /// `chain` is leaf first; certificates after the leaf may come in any order.
  virtual ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const = 0;
};

}  // namespace certferry

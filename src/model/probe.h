// A probe: what one address really serves, by handshake.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/bundle.h"

namespace certferry {

struct Address {
  std::string ip;  ///< canonical
  std::uint16_t port = 443;

  auto operator<=>(const Address&) const = default;
};

/// "192.0.2.7:443", "[2001:db8::1]:443".
std::string to_string(const Address& address);

struct Probe {
  enum class Outcome {
    kServed,       ///< a handshake ended; the chain is what the address presented
    kUnreachable,  ///< refused, reset, no route, or nothing came in time: could not look
    kAlert,        ///< the address answered with a TLS alert (unknown name, say)
    kNotTls,       ///< something answered that is not TLS, or broke the protocol
  };
  Address address;
  Outcome outcome = Outcome::kUnreachable;
  std::vector<Certificate> chain;  ///< as presented, leaf first; empty unless kServed
  std::string tls_version;         ///< "TLSv1.3"
  milliseconds elapsed{};          ///< connect and handshake together
  std::string detail;              ///< why not kServed, for people
  bool no_route = false;  ///< kUnreachable because this machine has no way to such addresses

  const Certificate* leaf() const { return chain.empty() ? nullptr : &chain.front(); }
};

}  // namespace certferry

#include "model/probe.h"

namespace certferry {

std::string to_string(const Address& address) {
  const bool ipv6 = address.ip.find(':') != std::string::npos;
  return (ipv6 ? "[" + address.ip + "]" : address.ip) + ":" + std::to_string(address.port);
}

}  // namespace certferry

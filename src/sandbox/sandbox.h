// The sandbox: an emulated account at a vendor with its API, TLS edges and a
// control API.
//
// `certferry sandbox` runs it for people to rehearse with, integration tests
// run against it.
#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "model/probe.h"
#include "sandbox/dogecloud_api.h"
#include "sandbox/faults.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct EdgeOptions {
  std::string address = "127.0.0.2";
  std::uint16_t port = 0;      ///< 0: any free one
  milliseconds propagation{};  ///< how long after a bind this address follows
};

struct SandboxOptions {
  std::string provider = "dogecloud";  ///< or another of the vendors that are emulated
  std::string product = "cdn";         ///< that the domains belong to
  Credentials credentials;
  std::vector<std::string> domains;  ///< online from the start; any spelling
  milliseconds latency{};            ///< of each reply of the API
  std::string address = "127.0.0.1";
  std::uint16_t api_port = 0;
  std::uint16_t control_port = 0;
  std::vector<EdgeOptions> edges;
  std::int64_t first_certificate_id = 10001;
  DefaultCertificate default_certificate = DefaultCertificate::kNone;
  bool mirror_status = false;  ///< see ApiOptions
};

struct SandboxEndpoints {
  std::string api;      ///< "http://127.0.0.1:38211"
  std::string control;  ///< the same, of the control API
  std::vector<Address> edges;
};

/// Lifetime: the clock, and the loop it was started on, outlive it. After
/// stop() run the loop once more, so that open connections end.
class Sandbox {
 public:
  /// Throws: invalid_input for a domain that is no host name, and for a provider without an
  /// emulator.
  Sandbox(SandboxOptions options, const Clock& clock);
  ~Sandbox();

  /// Listens, and serves while the loop runs. Throws: invalid_input,
  /// unavailable
  /// (`web.listen`).
  void start(boost::asio::io_context& loop);
  void stop();
  const SandboxEndpoints& endpoints() const;

  World& world();
  Faults& faults();
  const CallCounters& counters() const;
  void set_latency(milliseconds latency);
  /// `edge` counts the options' edges.
  void set_edge_fault(std::size_t edge, std::optional<EdgeFault> fault);

 private:
  struct Core;
  std::unique_ptr<Core> core_;
};

}  // namespace certferry::sandbox

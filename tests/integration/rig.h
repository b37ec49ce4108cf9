// An engine with all its real adapters, and a sandbox for it to work on, on one loop.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include "crypto/throwaway_ca.h"
#include "engine/engine.h"
#include "engine/pace.h"
#include "net/cares_resolver.h"
#include "net/curl_client.h"
#include "net/posix_file_system.h"
#include "net/system_clock.h"
#include "net/tls_prober.h"
#include "sandbox/sandbox.h"

namespace certferry::integration {

struct RigOptions {
  std::vector<std::string> domains = {"cdn.example.com", "img.example.com"};
  std::vector<std::string> edges = {"127.0.0.2", "127.0.0.3"};
  std::int64_t first_certificate_id = 10001;
};

/// Every run opens the state anew, as a run of the program does; all else stays.
class Rig final : EventSink {
 public:
  explicit Rig(RigOptions options = {});
  ~Rig() override;

  /// The panel's renewal: the next generation, which ends later; its fingerprint.
  std::string renew();
  Report apply(ApplyOptions options = {});
  Report plan();
  /// Runs until all is confirmed, three times at most; the reports of every run.
  std::vector<Report> apply_until_confirmed();

  /// How often an endpoint was called, whatever came of it.
  std::uint64_t calls(const std::string& endpoint) const;
  std::vector<std::int64_t> stored_ids();
  /// The fingerprint that a domain is set to; empty: none.
  std::string bound(const std::string& domain);
  /// What the edge address serves for the domain, by handshake; empty: no certificate.
  std::string served(std::size_t edge, const std::string& domain);
  void fault(sandbox::Fault fault) { sandbox_.faults().add(std::move(fault)); }
  sandbox::Sandbox& sandbox() { return sandbox_; }
  const RigOptions& options() const { return options_; }

 private:
  void on_event(const Event&) override {}
  sandbox::SandboxOptions sandbox_options() const;
  template <typename Work>
  Report with_engine(Work work);

  RigOptions options_;
  boost::asio::io_context loop_{1};
  SystemClock clock_;
  SystemRandom random_;
  AsioSleeper sleeper_{loop_};
  PosixFileSystem files_;
  AsioTlsProber prober_;
  ThrowawayCa ca_;
  std::string folder_;
  sandbox::Sandbox sandbox_;
  CurlClient wire_{loop_};
  PacedHttpClient http_;
  std::unique_ptr<ChainVerifier> verifier_;
  std::unique_ptr<Resolver> resolver_;
  std::unique_ptr<Provider> provider_;
  std::unique_ptr<Source> source_;
  Fleet fleet_;
  EngineSettings settings_;
  int renewals_ = 0;
};

/// Whether this machine has an IPv6 loopback address.
bool has_ipv6();

}  // namespace certferry::integration

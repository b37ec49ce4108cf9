// Serves a vendor's emulator on a loopback address until its standard input ends, for the vendor's
// own client to call. The first line that it prints is JSON: where it listens, the keys of the
// account, and pairs of chain and key to store, which exist as long as the process.

#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "crypto/throwaway_ca.h"
#include "sandbox/http_server.h"
#include "sim/products/emulated.h"

namespace certferry::conformance {

namespace {

class RealClock final : public Clock {
 public:
  Time now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::system_clock::now());
  }
  SteadyTime steady_now() const override {
    return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now());
  }
};

nlohmann::json pair_for(const ThrowawayCa& authority, const std::string& name, Time now) {
  const IssuedLeaf leaf = authority.issue(
      {.names = {name}, .not_before = now - hours(1), .not_after = now + hours(24 * 90)});
  return {{"chain", leaf.chain_pem}, {"key", leaf.key_pem.reveal()}};
}

int serve(const std::string& provider) {
  const RealClock clock;
  const std::unique_ptr<sim::Emulated> emulated = sim::emulate(provider, {}, clock);
  if (emulated == nullptr) {
    std::fprintf(stderr, "there is no emulator of '%s'\n", provider.c_str());
    return 2;
  }
  const ThrowawayCa authority(clock.now() - hours(24), clock.now() + hours(24 * 365));
  nlohmann::json said = {{"credentials", nlohmann::json::object()}};
  for (const auto& [key, value] : emulated->account().credentials) {
    said["credentials"][key] = value.reveal();
  }
  for (const ProviderMetadata& vendor : provider_metadata()) {
    if (vendor.id != provider) continue;
    for (const ProductMetadata& product : vendor.products) {
      const std::string name = std::string(product.id) + ".example.com";
      emulated->world.ensure_domain(name, std::string(product.id));
    }
  }
  for (const char* name : {"*.example.com", "*.example.net", "*.example.com"}) {
    said["pairs"].push_back(pair_for(authority, name, clock.now()));
  }

  boost::asio::io_context loop;
  sandbox::HttpServer server(
      loop, [&](const sandbox::Request& request) { return emulated->handle(request); });
  server.start("127.0.0.1", 0);
  said["address"] = "127.0.0.1:" + std::to_string(server.listener().port());
  std::printf("%s\n", said.dump().c_str());
  std::fflush(stdout);

  boost::asio::posix::stream_descriptor input(loop, ::dup(STDIN_FILENO));
  input.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                   [&](const boost::system::error_code&) { loop.stop(); });
  loop.run();
  server.stop();
  loop.restart();
  loop.run_for(seconds(1));
  return 0;
}

}  // namespace

}  // namespace certferry::conformance

int main(int argc, char** argv) {
  return certferry::conformance::serve(argc > 1 ? argv[1] : "");
}

#include "integration/rig.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "crypto/chain_verifier.h"
#include "crypto/pem.h"
#include "providers/dogecloud/dogecloud.h"
#include "sources/files.h"
#include "state/soci_store.h"
#include "state/writer_lock.h"

namespace certferry::integration {

namespace asio = boost::asio;

namespace {

/// DogeCloud, but for the time that its lists may lag: seconds at the vendor, and a test waits for
/// all of it whenever an answer gets lost.
class QuickDogeCloud final : public DogeCloud {
 public:
  QuickDogeCloud(const DogeCloudConfig& config, HttpClient& http)
      : DogeCloud(config, http), metadata_(DogeCloud::metadata()) {
    metadata_.limits.list_consistency = milliseconds(300);
  }
  const ProviderMetadata& metadata() const override { return metadata_; }

 private:
  ProviderMetadata metadata_;
};

const sandbox::Credentials& credentials() {
  static const sandbox::Credentials kCredentials{.access_key = "AKEXAMPLE",
                                                 .secret_key = Secret("SKEXAMPLE")};
  return kCredentials;
}

std::string make_folder() {
  std::string pattern = testing::TempDir() + "certferry-integration-XXXXXX";
  EXPECT_NE(::mkdtemp(pattern.data()), nullptr);
  return pattern;
}

void write_file(const std::string& path, std::string_view text) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << text;
}

template <typename T>
T run(asio::io_context& loop, Task<T> task) {
  std::optional<T> result;
  std::exception_ptr failed;
  asio::co_spawn(loop, std::move(task), [&](std::exception_ptr thrown, T value) {
    failed = thrown;
    if (!thrown) result.emplace(std::move(value));
    loop.stop();
  });
  loop.restart();
  loop.run_for(minutes(1));
  if (failed) std::rethrow_exception(failed);
  if (!result) throw std::runtime_error("the task did not end within a minute");
  return *std::move(result);
}

constexpr Limits kPace{.calls_per_second = 1000, .burst = 1000, .max_in_flight = 16};

}  // namespace

Rig::Rig(RigOptions options)
    : options_(std::move(options)),
      ca_(clock_.now() - hours(24), clock_.now() + hours(24) * 3650),
      folder_(make_folder()),
      sandbox_(sandbox_options(), clock_),
      http_(wire_, clock_, sleeper_, loop_.get_executor(), kPace),
      verifier_(std::make_unique<OpenSslChainVerifier>(
          *read_certificates(ca_.root_pem(), "the test's root"))) {
  sandbox_.start(loop_);
  const sandbox::SandboxEndpoints& endpoints = sandbox_.endpoints();
  CaresResolverOptions resolve;
  for (const std::string& domain : options_.domains) resolve.resolve[domain] = endpoints.edges;
  resolver_ = std::make_unique<CaresResolver>(loop_, resolve);
  const DogeCloudConfig config{.endpoint = endpoints.api,
                               .access_key = credentials().access_key,
                               .secret_key = credentials().secret_key};
  provider_ = std::make_unique<QuickDogeCloud>(config, http_);
  const SourceInputs inputs{
      .texts = {{"chain", folder_ + "/fullchain.pem"}, {"key", folder_ + "/privkey.pem"}}};
  source_ = std::make_unique<FilesSource>(inputs, SourcePorts{.files = files_, .clock = clock_});
  fleet_.accounts = {{.name = "doge", .provider = provider_.get()}};
  fleet_.jobs = {{.certificate = "example.com",
                  .source = source_.get(),
                  .to = {{.account = "doge", .product = "cdn", .covered = true}}}};
  settings_.confirm = {.rounds = 2, .spread = milliseconds(40), .deadline = milliseconds(400)};
  settings_.retire_after = milliseconds(100);
  settings_.retry.first_wait = milliseconds(20);
  renew();
}

Rig::~Rig() {
  sandbox_.stop();
  loop_.restart();
  loop_.run_for(seconds(10));
  std::filesystem::remove_all(folder_);
}

sandbox::SandboxOptions Rig::sandbox_options() const {
  sandbox::SandboxOptions options{.credentials = credentials(),
                                  .domains = options_.domains,
                                  .first_certificate_id = options_.first_certificate_id};
  for (const std::string& address : options_.edges) options.edges.push_back({.address = address});
  return options;
}

std::string Rig::renew() {
  const Time now = clock_.now();
  const IssuedLeaf issued = ca_.issue({.names = {"example.com", "*.example.com"},
                                       .not_before = now - hours(1),
                                       .not_after = now + hours(24) * (90 + renewals_++)});
  write_file(folder_ + "/fullchain.pem", issued.chain_pem);
  write_file(folder_ + "/privkey.pem", issued.key_pem.reveal());
  return read_certificates(issued.leaf_pem, "the leaf")->front().fingerprint;
}

template <typename Work>
Report Rig::with_engine(Work work) {
  const std::string path = folder_ + "/state/state.db";
  const auto lock = state::WriterLock::acquire(path, {.command = "test", .since = clock_.now()});
  const auto store = state::SociStore::open_for_writing(path);
  Engine engine(fleet_,
                settings_,
                {.clock = clock_,
                 .random = random_,
                 .sleeper = sleeper_,
                 .prober = prober_,
                 .verifier = *verifier_,
                 .resolver = *resolver_,
                 .store = *store,
                 .events = *this});
  return run(loop_, work(engine));
}

Report Rig::apply(ApplyOptions options) {
  return with_engine([&](Engine& engine) { return engine.apply(options); });
}

Report Rig::plan() {
  return with_engine([](Engine& engine) { return engine.plan({}); });
}

std::vector<Report> Rig::apply_until_confirmed() {
  std::vector<Report> reports;
  while (reports.size() < 3) {
    reports.push_back(apply());
    if (reports.back().succeeded()) break;
  }
  return reports;
}

std::uint64_t Rig::calls(const std::string& endpoint) const {
  const auto& counters = sandbox_.counters().by_endpoint;
  const auto found = counters.find(endpoint);
  return found == counters.end() ? 0 : found->second;
}

std::vector<std::int64_t> Rig::stored_ids() {
  std::vector<std::int64_t> ids;
  for (const auto& [id, entry] : sandbox_.world().entries()) ids.push_back(id);
  return ids;
}

std::string Rig::bound(const std::string& domain) {
  const sandbox::EntryPtr entry = sandbox_.world().find_domain(domain)->bound();
  return entry ? entry->pair.leaf.fingerprint : "";
}

std::string Rig::served(std::size_t edge, const std::string& domain) {
  ProbeRequest request{.server_name = domain, .address = sandbox_.endpoints().edges.at(edge)};
  const Probe probe = run(loop_, prober_.probe(std::move(request)));
  return probe.leaf() == nullptr ? "" : probe.leaf()->fingerprint;
}

bool has_ipv6() {
  asio::io_context loop;
  asio::ip::tcp::acceptor acceptor(loop, asio::ip::tcp::v6());
  boost::system::error_code error;
  acceptor.bind({asio::ip::address_v6::loopback(), 0}, error);
  return !error;
}

}  // namespace certferry::integration

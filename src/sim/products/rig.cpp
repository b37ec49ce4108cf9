#include "sim/products/rig.h"

#include <boost/asio/this_coro.hpp>
#include <utility>

#include "base/text.h"
#include "crypto/chain_verifier.h"
#include "crypto/pem.h"
#include "engine/pace.h"
#include "model/name.h"
#include "sandbox/pair.h"

namespace certferry::sim {

namespace {

using std::chrono::days;

constexpr std::string_view kAccount = "account";
constexpr milliseconds kPropagation = seconds(20);

/// Two addresses, which follow a bind after a while.
const std::vector<Address>& addresses() {
  static const std::vector<Address> kAddresses = {{.ip = "192.0.2.7"}, {.ip = "2001:db8::7"}};
  return kAddresses;
}

const ThrowawayCa& own_authority() {
  static const ThrowawayCa kAuthority(kVirtualStart - days(365), kVirtualStart + days(3650));
  return kAuthority;
}

class FixedSource final : public Source {
 public:
  explicit FixedSource(BundlePtr bundle) : bundle_(std::move(bundle)) {}
  std::string describe() const override { return "the test's own"; }
  Task<BundlePtr> read() override { co_return bundle_; }

 private:
  BundlePtr bundle_;
};

sandbox::Request to_sandbox(const HttpRequest& request) {
  const auto host = request.url.find("//") + 2;
  const auto path = request.url.find('/', host);
  sandbox::Request out{.method = request.method,
                       .target = request.url.substr(path),
                       .body = std::string(request.body.reveal())};
  out.headers.emplace_back("host", request.url.substr(host, path - host));
  if (!request.secret_query.empty()) {
    out.target += (out.target.contains('?') ? "&" : "?");
    out.target += request.secret_query.reveal();
  }
  for (const auto& [name, value] : request.headers) {
    if (name == "Authorization") out.authorization = value.reveal();
    if (name == "Content-Type") out.content_type = value.reveal();
    out.headers.emplace_back(to_lower(name), std::string(value.reveal()));
  }
  return out;
}

}  // namespace

Rig::Rig(Product product, sandbox::WorldOptions options, const ThrowawayCa* authority)
    : emulated(emulate(std::string(product.vendor->id),
                       std::move(options),
                       time,
                       product.variation == nullptr ? "" : std::string(product.variation->value))),
      product_(product),
      authority_(authority == nullptr ? own_authority() : *authority),
      verifier_(std::make_unique<OpenSslChainVerifier>(
          *read_certificates(authority_.root_pem(), "the root"), "/nonexistent")) {
  if (emulated == nullptr) throw std::runtime_error("no emulator for " + product.name());
  account = emulated->account();
  if (product.variation != nullptr) {
    account.credentials.emplace(product.variation->field,
                                Secret(std::string(product.variation->value)));
  }
  for (const Address& one : addresses()) {
    emulated->world.add_edge({.address = one.ip, .port = 443, .propagation = kPropagation});
  }
}

void Rig::add_domain(const std::string& name, std::string product) {
  if (product.empty()) product = product_.product->id;
  emulated->world.ensure_domain(canonical_name(name).value(), product);
}

std::string Rig::issue(std::vector<std::string> names, KeyKind key) {
  const IssuedLeaf leaf = authority_.issue({.names = std::move(names),
                                            .not_before = time.now() - hours(1),
                                            .not_after = time.now() + days(90) + hours(issued_++),
                                            .key = key});
  pair_ = sandbox::read_pair(leaf.chain_pem, leaf.key_pem).value();
  bundle_ = read_bundle({.chain = Secret(leaf.chain_pem), .key = leaf.key_pem}).value();
  return bundle_->fingerprint();
}

std::string Rig::issue_again() {
  return issue(bundle_->leaf.dns_names);
}

void Rig::deploy_to(TargetSelector to) {
  to.account = kAccount;
  if (to.product.empty()) to.product = product_.product->id;
  to_.push_back(std::move(to));
}

void Rig::deploy_covered() {
  deploy_to({.covered = true});
}

void Rig::deploy_exactly(std::vector<std::string> names) {
  for (std::string& name : names) name = canonical_name(name).value();
  deploy_to({.names = std::move(names)});
}

std::optional<Report> Rig::run(const RigProcess& process) {
  std::optional<Report> report = time.run(work(process), process.dies_after);
  if (report) note(*report);
  return report;
}

Task<Report> Rig::work(RigProcess process) {
  const auto executor = co_await boost::asio::this_coro::executor;
  PacedHttpClient paced(*this, time, time, executor, product_.vendor->limits);
  const std::unique_ptr<Provider> provider =
      make_provider(std::string(product_.vendor->id),
                    account,
                    {.http = paced, .clock = time, .random = random_, .sleeper = &time});
  FixedSource source(bundle_);
  Fleet fleet;
  fleet.accounts = {{.name = std::string(kAccount), .provider = provider.get(), .pace = &paced}};
  fleet.jobs = {{.certificate = "example.com", .source = &source, .to = to_}};
  Engine engine(fleet,
                settings,
                {.clock = time,
                 .random = random_,
                 .sleeper = time,
                 .prober = *this,
                 .verifier = *verifier_,
                 .resolver = *this,
                 .store = store,
                 .events = *this,
                 .vault = &vault_});
  if (process.plans) co_return co_await engine.plan({});
  co_return co_await engine.apply({.insist = process.insist});
}

std::string Rig::bound(const std::string& name) const {
  const sandbox::Domain* domain = emulated->world.find_domain(canonical_name(name).value());
  const sandbox::EntryPtr entry = domain == nullptr ? nullptr : domain->bound();
  return entry ? entry->pair.leaf.fingerprint : "";
}

std::vector<std::string> Rig::stored() const {
  std::vector<std::string> out;
  for (const auto& [id, entry] : emulated->world.entries()) {
    out.push_back(entry->pair.leaf.fingerprint);
  }
  return out;
}

std::int64_t Rig::store_by_hand(const std::string& note) {
  return emulated->world.upload(note, pair_.value());
}

void Rig::break_once(sandbox::FaultKind kind, const std::string& call) {
  break_once(sandbox::Fault{.kind = kind}, call);
}

void Rig::break_once(sandbox::Fault fault, const std::string& call) {
  fault.endpoint = call;
  fault.count = 1;
  emulated->faults.add(std::move(fault));
}

void Rig::set_fate(const std::string& name, sandbox::JobFate fate) {
  sandbox::World& world = emulated->world;
  if (emulated->has_jobs(std::string(product_.product->id))) {
    world.set_fate(canonical_name(name).value(), std::move(fate));
    return;
  }
  ASSERT(fate.end != sandbox::JobFate::End::kFailed);
  const bool stuck = fate.end == sandbox::JobFate::End::kNever;
  for (std::size_t i = 0; i < world.edges().size(); ++i) {
    world.edges()[i].propagation = kPropagation + fate.takes;
    world.set_edge_fault(i,
                         stuck ? std::optional<sandbox::EdgeFault>(
                                     {.kind = sandbox::EdgeFaultKind::kStuck, .count = {}})
                               : std::nullopt);
  }
}

std::size_t Rig::sent(const std::string& call) const {
  return static_cast<std::size_t>(std::ranges::count(sent_, call));
}

sandbox::Reply Rig::handle(const sandbox::Request& request, bool changes) {
  const std::string& call = sent_.back();
  std::optional<sandbox::Fault> fault = draw_fault ? draw_fault(call, changes) : std::nullopt;
  if (fault) break_once(*std::move(fault), call);
  sandbox::Reply reply = emulated->handle(request);
  if (draw_fault) emulated->faults.clear();  // what it did not strike strikes no other
  if (answered) answered(call, reply);
  return reply;
}

Task<HttpResponse> Rig::send(HttpRequest request) {
  if (request.changes_state) ++changes_;
  words_ += request.url + "\n";
  const sandbox::Request arrived = to_sandbox(request);
  sent_.push_back(emulated->call_of(arrived));
  co_await time.sleep(milliseconds(20));
  const sandbox::Reply reply = handle(arrived, request.changes_state);
  const bool late = reply.delay > request.timeout;
  co_await time.sleep(milliseconds(20) + (late ? request.timeout : reply.delay));
  if (late || reply.dropped || reply.cut_after) {
    throw Error(request.changes_state ? ErrorKind::kMaybeApplied : ErrorKind::kUnavailable,
                late ? "no answer came in time" : "the connection was lost");
  }
  HttpResponse response{.status = reply.status, .body = reply.body};
  response.headers = {{"content-type", reply.content_type}, {"date", reply.date}};
  for (const auto& [name, value] : reply.headers) {
    response.headers.emplace_back(to_lower(name), value);
  }
  if (reply.retry_after) {
    response.headers.emplace_back("retry-after", std::to_string(reply.retry_after->count()));
  }
  co_return response;
}

Task<std::vector<Address>> Rig::resolve(std::string name, milliseconds /*timeout*/) {
  co_await time.sleep(milliseconds(5));
  const sandbox::Domain* own = emulated->world.find_domain(name);
  if (own == nullptr) own = emulated->world.find_domain("*" + name.substr(name.find('.')));
  const bool by_itself = own != nullptr && !emulated->gives_edge_names(own->product);
  if (!by_itself && !name.ends_with(".sandbox-edge.test")) {
    throw Error(ErrorKind::kNotFound, name + " has no address").with_code("dns.no_address");
  }
  co_return addresses();
}

Task<Probe> Rig::probe(ProbeRequest request) {
  co_await time.sleep(milliseconds(15));
  const auto edge = std::ranges::find(addresses(), request.address) - addresses().begin();
  const sandbox::Served served =
      emulated->world.serve(static_cast<std::size_t>(edge), request.server_name);
  Probe probe{.address = request.address, .tls_version = "TLSv1.3"};
  if (served.kind == sandbox::Served::Kind::kCertificate) {
    probe.outcome = Probe::Outcome::kServed;
    probe.chain = chain_of(served.entry);
  } else {
    probe.outcome = Probe::Outcome::kAlert;
    probe.detail = "alert unrecognized_name";
  }
  co_return probe;
}

const std::vector<Certificate>& Rig::chain_of(const sandbox::EntryPtr& entry) {
  std::vector<Certificate>& chain = chains_[entry];
  if (chain.empty()) chain = read_certificates(entry->pair.chain_pem, "what is served").value();
  return chain;
}

void Rig::on_event(const Event& event) {
  words_ += event.text + "\n";
  if (event.error) words_ += event.error->text() + "\n";
}

void Rig::note(const Report& report) {
  for (const TargetReport& one : report.targets) {
    words_ += one.plan.summary.text + "\n" + one.message + "\n";
    if (one.error) words_ += one.error->text() + "\n";
  }
  for (const AccountReport& one : report.accounts) {
    if (one.error) words_ += one.error->text() + "\n";
  }
  for (const Problem& one : report.problems) words_ += one.error.text() + "\n";
  for (const RetireReport& one : report.retirements) {
    if (one.error) words_ += one.error->text() + "\n";
  }
}

std::string Rig::all_words() const {
  std::string out = words_;
  auto& state = const_cast<testing::MemoryStore&>(store);
  for (const UploadRecord& one : state.uploads(std::string(kAccount))) out += one.label + "\n";
  for (const TargetRecord& one : state.targets(std::string(kAccount))) out += one.message + "\n";
  for (const char* action : {"upload", "bind", "confirm", "retire"}) {
    for (const JournalEntry& one : state.all(action)) out += one.detail + "\n";
  }
  return out;
}

}  // namespace certferry::sim

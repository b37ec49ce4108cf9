#include "engine/edge.h"

#include <algorithm>

#include "engine/attempt.h"

namespace certferry {

namespace {

/// A wildcard target is looked at under a name that it stands for.
std::string server_name(const std::string& name) {
  return name.starts_with("*.") ? "certferry-probe" + name.substr(1) : name;
}

/// When the next certificate of a chain begins or ends.
Time next_change(const std::vector<Certificate>& chain, Time now) {
  Time next = Time::max();
  for (const Certificate& one : chain) {
    for (const Time change : {one.not_before, one.not_after}) {
      if (change > now) next = std::min(next, change);
    }
  }
  return next;
}

}  // namespace

Edge::Edge(const EngineSettings& settings, EnginePorts ports, boost::asio::any_io_executor executor)
    : settings_(settings),
      ports_(ports),
      turnstile_(std::move(executor), settings.probes_at_once) {}

Task<Result<std::vector<Address>>> Edge::addresses(std::string name, std::string edge_name) {
  const bool by_edge_name = !ports_.resolver.overridden(name) && !edge_name.empty();
  std::string looked_up = by_edge_name ? edge_name : server_name(name);
  if (ports_.resolver.overridden(name)) looked_up = name;
  std::function<Task<std::vector<Address>>()> call = [this, looked_up] {
    return ports_.resolver.resolve(looked_up, settings_.resolve_timeout);
  };
  co_return co_await attempt(call());
}

Task<void> Edge::probe_one(std::string name, JudgedProbe* into) {
  const Turnstile::Place place = co_await turnstile_.enter();
  ProbeRequest request{.server_name = std::move(name),
                       .address = into->probe.address,
                       .timeout = settings_.probe_timeout};
  into->probe = co_await ports_.prober.probe(std::move(request));
  into->chain = judge(into->probe.chain);
}

ChainVerdict Edge::judge(const std::vector<Certificate>& chain) {
  if (chain.empty()) return {.kind = ChainVerdict::Kind::kBroken, .reason = "nothing was served"};
  std::string key;
  for (const Certificate& one : chain) key += one.fingerprint;
  const Time now = ports_.clock.now();
  const auto known = verdicts_.find(key);
  if (known != verdicts_.end() && now < known->second.until) return known->second.verdict;
  // A run lasts minutes and a hostile edge may invent chains without end.
  constexpr std::size_t kMostRemembered = 4096;
  if (verdicts_.size() >= kMostRemembered) verdicts_.clear();
  ChainVerdict verdict = ports_.verifier.verify(chain, now);
  verdicts_.insert_or_assign(std::move(key),
                             Judged{.verdict = verdict, .until = next_change(chain, now)});
  return verdict;
}

Task<Look> Edge::look(std::string name, std::string edge_name) {
  Look look;
  const Result<std::vector<Address>> found = co_await addresses(name, edge_name);
  if (!found) {
    const Error& error = found.error();
    look.problem = {error.code.empty() ? "dns.failed" : error.code, error.text()};
    co_return look;
  }
  look.probes.resize(found->size());
  std::vector<Task<void>> tasks;
  for (std::size_t i = 0; i < found->size(); ++i) {
    look.probes[i].probe.address = (*found)[i];
    tasks.push_back(probe_one(server_name(name), &look.probes[i]));
  }
  co_await run_all(std::move(tasks));
  co_return look;
}

}  // namespace certferry

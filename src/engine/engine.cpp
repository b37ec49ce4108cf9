#include "engine/engine.h"

#include <boost/asio/this_coro.hpp>
#include <memory>

#include "base/planted.h"
#include "engine/parts.h"
#include "engine/select.h"

namespace certferry {

namespace asio = boost::asio;

Engine::Engine(const Fleet& fleet, const EngineSettings& settings, EnginePorts ports)
    : fleet_(fleet), settings_(settings), ports_(ports) {}

Task<Report> Engine::run(std::string name, std::set<std::string> only, Share share) {
  const Time started = ports_.clock.now();
  const ClockWatch clock(ports_.clock);
  Edge edge(settings_, ports_, co_await asio::this_coro::executor);
  Journal& journal = journal_.emplace(ports_.store, ports_.clock, std::move(name));
  const auto executor = co_await asio::this_coro::executor;
  SharedSources sources(settings_, ports_, executor, jobs_for(fleet_, only));

  const RunShared shared{.settings = settings_,
                         .ports = ports_,
                         .fleet = fleet_,
                         .journal = journal,
                         .edge = edge,
                         .clock = clock,
                         .sources = sources};
  // A vendor that does not answer holds up nobody but itself.
  std::vector<std::unique_ptr<AccountRun>> runs;
  std::vector<Task<void>> work;
  for (Fleet& part : parts_of(fleet_, only)) {
    runs.push_back(std::make_unique<AccountRun>(std::move(part), shared));
    work.push_back(share(*runs.back()));
  }
  co_await run_all(std::move(work));

  std::vector<Report> reports;
  for (const auto& one : runs) reports.push_back(one->take_report());
  Report report = merge(std::move(reports), fleet_, sources.views(), only);
  report.run = journal.run();
  report.started = started;
  report.ended = ports_.clock.now();
  note_stale(report, fleet_, report.ended);
  co_return report;
}

Task<Report> Engine::plan(PlanOptions options) {
  if (planted("plan_writes")) ports_.store.commit({.targets = {{}}}, Durability::kOrdered);
  const std::set<std::string> only = options.only;
  Share share = [options](AccountRun& account) { return account.plan(options); };
  co_return co_await run("", only, std::move(share));
}

Task<Report> Engine::apply(ApplyOptions options) {
  const std::set<std::string> only = options.only;
  Share share = [options](AccountRun& account) { return account.apply(options); };
  co_return co_await run(random_id(ports_.random), only, std::move(share));
}

Task<Report> Engine::roll_back(RollbackOptions options) {
  const std::set<std::string> only = {options.target};
  std::string name = options.send ? random_id(ports_.random) : "";
  Share share = [options](AccountRun& account) { return account.put_back(options); };
  co_return co_await run(std::move(name), only, std::move(share));
}

void Engine::write_down() {
  if (journal_) static_cast<void>(journal_->flush());
}

}  // namespace certferry

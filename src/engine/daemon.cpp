#include "engine/daemon.h"

#include <algorithm>
#include <boost/asio/this_coro.hpp>

#include "engine/attempt.h"
#include "engine/parallel.h"
#include "engine/parts.h"
#include "policy/gate.h"
#include "policy/schedule.h"

namespace certferry {

namespace asio = boost::asio;

namespace {

/// Nothing is asked again within these, whatever a record says: a wrong date must not make a storm.
constexpr milliseconds kSoonest = seconds(1);
constexpr milliseconds kSoonestTry = minutes(1);

}  // namespace

Daemon::Daemon(const Fleet& fleet,
               const EngineSettings& settings,
               DaemonSettings times,
               EnginePorts ports,
               FileWatch& files,
               AfterRun after_run)
    : fleet_(fleet),
      settings_(settings),
      times_(times),
      ports_(ports),
      files_(files),
      after_run_(std::move(after_run)) {}

Task<void> Daemon::run() {
  const auto executor = co_await asio::this_coro::executor;
  // First, so that no change falls between the first reading and the first watching.
  std::vector<Task<void>> work;
  work.push_back(watch());
  std::vector<std::unique_ptr<Share>> shares;
  for (Fleet& part : parts_of(fleet_, {})) {
    shares.push_back(std::make_unique<Share>(executor));
    shares.back()->fleet = std::move(part);
    shares.back()->due = ports_.clock.steady_now();
    shares_.push_back(shares.back().get());
    work.push_back(serve(shares.back().get()));
  }
  co_await run_all(std::move(work));
  shares_.clear();
}

void Daemon::stop() {
  stopping_ = true;
  for (Share* share : shares_) share->wake.wake();
}

void Daemon::write_down() {
  for (Share* share : shares_) {
    if (share->engine != nullptr) share->engine->write_down();
  }
}

std::optional<SteadyTime> Daemon::last_begin() const {
  std::optional<SteadyTime> last;
  for (const Share* share : shares_) last = std::max(last, share->begin);
  return last;
}

std::map<std::string, Time> Daemon::next_runs() const {
  std::map<std::string, Time> next;
  const Time now = ports_.clock.now();
  const SteadyTime steady = ports_.clock.steady_now();
  for (const Share* share : shares_) {
    next[share->fleet.accounts.front().name] = now + (share->due - steady);
  }
  return next;
}

Task<void> Daemon::serve(Share* share) {
  while (!stopping_) {
    const milliseconds left = share->due - ports_.clock.steady_now();
    if (share->changed || left <= milliseconds(0)) {
      co_await run_once(share);
    } else {
      co_await share->wake.wait(&ports_.sleeper, left);
    }
  }
}

Task<void> Daemon::run_once(Share* share) {
  share->changed = false;  // what changes from here on is for the next run
  // After trouble what was seen may not have been written down.
  const bool look_anew = share->failures > 0 || ports_.clock.steady_now() >= share->look_by;
  Engine engine(share->fleet, settings_, ports_);
  share->engine = &engine;
  share->begin = ports_.clock.steady_now();
  DaemonRun done{.account = share->fleet.accounts.front().name};
  Result<Report> report =
      co_await attempt(engine.apply({.due_only = true, .trust_looks = !look_anew}));
  share->engine = nullptr;
  share->begin.reset();
  if (look_anew && report)
    share->look_by = ports_.clock.steady_now() + spread(times_.observe_every);
  for (const Job& job : share->fleet.jobs) read_.emplace(job.certificate, job.source);
  const bool well = report && !report->troubled();
  share->failures = well ? 0 : share->failures + 1;
  milliseconds rest = report ? rest_after(*share, *report) : milliseconds::max();
  if (!well) rest = std::min(rest, rest_after_trouble(share->failures));
  share->due = ports_.clock.steady_now() + rest;
  if (report) done.report = &*report;
  if (!report) done.error = report.error();
  co_await after_run_(std::move(done));
}

milliseconds Daemon::spread(milliseconds around) {
  const auto fifth = static_cast<std::uint64_t>(around.count() / 5) + 1;
  return around - around / 10 +
         milliseconds(static_cast<std::int64_t>(ports_.random.next() % fifth));
}

milliseconds Daemon::rest_after(const Share& share, const Report& report) {
  const Time now = ports_.clock.now();
  milliseconds rest = std::max(share.look_by - ports_.clock.steady_now(), kSoonest);
  for (const Job& job : share.fleet.jobs) {
    if (watched_.at(job.certificate).empty())
      rest = std::min(rest, spread(job.source->poll_interval()));
  }
  for (const RetireReport& one : report.retirements) {
    if (one.plan.reason.code != "retire.grace") continue;
    rest = std::min(rest, std::max(one.plan.due_at - now + milliseconds(1), kSoonest));
  }
  for (const TargetReport& target : report.targets) {
    if (target.next_attempt) {
      rest = std::min(rest, std::max(*target.next_attempt - now, kSoonestTry));
    }
    // Some issuers' certificates begin when they are issued, and nothing else will say that it is
    // time.
    const Time begins = target.facts.bundle ? target.facts.bundle->leaf.not_before : now;
    const milliseconds until_open = begins + kDateMargin - now;
    if (until_open > milliseconds(0)) rest = std::min(rest, std::max(until_open, kSoonest));
  }
  return rest;
}

milliseconds Daemon::rest_after_trouble(unsigned failures) {
  return wait_before_next_run(failures, std::nullopt, std::nullopt, ports_.random);
}

void Daemon::watch_anew() {
  if (read_.empty()) return;
  for (const auto& [certificate, source] : std::exchange(read_, {})) {
    std::vector<WatchPath> paths = source->watched();
    // Most are as before, and stay where they are: what is strewn among a run's memory holds it.
    std::vector<WatchPath>& known = watched_[certificate];
    if (known != paths) known = std::move(paths);
  }
  std::vector<WatchPath> paths;
  for (const auto& [certificate, some] : watched_) {
    paths.insert(paths.end(), some.begin(), some.end());
  }
  files_.watch(std::move(paths));
}

Task<void> Daemon::watch() {
  for (const Job& job : fleet_.jobs) read_.emplace(job.certificate, job.source);
  while (!stopping_) {
    watch_anew();
    std::set<std::string> touched = co_await files_.changes(minutes(1));
    if (!touched.empty()) wake_for(co_await settle(std::move(touched)));
  }
}

Task<std::set<std::string>> Daemon::settle(std::set<std::string> touched) {
  // Whoever writes without end is read in the middle, where a torn pair is noticed as such.
  const SteadyTime latest = ports_.clock.steady_now() + 10 * times_.quiet;
  while (ports_.clock.steady_now() < latest) {
    std::set<std::string> more = co_await files_.changes(times_.quiet);
    if (more.empty()) break;
    touched.merge(more);
  }
  co_return touched;
}

void Daemon::wake_for(const std::set<std::string>& touched) {
  std::set<std::string> certificates;
  for (const auto& [certificate, paths] : watched_) {
    const bool concerned = std::ranges::any_of(
        paths, [&](const WatchPath& one) { return touched.contains(one.path); });
    if (concerned) certificates.insert(certificate);
  }
  for (Share* share : shares_) {
    const bool concerned = std::ranges::any_of(
        share->fleet.jobs, [&](const Job& job) { return certificates.contains(job.certificate); });
    if (!concerned) continue;
    share->changed = true;
    share->wake.wake();
  }
}

}  // namespace certferry

// run: always on.

#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>

#include "base/memory.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/fleet_watch.h"
#include "cli/health.h"
#include "cli/new_start.h"
#include "cli/notices.h"
#include "cli/progress.h"
#include "cli/runtime.h"
#include "config/load.h"
#include "engine/alert_facts.h"
#include "engine/attempt.h"
#include "engine/daemon.h"
#include "engine/wake_up.h"
#include "model/name.h"
#include "net/service_manager.h"
#include "ports/start.h"
#include "state/soci_store.h"
#include "state/writer_lock.h"

namespace certferry::cli {

namespace asio = boost::asio;

namespace {

/// systemd waits 10 s or longer after SIGTERM; a call that has not ended by then is read back by
/// the next start.
constexpr milliseconds kStopMost = seconds(8);
constexpr milliseconds kStopLook = milliseconds(50);
/// Of a fleet's folder: what is gone is taken off, and a new pair that nobody can read is told of.
constexpr milliseconds kFolderLook = minutes(10);
/// How long a folder must have been left alone, and until when a new pair is expected any moment.
constexpr milliseconds kFolderQuiet = milliseconds(300);
constexpr unsigned kFolderTries = 10;
/// Each new start looks at everything anew and cuts short what is being confirmed: so long apart
/// are those for new pairs, and so long is a run left in peace by them.
constexpr milliseconds kNewPairsRest = minutes(1);
/// How long there must have been nothing new to tell before people are told, and until when a run
/// that is under way is waited for.
constexpr milliseconds kGatherQuiet = seconds(3);
constexpr milliseconds kGatherMost = minutes(1);
constexpr milliseconds kGatherLook = milliseconds(200);

/// Everything that is in the way of serving what is on the disk; fetches every secret.
Task<std::vector<Error>> problems_there(std::string path) {
  const ParsedSettings parsed = load_settings(path, catalogue());
  if (!parsed.ok()) co_return parsed.problems;
  try {
    const Runtime trial(parsed.settings);
  } catch (const Error& error) {
    co_return std::vector<Error>{error};
  }
  co_return std::vector<Error>();
}

/// The files that a configuration is made of: its own, and those of its secrets and roots.
std::vector<WatchPath> configuration_files(const std::string& path, const Settings& settings) {
  std::vector<WatchPath> files = {{.path = path}};
  if (!settings.trust_path.empty()) files.push_back({.path = settings.trust_path});
  const auto add = [&](const std::map<std::string, SecretReference>& secrets) {
    for (const auto& [key, reference] : secrets) {
      if (reference.kind == SecretReference::Kind::kFile) {
        files.push_back({.path = reference.value.front()});
      }
    }
  };
  for (const AccountSettings& account : settings.accounts) add(account.secrets);
  for (const CertificateSettings& certificate : settings.certificates)
    add(certificate.from.secrets);
  for (const ChannelSettings& channel : settings.channels) add(channel.secrets);
  if (settings.health.heartbeat) add({{"heartbeat", *settings.health.heartbeat}});
  return files;
}

bool is_fleet(const CertificateSettings& certificate) {
  return certificate.from.kind == "folder";
}

std::vector<std::string> fleet_folders(const Settings& settings) {
  std::vector<std::string> folders;
  for (const CertificateSettings& certificate : settings.certificates) {
    if (!is_fleet(certificate)) continue;
    // One that comes by a reference is looked at now and then only.
    const auto path = certificate.from.fields.find("path");
    if (path == certificate.from.fields.end()) continue;
    std::string folder = path->second;
    while (folder.size() > 1 && folder.ends_with('/')) folder.pop_back();
    folders.push_back(std::move(folder));
  }
  return folders;
}

std::string absolute(const std::string& path) {
  if (path.starts_with('/')) return path;
  const std::unique_ptr<char, decltype(&std::free)> here(::getcwd(nullptr, 0), &std::free);
  return here ? std::string(here.get()) + "/" + path : path;
}

/// What a run came to, in a line: "3 confirmed", or "2 confirmed, 1 failed (cdn.example.com: why)".
std::string summary_of(const Report& report) {
  std::map<Outcome, std::size_t> counts;
  for (const TargetReport& one : report.targets) ++counts[one.outcome];
  std::vector<std::string> parts;
  for (const auto& [outcome, count] : counts) {
    parts.push_back(std::to_string(count) + " " + std::string(to_string(outcome)));
  }
  std::size_t troubles = report.problems.size();
  for (const CertificateReport& one : report.certificates) troubles += one.error ? 1 : 0;
  for (const AccountReport& one : report.accounts) troubles += one.error ? 1 : 0;
  if (troubles > 0) parts.push_back(count_of(troubles, "problem"));
  const auto first = std::ranges::find_if(
      report.targets, [](const TargetReport& one) { return one.outcome != Outcome::kConfirmed; });
  std::string text = parts.empty() ? "nothing to serve" : join(parts, ", ");
  if (first != report.targets.end()) {
    text += " (" + first->facts.id.name + ": " + printable(first->message, 500) + ")";
  }
  return text;
}

/// One configuration in force, from its loading to the end of the process.
///
/// A new configuration, or the same one after SIGHUP, is taken over by starting the program anew
/// in this process: nothing of the old one can be left over, and what it was in the middle of is
/// what the journal is for.
class Service {
 public:
  Service(const GlobalOptions& global,
          Settings settings,
          const ServiceManager& manager,
          const Before& before)
      : global_(global),
        last_start_for_pairs_(before.last_start_for_pairs),
        settings_(std::move(settings)),
        manager_(manager),
        runtime_(settings_),
        lock_(state::WriterLock::acquire(
            settings_.state_path,
            {.command = "certferry run", .since = runtime_.edge.clock.now()})),
        store_(state::SociStore::open_for_writing(settings_.state_path)),
        log_(global.log_level, log_form(global), PlainProgress::Talk::kNews),
        health_(settings_, runtime_, *store_, log_),
        notify_(settings_, runtime_.edge),
        announcer_(notify_.announcer(health_.store(), log_)),
        noted_(io().get_executor()),
        fleet_changed_(io().get_executor()),
        reload_asked_(io().get_executor()),
        sources_(io(), fleet_folders(settings_), [this] { on_fleet(); }),
        configuration_(io()),
        daemon_(runtime_.fleet,
                runtime_.engine_settings,
                {},
                runtime_.ports(health_.store(), health_),
                sources_,
                [this](DaemonRun run) { return after_run(std::move(run)); }),
        signals_(io()) {
    for (const int signal : kServiceSignals) {
      if (!is_ignored(signal)) signals_.add(signal);
    }
  }

  /// Does not return but by an Error that was thrown before anything was served.
  [[noreturn]] void serve();

 private:
  asio::io_context& io() { return runtime_.edge.io; }
  void say(Status status,
           std::string text,
           std::string account = {},
           std::optional<Error> error = {});
  Task<void> after_run(DaemonRun run);
  /// Beside the runs: a channel that does not answer holds up no renewal.
  Task<void> tell_people();
  /// What one cause does to many accounts is told at once: waits until no run is under way.
  Task<void> gather();
  Task<void> watch_configuration();
  /// A folder of certificates may get new ones, and lose some.
  Task<void> watch_fleet();
  void on_fleet();
  /// Whether a new start for new pairs disturbs too much as yet.
  bool new_pairs_wait() const;
  Task<void> wait_for_fleet(milliseconds patience);
  Task<FleetNews> look_at_fleet();
  /// Says when the kernel has no room for what is to be watched, and when it has again.
  Task<void> watch_for_limits();
  Task<void> keep_watchdog();
  void wait_for_signal();
  /// Whether what is on the disk now could be served; why not is said, or was said before. Beside
  /// the loop: a secret may come from a program that takes its time.
  enum class Tells { kEverybody, kNobody };
  Task<bool> configuration_is_good(Tells tells);
  void tell_problems(const std::vector<Error>& problems);
  /// Has the configuration tried and taken over, if it is good.
  void reload(std::string why);
  Task<void> reload_when_asked();
  /// Nothing that changes anything is sent any more; ends when what is on the wire has its answer.
  void stop();
  Task<void> drain();
  std::size_t under_way() const;

  const GlobalOptions& global_;
  std::optional<SteadyTime> last_start_for_pairs_;
  Settings settings_;
  const ServiceManager& manager_;
  Runtime runtime_;
  state::WriterLock lock_;
  std::unique_ptr<state::SociStore> store_;
  PlainProgress log_;
  Health health_;
  NotifyParts notify_;
  Announcer announcer_;
  WakeUp noted_;  ///< rung when there may be something to tell
  WakeUp fleet_changed_;
  WakeUp reload_asked_;
  std::string why_reload_;  ///< not yet seen to; empty: nobody asked
  asio::thread_pool trials_{1};
  bool fleet_touched_ = false;
  FleetWatch sources_;
  InotifyWatch configuration_;
  Daemon daemon_;
  asio::signal_set signals_;
  std::map<std::string, std::string> last_;  ///< what each account's last run came to
  SteadyTime noted_at_{};                    ///< when there was last something to tell
  bool stopping_ = false;
  bool again_ = false;    ///< start anew instead of ending
  bool drained_ = false;  ///< nothing is under way any more
};

void Service::say(Status status,
                  std::string text,
                  std::string account,
                  std::optional<Error> error) {
  log_.on_event({.at = runtime_.edge.clock.now(),
                 .stage = Stage::kService,
                 .status = status,
                 .account = std::move(account),
                 .text = std::move(text),
                 .error = std::move(error)});
}

Task<void> Service::after_run(DaemonRun run) {
  health_.after_run(run);
  std::string text = run.error ? run.error->text() : summary_of(*run.report);
  const bool well = run.report != nullptr && run.report->succeeded();
  const std::string next = format_time(daemon_.next_runs().at(run.account));
  manager_.tell("STATUS=" + run.account + ": " + printable(text, 200) + "; next look " + next);
  // A quiet hour is no news; the same trouble as before is told by its events already.
  const bool news = std::exchange(last_[run.account], text) != text;
  if (news) {
    say(well ? Status::kDone : Status::kFailed,
        text + "; looked at again by " + next,
        run.account,
        run.error);
  }
  if (run.report != nullptr) {
    announcer_.note(*run.report);
  } else {
    announcer_.note({account_without_run(run.account, *run.error)});
  }
  noted_at_ = runtime_.edge.clock.steady_now();
  noted_.wake();
  // A run over thousands of certificates needs much for seconds, and the next one is an hour away.
  // Afterwards: its report is still there.
  asio::post(io(), [] { give_back_memory(); });
  co_return;
}

Task<void> Service::gather() {
  const auto now = [this] { return runtime_.edge.clock.steady_now(); };
  const SteadyTime latest = now() + kGatherMost;
  const auto more_to_come = [&] {
    return daemon_.last_begin() || now() - noted_at_ < kGatherQuiet;
  };
  while (more_to_come() && now() < latest) co_await runtime_.edge.sleeper.sleep(kGatherLook);
}

Task<void> Service::tell_people() {
  for (;;) {
    co_await gather();
    co_await announcer_.deliver();
    give_back_memory();
    co_await noted_.wait(&runtime_.edge.sleeper, hours(1));
  }
}

Task<bool> Service::configuration_is_good(Tells tells) {
  Task<std::vector<Error>> trial = problems_there(global_.config);
  const std::vector<Error> problems =
      co_await asio::co_spawn(trials_, std::move(trial), asio::use_awaitable);
  const bool good = problems.empty();
  if (!good && tells == Tells::kEverybody) tell_problems(problems);
  co_return good;
}

void Service::tell_problems(const std::vector<Error>& problems) {
  for (const Error& problem : problems) {
    say(Status::kFailed,
        "the configuration that is there now is not taken: " + problem.text(),
        {},
        problem);
  }
  announcer_.note({new_configuration(absolute(global_.config), problems)});
  noted_.wake();
}

void Service::reload(std::string why) {
  why_reload_ = std::move(why);
  reload_asked_.wake();
}

Task<void> Service::reload_when_asked() {
  for (;;) {
    co_await reload_asked_.wait(&runtime_.edge.sleeper, hours(1));
    const std::string why = std::exchange(why_reload_, {});
    if (why.empty() || stopping_) continue;
    manager_.tell("RELOADING=1");
    const bool good = co_await configuration_is_good(Tells::kEverybody);
    if (stopping_) co_return;
    if (good) {
      say(Status::kProgress, why + ": starting anew with it");
      again_ = true;
      stop();
      co_return;
    }
    say(Status::kProgress, why + ", but the one in force stays");
    manager_.tell("READY=1");
  }
}

void Service::wait_for_signal() {
  signals_.async_wait([this](const boost::system::error_code& error, int number) {
    if (error) return;
    if (number == SIGHUP) {
      reload("asked to load the configuration (SIGHUP)");
    } else {
      say(Status::kProgress, "stopping");
      again_ = false;
      stop();
      if (drained_) io().stop();
    }
    wait_for_signal();
  });
}

std::size_t Service::under_way() const {
  std::size_t calls = 0;
  for (const Account& account : runtime_.fleet.accounts)
    calls += account.pace->changing_under_way();
  return calls;
}

void Service::stop() {
  if (std::exchange(stopping_, true)) return;
  if (!again_) manager_.tell("STOPPING=1");
  daemon_.stop();
  for (const Account& account : runtime_.fleet.accounts) account.pace->close();
  start(io(), drain(), [this](std::exception_ptr) { io().stop(); });
}

Task<void> Service::drain() {
  const SteadyTime until = runtime_.edge.clock.steady_now() + kStopMost;
  while (under_way() > 0 && runtime_.edge.clock.steady_now() < until) {
    co_await runtime_.edge.sleeper.sleep(kStopLook);
  }
  // Those who waited for the answers that came last take them in.
  co_await runtime_.edge.sleeper.sleep(kStopLook);
  daemon_.write_down();
  drained_ = true;
  // Somebody may have gone on editing: with what is wrong now the new start would be the end.
  auto tells = Tells::kEverybody;
  while (again_ && !co_await configuration_is_good(std::exchange(tells, Tells::kNobody))) {
    co_await runtime_.edge.sleeper.sleep(seconds(1));
  }
}

Task<void> Service::watch_configuration() {
  configuration_.watch(configuration_files(absolute(global_.config), settings_));
  for (;;) {
    const std::set<std::string> touched = co_await configuration_.changes(hours(1));
    if (touched.empty()) continue;
    // Whoever edits writes more than once.
    while (!(co_await configuration_.changes(milliseconds(500))).empty()) {
    }
    reload(printable(*touched.begin()) + " has changed");
  }
}

void Service::on_fleet() {
  fleet_touched_ = true;
  fleet_changed_.wake();
}

bool Service::new_pairs_wait() const {
  const SteadyTime latest = runtime_.edge.clock.steady_now() - kNewPairsRest;
  return last_start_for_pairs_ > latest || daemon_.last_begin() > latest;
}

Task<void> Service::wait_for_fleet(milliseconds patience) {
  co_await fleet_changed_.wait(&runtime_.edge.sleeper, patience);
  const SteadyTime latest = runtime_.edge.clock.steady_now() + 10 * kFolderQuiet;
  while (std::exchange(fleet_touched_, false) && runtime_.edge.clock.steady_now() < latest) {
    co_await runtime_.edge.sleeper.sleep(kFolderQuiet);
  }
}

Task<FleetNews> Service::look_at_fleet() {
  FleetNews news;
  std::set<std::string> before;
  for (const Job& job : runtime_.fleet.jobs) before.insert(job.certificate);
  for (const CertificateSettings& entry : settings_.certificates) {
    if (!is_fleet(entry)) continue;
    std::vector<NamedSource> sources;
    try {
      sources = runtime_.certificates_of(entry, {});
    } catch (const Error&) {
      continue;
    }
    std::set<std::string> now;
    for (const NamedSource& one : sources) now.insert(one.name);
    // One name for all of it: the folder is gone or closed. Whoever reads the pairs says so.
    if (now.contains(entry.name)) continue;
    for (const std::string& name : before) {
      if (certificate_entry(name) == entry.name && !now.contains(name)) news.gone.insert(name);
    }
    for (const NamedSource& one : sources) {
      if (before.contains(one.name)) continue;
      news.added.insert(one.name);
      Task<BundlePtr> reading = one.source->read();
      const Result<BundlePtr> pair = co_await attempt(std::move(reading));
      if (!pair) ++news.incomplete;
    }
  }
  co_return news;
}

Task<void> Service::watch_fleet() {
  if (!std::ranges::any_of(settings_.certificates, is_fleet)) co_return;
  SteadyTime look_by = runtime_.edge.clock.steady_now() + kFolderLook;
  // What came between the first walk and the first watch is told by nobody.
  milliseconds patience = seconds(1);
  for (unsigned tries = 0; !stopping_;) {
    co_await wait_for_fleet(patience);
    const bool all = runtime_.edge.clock.steady_now() >= look_by;
    if (all) look_by = runtime_.edge.clock.steady_now() + kFolderLook;
    const FleetNews news = co_await look_at_fleet();
    give_back_memory();  // ten thousand sources were made for it
    const bool whole = news.added.size() > news.incomplete;
    // A panel moves a folder away and back, so what is gone is believed later, and is an error of
    // its certificate until then.
    if (whole || (all && !(news.added.empty() && news.gone.empty()))) {
      if (new_pairs_wait()) {
        while (new_pairs_wait()) co_await runtime_.edge.sleeper.sleep(kFolderQuiet);
        patience = milliseconds(0);  // more may have come
        if (all) look_by = runtime_.edge.clock.steady_now();
        continue;
      }
      last_start_for_pairs_ = runtime_.edge.clock.steady_now();
      reload(news.text() + " in the folders");
    }
    tries = news.incomplete > 0 ? tries + 1 : 0;
    patience = look_by - runtime_.edge.clock.steady_now();
    if (tries > 0) {
      const unsigned doublings = std::min(std::max(tries, kFolderTries) - kFolderTries, 12U);
      patience = std::min(patience, kFolderQuiet * (1U << doublings));
    }
  }
}

Task<void> Service::watch_for_limits() {
  bool told = false;
  for (milliseconds rest = seconds(1);; rest = minutes(1)) {
    co_await runtime_.edge.sleeper.sleep(rest);
    const std::size_t refused =
        sources_.files().refused_folders() + configuration_.refused_folders();
    if (std::exchange(told, refused > 0) == (refused > 0)) continue;
    const std::size_t all = sources_.files().folders() + configuration_.folders();
    if (refused == 0) {
      say(Status::kDone, "all folders are watched by the kernel again");
      continue;
    }
    const Error limit =
        Error(ErrorKind::kUnavailable, "the kernel's limit for watching files is reached")
            .with_code("watch.limit")
            .with_hint("raise fs.inotify.max_user_watches and max_user_instances (sysctl)");
    say(Status::kProgress,
        std::to_string(refused) + " of " + count_of(all, "folder") +
            " cannot be watched and are looked at once a minute instead; " + limit.hint,
        {},
        limit);
  }
}

Task<void> Service::keep_watchdog() {
  while (manager_.watchdog()) {
    manager_.tell("WATCHDOG=1");
    co_await runtime_.edge.sleeper.sleep(*manager_.watchdog());
  }
}

void Service::serve() {
  wait_for_signal();
  const auto ended = [this](std::exception_ptr thrown) {
    // Only a bug comes out of these.
    if (thrown) std::rethrow_exception(thrown);
    io().stop();
  };
  start(io(), keep_watchdog(), [](std::exception_ptr) {});
  start(io(), watch_configuration(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  start(io(), reload_when_asked(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  start(io(), watch_fleet(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  start(io(), watch_for_limits(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  start(io(), tell_people(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  start(io(),
        health_.serve_pages([this] { return daemon_.next_runs(); }),
        [](std::exception_ptr thrown) {
          if (thrown) std::rethrow_exception(thrown);
        });
  start(io(), health_.send_heartbeats(), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  announcer_.note({new_configuration(absolute(global_.config), {})});
  start(io(), daemon_.run(), ended);
  say(Status::kProgress,
      "serving " + count_of(runtime_.fleet.jobs.size(), "certificate") + " at " +
          count_of(runtime_.fleet.accounts.size(), "account"));
  manager_.tell("READY=1");
  io().run();
  const HeldSignals held;
  // One that came at the last moment has not been heard yet.
  io().restart();
  io().poll();
  if (!again_) say(Status::kDone, "stopped");
  std::fflush(nullptr);
  // Nothing is unwound: that is the crash that the journal is made for.
  if (again_) start_anew({.anew = true, .last_start_for_pairs = last_start_for_pairs_});
  _exit(again_ ? kNotAll : kAllWell);
}

/// Serves; returns only what is in the way of that.
std::vector<Error> try_to_serve(const GlobalOptions& global,
                                const ServiceManager& manager,
                                const Before& before,
                                HeldSignals* held) {
  ParsedSettings parsed = load_settings(global.config, catalogue());
  if (!parsed.ok()) return std::move(parsed.problems);
  try {
    const auto service =
        std::make_unique<Service>(global, std::move(parsed.settings), manager, before);
    held->release();
    service->serve();
  } catch (const Error& error) {
    if (error.code == "state.io") throw;
    return {error};
  }
}

/// The configuration was good a moment ago, somebody is editing it, and systemd would not start us
/// again after "wrong configuration".
int serve_when_it_can(const GlobalOptions& global,
                      const ServiceManager& manager,
                      const Before& before) {
  HeldSignals held;
  std::string said;
  do {
    std::string text;
    const std::vector<Error> problems = try_to_serve(global, manager, before, &held);
    for (const Error& problem : problems) text += problem.text() + "\n";
    if (std::exchange(said, text) != text) {
      for (const Error& problem : problems) print_finding(global, LogLevel::kError, "", problem);
      manager.tell("STATUS=waits for a configuration that is good");
    }
    if (manager.watchdog()) manager.tell("WATCHDOG=1");
  } while (!is_told_to_end());
  return kAllWell;
}

}  // namespace

int run_daemon(const GlobalOptions& global) {
  const ServiceManager manager = ServiceManager::from_environment();
  const Before before = Before::take();
  try {
    if (before.anew) return serve_when_it_can(global, manager, before);
    HeldSignals held;
    std::optional<Settings> settings = read_settings(global);
    if (!settings) return kUsage;
    const auto service = std::make_unique<Service>(global, *std::move(settings), manager, before);
    held.release();
    service->serve();
  } catch (const Error& error) {
    if (error.code != "state.io") throw;
    // A disk is full for a while: who watches over the daemon starts it again, but not after 2.
    print_error(global, error);
    return kNotAll;
  }
}

}  // namespace certferry::cli

// Always on: runs when a source changes, when a target's time comes, and to see what has drifted.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/wake_up.h"
#include "ports/file_watch.h"

namespace certferry {

struct DaemonSettings {
  /// How often an account is looked at though nothing has changed; a tenth more or less by chance.
  milliseconds observe_every = hours(1);
  /// How long files must have been left alone before they are read.
  milliseconds quiet = milliseconds(300);
};

/// What one account's run came to, for alerts and figures. `report` is none when the state could
/// not be read, and `error` says why.
struct DaemonRun {
  std::string account;
  const Report* report = nullptr;
  std::optional<Error> error;
};

/// Serves a fleet until it is stopped.
///
/// Each account has a loop of its own: an account whose edges never follow, or whose vendor does
/// not answer, holds up no other. Within one account runs follow one another. After a start each
/// account is looked at once; then whichever comes first: a changed source, a target's next try, a
/// superseded certificate whose grace is over, the hour. An edge that was seen serving as wished
/// in the last hour is not looked at again by a run that comes in between; after a run with trouble
/// all are.
///
/// Lifetime: everything passed outlives the daemon and its tasks. It may be destroyed with its loop
/// in the middle of anything: that is the crash that the journal is made for.
class Daemon {
 public:
  using AfterRun = std::function<Task<void>(DaemonRun)>;

  Daemon(const Fleet& fleet,
         const EngineSettings& settings,
         DaemonSettings times,
         EnginePorts ports,
         FileWatch& files,
         AfterRun after_run);

  /// Returns when it was stopped and the runs that were under way have ended.
  Task<void> run();
  /// No run begins any more.
  void stop();
  /// What the calls of the runs under way have come to, into the journal: before an end that does
  /// not wait for the runs.
  void write_down();
  /// When the last one of the runs under way began; none: no run is.
  std::optional<SteadyTime> last_begin() const;
  /// When each account is looked at next, for showing.
  std::map<std::string, Time> next_runs() const;

 private:
  /// One account and its loop.
  struct Share {
    explicit Share(const boost::asio::any_io_executor& executor) : wake(executor) {}
    Fleet fleet;
    WakeUp wake;
    Engine* engine = nullptr;         ///< of the run under way
    std::optional<SteadyTime> begin;  ///< of the run under way
    SteadyTime look_by{};   ///< from when on a run looks at every edge, however lately it was seen
    bool changed = false;   ///< a source of it did, since the last run began
    SteadyTime due{};       ///< steady, so that a clock that is set neither hurries nor delays it
    unsigned failures = 0;  ///< runs in a row that could not read a source, the vendor or the state
  };

  Task<void> serve(Share* share);
  Task<void> run_once(Share* share);
  Task<void> watch();
  /// Asks the sources that were read since where they may change, and watches that.
  void watch_anew();
  Task<std::set<std::string>> settle(std::set<std::string> touched);
  void wake_for(const std::set<std::string>& touched);
  /// How long until the account is looked at again.
  milliseconds rest_after(const Share& share, const Report& report);
  milliseconds rest_after_trouble(unsigned failures);
  milliseconds spread(milliseconds around);

  const Fleet& fleet_;
  const EngineSettings& settings_;
  DaemonSettings times_;
  EnginePorts ports_;
  FileWatch& files_;
  AfterRun after_run_;
  std::vector<Share*> shares_;  ///< they live in run(), for they end with its loop
  /// By certificate; asking ten thousand sources takes a while, and most answer as before.
  std::map<std::string, std::vector<WatchPath>> watched_;
  std::map<std::string, Source*> read_;  ///< those to be asked again
  bool stopping_ = false;
};

}  // namespace certferry

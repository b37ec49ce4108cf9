// How `certferry run` tells others how it does: pages over HTTP, and a heartbeat.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "cli/metrics.h"
#include "cli/runtime.h"
#include "engine/wake_up.h"
#include "engine/watched_store.h"
#include "notify/heartbeat.h"
#include "web/http_server.h"

namespace certferry::cli {

/// The address that heartbeats go to, which is configured. Throws: what fetching a secret throws.
Secret heartbeat_address(const Settings& settings);

/// Stands between the daemon and what it works with, and counts.
///
/// Nothing that goes wrong here stops anything: it is told in the log. Lifetime: what is passed
/// outlives it; it outlives the loop's last turn.
class Health final : public EventSink {
 public:
  /// Counts every call of the fleet's providers from here on.
  Health(const Settings& settings, Runtime& runtime, StateStore& store, EventSink& log);

  /// What the daemon writes to and reports to in place of the store and the log passed.
  StateStore& store() { return store_; }
  void on_event(const Event& event) override;

  void after_run(const DaemonRun& run);

  using NextRuns = std::function<std::map<std::string, Time>()>;
  /// Serves, and sends heartbeats; to be run beside the daemon. Ends when there is neither to do.
  Task<void> serve_pages(NextRuns next_runs);
  Task<void> send_heartbeats();

 private:
  std::vector<HealthCause> causes() const;
  web::HttpReply health_page() const;
  web::HttpReply metrics_page(const NextRuns& next_runs);
  Task<bool> beat();
  void say(Status status, std::string text);

  const HealthSettings& settings_;
  EdgeParts& edge_;
  const Fleet& fleet_;
  EventSink& log_;
  WatchedStore store_;
  Vitals vitals_;
  Time started_;
  milliseconds allowed_;  ///< how long an account may go without the end of a run
  std::vector<std::unique_ptr<CountedProvider>> providers_;  ///< one an account, in its order
  std::unique_ptr<web::HttpServer> server_;

  std::unique_ptr<HttpClient> wire_;
  std::optional<notify::Heartbeat> heartbeat_;
  HeartbeatCounts beats_;
  std::set<std::string> not_yet_;  ///< accounts without a run since the last heartbeat
  WakeUp round_;
};

}  // namespace certferry::cli

#include "cli/health.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/version.h"
#include "engine/attempt.h"
#include "engine/confirm.h"
#include "engine/recover.h"
#include "web/exposition.h"

namespace certferry::cli {

namespace {

/// A port that is taken may be free later: by the process that this one follows, say.
constexpr milliseconds kListenAgain = minutes(1);
constexpr milliseconds kBeatAgain = minutes(1);
constexpr int kBeatsMost = 5;
/// Open calls are counted up to here; more are under way only in the middle of a great roll-out.
constexpr std::size_t kOpenCallsMost = 10'000;

/// The longest time that any product in use may take to show a certificate.
milliseconds longest_deadline(const Runtime& runtime) {
  milliseconds longest{0};
  for (const Account& account : runtime.fleet.accounts) {
    for (const ProductMetadata& product : account.provider->metadata().products) {
      longest =
          std::max(longest, confirm_settings(product, runtime.engine_settings.confirm).deadline);
    }
  }
  return longest;
}

std::set<std::string> names_of(const Fleet& fleet) {
  std::set<std::string> names;
  for (const Account& account : fleet.accounts) names.insert(account.name);
  return names;
}

}  // namespace

Secret heartbeat_address(const Settings& settings) {
  return fetch_secret(*settings.health.heartbeat,
                      {.hidden_variables = secret_variables(settings)},
                      "heartbeat",
                      "settings.health");
}

Health::Health(const Settings& settings, Runtime& runtime, StateStore& store, EventSink& log)
    : settings_(settings.health),
      edge_(runtime.edge),
      fleet_(runtime.fleet),
      log_(log),
      store_(store),
      vitals_(runtime.edge.clock, runtime.fleet),
      started_(runtime.edge.clock.now()),
      allowed_(run_allowance(DaemonSettings().observe_every, longest_deadline(runtime))),
      not_yet_(names_of(runtime.fleet)),
      round_(runtime.edge.io.get_executor()) {
  for (Account& account : runtime.fleet.accounts) {
    providers_.push_back(std::make_unique<CountedProvider>(*account.provider));
    account.provider = providers_.back().get();
  }
  try {
    vitals_.recall(runtime.fleet, store_.targets(), store_.uploads());
    if (!settings_.heartbeat) return;
    Secret url = heartbeat_address(settings);
    wire_ =
        std::make_unique<CurlClient>(edge_.io, CurlClientOptions{.extra_roots = edge_.extra_roots});
    heartbeat_.emplace(std::move(url), *wire_);
  } catch (const Error& error) {
    say(Status::kFailed, error.text());
  }
}

void Health::say(Status status, std::string text) {
  log_.on_event({.at = edge_.clock.now(),
                 .stage = Stage::kService,
                 .status = status,
                 .text = std::move(text)});
}

void Health::on_event(const Event& event) {
  vitals_.on_event(event);
  log_.on_event(event);
}

void Health::after_run(const DaemonRun& run) {
  vitals_.after_run(run);
  not_yet_.erase(run.account);
  if (not_yet_.empty() && causes().empty()) round_.wake();
}

std::vector<HealthCause> Health::causes() const {
  return health_causes({.accounts = vitals_.health(allowed_), .state_trouble = store_.trouble()});
}

web::HttpReply Health::health_page() const {
  const std::vector<HealthCause> found = causes();
  nlohmann::ordered_json page = {{"status", found.empty() ? "ok" : "unhealthy"},
                                 {"version", kVersion},
                                 {"causes", nlohmann::ordered_json::array()}};
  for (const HealthCause& one : found) {
    nlohmann::ordered_json cause = {{"code", one.code}, {"text", one.text}};
    if (!one.account.empty()) cause["account"] = one.account;
    page["causes"].push_back(std::move(cause));
  }
  return {.status = found.empty() ? 200 : 503,
          .content_type = "application/json",
          .body = page.dump() + "\n"};
}

web::HttpReply Health::metrics_page(const NextRuns& next_runs) {
  MetricFacts facts{.started = started_, .vitals = vitals_, .next_runs = next_runs()};
  for (std::size_t i = 0; i < providers_.size(); ++i) {
    const Account& account = fleet_.accounts[i];
    facts.providers[account.name] = providers_[i].get();
    if (account.pace != nullptr) facts.paces[account.name] = account.pace;
  }
  try {
    const auto open = open_entries(store_, kOpenCallsMost);
    facts.open_calls = open.size();
    if (!open.empty()) {
      facts.oldest_open_call = std::ranges::min(open, {}, &JournalEntry::at).at;
    }
    facts.notices = store_.notices().size();
  } catch (const Error&) {
    // Half of them would mislead. The next run tells why.
    facts.open_calls.reset();
    facts.oldest_open_call.reset();
  }
  facts.state_writable = store_.trouble().empty();
  facts.healthy = causes().empty();
  facts.heartbeat = beats_;
  return {.content_type = std::string(web::kExpositionType), .body = metrics_text(facts)};
}

Task<void> Health::serve_pages(NextRuns next_runs) {
  if (!settings_.listen) co_return;
  std::map<std::string, web::HttpServer::Page> pages;
  pages["/healthz"] = [this] { return health_page(); };
  pages["/metrics"] = [this, next_runs] { return metrics_page(next_runs); };
  const std::string where = "http://" + to_string(*settings_.listen);
  std::string told;
  for (;;) {
    try {
      server_ = std::make_unique<web::HttpServer>(edge_.io, pages);
      server_->start(*settings_.listen);
      say(Status::kProgress, "serving " + where + "/metrics and /healthz");
      co_return;
    } catch (const Error& error) {
      if (told != error.text()) {
        say(Status::kFailed,
            error.text() +
                "; it goes on without /metrics and /healthz and tries again each minute");
      }
      told = error.text();
    }
    co_await edge_.sleeper.sleep(kListenAgain);
  }
}

Task<void> Health::send_heartbeats() {
  while (heartbeat_) {
    co_await round_.wait(&edge_.sleeper, hours(24));
    if (!not_yet_.empty() || !causes().empty()) continue;
    not_yet_ = names_of(fleet_);
    // A single lost packet is no reason for an alarm, and the next round is an hour away.
    bool answered = co_await beat();
    for (int tries = 1; !answered && tries < kBeatsMost; ++tries) {
      co_await edge_.sleeper.sleep(kBeatAgain);
      answered = co_await beat();
    }
    co_await edge_.sleeper.sleep(settings_.heartbeat_every);
  }
}

Task<bool> Health::beat() {
  const Result<void> result = co_await attempt(heartbeat_->beat());
  if (result) {
    ++beats_.answered;
    beats_.last = edge_.clock.now();
    co_return true;
  }
  ++beats_.failed;
  say(Status::kFailed, result.error().text());
  co_return false;
}

}  // namespace certferry::cli

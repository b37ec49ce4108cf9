// check, plan, apply, rollback, why: the commands that look at accounts and edges.

#include <pwd.h>
#include <unistd.h>

#include <cstdlib>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/health.h"
#include "cli/json_output.h"
#include "cli/notices.h"
#include "cli/progress.h"
#include "cli/render.h"
#include "cli/runtime.h"
#include "cli/terminal.h"
#include "engine/select.h"
#include "providers/registry.h"
#include "state/soci_store.h"
#include "state/writer_lock.h"

namespace certferry::cli {

namespace {

void print_problems(const GlobalOptions& global, const Report& report) {
  for (const Problem& one : problems_of(report)) {
    print_finding(global, LogLevel::kError, one.where, one.error);
  }
  for (const Problem& one : report.warnings) {
    print_finding(global, LogLevel::kWarning, one.where, one.error);
  }
}

/// Observes and plans without leaving a trace; shows only failures while it does.
std::optional<Report> plan_report(const GlobalOptions& global, certferry::PlanOptions options) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return std::nullopt;
  Runtime runtime(*settings);
  options.only = runtime.names_meant({options.only.begin(), options.only.end()});
  const auto store = state::SociStore::open_read_only(settings->state_path);
  GlobalOptions quiet = global;
  if (quiet.log_level == "info")
    quiet.log_level = "critical";  // the report says it all, and better
  const auto progress = make_progress(quiet);
  Engine engine(runtime.fleet, runtime.engine_settings, runtime.ports(*store, *progress));
  return run(runtime.edge.io, engine.plan(std::move(options)), global);
}

/// What stands in the way even before there is a plan: the state file's folder.
std::optional<Error> state_problem(const std::string& path) {
  if (access(path.c_str(), F_OK) == 0 && access(path.c_str(), W_OK) != 0) {
    return Error(ErrorKind::kInvalidInput,
                 "the state file " + path + " is not writable for this user")
        .with_code("state.io")
        .with_hint("run as the service's user or root, or set 'settings: state:'");
  }
  std::string folder = path;
  while (true) {
    folder = folder.substr(0, folder.find_last_of('/'));
    if (folder.empty()) folder = "/";
    if (access(folder.c_str(), F_OK) == 0 || folder == "/") break;
  }
  if (access(folder.c_str(), W_OK) == 0) return std::nullopt;
  return Error(ErrorKind::kInvalidInput,
               "the state file " + path + " cannot be written: " + folder +
                   " is not writable for this user")
      .with_code("state.io")
      .with_hint("run as the service's user or root, or set 'settings: state:'");
}

}  // namespace

namespace {

bool deployable(const Report& report) {
  return report.problems.empty() &&
         std::ranges::none_of(report.accounts,
                              [](const auto& one) { return one.error.has_value(); }) &&
         std::ranges::none_of(report.certificates,
                              [](const auto& one) { return one.error.has_value(); }) &&
         std::ranges::none_of(report.targets, [](const auto& one) { return one.plan.blocked(); });
}

/// Nothing goes by any name that was asked for, though everything could be asked: a wrong call, and
/// nothing was sent.
bool knows_no_name(const Report& report) {
  const auto failed = [](const auto& one) { return one.error.has_value(); };
  return report.targets.empty() && !report.problems.empty() &&
         std::ranges::none_of(report.accounts, failed) &&
         std::ranges::none_of(report.certificates, failed) &&
         std::ranges::all_of(report.problems,
                             [](const Problem& one) { return one.error.code == "select.unknown"; });
}

/// A line for each thing that was tried, good or bad.
class Checklist {
 public:
  explicit Checklist(Style style) : style_(style) {}
  void add(bool good, const std::string& line) {
    text_ +=
        (good ? style_(Colour::kGreen, "ok  ") : style_(Colour::kRed, "BAD ")) + " " + line + "\n";
  }
  void detail(const std::string& line) { text_ += "       " + line + "\n"; }
  const std::string& text() const { return text_; }

 private:
  Style style_;
  std::string text_;
};

/// Trouble of an account or a source stands on its own line already, not once for each target.
bool said_above(const TargetReport& target) {
  const std::string& code = target.plan.summary.code;
  return code == "observe.failed" || code == "source.failed";
}

std::string found_in(const AccountReport& account) {
  const auto all = provider_metadata();
  const auto provider = std::ranges::find(all, account.provider, &ProviderMetadata::id);
  if (provider != all.end() && !provider->has_api()) {
    return count_of(account.domains, "name") + ", files of " + std::to_string(account.stored) +
           " are there";
  }
  return "the key works; " + count_of(account.domains, "domain") + ", " +
         count_of(account.stored, "stored certificate");
}

void check_accounts(const Report& report, Checklist& list) {
  for (const AccountReport& account : report.accounts) {
    const std::string found = found_in(account);
    list.add(!account.error,
             "account " + account.name + " (" + account.provider +
                 "): " + (account.error ? account.error->text() : found));
  }
}

void check_certificates(const Report& report, Checklist& list) {
  for (const CertificateReport& certificate : report.certificates) {
    const std::string why = certificate.error ? ": " + certificate.error->text() : "";
    list.add(!certificate.error,
             "certificate " + certificate.name + " from " + certificate.source + why);
    if (certificate.bundle) list.detail(bundle_text(*certificate.bundle, report.started));
  }
}

void check_targets(const Report& report, Checklist& list) {
  for (const Problem& problem : other_problems(report)) {
    list.add(false, problem.where + ": " + problem.error.text());
  }
  std::size_t blocked = 0;
  for (const TargetReport& target : report.targets) {
    if (!target.plan.blocked()) continue;
    ++blocked;
    if (!said_above(target)) {
      list.add(false, "target " + to_string(target.facts.id) + ": " + target.message);
    }
  }
  const std::size_t good = report.targets.size() - blocked;
  const std::string cannot = blocked > 0 ? ", " + std::to_string(blocked) + " cannot" : "";
  list.add(good > 0 && blocked == 0,
           (good > 0 ? count_of(good, "target") : "no target") + " can be deployed" + cannot);
  for (const Problem& one : report.warnings)
    list.detail("mind: " + one.where + ": " + one.error.text());
}

std::string check_text(const Report& report,
                       const Settings& settings,
                       const std::optional<Error>& state,
                       const std::string& config) {
  Checklist list{Style(STDOUT_FILENO)};
  list.add(true,
           "configuration " + config + ": " + count_of(settings.accounts.size(), "account") + ", " +
               count_of(settings.certificates.size(), "certificate"));
  list.add(!state, state ? state->text() : "state file " + settings.state_path);
  check_accounts(report, list);
  check_certificates(report, list);
  check_targets(report, list);
  return list.text();
}

constexpr std::string_view kHeartbeat = "heartbeat";

/// Channels and a heartbeat that could not be set up. Whether notices arrive is for 'notify test'
/// to show.
std::vector<Problem> telling_problems(const Settings& settings) {
  EdgeParts edge(settings);
  const NotifyParts parts(settings, edge);
  std::vector<Problem> problems;
  for (std::size_t i = 0; i < parts.routes().size(); ++i) {
    if (!parts.problems()[i]) continue;
    problems.push_back({"channel " + parts.routes()[i].notifier->name(), *parts.problems()[i]});
  }
  if (!settings.health.heartbeat) return problems;
  try {
    heartbeat_address(settings);
  } catch (const Error& error) {
    problems.push_back({std::string(kHeartbeat), error});
  }
  return problems;
}

std::string telling_text(const Settings& settings, const std::vector<Problem>& problems) {
  Checklist list{Style(STDOUT_FILENO)};
  for (const Problem& one : problems) list.add(false, one.where + ": " + one.error.text());
  const bool silent =
      std::ranges::any_of(problems, [](const Problem& one) { return one.where == kHeartbeat; });
  const std::size_t good = settings.channels.size() - (problems.size() - (silent ? 1 : 0));
  if (good > 0) {
    list.add(true, count_of(good, "channel") + " for notices; 'certferry notify test' tries them");
  }
  if (settings.health.heartbeat && !silent) {
    list.add(true, "a heartbeat's address; 'certferry run' calls it");
  }
  return list.text();
}

}  // namespace

int run_check(const GlobalOptions& global) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  const std::optional<Error> state = state_problem(settings->state_path);
  const std::vector<Problem> telling = telling_problems(*settings);
  std::optional<Report> report = plan_report(global, {.only = {}, .scope = ProbeScope::kNone});
  if (!report) return kUsage;
  if (!global.json) {
    print(check_text(*report, *settings, state, global.config));
    print(telling_text(*settings, telling));
  }
  report->problems.insert(report->problems.end(), telling.begin(), telling.end());
  if (state) report->problems.push_back({"state", *state});
  const bool well = deployable(*report);
  if (global.json) {
    nlohmann::json out = to_json(*report);
    out["succeeded"] = well;
    print(dump(out));
  }
  return well ? kAllWell : kNotAll;
}

int run_plan(const GlobalOptions& global, const PlanOptions& options) {
  const std::optional<Report> report = plan_report(
      global, {.only = {options.only.begin(), options.only.end()}, .scope = ProbeScope::kAll});
  if (!report) return kUsage;
  if (global.json) {
    print(dump(to_json(*report)));
  } else {
    print(plan_text(*report, Style(STDOUT_FILENO)));
    print_problems(global, *report);
  }
  if (knows_no_name(*report)) return kUsage;
  if (!deployable(*report)) return kNotAll;
  return options.exit_code && report->has_work() ? kThereIsWork : kAllWell;
}

namespace {

/// The run's result stands whether or not anybody could be told of it.
Task<Report> apply_and_tell(Engine* engine, Announcer* announcer, certferry::ApplyOptions options) {
  Report report = co_await engine->apply(std::move(options));
  co_await announcer->after_run(&report);
  co_return report;
}

}  // namespace

int run_apply(const GlobalOptions& global, const ApplyOptions& options) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  Runtime runtime(*settings);
  const auto lock = state::WriterLock::acquire(
      settings->state_path, {.command = "certferry apply", .since = runtime.edge.clock.now()});
  const auto store = state::SociStore::open_for_writing(settings->state_path);
  auto progress = make_progress(global);
  Engine engine(runtime.fleet, runtime.engine_settings, runtime.ports(*store, *progress));
  NotifyParts notify(*settings, runtime.edge);
  Announcer announcer = notify.announcer(*store, *progress);
  const Report report = run(runtime.edge.io,
                            apply_and_tell(&engine,
                                           &announcer,
                                           {.only = runtime.names_meant(options.only),
                                            .wait_for_retire = options.wait,
                                            .due_only = options.due,
                                            .insist = options.now}),
                            global,
                            [&store] { return interrupted_applying(*store); });
  progress.reset();  // its moving lines go before the result comes
  if (global.json) {
    print(dump(to_json(report)));
  } else {
    print(apply_text(report, Style(STDOUT_FILENO)));
    print_problems(global, report);
  }
  if (knows_no_name(report)) return kUsage;
  return report.succeeded() ? kAllWell : kNotAll;
}

namespace {

/// The one target that a person means, of those that are remembered; the name itself where none is,
/// for the configuration may know it. Error `select.ambiguous`.
Result<std::string> the_one(StateStore& store, const std::string& asked) {
  std::vector<std::string> ids;
  for (const TargetRecord& one : store.targets()) {
    if (goes_by(one.id, asked)) ids.push_back(to_string(one.id));
  }
  if (ids.size() < 2) return ids.empty() ? asked : ids.front();
  return std::unexpected(
      Error(ErrorKind::kInvalidInput,
            "'" + printable(asked, 80) + "' is the name of " + count_of(ids.size(), "target"))
          .with_code("select.ambiguous")
          .with_hint("say which: " + join(ids, ", ")));
}

/// Who the audit says it was: the user that runs this, and whom sudo says is behind it.
std::string who_asks() {
  const passwd* user = getpwuid(getuid());
  std::string name = user == nullptr ? "user " + std::to_string(getuid()) : user->pw_name;
  const char* behind = getenv("SUDO_USER");
  if (getuid() == 0 && behind != nullptr) name.append(" (sudo by ").append(behind).append(")");
  return printable(name, 80);
}

int rollback_status(const Report& report, bool dry_run) {
  if (knows_no_name(report)) return kUsage;
  const auto well = [&](const TargetReport& one) {
    return dry_run ? !one.plan.blocked() : one.outcome == Outcome::kConfirmed;
  };
  const bool all = !report.targets.empty() && report.problems.empty() &&
                   std::ranges::all_of(report.targets, well);
  return all ? kAllWell : kNotAll;
}

void print_rollback(const GlobalOptions& global, const Report& report, int status, bool dry_run) {
  if (global.json) {
    nlohmann::json out = to_json(report);
    out["succeeded"] = status == kAllWell;
    return print(dump(out));
  }
  const Style style(STDOUT_FILENO);
  print(dry_run ? plan_text(report, style) : apply_text(report, style));
  print_problems(global, report);
}

}  // namespace

int run_rollback(const GlobalOptions& global, const RollbackOptions& options) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  Runtime runtime(*settings);
  std::optional<state::WriterLock> lock;
  if (!options.dry_run) {
    lock = state::WriterLock::acquire(
        settings->state_path, {.command = "certferry rollback", .since = runtime.edge.clock.now()});
  }
  const auto store = options.dry_run ? state::SociStore::open_read_only(settings->state_path)
                                     : state::SociStore::open_for_writing(settings->state_path);
  const Result<std::string> target = the_one(*store, options.target);
  if (!target) {
    print_error(global, target.error());
    return kUsage;
  }
  auto progress = make_progress(global);
  Engine engine(runtime.fleet, runtime.engine_settings, runtime.ports(*store, *progress));
  const Report report =
      run(runtime.edge.io,
          engine.roll_back({.target = *target, .by = who_asks(), .send = !options.dry_run}),
          global,
          [&store] { return interrupted_applying(*store); });
  progress.reset();
  const int status = rollback_status(report, options.dry_run);
  print_rollback(global, report, status, options.dry_run);
  return status;
}

namespace {

std::string why_text(const TargetReport& target, const Style& style, Time now) {
  const TargetFacts& facts = target.facts;
  std::string out =
      style(Colour::kBold, to_string(facts.id)) + "  of certificate " + facts.certificate + "\n\n";
  out += "the source gives\n  " +
         (facts.bundle ? bundle_text(*facts.bundle, now) : facts.source_problem.text) + "\n";
  out += "the vendor has it set to\n  " + binding_text(facts);
  if (facts.binding && !facts.binding->edge_name.empty()) {
    out += ", at edge " + printable(facts.binding->edge_name, 100);
  }
  out += "\nthe edge serves\n";
  out +=
      facts.probes.empty()
          ? "  " +
                (facts.probe_problem.code.empty() ? edge_text(facts) : facts.probe_problem.text) +
                "\n"
          : addresses_text(facts.probes, facts.bundle ? facts.bundle->fingerprint() : "", style, 2);
  if (facts.memory && !facts.memory->confirmed_fingerprint.empty()) {
    out += "last confirmed\n  " + short_fingerprint(facts.memory->confirmed_fingerprint) + " at " +
           format_time(facts.memory->confirmed_at) + "\n";
  }
  const std::vector<Check> checks = gate_checks(facts);
  if (!checks.empty()) out += "may this bundle be served here?\n";
  for (const Check& check : checks) {
    out += check.passed ? style(Colour::kGreen, "  yes  ") : style(Colour::kRed, "  no   ");
    out += printable(check.reason.text) + (check.passed ? "" : "; " + check.hint) + "\n";
  }
  out += "so the plan is\n";
  if (target.plan.steps.empty()) out += "  nothing to do: " + target.plan.summary.text + "\n";
  for (const Step& step : target.plan.steps) {
    out += "  " + style(Colour::kBold, to_string(step.kind)) + ": " +
           printable(step.reason.text, 2000) + "\n";
  }
  return out;
}

}  // namespace

int run_why(const GlobalOptions& global, const std::string& name) {
  const std::optional<Report> report =
      plan_report(global, {.only = {name}, .scope = ProbeScope::kAll});
  if (!report) return kUsage;
  if (global.json) {
    nlohmann::json out = to_json(*report);
    for (std::size_t i = 0; i < report->targets.size(); ++i) {
      nlohmann::json checks = nlohmann::json::array();
      for (const Check& check : gate_checks(report->targets[i].facts))
        checks.push_back(to_json(check));
      out["targets"][i]["checks"] = std::move(checks);
    }
    print(dump(out));
  } else {
    const Style style(STDOUT_FILENO);
    for (const TargetReport& target : report->targets) {
      print(why_text(target, style, report->started) + "\n");
    }
    print_problems(global, *report);
  }
  if (knows_no_name(*report)) return kUsage;
  const bool well = std::ranges::none_of(
      report->targets, [](const TargetReport& target) { return target.plan.blocked(); });
  return well && report->problems.empty() ? kAllWell : kNotAll;
}

}  // namespace certferry::cli

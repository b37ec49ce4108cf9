// init: from a machine with a panel or a client on it to a configuration that works.

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/init/account.h"
#include "cli/init/draft.h"
#include "cli/init/findings.h"
#include "cli/init/new_files.h"
#include "cli/init/questions.h"
#include "cli/init/signals.h"
#include "cli/json_output.h"
#include "cli/progress.h"
#include "cli/runtime.h"
#include "config/command.h"
#include "config/load.h"
#include "config/value.h"
#include "state/soci_store.h"

namespace certferry::cli {

namespace {

constexpr const char* kUsualConfig = "/etc/certferry/certferry.yaml";
constexpr const char* kService = "certferry.service";

std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal();
}

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path();
}

bool is_there(const std::string& path) {
  struct stat about{};
  return lstat(path.c_str(), &about) == 0;
}

/// Whether a systemd runs here that knows our service. It reads the usual configuration alone.
bool has_service(const std::string& config) {
  constexpr std::array<const char*, 4> kFolders = {"/etc/systemd/system/",
                                                   "/usr/local/lib/systemd/system/",
                                                   "/usr/lib/systemd/system/",
                                                   "/lib/systemd/system/"};
  return config == kUsualConfig && is_there("/run/systemd/system") &&
         std::ranges::any_of(kFolders,
                             [](const std::string& folder) { return is_there(folder + kService); });
}

Error usage(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("usage")
      .with_hint(std::move(hint));
}

/// What stands in the way of the configuration as a whole: what was tried a moment ago fails now,
/// or two certificates want one domain.
std::optional<Error> first_failure(const Report& report) {
  for (const AccountReport& one : report.accounts) {
    if (one.error) return one.error;
  }
  for (const CertificateReport& one : report.certificates) {
    if (one.error) return one.error;
  }
  if (!report.problems.empty()) return report.problems.front().error;
  return std::nullopt;
}

class Initialisation {
 public:
  Initialisation(const GlobalOptions& global, const InitOptions& options)
      : global_(global),
        options_(options),
        config_(absolute(global.config)),
        signals_(global),
        edge_(settings_of(options)) {
    if (!options.yes && Questions::can_ask()) questions_.emplace(signals_);
  }

  int run() {
    refuse_hopeless();
    found_ = find_on_this_machine(options_, edge_, signals_);
    choose_certificates();
    account_ = set_up_account(options_, edge_, signals_, questions());
    draft_.account = account_.draft;
    name_secret_files();
    choose_domains();
    choose_places();
    text_ = configuration_text(draft_);
    if (options_.print) return print_result();
    if (!agreed()) return kNotAll;
    // The last question too comes before anything is written: who breaks off there leaves nothing.
    const bool starts = service_wanted();
    write();
    const std::optional<Error> not_enabled = starts ? enable() : std::nullopt;
    print_result();
    if (!not_enabled) return kAllWell;
    print_error({}, *not_enabled);
    return kNotAll;
  }

 private:
  static Settings settings_of(const InitOptions& options) {
    Settings settings;
    if (!options.trust.empty()) settings.trust_path = absolute(options.trust);
    return settings;
  }

  Questions* questions() { return questions_ ? &*questions_ : nullptr; }
  void say(const std::string& text) const {
    if (!global_.json || questions_) std::fwrite(text.data(), 1, text.size(), stderr);
  }

  /// What would make all the answers be for nothing.
  void refuse_hopeless() const {
    if (options_.print) return;
    if (is_there(config_)) {
      throw Error(ErrorKind::kInvalidInput, config_ + " is there already, and is never overwritten")
          .with_code("init.exists")
          .with_hint(
              "'certferry check' tests it; move it away, name another by --config, or see "
              "by --print what would be written");
    }
    require_writable(config_);
    if (options_.enable && !has_service(config_)) {
      throw usage("there is no certferry.service here that could be enabled for " + config_,
                  "it comes with the package, and needs systemd; leave --enable out");
    }
  }

  void choose_certificates() {
    const Style style(STDERR_FILENO);
    const std::vector<std::size_t> good = usable(found_);
    if (!found_.certificates.empty() || !found_.closed.empty()) {
      say("Found on this machine\n" + found_text(found_, edge_.clock.now(), style) + "\n");
    }
    if (good.empty()) throw nothing_found();
    std::vector<std::size_t> chosen;
    for (const std::string& asked : options_.certificates) {
      Result<std::size_t> one = the_certificate(found_, asked);
      if (!one) throw std::move(one).error();
      chosen.push_back(*one);
    }
    if (chosen.empty()) chosen = ask_which(good);
    std::ranges::sort(chosen);
    chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
    std::vector<std::string> taken;
    for (const std::size_t i : chosen) {
      const FoundCertificate& one = found_.certificates[i];
      taken.push_back(certificate_name(one.bundle->leaf, taken));
      draft_.certificates.push_back(
          {.name = taken.back(), .finding = one.finding, .bundle = one.bundle, .to = {}});
    }
  }

  Error nothing_found() const {
    const std::string hint =
        "let the panel or client get one first; --folder DIR looks in another place" +
        std::string(found_.closed.empty() ? "" : "; root may look at more");
    const bool broken = !found_.certificates.empty();
    return Error(ErrorKind::kInvalidInput,
                 broken ? "no certificate that was found can be used: " +
                              found_.certificates.front().error->text()
                        : "no certificate was found at the usual places")
        .with_code("init.no_certificate")
        .with_hint(hint);
  }

  std::vector<std::size_t> ask_which(const std::vector<std::size_t>& good) {
    if (good.size() == 1) return good;
    if (!questions_) {
      throw usage(count_of(good.size(), "certificate") + " were found",
                  "say which by --certificate, by a name that it is for");
    }
    std::vector<std::size_t> chosen;
    for (const std::size_t i : questions_->choose("Which ones? Numbers, or 'all'", good.size())) {
      chosen.push_back(good[i]);
    }
    return chosen;
  }

  void name_secret_files() {
    for (const auto& [key, secret] : account_.secrets) {
      draft_.account.secret_files.emplace(
          key, folder_of(config_) + "/" + draft_.account.name + "." + key);
    }
  }

  void choose_domains() {
    std::size_t domains = 0;
    for (const auto& [product, bindings] : account_.listing.domains) domains += bindings.size();
    say("\nThe keys work: " + count_of(domains, "domain") + ", " +
        count_of(account_.listing.stored, "stored certificate") + "\n" +
        domains_text(account_.listing, draft_.certificates, Style(STDERR_FILENO)) +
        left_out_text(account_.listing) + "\n");
    for (DraftCertificate& one : draft_.certificates) {
      Result<std::vector<DraftTarget>> targets =
          targets_for(one.bundle->leaf, account_.listing, domains_of(one));
      if (!targets) throw std::move(targets).error();
      one.to = *std::move(targets);
    }
  }

  /// What flags or a person say; nothing stands for all that are covered.
  std::vector<std::string> domains_of(const DraftCertificate& one) {
    if (!options_.domains.empty() || !questions_) return options_.domains;
    const Certificate& leaf = one.bundle->leaf;
    // Where nothing is covered there is nothing to choose from.
    if (!targets_for(leaf, account_.listing, {})) return {};
    const auto names = [](const std::string& answer) {
      std::vector<std::string> out;
      for (const std::string& part : split(answer, ',')) out.emplace_back(trim(part));
      return out;
    };
    const std::string answer =
        questions_->ask("Domains that get " + one.name + " ('covered', or some with commas)",
                        "covered",
                        [&](const std::string& text) -> std::optional<std::string> {
                          const auto targets = targets_for(leaf, account_.listing, names(text));
                          if (targets) return {};
                          return targets.error().message;
                        });
    return names(answer);
  }

  void choose_places() {
    if (!options_.trust.empty()) draft_.trust = absolute(options_.trust);
    if (!options_.state.empty()) {
      draft_.state = absolute(options_.state);
      return require_writable(draft_.state);
    }
    try {
      require_writable(Settings().state_path);
    } catch (const Error&) {
      // Not root, nor the service's user: a place of one's own.
      draft_.state = folder_of(config_) + "/state/state.db";
    }
  }

  bool agreed() {
    if (!questions_) return true;
    say("\n" + text_ + "\n");
    if (questions_->yes("Write this to " + config_ + "?", true)) return true;
    say("Nothing was written.\n");
    return false;
  }

  bool service_wanted() {
    if (options_.enable) return true;
    if (!questions_ || !has_service(config_) || geteuid() != 0) return false;
    return questions_->yes("Start the service with it, now and at each boot?", true);
  }

  void write() {
    signals_.before_death([this] { files_.take_away(); });
    const std::optional<gid_t> group = service_group();
    files_.add_folder(folder_of(config_),
                      {.mode = group ? mode_t{0750} : mode_t{0700}, .group = group});
    for (const auto& [key, secret] : account_.secrets) {
      write_secret(draft_.account.secret_files.at(key), secret);
    }
    const std::string staged =
        files_.stage(config_, text_, {.mode = group ? mode_t{0640} : mode_t{0600}, .group = group});
    check(staged);
    signals_.look();
    files_.publish();
    files_.keep();
    signals_.forget_last();
  }

  /// Root's, and closed to all others: root reads it by hand, and the service by the one capability
  /// that it has. One that is there with the same secret in it is taken as it is.
  void write_secret(const std::string& path, const Secret& secret) {
    signals_.look();
    if (is_there(path)) {
      const Result<Secret> old =
          resolve_secret({.kind = SecretReference::Kind::kFile, .value = {path}, .at = {}});
      if (old && old->same_as(secret)) return;
      throw Error(ErrorKind::kInvalidInput, path + " is there already, and holds something else")
          .with_code("init.exists")
          .with_hint("move it away, or give the account another name by --account");
    }
    files_.add(path, std::string(secret.reveal()) + "\n", {.mode = 0600});
  }

  /// By the loader and the engine that every command uses, as 'certferry check' does.
  void check(const std::string& staged) {
    ParsedSettings parsed = load_settings(staged, catalogue());
    if (!parsed.ok()) throw Error(parsed.problems.front());
    Runtime runtime(parsed.settings);
    const auto store = state::SociStore::open_read_only(parsed.settings.state_path);
    GlobalOptions quiet = global_;
    quiet.log_level = "critical";
    const auto progress = make_progress(quiet);
    Engine engine(runtime.fleet, runtime.engine_settings, runtime.ports(*store, *progress));
    report_ = signals_.run(runtime.edge.io, engine.plan({.only = {}, .scope = ProbeScope::kNone}));
    if (auto failure = first_failure(*report_)) throw *std::move(failure);
  }

  /// What went wrong, if anything.
  std::optional<Error> enable() {
    CommandLimits limits{
        .deadline = minutes(2), .output_bytes = std::size_t{64} * 1024, .hidden_variables = {}};
    for (const auto& [key, path] : draft_.account.secret_files) {
      limits.hidden_variables.push_back(variable_for(draft_.account.provider->id, key));
    }
    const Result<Secret> done = run_command({"systemctl", "enable", "--now", kService}, limits);
    enabled_ = done.has_value();
    if (enabled_) return {};
    return Error(done.error())
        .while_doing("enabling " + std::string(kService))
        .with_hint("the configuration is written; 'journalctl -u certferry' may say why");
  }

  std::string call(const std::string& command) const {
    const std::string config = config_ == kUsualConfig ? "" : " --config " + config_;
    return "certferry " + command + config;
  }

  std::string written_text(const Style& style) const {
    std::string out = style(Colour::kGreen, "written") + "  " + config_ + "\n";
    for (const auto& [key, path] : draft_.account.secret_files) {
      out += style(Colour::kGreen, "written") + "  " + path + "\n";
    }
    std::size_t good = 0;
    for (const TargetReport& target : report_->targets) {
      if (!target.plan.blocked()) ++good;
    }
    out +=
        style(Colour::kGreen, "checked") + "  " + count_of(good, "target") + " can be deployed\n";
    for (const TargetReport& target : report_->targets) {
      if (!target.plan.blocked()) continue;
      out += style(Colour::kYellow, "mind") + "     " + to_string(target.facts.id) + ": " +
             target.message + "\n";
    }
    return out + "\n" + next_steps();
  }

  std::string next_steps() const {
    Table table({"NEXT", ""});
    if (enabled_) {
      table.add({call("status"), "how each domain does; the service is at work"});
      table.add({"journalctl -u certferry", "what it does and did"});
    } else {
      table.add({call("plan"), "what would be done, and why; changes nothing"});
      table.add({call("apply"), "do it, and look until the edge serves it"});
      if (has_service(config_)) {
        table.add({"systemctl enable --now certferry.service", "stay, and do it at each renewal"});
      } else {
        table.add({call("run"), "stay, and do it at each renewal"});
      }
    }
    table.add({"notify: in that file", "nobody is told of trouble yet: name a channel there"});
    return table.text(Style(STDOUT_FILENO));
  }

  nlohmann::json found_json() const {
    nlohmann::json list = nlohmann::json::array();
    for (const FoundCertificate& one : found_.certificates) {
      nlohmann::json entry = {{"source", one.where}, {"path", one.finding.path}};
      if (!one.finding.kind.empty()) {
        entry["from"] = {{one.finding.kind, one.finding.fields}};
      }
      if (one.bundle) entry["certificate"] = to_json(one.bundle->leaf);
      if (one.error) entry["error"] = to_json(*one.error);
      list.push_back(std::move(entry));
    }
    return list;
  }

  nlohmann::json domains_json() const {
    nlohmann::json list = nlohmann::json::array();
    for (const auto& [product, bindings] : account_.listing.domains) {
      for (const Binding& one : bindings) {
        nlohmann::json covered = nlohmann::json::array();
        for (const DraftCertificate& certificate : draft_.certificates) {
          for (const DraftTarget& to : certificate.to) {
            const bool taken = std::ranges::find(to.now, one.name) != to.now.end();
            if (to.product == product && taken) covered.push_back(certificate.name);
          }
        }
        list.push_back({{"product", product},
                        {"name", one.name},
                        {"online", one.online},
                        {"certificates", std::move(covered)}});
      }
    }
    return list;
  }

  nlohmann::json left_out_json() const {
    nlohmann::json list = nlohmann::json::array();
    for (const LeftOut& one : account_.listing.left_out) {
      list.push_back({{"product", one.product}, {"error", to_json(one.why)}});
    }
    return list;
  }

  nlohmann::json result_json() const {
    nlohmann::json out = {{"found", found_json()},
                          {"not_looked_at", found_.closed},
                          {"account", draft_.account.name},
                          {"domains", domains_json()},
                          {"left_out", left_out_json()},
                          {"paid", account_.listing.paid},
                          {"config", config_},
                          {"secret_files", draft_.account.secret_files},
                          {"text", text_},
                          {"written", !options_.print},
                          {"enabled", enabled_}};
    if (report_) {
      nlohmann::json targets = nlohmann::json::array();
      for (const TargetReport& one : report_->targets) targets.push_back(to_json(one));
      out["targets"] = std::move(targets);
    }
    return out;
  }

  int print_result() const {
    const std::string out = global_.json     ? dump(result_json())
                            : options_.print ? text_
                                             : written_text(Style(STDOUT_FILENO));
    std::fwrite(out.data(), 1, out.size(), stdout);
    return kAllWell;
  }

  const GlobalOptions& global_;
  const InitOptions& options_;
  std::string config_;
  Signals signals_;
  EdgeParts edge_;
  NewFiles files_;
  std::optional<Questions> questions_;
  Found found_;
  NewAccount account_;
  Draft draft_;
  std::string text_;
  std::optional<Report> report_;
  bool enabled_ = false;
};

}  // namespace

int run_init(const GlobalOptions& global, const InitOptions& options) {
  return Initialisation(global, options).run();
}

}  // namespace certferry::cli

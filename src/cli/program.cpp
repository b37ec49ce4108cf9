#include "cli/program.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/core/demangle.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <nlohmann/json.hpp>

#include "base/error.h"
#include "base/text.h"
#include "cli/command_tree.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/log.h"
#include "providers/registry.h"

namespace certferry::cli {

void print_error(const GlobalOptions& global, const Error& error) {
  if (global.json) {
    const std::string text = dump({{"error", to_json(error)}});
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  print_finding(global, LogLevel::kError, "", error);
}

std::string bug_text(const std::exception& bug) {
  return "certferry: bug: an unexpected exception of type " +
         boost::core::demangle(typeid(bug).name()) +
         ". Please report this line and the command. What was under way is in the journal; the "
         "next apply goes on from there.";
}

namespace {

/// What the process may leak or break by default: core dumps with keys in them, files that others
/// read, and a death by a peer that hung up.
void harden_process() {
  // A descriptor that came closed would be given to the next file or socket that is opened, and our
  // output would go there. Reading only: what is written is refused, and noticed.
  for (const int descriptor : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(descriptor, F_GETFD) == -1) open("/dev/null", O_RDONLY);
  }
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);
  umask(077);
  std::signal(SIGPIPE, SIG_IGN);
}

/// Errors that mean "nothing was sent: mend the call or the configuration".
int status_of(const Error& error) {
  const bool usage = error.code.starts_with("config.") || error.code.starts_with("state.") ||
                     error.code.starts_with("provider.") || error.code.starts_with("pem.") ||
                     error.kind == ErrorKind::kInvalidInput;
  return usage ? kUsage : kNotAll;
}

struct CommandLine {
  GlobalOptions global;
  InitOptions init;
  PlanOptions plan;
  ApplyOptions apply;
  RollbackOptions rollback;
  StatusOptions status_of;
  HistoryOptions history;
  ProbeOptions probe;
  SandboxOptions sandbox;
  SimulateOptions simulate;
  std::string why;
  std::string provider;
  std::string channel;
  std::string writing;  ///< the script or page to print
  int status = kAllWell;
};

constexpr const char* kAbout =
    "certferry brings renewed TLS certificates to where they are served, and is finished only when "
    "the edge itself serves them.\n\n"
    "First steps:\n"
    "  certferry init           finds certificates here, asks for the account, writes the "
    "configuration\n"
    "  certferry check          reads the configuration, tries the keys and the files\n"
    "  certferry plan           what would be done, and why; changes nothing\n"
    "  certferry apply          does it: upload, bind, look at the edge, retire the old one\n"
    "  certferry sandbox --dir /tmp/sandbox    rehearse all of it against an emulated vendor\n";

constexpr const char* kFooter =
    "Exit status: 0 all confirmed or nothing to do; 1 something failed or is unconfirmed;\n"
    "2 usage or configuration, nothing was sent; 3 with 'plan --exit-code', when there is work.\n"
    "When SIGINT or SIGTERM interrupts it, it dies by that signal (a shell shows 130 or 143).";

constexpr const char* kGlobalOptions =
    "Options of every command:\n"
    "  --config FILE               Configuration file [/etc/certferry/certferry.yaml]\n"
    "  --output FORM               text or json\n"
    "  --log-level LEVEL           debug, info, warning or error\n"
    "  --log-format FORM           text or json: what is told on standard error\n";

/// What stands below a command's own options: those of all commands, examples, how it may end.
std::string footer(const std::string& examples, const std::string& exit_status) {
  return std::string(kGlobalOptions) + "\nExamples:\n" + examples + "\nExit status: " + exit_status;
}

CLI::Validator not_empty() {
  return {
      [](const std::string& text) { return std::string(text.empty() ? "the name is empty" : ""); },
      "",
      "not empty"};
}

void add_init_command(CLI::App& app, CommandLine& line) {
  InitOptions& options = line.init;
  auto* init = app.add_subcommand(
      "init", "Find certificates on this machine and write a first configuration");
  const auto one = [&](const char* name, std::string& into, const char* type, const char* help) {
    init->add_option(name, into, help)->type_name(type)->check(not_empty());
  };
  const auto many =
      [&](const char* name, std::vector<std::string>& into, const char* type, const char* help) {
        init->add_option(name, into, help)
            ->type_name(type)
            ->allow_extra_args(false)
            ->check(not_empty());
      };
  many("--certificate",
       options.certificates,
       "NAME",
       "Of those that are found: a name it is for, its tool's name, or KIND:NAME");
  many("--folder", options.folders, "FOLDER", "Look for pairs below this folder as well");
  one("--root", options.root, "FOLDER", "Look below this folder in place of /");
  one("--provider", options.provider, "VENDOR", "The vendor: 'certferry providers' lists them");
  one("--account", options.account, "NAME", "The account's name in the configuration");
  many("--field", options.fields, "KEY=VALUE", "A key of the account that is no secret");
  many("--secret-file",
       options.secret_files,
       "KEY=PATH",
       "Take a secret of the account from a file of yours, mode 0600; - for standard input");
  init->add_option("--domains", options.domains, "'covered', or exact ones with commas between")
      ->type_name("DOMAIN")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(not_empty());
  one("--endpoint", options.endpoint, "URL", "Where calls go instead of the vendor's own address");
  one("--trust", options.trust, "FILE", "PEM file of roots to trust beside the system's");
  one("--state", options.state, "FILE", "Where to keep the state, if not at the usual place");
  init->add_flag("--yes", options.yes, "Ask nothing: what is missing is an error");
  auto* print = init->add_flag(
      "--print,--dry-run", options.print, "Print the configuration and write nothing");
  init->add_flag("--enable", options.enable, "Enable and start certferry.service")->excludes(print);
  init->footer(footer(
      "  certferry init\n"
      "  DOGECLOUD_ACCESS_KEY=... certferry init --yes --provider dogecloud --certificate "
      "example.com \\\n    --secret-file secret_key=/root/dogecloud.secret --enable\n"
      "  certferry init --print\n",
      "0 written, or printed; 1 the account does not answer as it should, or it was\nbroken off: "
      "nothing was written; 2 usage, nothing to begin with, or a file that is there\nalready.\n"
      "Secrets are asked for on a terminal, or taken from --secret-file or from variables such "
      "as\nDOGECLOUD_SECRET_KEY. The keys are tried by calls that change nothing. Each gets a "
      "file of its\nown beside the configuration, mode 0600."));
  init->callback([&line] { line.status = run_init(line.global, line.init); });
}

void add_looking_commands(CLI::App& app, CommandLine& line) {
  auto* check = app.add_subcommand(
      "check", "Test configuration, credentials, files and names; changes nothing");
  check->footer(
      footer("  certferry check\n"
             "  certferry check --config ./certferry.yaml --output json\n",
             "0 all of it works; 1 something does not; 2 usage or configuration."));
  check->callback([&line] { line.status = run_check(line.global); });

  auto* plan = app.add_subcommand("plan", "Show what apply would do and why; changes nothing");
  plan->add_option("name", line.plan.only, "Only these certificates, targets or domains")
      ->type_name("TARGET")
      ->check(not_empty());
  plan->add_flag("--exit-code", line.plan.exit_code, "Exit with 3 when there is something to do");
  plan->footer(footer(
      "  certferry plan\n  certferry plan example.com --exit-code\n",
      "0 apply would do it, or there is nothing to do; 1 something stands in the way;\n2 usage, "
      "configuration, or a name that nothing goes by; 3 with --exit-code, when there is work."));
  plan->callback([&line] { line.status = run_plan(line.global, line.plan); });

  auto* why =
      app.add_subcommand("why", "Explain one target: source, vendor, edge, every check, the plan");
  why->add_option("target", line.why, "ACCOUNT/PRODUCT/DOMAIN, or the domain alone")
      ->type_name("TARGET")
      ->required()
      ->check(not_empty());
  why->footer(footer("  certferry why cdn.example.com\n  certferry why doge/cdn/cdn.example.com\n",
                     "0 nothing stands in the way; 1 something does;\n2 usage, configuration, or a "
                     "name that nothing goes by."));
  why->callback([&line] { line.status = run_why(line.global, line.why); });

  auto* probe =
      app.add_subcommand("probe", "Look at what every address of a name serves, by TLS handshake");
  probe->add_option("host", line.probe.host, "The name")->required();
  probe->add_option("--connect", line.probe.connect, "Look at this ADDRESS:PORT alone");
  probe->add_option("--port", line.probe.port, "Port, when DNS gives the addresses")
      ->capture_default_str();
  probe->footer(footer(
      "  certferry probe cdn.example.com\n  certferry probe cdn.example.com --connect "
      "192.0.2.1:443\n",
      "0 every address serves a good certificate; 1 one does not; 2 usage or configuration."));
  probe->callback([&line] { line.status = run_probe(line.global, line.probe); });
}

void add_doing_commands(CLI::App& app, CommandLine& line) {
  auto* apply =
      app.add_subcommand("apply", "Upload, bind, confirm at the edge, retire what is superseded");
  apply->add_option("name", line.apply.only, "Only these certificates, targets or domains")
      ->type_name("TARGET")
      ->check(not_empty());
  apply->add_flag(
      "--wait",
      line.apply.wait,
      "Stay until superseded certificates are past their grace period, and delete them");
  auto* due = apply->add_flag(
      "--due",
      line.apply.due,
      "For timers and hooks: leave what failed alone until its time comes, later each time");
  apply
      ->add_flag("--now",
                 line.apply.now,
                 "Try also what was put off, parked after a rollback or a contest, or whose vendor "
                 "asked for a pause")
      ->excludes(due);
  apply->footer(footer(
      "  certferry apply\n  certferry apply --due\n  certferry apply --now cdn.example.com\n"
      "  certferry apply --wait\n",
      "0 all confirmed or nothing to do; 1 something failed or is unconfirmed;\n2 usage, "
      "configuration, or a name that nothing goes by: nothing was sent; or the\nstate is in use, "
      "or cannot be written.\nInterrupted by "
      "SIGINT or SIGTERM it dies by that signal (a shell shows 130 or 143);\nthe next apply "
      "goes on from the journal."));
  apply->callback([&line] { line.status = run_apply(line.global, line.apply); });

  auto* daemon = app.add_subcommand(
      "run", "Stay and serve: deploy each renewal as it is written, watch what the edges serve");
  daemon->footer(footer(
      "  certferry run\n  systemctl enable --now certferry      # as a service\n",
      "0 stopped by SIGTERM or SIGINT; 1 it could not go on; 2 usage or configuration, or another\n"
      "certferry is at work.\nA renewal is deployed within a second of its last write, a failure "
      "tried again later each\ntime, everything looked at once an hour. SIGHUP, or a change of the "
      "configuration, loads it\nanew; one that is not good is told and the one in force stays."));
  daemon->callback([&line] { line.status = run_daemon(line.global); });

  auto* rollback = app.add_subcommand(
      "rollback", "Put one target back to the bundle that was confirmed there before");
  rollback
      ->add_option("target", line.rollback.target, "ACCOUNT/PRODUCT/DOMAIN, or the domain alone")
      ->type_name("TARGET")
      ->required()
      ->check(not_empty());
  rollback->add_flag("--dry-run", line.rollback.dry_run, "Only say what would be done");
  rollback->footer(footer(
      "  certferry rollback cdn.example.com --dry-run\n  certferry rollback cdn.example.com\n",
      "0 confirmed at the edge, or with --dry-run, it would be tried; 1 it failed, "
      "is\nunconfirmed, "
      "or there is nothing to go back to; 2 usage, configuration, or a name that\nnothing or more "
      "than one target goes by: nothing was sent.\nThe older bundle has to be in the vendor's "
      "store "
      "still (see 'settings: retire_after:'), and\nmay end earlier. What was taken back is not "
      "sent again by itself: a newer bundle of the\nsource is, and the same one by 'certferry "
      "apply "
      "--now'."));
  rollback->callback([&line] { line.status = run_rollback(line.global, line.rollback); });

  auto* status =
      app.add_subcommand("status", "Show how each target stands, trouble first; asks nobody");
  status->add_option("name", line.status_of.only, "Only these certificates, targets or domains")
      ->type_name("TARGET")
      ->check(not_empty());
  status->add_flag("--trouble", line.status_of.trouble, "Only what needs a look");
  status->add_flag("--watch", line.status_of.watch, "Stay on the terminal, always up to date");
  status->footer(
      footer("  certferry status\n  certferry status --trouble\n  certferry status --watch\n",
             "0 every target was confirmed last; 1 one was not, or has expired; 2 usage,\n"
             "configuration, or a name of which nothing is remembered. --watch needs a terminal, "
             "ends by\nCtrl-C (SIGINT) or SIGTERM, and dies by that signal as every command does "
             "(130, 143)."));
  status->callback([&line] { line.status = run_status(line.global, line.status_of); });

  auto* history = app.add_subcommand("history", "Show what was done, newest first; asks nobody");
  history->add_option("target", line.history.target, "Only this target, or domain")
      ->type_name("TARGET")
      ->check(not_empty());
  history->add_option("--limit", line.history.limit, "At most so many lines")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  history->footer(
      footer("  certferry history\n  certferry history cdn.example.com --limit 10\n",
             "0 shown; 2 usage, configuration, or a target of which nothing is remembered."));
  history->callback([&line] { line.status = run_history(line.global, line.history); });
}

void add_notify_command(CLI::App& app, CommandLine& line) {
  auto* notify = app.add_subcommand("notify", "Try the channels that notices are sent by");
  notify->require_subcommand(1);
  auto* test = notify->add_subcommand("test", "Send a test notice by each channel, or by one");
  test->add_option("channel", line.channel, "This channel alone, by its name")->check(not_empty());
  const std::string text =
      footer("  certferry notify test\n  certferry notify test telegram\n",
             "0 every channel took it; 1 one did not; 2 usage or configuration, or no\nsuch "
             "channel.");
  notify->footer(text);
  test->footer(text);
  test->callback([&line] { line.status = run_notify_test(line.global, line.channel); });
}

void add_knowing_commands(CLI::App& app, CommandLine& line) {
  auto* providers =
      app.add_subcommand("providers", "List vendors and products, or tell all about one");
  providers->add_option("name", line.provider, "A vendor, or VENDOR/PRODUCT")
      ->type_name("VENDOR")
      ->check(not_empty());
  providers->footer(footer("  certferry providers\n  certferry providers dogecloud\n",
                           "0 shown; 2 there is no such vendor or product."));
  providers->callback([&line] { line.status = run_providers(line.global, line.provider); });

  auto* schema = app.add_subcommand("schema", "Print the JSON Schema of the configuration file");
  schema->footer(footer("  certferry schema > certferry.schema.json\n", "0 shown."));
  schema->callback([&line] { line.status = run_schema(line.global); });

  auto* version = app.add_subcommand("version", "Print the version");
  version->footer(footer("  certferry version\n", "0 shown."));
  version->callback([&line] { line.status = run_version(line.global); });
}

/// Of every vendor of the registry that has an API, each of which is emulated: "dogecloud/cdn".
std::vector<std::string> products() {
  std::vector<std::string> all;
  for (const ProviderMetadata& vendor : provider_metadata()) {
    if (!vendor.has_api()) continue;
    for (const ProductMetadata& product : vendor.products) {
      all.push_back(std::string(vendor.id) + "/" + std::string(product.id));
    }
  }
  return all;
}

void add_sandbox_command(CLI::App& app, CommandLine& line) {
  SandboxOptions& options = line.sandbox;
  auto* sandbox = app.add_subcommand(
      "sandbox", "Emulate a vendor, its edges and a panel on loopback addresses, to rehearse with");
  sandbox->add_option("--dir", options.directory, "Folder for configuration, panel files and state")
      ->type_name("FOLDER")
      ->required();
  sandbox->add_option("--product", options.product, "What the emulated account serves from")
      ->capture_default_str()
      ->check(CLI::IsMember(products()));
  sandbox->add_option("--site", options.site, "The panel's site")->capture_default_str();
  sandbox->add_option("--domain",
                      options.domains,
                      "Domains of the account (default: cdn., img. and www. of the site)");
  sandbox->add_option("--edges", options.edges, "Edge addresses")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
  sandbox->add_option("--latency", options.latency, "Of each API reply")->capture_default_str();
  sandbox->add_option("--propagation", options.propagation, "Until the last edge follows a bind")
      ->capture_default_str();
  sandbox->add_option("--lifetime", options.lifetime, "Of the panel's certificates")
      ->capture_default_str();
  sandbox->add_option("--api-port", options.api_port, "0: any free one")->capture_default_str();
  sandbox->add_option("--control-port", options.control_port, "0: any free one")
      ->capture_default_str();
  sandbox->add_option("--edge-port", options.edge_port, "0: any free one")->capture_default_str();
  sandbox->add_option("--first-id", options.first_id, "Id of the first stored certificate")
      ->capture_default_str();
  sandbox->footer(
      footer("  certferry sandbox --dir /tmp/sandbox\n"
             "  certferry --config /tmp/sandbox/certferry.yaml apply      # in another terminal\n",
             "0 stopped by SIGINT or SIGTERM; 1 something failed; 2 usage."));
  sandbox->callback([&line] { line.status = run_sandbox(line.global, line.sandbox); });
}

void add_simulate_command(CLI::App& app, CommandLine& line) {
  SimulateOptions& options = line.simulate;
  auto* simulate = app.add_subcommand(
      "simulate", "Run this very code in simulated worlds where everything goes wrong; for proof");
  auto* seed = simulate->add_option("--seed", options.seed, "This world alone");
  simulate->add_option("--seeds", options.seeds, "How many worlds")->capture_default_str();
  simulate->add_option("--from", options.from, "The first of them")->capture_default_str();
  simulate->add_option("--jobs", options.jobs, "Processes; 0: one a core")
      ->capture_default_str()
      ->check(CLI::Range(0, 256));
  simulate->add_option(
      "--time-limit", options.time_limit, "Begin no more worlds after so many seconds; 0: none");
  auto* product = simulate->add_option(
      "--product", options.product, "Worlds of a vendor's product: aliyun/cdn, aliyun, or all");
  simulate->add_flag("--trace", options.trace, "Print all that happens")->needs(seed);
  simulate->add_flag("--shrink", options.shrink, "Look for a smaller world that fails alike")
      ->needs(seed)
      ->excludes(product);
  simulate->add_option(
      "--plant", options.plant, "Switch on a planted bug (program 'certferry_planted')");
  simulate
      ->add_flag(
          "--plants", options.plants, "Each planted bug in turn: is it found within --seeds?")
      ->excludes(product);
  simulate->add_option("--without", options.without, "Leave out a hazard; may stand often")
      ->allow_extra_args(false)
      ->excludes(product);
  const auto most = [&](const char* name, unsigned& value, const char* help) {
    simulate->add_option(name, value, help)->capture_default_str()->check(CLI::Range(1, 60));
  };
  most("--targets-max", options.targets_max, "At most so many targets");
  most("--accounts-max", options.accounts_max, "At most so many accounts");
  most("--certificates-max", options.certificates_max, "At most so many certificates");
  most("--runs-max", options.runs_max, "At most so many runs of the tool");
  simulate->footer(footer(
      "  certferry simulate --seeds 1000\n  certferry simulate --seed 42 --trace\n"
      "  certferry simulate --product all --seeds 1000\n",
      "0 no rule was broken; 1 one was, and the command that replays it is printed; 2 usage."));
  simulate->callback([&line] { line.status = run_simulate(line.global, line.simulate); });
}

/// What a package is made with. An empty group keeps a command out of the help.
void add_writing_commands(CLI::App& app, CommandLine& line) {
  const auto add = [&](const char* name, const char* help, std::vector<std::string> of, auto run) {
    auto* command = app.add_subcommand(name, help)->group("");
    command->add_option("which", line.writing, join(of, ", "))
        ->required()
        ->check(CLI::IsMember(of));
    command->callback([&app, &line, run] { line.status = run(line.writing, command_tree(app)); });
  };
  add("completion", "Print a completion script", {"bash", "zsh", "fish"}, run_completion);
  add("manual", "Print a manual page", {"certferry", "certferry.yaml"}, run_manual);
}

void add_global_options(CLI::App& app, CommandLine& line) {
  app.add_option("--config", line.global.config, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str()
      ->each([&line](const std::string&) { line.global.config_given = true; });
  app.add_option_function<std::string>(
         "--output",
         [&line](const std::string& form) { line.global.json = form == "json"; },
         "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_option("--log-level", line.global.log_level, "debug, info, warning or error")
      ->capture_default_str()
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}));
  app.add_option_function<std::string>(
         "--log-format",
         [&line](const std::string& form) {
           line.global.log_format = form == "json" ? LogFormat::kJson : LogFormat::kText;
         },
         "text or json: what is told on standard error")
      ->check(CLI::IsMember({"text", "json"}));
}

/// The command that was being read when a call turned out wrong; the program itself when none was.
const CLI::App& command_of(const CLI::App& app) {
  const auto chosen = app.get_subcommands();
  return chosen.empty() ? app : *chosen.front();
}

std::string call_of(const CLI::App& app, const CLI::App& command) {
  return &app == &command ? "certferry" : "certferry " + command.get_name();
}

Error usage(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("usage")
      .with_hint(std::move(hint));
}

std::vector<std::string> commands_of(const CLI::App& app) {
  std::vector<std::string> commands;
  for (const CLI::App* one : app.get_subcommands([](const CLI::App*) { return true; })) {
    commands.push_back(one->get_name());
  }
  return commands;
}

Error unknown_command(const CLI::App& app, const CLI::App& of, const std::string& word) {
  const std::string near = nearest(word, commands_of(of));
  return usage("there is no command '" + printable(word, 60) + "'",
               near.empty() ? "'" + call_of(app, of) + " --help' lists them"
                            : "did you mean '" + near + "'?");
}

/// A word that no option and no name takes: an option that does not exist, or one name too many.
Error unexpected_word(const CLI::App& app, const std::string& word) {
  const CLI::App& command = command_of(app);
  const std::string call = call_of(app, command);
  const std::string help = "'" + call + " --help' lists what it takes";
  if (!word.starts_with('-')) {
    return usage("'" + call + "' has no use for '" + printable(word, 60) + "'", help);
  }
  std::vector<std::string> options;
  for (const CLI::App* one : {&app, &command}) {
    for (const CLI::Option* option : one->get_options()) {
      for (const std::string& name : option->get_lnames()) options.push_back("--" + name);
    }
  }
  const std::string near = nearest(word.substr(0, word.find('=')), options);
  return usage("'" + call + "' has no option '" + printable(word, 60) + "'",
               near.empty() ? help : "did you mean '" + near + "'?");
}

Error wrong_call(const CLI::App& app, const CLI::ParseError& error) {
  const std::vector<std::string> extra = app.remaining(true);
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr && !extra.empty()) {
    const bool command = app.get_subcommands().empty() && !extra.front().starts_with('-');
    return command ? unknown_command(app, app, extra.front()) : unexpected_word(app, extra.front());
  }
  const CLI::App& inner = command_of(app);
  if (&inner != &app && !extra.empty() && !commands_of(inner).empty()) {
    return unknown_command(app, inner, extra.front());
  }
  const std::string call = call_of(app, inner);
  return usage(printable(split(error.what(), '\n').front(), 300),
               "'" + call + " --help' tells what it takes");
}

/// Whether an option asks for JSON, also in a call that is wrong and was not read to its end.
bool wants_json(const std::string& option, int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == option + "=json") return true;
    if (word == option && i + 1 < argc && std::string_view(argv[i + 1]) == "json") return true;
  }
  return false;
}

int dispatch(CLI::App& app, CommandLine& line, int argc, char** argv) {
  try {
    app.parse(argc, argv);
    if (!app.get_subcommands().empty()) return line.status;
    std::fputs(app.help().c_str(), stderr);
    return kUsage;
  } catch (const CLI::ParseError& error) {
    // Help and version come this way too, and end well.
    if (error.get_exit_code() == 0) return app.exit(error);
    line.global.json = wants_json("--output", argc, argv);
    if (wants_json("--log-format", argc, argv)) line.global.log_format = LogFormat::kJson;
    print_error(line.global, wrong_call(app, error));
    return kUsage;
  } catch (const Error& error) {
    print_error(line.global, error);
    return status_of(error);
  } catch (const std::exception& bug) {
    // It ends the process here as well as in std::terminate, but that would print its words.
    std::fprintf(stderr, "%s\n", bug_text(bug).c_str());
    return kNotAll;
  }
}

/// A result that nobody could read is no success.
int flushed(int status) {
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return status;
  const int why = errno;
  // Whoever closes a pipe early, as head does, has seen enough and needs no message.
  if (why != EPIPE) {
    std::fprintf(stderr, "error: the output could not be written: %s\n", std::strerror(why));
  }
  return status == kAllWell ? kNotAll : status;
}

}  // namespace

int run_program(int argc, char** argv) {
  harden_process();
  CommandLine line;
  CLI::App app(kAbout, "certferry");
  app.footer(kFooter);
  app.require_subcommand(0, 1);
  app.fallthrough();  // global options may stand behind the command as well
  app.set_version_flag("--version", "certferry " CERTFERRY_VERSION);
  add_global_options(app, line);
  add_init_command(app, line);
  add_looking_commands(app, line);
  add_doing_commands(app, line);
  add_notify_command(app, line);
  add_knowing_commands(app, line);
  add_sandbox_command(app, line);
  add_simulate_command(app, line);
  add_writing_commands(app, line);
  return flushed(dispatch(app, line, argc, argv));
}

}  // namespace certferry::cli

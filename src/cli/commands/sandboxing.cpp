// sandbox: an emulated vendor with edges, and a panel's site folder to deploy from.

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/signal_set.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/terminal.h"
#include "crypto/throwaway_ca.h"
#include "net/system_clock.h"
#include "ports/start.h"
#include "providers/registry.h"
#include "sandbox/sandbox.h"
#include "state/writer_lock.h"

namespace certferry::cli {

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

constexpr std::string_view kMark =
    "# Written by 'certferry sandbox', and written again each time it starts.\n";

Error usage_error(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message)).with_hint(std::move(hint));
}

Error folder_error(const fs::path& folder, const std::error_code& why) {
  return usage_error(
      "the sandbox cannot use the folder " + folder.string() + ": " + why.message(),
      "choose a folder that can be made, or one that is yours; what is there was not touched");
}

void make_folders(const fs::path& folder) {
  std::error_code failed;
  fs::create_directories(folder, failed);
  const bool made = !failed && fs::is_directory(folder, failed);
  if (!made && !failed) failed = std::make_error_code(std::errc::not_a_directory);
  if (failed) throw folder_error(folder, failed);
}

/// Writes a file whole, closed to others when it is secret.
void write_file(const fs::path& path, std::string_view text, mode_t mode) {
  const mode_t before = umask(0777 & ~mode);
  std::error_code ignored;
  fs::remove(path, ignored);  // an older file would keep its own mode
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(text.data(), static_cast<std::streamsize>(text.size()));
  file.close();
  umask(before);
  if (!file) {
    throw Error(ErrorKind::kUnavailable, "cannot write " + path.string())
        .with_hint("is the folder writable, and is there room?");
  }
}

milliseconds duration_of(const std::string& text, const std::string& option) {
  Result<milliseconds> duration = parse_duration(text);
  if (!duration) throw std::move(duration).error().while_doing(option);
  return *duration;
}

/// The panel: renews its site's certificate as 1Panel does, in place, chain first and key second.
class Panel {
 public:
  Panel(fs::path folder, std::vector<std::string> names, milliseconds lifetime, const Clock& clock)
      : folder_(std::move(folder)),
        names_(std::move(names)),
        lifetime_(lifetime),
        clock_(clock),
        ca_(clock.now() - hours(24), clock.now() + hours(24) * 3650, "certferry sandbox") {}

  const std::string& root_pem() const { return ca_.root_pem(); }

  void renew() {
    // Each renewal ends later than the one before, even two within a second.
    const Time begin = clock_.now() - hours(1);
    const LeafRequest request{.names = names_,
                              .not_before = begin,
                              .not_after = clock_.now() + lifetime_ + hours(24) * renewals_++};
    const IssuedLeaf issued = ca_.issue(request);
    make_folders(folder_);
    write_file(folder_ / "fullchain.pem", issued.chain_pem, 0644);
    write_file(folder_ / "privkey.pem", issued.key_pem.reveal(), 0600);
  }

 private:
  fs::path folder_;
  std::vector<std::string> names_;
  milliseconds lifetime_;
  const Clock& clock_;
  ThrowawayCa ca_;
  int renewals_ = 0;
};

std::vector<std::string> domains_of(const SandboxOptions& options) {
  if (!options.domains.empty()) return options.domains;
  return {"cdn." + options.site, "img." + options.site, "www." + options.site};
}

/// Only what a sandbox wrote is written over: a configuration that is there begins with our mark.
void refuse_foreign(const fs::path& config) {
  std::error_code failed;
  const bool there = fs::exists(config, failed);
  if (failed) throw folder_error(config.parent_path(), failed);
  if (!there) return;
  std::ifstream file(config);
  std::string first;
  std::getline(file, first);
  if (first + "\n" != kMark) {
    throw usage_error(config.string() + " is there already, and no sandbox wrote it",
                      "choose another folder; nothing was touched");
  }
}

/// Makes the folder, closed to others by our umask. One that is there keeps its mode: it may be
/// shared by many.
fs::path prepare_folder(const std::string& given) {
  if (given.empty()) {
    throw usage_error("the sandbox needs a folder to write into",
                      "give it one: certferry sandbox --dir /tmp/certferry-sandbox");
  }
  std::error_code failed;
  const fs::path folder = fs::absolute(given, failed).lexically_normal();
  if (failed) throw folder_error(given, failed);
  refuse_foreign(folder / "certferry.yaml");
  make_folders(folder);
  return folder;
}

/// One sandbox a folder: a second one would write over what the first one's clients use.
state::WriterLock lock_folder(const fs::path& folder, const Clock& clock) {
  try {
    return state::WriterLock::acquire(folder / "sandbox",
                                      {.command = "certferry sandbox --dir " + folder.string(),
                                       .since = clock.now(),
                                       .what = "the folder " + folder.string()});
  } catch (Error& error) {
    if (error.code == "state.insecure" || error.code == "state.io") {
      error.hint = "choose a folder that only you may write to";
    }
    throw;
  }
}

/// "aliyun" and "dcdn" of "aliyun/dcdn".
std::pair<std::string, std::string> vendor_and_product(const SandboxOptions& options) {
  const auto slash = options.product.find('/');
  return {options.product.substr(0, slash), options.product.substr(slash + 1)};
}

/// The keys that an account of the vendor must have, and those that some of its products need: its
/// region and a key of the API. Whatever else is open is "sandbox".
std::string keys_text(const std::string& vendor, const fs::path& folder) {
  std::string text;
  for (const ProviderMetadata& one : provider_metadata()) {
    if (one.id != vendor) continue;
    for (const FieldMetadata& field : one.fields) {
      const bool region = field.key == "region";
      if (!field.required && !region && field.key != "api_key") continue;
      const std::string open = region ? std::string(field.example) : "sandbox";
      text += "    " + std::string(field.key) + ": " +
              (field.secret ? "{ file: " + (folder / "secret_key").string() + " }" : open) + "\n";
    }
  }
  return text;
}

std::string account_text(const fs::path& folder,
                         const SandboxOptions& options,
                         const sandbox::SandboxEndpoints& endpoints) {
  const std::string vendor = vendor_and_product(options).first;
  return std::string("accounts:\n  ") + (vendor == "dogecloud" ? "doge" : "cloud") +
         ":\n    provider: " + vendor + "\n    endpoint: " + endpoints.api + "\n" +
         keys_text(vendor, folder) +
         "    pace: { calls_per_second: 50, burst: 50, max_in_flight: 8 }\n\n";
}

std::string config_text(const fs::path& folder,
                        const SandboxOptions& options,
                        const sandbox::SandboxEndpoints& endpoints) {
  std::vector<std::string> addresses;
  for (const Address& edge : endpoints.edges) addresses.push_back("\"" + to_string(edge) + "\"");
  std::string out(kMark);
  const auto [vendor, product] = vendor_and_product(options);
  out += account_text(folder, options, endpoints);
  out += "certificates:\n  " + options.site + ":\n    from: { 1panel: { site: " + options.site +
         ", base: " + folder.string() + " } }\n    to:\n" +
         "      - { account: " + (vendor == "dogecloud" ? "doge" : "cloud") +
         ", product: " + product + ", domains: covered }\n\n";
  out += "settings:\n  state: " + (folder / "state/state.db").string() +
         "\n  trust: " + (folder / "ca.pem").string() +
         "\n  # Minutes and hours in real life; seconds here, so that one can watch.\n"
         "  confirm: { rounds: 3, spread: 2s, deadline: 5s }\n  retire_after: 10s\n"
         "  resolve:\n";
  for (const std::string& domain : domains_of(options)) {
    out += "    " + domain + ": [" + join(addresses, ", ") + "]\n";
  }
  return out;
}

void announce(const GlobalOptions& global,
              const fs::path& folder,
              const SandboxOptions& options,
              const sandbox::SandboxEndpoints& endpoints) {
  const std::string config = (folder / "certferry.yaml").string();
  std::vector<std::string> edges;
  for (const Address& edge : endpoints.edges) edges.push_back(to_string(edge));
  std::string out;
  if (global.json) {
    out = dump({{"api", endpoints.api},
                {"control", endpoints.control},
                {"edges", edges},
                {"domains", domains_of(options)},
                {"config", config},
                {"pid", getpid()}});
  } else {
    const Style style(STDOUT_FILENO);
    out = style(Colour::kBold, "certferry sandbox") + ", an account with " + options.product +
          " that exists only here\n" + "  API        " + endpoints.api + "\n  edges      " +
          join(edges, ", ") + "\n  domains    " + join(domains_of(options), ", ") +
          "\n  control    " + endpoints.control +
          "  (GET /state, POST /fault, DELETE /faults)\n  config     " + config +
          "\nthe panel renews its certificate on   kill -HUP " + std::to_string(getpid()) +
          "\nstop with Ctrl-C\n";
  }
  std::fwrite(out.data(), 1, out.size(), stdout);
  std::fflush(stdout);
}

Task<void> renew_on_signal(asio::signal_set* signals, Panel* panel, bool json) {
  while (true) {
    const auto [error, number] = co_await signals->async_wait(asio::as_tuple(asio::use_awaitable));
    if (error) co_return;
    panel->renew();
    std::fputs(json ? "{\"renewed\": true}\n" : "renewed\n", stdout);
    std::fflush(stdout);
  }
}

}  // namespace

int run_sandbox(const GlobalOptions& global, const SandboxOptions& options) {
  const SystemClock clock;
  const fs::path folder = prepare_folder(options.directory);
  const state::WriterLock lock = lock_folder(folder, clock);
  SystemRandom random;
  asio::io_context io{1};

  const std::string secret = random_id(random) + random_id(random);
  const milliseconds propagation = duration_of(options.propagation, "--propagation");
  const auto [vendor, product] = vendor_and_product(options);
  sandbox::SandboxOptions sandbox_options{
      .provider = vendor,
      .product = product,
      .credentials = {.access_key = "sandbox", .secret_key = Secret(secret)},
      .domains = domains_of(options),
      .latency = duration_of(options.latency, "--latency"),
      .api_port = options.api_port,
      .control_port = options.control_port,
      .first_certificate_id = options.first_id};
  for (unsigned i = 0; i < options.edges; ++i) {
    // Each address follows a little later than the one before it, as on a real network.
    sandbox_options.edges.push_back({.address = "127.0.0." + std::to_string(i + 2),
                                     .port = options.edge_port,
                                     .propagation = propagation * (i + 1) / options.edges});
  }
  sandbox::Sandbox sandbox(std::move(sandbox_options), clock);
  sandbox.start(io);

  Panel panel(folder / "1panel/www/sites" / options.site / "ssl",
              {options.site, "*." + options.site},
              duration_of(options.lifetime, "--lifetime"),
              clock);
  panel.renew();
  write_file(folder / "ca.pem", panel.root_pem(), 0644);
  write_file(folder / "secret_key", secret + "\n", 0600);
  write_file(folder / "certferry.yaml", config_text(folder, options, sandbox.endpoints()), 0644);

  asio::signal_set renew(io, SIGHUP);
  start(io, renew_on_signal(&renew, &panel, global.json), [](std::exception_ptr thrown) {
    if (thrown) std::rethrow_exception(thrown);
  });
  asio::signal_set stop(io, SIGINT, SIGTERM);
  stop.async_wait([&io](const boost::system::error_code&, int) { io.stop(); });
  announce(global, folder, options, sandbox.endpoints());
  io.run();
  return kAllWell;
}

}  // namespace certferry::cli

// The wiring: every concrete type of the program meets here and nowhere else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cli/command_threads.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "config/catalogue.h"
#include "config/secrets.h"
#include "config/settings.h"
#include "crypto/known_bundles.h"
#include "engine/engine.h"
#include "engine/pace.h"
#include "net/cares_resolver.h"
#include "net/curl_client.h"
#include "net/posix_file_system.h"
#include "net/system_clock.h"
#include "net/tls_prober.h"
#include "ports/start.h"
#include "sources/source_ports.h"
#include "state/sealing_vault.h"

namespace certferry::cli {

/// Everything built in that a configuration may speak of.
Catalogue catalogue();

/// Who renews what comes from a kind of source.
Renewer renewer_of(const std::string& source_kind);

/// What a reference gives; `of` says what it is for: "account doge". Throws: `config.*`.
Secret fetch_secret(const SecretReference& reference,
                    const SecretLimits& limits,
                    const std::string& key,
                    const std::string& of);

/// The configuration, read and checked. Prints every problem; nothing when there are any.
std::optional<Settings> read_settings(const GlobalOptions& options);

/// Runs a task on the loop to its end and gives its result; an Error is thrown on. SIGINT and
/// SIGTERM end the process, with the words asked for then.
template <typename T>
T run(boost::asio::io_context& io,
      Task<T> task,
      const GlobalOptions& global,
      const std::function<Error()>& words = interrupted_looking) {
  const Interrupt interrupt(io);
  std::optional<T> result = run_until_ended(io, std::move(task));
  if (interrupt.number() != 0 && !result) die_interrupted(interrupt.number(), global, words());
  ASSERT(result.has_value());
  return *std::move(result);
}

/// Looking at edges: all that `probe` needs, and part of what the engine needs.
class EdgeParts {
 public:
  /// Throws: `config.*` or `pem.*` when the file of extra roots cannot be used.
  explicit EdgeParts(const Settings& settings);

  boost::asio::io_context io{1};
  SystemClock clock;
  SystemRandom random;
  AsioSleeper sleeper{io};
  PosixFileSystem files;
  std::string extra_roots;  ///< PEM; empty: none
  std::unique_ptr<ChainVerifier> verifier;
  AsioTlsProber prober;
  std::unique_ptr<Resolver> resolver;
};

/// Accounts, sources and the engine's settings, made from the configuration.
class Runtime {
 public:
  /// Throws: `config.*` when a secret cannot be fetched, and what EdgeParts throws.
  explicit Runtime(const Settings& settings);

  EnginePorts ports(StateStore& store, EventSink& events);
  /// The names asked for, with all certificates of a folder in place of its own name.
  std::set<std::string> names_meant(const std::vector<std::string>& asked) const;
  /// The certificates that an entry of the configuration is at this moment, by their full names.
  /// Throws: `config.*`.
  std::vector<NamedSource> certificates_of(const CertificateSettings& settings,
                                           const SecretLimits& limits);

  EdgeParts edge;
  Fleet fleet;
  EngineSettings engine_settings;
  state::SealingVault vault;

 private:
  struct AccountParts {
    std::unique_ptr<HttpClient> wire;
    std::unique_ptr<PacedHttpClient> paced;
    std::unique_ptr<Provider> provider;
  };
  void add_account(const AccountSettings& settings, const SecretLimits& limits);
  void add_certificate(const CertificateSettings& settings, const SecretLimits& limits);
  SourcePorts source_ports();

  CommandThreads commands_;
  KnownBundles pairs_;
  std::vector<AccountParts> accounts_;
  std::vector<std::unique_ptr<Source>> sources_;
};

}  // namespace certferry::cli

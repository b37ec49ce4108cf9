#include "cli/runtime.h"

#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "cli/json_output.h"
#include "cli/log.h"
#include "config/load.h"
#include "crypto/chain_verifier.h"
#include "crypto/known_chains.h"
#include "crypto/pem.h"
#include "model/name.h"
#include "notify/registry.h"
#include "providers/registry.h"
#include "sources/registry.h"

namespace certferry::cli {

Catalogue catalogue() {
  return {.providers = provider_metadata(),
          .sources = source_metadata(),
          .channels = notify::channel_metadata()};
}

namespace {

const SourceMetadata& source_of(const std::string& kind) {
  const auto all = source_metadata();
  const auto found = std::ranges::find(all, kind, &SourceMetadata::id);
  ASSERT(found != all.end());  // the configuration was checked against the same list
  return *found;
}

}  // namespace

Renewer renewer_of(const std::string& source_kind) {
  const SourceMetadata& source = source_of(source_kind);
  return {.tool = std::string(source.tool), .log = std::string(source.log)};
}

std::optional<Settings> read_settings(const GlobalOptions& options) {
  ParsedSettings parsed = load_settings(options.config, catalogue());
  if (parsed.ok()) return std::move(parsed.settings);
  if (options.json) {
    nlohmann::json problems = nlohmann::json::array();
    for (const Error& problem : parsed.problems) problems.push_back(to_json(problem));
    const std::string text = dump({{"problems", std::move(problems)}});
    std::fwrite(text.data(), 1, text.size(), stdout);
  }
  for (const Error& problem : parsed.problems)
    print_finding(options, LogLevel::kError, "", problem);
  return std::nullopt;
}

Secret fetch_secret(const SecretReference& reference,
                    const SecretLimits& limits,
                    const std::string& key,
                    const std::string& of) {
  Result<Secret> secret = resolve_secret(reference, limits);
  if (!secret) throw std::move(secret).error().while_doing("fetching '" + key + "' of " + of);
  return *std::move(secret);
}

EdgeParts::EdgeParts(const Settings& settings) {
  std::vector<Certificate> roots;
  if (!settings.trust_path.empty()) {
    const std::string activity = "reading the extra roots of 'trust:', " + settings.trust_path;
    try {
      constexpr std::size_t kLimit = std::size_t{4} * 1024 * 1024;
      extra_roots = std::string(files.read(settings.trust_path, kLimit).bytes.reveal());
    } catch (Error& error) {
      throw std::move(error).with_code("config.trust").while_doing(activity);
    }
    Result<std::vector<Certificate>> read = read_certificates(extra_roots, settings.trust_path);
    if (!read) throw std::move(read).error().with_code("config.trust").while_doing(activity);
    roots = *std::move(read);
  }
  verifier = std::make_unique<KnownChains>(std::make_unique<OpenSslChainVerifier>(roots));
  resolver = std::make_unique<CaresResolver>(io, CaresResolverOptions{.resolve = settings.resolve});
}

namespace {

const ProviderMetadata& metadata_of(const std::string& provider) {
  const auto all = provider_metadata();
  const auto found = std::ranges::find(all, provider, &ProviderMetadata::id);
  ASSERT(found != all.end());  // the configuration was checked against the same list
  return *found;
}

Limits limits_of(const AccountSettings& settings,
                 const std::map<std::string, Secret>& credentials) {
  Limits limits = metadata_for(metadata_of(settings.provider), credentials).limits;
  limits.calls_per_second = settings.pace.calls_per_second.value_or(limits.calls_per_second);
  limits.burst = settings.pace.burst.value_or(limits.burst);
  limits.max_in_flight = settings.pace.max_in_flight.value_or(limits.max_in_flight);
  return limits;
}

/// What is no secret may be given by reference all the same.
bool is_secret_field(const std::string& kind, const std::string& key) {
  const SourceMetadata& source = source_of(kind);
  const auto field = std::ranges::find(source.fields, key, &FieldMetadata::key);
  return field != source.fields.end() && field->secret;
}

std::map<std::string, Secret> credentials_of(const AccountSettings& settings,
                                             const SecretLimits& limits) {
  std::map<std::string, Secret> credentials;
  for (const auto& [key, text] : settings.fields) credentials.emplace(key, Secret(text));
  for (const auto& [key, reference] : settings.secrets) {
    credentials.insert_or_assign(key,
                                 fetch_secret(reference, limits, key, "account " + settings.name));
  }
  return credentials;
}

/// A source's fields, those given by reference fetched as well.
SourceInputs inputs_of(const CertificateSettings& settings, const SecretLimits& limits) {
  SourceInputs inputs{.texts = settings.from.fields, .lists = settings.from.lists};
  for (const auto& [key, reference] : settings.from.secrets) {
    Secret secret = fetch_secret(reference, limits, key, "certificate " + settings.name);
    if (is_secret_field(settings.from.kind, key)) {
      inputs.secrets.emplace(key, std::move(secret));
    } else {
      inputs.texts[key] = secret.reveal();
    }
  }
  return inputs;
}

/// Of the user that we run as, whatever the environment says: sudo keeps another one's HOME.
std::string home_folder() {
  const passwd* user = getpwuid(geteuid());
  return user == nullptr || user->pw_dir == nullptr ? "" : user->pw_dir;
}

}  // namespace

Runtime::Runtime(const Settings& settings)
    : edge(settings),
      vault(state::vault_key_path(settings.state_path)),
      commands_(secret_variables(settings)) {
  engine_settings.confirm = settings.confirm;
  engine_settings.retire_after = settings.retire_after;
  const SecretLimits limits{.hidden_variables = secret_variables(settings)};
  for (const AccountSettings& account : settings.accounts) add_account(account, limits);
  for (const CertificateSettings& certificate : settings.certificates) {
    add_certificate(certificate, limits);
  }
}

/// A client for each, since each may trust certificates of its own.
SourcePorts Runtime::source_ports() {
  HttpMaker http = [this](const std::string& trusted) -> std::unique_ptr<HttpClient> {
    CurlClientOptions options{.extra_roots = edge.extra_roots};
    if (!trusted.empty()) options = {.extra_roots = trusted, .roots_directory = ""};
    return std::make_unique<CurlClient>(edge.io, std::move(options));
  };
  return {.files = edge.files,
          .clock = edge.clock,
          .reader = [this](const PemInput& input) { return pairs_.read(input); },
          .home = home_folder(),
          .http = std::move(http),
          .commands = &commands_};
}

std::vector<NamedSource> Runtime::certificates_of(const CertificateSettings& settings,
                                                  const SecretLimits& limits) {
  std::vector<NamedSource> sources;
  try {
    sources = make_sources(settings.from.kind, inputs_of(settings, limits), source_ports());
  } catch (Error& error) {
    throw std::move(error).while_doing("certificate " + settings.name);
  }
  for (NamedSource& one : sources) {
    one.name = one.name.empty() ? settings.name : settings.name + "/" + one.name;
  }
  return sources;
}

void Runtime::add_certificate(const CertificateSettings& settings, const SecretLimits& limits) {
  for (NamedSource& one : certificates_of(settings, limits)) {
    fleet.jobs.push_back({.certificate = one.name,
                          .source = one.source.get(),
                          .to = settings.to,
                          .renewer = renewer_of(settings.from.kind)});
    sources_.push_back(std::move(one.source));
  }
}

void Runtime::add_account(const AccountSettings& settings, const SecretLimits& limits) {
  AccountParts parts;
  parts.wire = std::make_unique<CurlClient>(
      edge.io, CurlClientOptions{.proxy = settings.proxy, .extra_roots = edge.extra_roots});
  const ProviderOptions options{.endpoint = settings.endpoint,
                                .credentials = credentials_of(settings, limits),
                                .lists = settings.lists};
  parts.paced = std::make_unique<PacedHttpClient>(*parts.wire,
                                                  edge.clock,
                                                  edge.sleeper,
                                                  edge.io.get_executor(),
                                                  limits_of(settings, options.credentials));
  try {
    parts.provider = make_provider(settings.provider,
                                   options,
                                   {.http = *parts.paced,
                                    .clock = edge.clock,
                                    .random = edge.random,
                                    .sleeper = &edge.sleeper,
                                    .commands = &commands_});
  } catch (Error& error) {
    throw std::move(error).while_doing("account " + settings.name);
  }
  fleet.accounts.push_back(
      {.name = settings.name, .provider = parts.provider.get(), .pace = parts.paced.get()});
  accounts_.push_back(std::move(parts));
}

std::set<std::string> Runtime::names_meant(const std::vector<std::string>& asked) const {
  std::set<std::string> names;
  for (const std::string& name : asked) {
    std::set<std::string> inside;
    for (const Job& job : fleet.jobs) {
      if (certificate_entry(job.certificate) == name) inside.insert(job.certificate);
    }
    if (inside.empty()) inside.insert(name);
    names.merge(inside);
  }
  return names;
}

EnginePorts Runtime::ports(StateStore& store, EventSink& events) {
  return {.clock = edge.clock,
          .random = edge.random,
          .sleeper = edge.sleeper,
          .prober = edge.prober,
          .verifier = *edge.verifier,
          .resolver = *edge.resolver,
          .store = store,
          .events = events,
          .vault = &vault};
}

}  // namespace certferry::cli

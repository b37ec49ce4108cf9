#include "cli/init/account.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>

#include "base/text.h"
#include "config/parse.h"
#include "config/value.h"
#include "engine/attempt.h"
#include "engine/pace.h"
#include "model/name.h"
#include "providers/registry.h"

namespace certferry::cli {

namespace {

constexpr int kTriesMax = 5;
constexpr std::size_t kSecretBytesMax = std::size_t{64} * 1024;

Error usage(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("usage")
      .with_hint(std::move(hint));
}

std::vector<std::string> provider_ids() {
  std::vector<std::string> ids;
  for (const ProviderMetadata& one : provider_metadata()) {
    if (one.has_api()) ids.emplace_back(one.id);
  }
  return ids;
}

const ProviderMetadata* provider_named(const std::string& id) {
  const auto all = provider_metadata();
  const auto found = std::ranges::find(all, id, &ProviderMetadata::id);
  return found == all.end() ? nullptr : &*found;
}

std::string unknown_provider(const std::string& id) {
  return "there is no provider '" + printable(id, 60) +
         "'; there are: " + join(provider_ids(), ", ");
}

const ProviderMetadata& choose_provider(const InitOptions& options, Questions* questions) {
  std::string id = options.provider;
  if (id.empty()) {
    if (questions == nullptr) {
      throw usage("the vendor is missing", "add --provider: " + join(provider_ids(), ", "));
    }
    const std::vector<std::string> ids = provider_ids();
    if (ids.size() > 1) questions->say("\nVendors: " + join(ids, ", ") + "\n");
    id = questions->ask("Vendor of the account",
                        ids.size() == 1 ? ids.front() : "",
                        [](const std::string& answer) -> std::optional<std::string> {
                          const ProviderMetadata* one = provider_named(answer);
                          if (one != nullptr && one->has_api()) return {};
                          return unknown_provider(answer);
                        });
  }
  const ProviderMetadata* provider = provider_named(id);
  if (provider == nullptr) throw usage(unknown_provider(id), "give --provider one of them");
  if (!provider->has_api()) {
    throw usage("an account of '" + id + "' has names and paths that are not asked for here",
                "write it by hand: 'certferry providers " + id + "' says what it takes");
  }
  return *provider;
}

/// It becomes part of the names of files as well.
std::optional<std::string> wrong_account_name(const std::string& name) {
  const bool safe = std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("._-").contains(c);
  });
  if (safe && is_plain_name(name) && !name.starts_with('.')) return {};
  return "a name has 1 to 64 letters, digits, dots and dashes";
}

std::string choose_name(const InitOptions& options,
                        const ProviderMetadata& provider,
                        Questions* questions) {
  std::string name = options.account;
  if (name.empty()) name = provider.id;
  if (options.account.empty() && questions != nullptr) {
    name = questions->ask("Name of the account, as you like", name, wrong_account_name);
  }
  if (const auto wrong = wrong_account_name(name)) throw usage(*wrong, "mend --account");
  return name;
}

const FieldMetadata& field_of(const ProviderMetadata& provider,
                              const std::string& key,
                              const std::string& flag) {
  const auto found = std::ranges::find(provider.fields, key, &FieldMetadata::key);
  if (found != provider.fields.end()) return *found;
  std::vector<std::string> keys;
  for (const FieldMetadata& one : provider.fields) keys.emplace_back(one.key);
  throw usage(flag + ": " + std::string(provider.name) + " has no key '" + printable(key, 60) + "'",
              "it has: " + join(keys, ", "));
}

struct Assignment {
  std::string key;
  std::string value;
};

/// Of a wrong one nothing is repeated: it may be the secret.
Assignment assignment(const std::string& text, const std::string& flag, const std::string& form) {
  const auto equals = text.find('=');
  if (equals != std::string::npos && equals > 0 && equals + 1 < text.size()) {
    return {.key = text.substr(0, equals), .value = text.substr(equals + 1)};
  }
  throw usage(flag + " is not of the form " + form, "as in " + flag + " secret_key=/root/key");
}

Secret from_standard_input() {
  std::string bytes;
  std::array<char, 4096> buffer{};
  while (bytes.size() <= kSecretBytesMax) {
    const ssize_t count = read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
  buffer.fill('\0');
  Secret secret{std::string(trim(bytes))};
  wipe(bytes);
  const bool one_line =
      secret.reveal().find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
  if (!secret.empty() && secret.size() <= kSecretBytesMax && one_line) return secret;
  throw usage("standard input does not hold one line with the secret",
              "as in: certferry init --secret-file secret_key=- < FILE");
}

Secret from_reference(SecretReference::Kind kind,
                      const std::string& value,
                      const std::string& key) {
  return fetch_secret({.kind = kind, .value = {value}, .at = {}}, {}, key, "the account");
}

using Credentials = std::map<std::string, Secret>;

/// From flags, files and standard input, then from the environment: DOGECLOUD_SECRET_KEY.
Credentials given_credentials(const InitOptions& options, const ProviderMetadata& provider) {
  Credentials given;
  for (const std::string& text : options.fields) {
    const Assignment one = assignment(text, "--field", "KEY=VALUE");
    if (field_of(provider, one.key, "--field").secret) {
      throw usage("'" + one.key + "' is a secret, and every user can read a command line",
                  "make a new one now; then --secret-file " + one.key + "=PATH");
    }
    given.insert_or_assign(one.key, Secret(one.value));
  }
  for (const std::string& text : options.secret_files) {
    const Assignment one = assignment(text, "--secret-file", "KEY=PATH");
    field_of(provider, one.key, "--secret-file");
    given.insert_or_assign(one.key,
                           one.value == "-"
                               ? from_standard_input()
                               : from_reference(SecretReference::Kind::kFile, one.value, one.key));
  }
  for (const FieldMetadata& field : provider.fields) {
    const std::string key(field.key);
    const std::string variable = variable_for(provider.id, key);
    if (given.contains(key) || std::getenv(variable.c_str()) == nullptr) continue;
    given.emplace(key, from_reference(SecretReference::Kind::kEnvironment, variable, key));
  }
  return given;
}

Error missing_field(const ProviderMetadata& provider, const FieldMetadata& field) {
  const std::string key(field.key);
  const std::string flag =
      field.secret ? "--secret-file " + key + "=PATH" : "--field " + key + "=VALUE";
  return usage("'" + key + "' of the account is missing",
               "add " + flag + ", or set " + variable_for(provider.id, key) + "; it is made at " +
                   std::string(provider.keys_url));
}

Secret ask_field(const FieldMetadata& field, Questions& questions) {
  const std::string key(field.key);
  if (field.secret) return questions.secret(key);
  return Secret(questions.ask(key, "", [](const std::string& text) -> std::optional<std::string> {
    if (text.empty()) return "it cannot be empty";
    if (!is_printable(text)) return "it has characters that cannot be shown";
    return {};
  }));
}

void complete(const ProviderMetadata& provider, Credentials& credentials, Questions* questions) {
  bool told = false;
  for (const FieldMetadata& field : provider.fields) {
    if (!field.required || credentials.contains(std::string(field.key))) continue;
    if (questions == nullptr) throw missing_field(provider, field);
    if (!std::exchange(told, true)) {
      questions->say("Keys are made at " + std::string(provider.keys_url) + "\n");
    }
    credentials.emplace(field.key, ask_field(field, *questions));
  }
}

/// What the configuration would say of it, judged as that would be: before a key is sent anywhere.
void check_draft(const DraftAccount& draft, const std::map<std::string, Secret>& secrets) {
  DraftAccount whole = draft;
  for (const auto& [key, secret] : secrets) whole.secret_files.emplace(key, "/dev/null");
  const std::string rest = "certificates:\n  a:\n    from: { files: { chain: /dev/null } }\n" +
                           ("    to: [{ account: " + yaml_word(draft.name) + ", product: ") +
                           std::string(draft.provider->products.front().id) +
                           ", domains: covered }]\n";
  ParsedSettings parsed = parse_settings(account_text(whole) + rest, "the account", catalogue());
  if (parsed.ok()) return;
  Error problem = parsed.problems.front();
  problem.activity.clear();  // a line of a file that nobody has seen
  throw Error(std::move(problem));
}

/// The keys are right and may not do this one thing.
bool lacks_permission(const Error& error) {
  return error.kind == ErrorKind::kUnauthorized && error.code == "vendor.permission";
}

/// Whether it says something of the one product that was asked for. What is left of the kinds says
/// that the keys are wrong or that nothing usable answers, which the next product cannot mend.
bool is_of_the_product(const Error& error) {
  switch (error.kind) {
    case ErrorKind::kInvalidInput:  // a setting that this product needs
    case ErrorKind::kNotFound:
    case ErrorKind::kConflict:
    case ErrorKind::kRejected:
    case ErrorKind::kUnsupported:
      return true;
    default:
      return lacks_permission(error);
  }
}

/// What throws before it waits throws in here as well.
Task<std::vector<Binding>> list_product(Provider* provider, std::string product) {
  co_return co_await provider->list_bindings(std::move(product));
}

Result<AccountListing> try_account(const DraftAccount& draft,
                                   const Credentials& credentials,
                                   EdgeParts& edge,
                                   Signals& signals) {
  CurlClient wire(edge.io, CurlClientOptions{.extra_roots = edge.extra_roots});
  const Limits limits = metadata_for(*draft.provider, credentials).limits;
  PacedHttpClient paced(wire, edge.clock, edge.sleeper, edge.io.get_executor(), limits);
  const std::string id(draft.provider->id);
  const auto fresh = [&] {
    return make_provider(id,
                         {.endpoint = draft.endpoint, .credentials = credentials},
                         {.http = paced, .clock = edge.clock, .random = edge.random});
  };
  Result<AccountListing> listing = signals.run(edge.io, attempt(list_account(fresh(), fresh)));
  if (!listing) {
    return std::unexpected(
        std::move(listing).error().while_doing("trying the keys of account " + draft.name));
  }
  return listing;
}

/// The fields apart that go into the file from those that get files of their own.
NewAccount account_of(DraftAccount draft, const Credentials& credentials) {
  NewAccount account{.draft = std::move(draft)};
  for (const FieldMetadata& field : account.draft.provider->fields) {
    const auto found = credentials.find(std::string(field.key));
    if (found == credentials.end()) continue;
    if (field.secret) {
      account.secrets.emplace(found->first, found->second);
    } else {
      account.draft.fields.emplace(found->first, found->second.reveal());
    }
  }
  return account;
}

}  // namespace

Task<AccountListing> list_account(std::unique_ptr<Provider> provider,
                                  std::function<std::unique_ptr<Provider>()> fresh) {
  AccountListing out;
  for (const ProductMetadata& product : provider->metadata().products) {
    std::string id(product.id);
    Result<std::vector<Binding>> bindings = co_await attempt(list_product(provider.get(), id));
    if (bindings) {
      if (product.paid) out.paid.insert(id);
      out.domains.emplace(std::move(id), *std::move(bindings));
    } else if (is_of_the_product(bindings.error())) {
      out.left_out.push_back({.product = std::move(id), .why = std::move(bindings).error()});
    } else {
      throw std::move(bindings).error();
    }
  }
  if (!out.left_out.empty()) {
    if (out.domains.empty()) throw Error(std::move(out.left_out.front().why));
    provider = fresh();
    for (auto& [product, bindings] : out.domains) {
      bindings = co_await provider->list_bindings(product);
    }
  }
  const std::vector<StoredCertificate> stored = co_await provider->list_stored();
  out.stored = stored.size();
  co_return out;
}

NewAccount set_up_account(const InitOptions& options,
                          EdgeParts& edge,
                          Signals& signals,
                          Questions* questions) {
  const ProviderMetadata& provider = choose_provider(options, questions);
  const DraftAccount draft{.name = choose_name(options, provider, questions),
                           .provider = &provider,
                           .endpoint = options.endpoint};
  Credentials credentials = given_credentials(options, provider);
  for (int tries = 1;; ++tries) {
    complete(provider, credentials, questions);
    NewAccount account = account_of(draft, credentials);
    check_draft(account.draft, account.secrets);
    Result<AccountListing> listing = try_account(account.draft, credentials, edge, signals);
    if (listing) {
      account.listing = *std::move(listing);
      return account;
    }
    if (questions == nullptr || tries == kTriesMax) throw std::move(listing).error();
    const Error& error = listing.error();
    questions->say("  " + questions->style()(Colour::kRed, error.text()) + "\n");
    if (error.kind == ErrorKind::kUnauthorized && !lacks_permission(error)) {
      credentials.clear();
    } else if (!questions->yes("Try again?", true)) {
      throw std::move(listing).error();
    }
  }
}

namespace {

bool covers(const Certificate& leaf, const Binding& binding) {
  return any_covers(leaf.dns_names, leaf.ip_addresses, binding.name);
}

/// Those that a selector by name would mean; `found` is told which of them there were.
DraftTarget exact_target(const Certificate& leaf,
                         const std::string& product,
                         const std::vector<Binding>& bindings,
                         const std::vector<std::string>& names) {
  DraftTarget target{.product = product};
  for (const Binding& binding : bindings) {
    const bool asked = std::ranges::find(names, binding.name) != names.end();
    if (asked && covers(leaf, binding)) target.names.push_back(binding.name);
  }
  target.now = target.names;
  return target;
}

DraftTarget covered_target(const Certificate& leaf,
                           const std::string& product,
                           const std::vector<Binding>& bindings) {
  DraftTarget target{.product = product};
  for (const Binding& binding : bindings) {
    if (binding.online && covers(leaf, binding)) target.now.push_back(binding.name);
  }
  return target;
}

Result<std::vector<std::string>> canonical_names(const std::vector<std::string>& asked) {
  std::vector<std::string> names;
  for (const std::string& one : asked) {
    TRY(std::string name, canonical_name(one));
    names.push_back(std::move(name));
  }
  return names;
}

std::string all_domains(const AccountListing& listing) {
  std::vector<std::string> names;
  for (const auto& [product, bindings] : listing.domains) {
    for (const Binding& one : bindings)
      names.push_back(one.name + (one.online ? "" : " (offline)"));
  }
  return names.empty() ? "the account has no domain at all"
                       : "the account has " + printable(join(names, ", "), 500);
}

Error nothing_covered(const Certificate& leaf, const AccountListing& listing) {
  const std::string start = "the certificate for " + printable(join(leaf.dns_names, ", "), 200) +
                            " covers no online domain";
  for (const std::string& product : listing.paid) {
    const DraftTarget paid = covered_target(leaf, product, listing.domains.at(product));
    if (paid.now.empty()) continue;
    std::string problem = start;
    problem.append(" but those of ").append(product).append(", where each bind costs money: ");
    return Error(ErrorKind::kNotFound, problem.append(printable(join(paid.now, ", "), 500)))
        .with_code("select.nothing")
        .with_hint("name those that are to get it by --domains");
  }
  return Error(ErrorKind::kNotFound, start + "; " + all_domains(listing))
      .with_code("select.nothing")
      .with_hint("add the domain at the vendor, or take another certificate");
}

}  // namespace

Result<std::vector<DraftTarget>> targets_for(const Certificate& leaf,
                                             const AccountListing& listing,
                                             const std::vector<std::string>& asked) {
  const bool all = asked.empty() || (asked.size() == 1 && asked.front() == "covered");
  std::vector<std::string> names;
  if (!all) {
    TRY(names, canonical_names(asked));
  }
  std::vector<DraftTarget> targets;
  std::set<std::string> taken;
  const auto take = [&](DraftTarget one) {
    taken.insert(one.now.begin(), one.now.end());
    if (!one.now.empty()) targets.push_back(std::move(one));
  };
  for (const auto& [product, bindings] : listing.domains) {
    if (listing.paid.contains(product)) continue;
    take(all ? covered_target(leaf, product, bindings)
             : exact_target(leaf, product, bindings, names));
  }
  std::erase_if(names, [&](const std::string& one) { return taken.contains(one); });
  for (const std::string& product : listing.paid) {
    if (!all) take(exact_target(leaf, product, listing.domains.at(product), names));
  }
  const auto missing =
      std::ranges::find_if(names, [&](const std::string& one) { return !taken.contains(one); });
  if (missing != names.end()) {
    return std::unexpected(usage(
        "the account has no domain " + printable(*missing, 100) + " that the certificate covers",
        all_domains(listing)));
  }
  if (!targets.empty()) return targets;
  return std::unexpected(nothing_covered(leaf, listing));
}

std::string left_out_text(const AccountListing& listing) {
  std::string out;
  for (const LeftOut& one : listing.left_out) {
    out += "  " + one.product + " is left out: " + one.why.text() + "\n";
  }
  for (const std::string& product : listing.paid) {
    if (listing.domains.at(product).empty()) continue;
    out += "  " + product + " is left out but for domains that you name: each bind costs money\n";
  }
  return out;
}

std::string domains_text(const AccountListing& listing,
                         const std::vector<DraftCertificate>& certificates,
                         const Style& style) {
  Table table({"DOMAIN", "PRODUCT", "STATE", "COVERED BY"});
  for (const auto& [product, bindings] : listing.domains) {
    for (const Binding& binding : bindings) {
      std::vector<std::string> by;
      for (const DraftCertificate& one : certificates) {
        if (covers(one.bundle->leaf, binding)) by.push_back(one.name);
      }
      table.add({printable(binding.name, 100),
                 product,
                 binding.online ? "online" : style(Colour::kYellow, printable(binding.status, 30)),
                 by.empty() ? style(Colour::kYellow, "none") : join(by, ", ")});
    }
  }
  return table.empty() ? "  the account has no domain\n" : table.text(style, 2);
}

}  // namespace certferry::cli

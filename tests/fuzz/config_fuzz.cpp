// A configuration file of any bytes: settings that are whole and make sense, or problems that say
// where they are; and a secret written where a reference belongs is never repeated.

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "base/text.h"
#include "config/parse.h"
#include "config/problems.h"
#include "config/sample_catalogue.h"
#include "model/name.h"
#include "properties.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

// Those that parse.h promises.
constexpr std::array<std::string_view, 8> kCodes = {"config.parse",
                                                    "config.type",
                                                    "config.missing",
                                                    "config.unknown_key",
                                                    "config.duplicate",
                                                    "config.range",
                                                    "config.reference",
                                                    "config.insecure"};
constexpr std::string_view kFile = "f.yaml";
constexpr std::string_view kCanary = "hunter2-correct-horse";

int take_number(std::string_view& text) {
  int number = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return status == std::errc() ? number : -1;
}

/// "f.yaml:12:5" is a place of the file, or the one just behind a line's end.
void require_place(const std::string& place, std::string_view text) {
  std::string_view rest = place;
  require(rest.starts_with("f.yaml:"), "a problem says in which file it is", place);
  rest.remove_prefix(kFile.size() + 1);
  const int line = take_number(rest);
  require(rest.starts_with(':'), "a problem says in which line it is", place);
  rest.remove_prefix(1);
  const int column = take_number(rest);
  require(rest.empty(), "a problem says in which column it is", place);
  require(line >= 1 && line <= 1 + std::ranges::count(text, '\n'),
          "a problem is in one of the file's lines",
          place);
  for (int skipped = 1; skipped < line; ++skipped) take_line(text);
  require(column >= 1 && static_cast<std::size_t>(column) <= take_line(text).size() + 1,
          "a problem is in one of its line's columns",
          place);
}

void require_problems(const std::vector<Error>& problems, std::string_view text) {
  require(problems.size() <= Problems::kLimit + 1, "there are not endlessly many problems");
  for (const Error& problem : problems) {
    require_sound(problem, kCodes);
    require(problem.kind == ErrorKind::kInvalidInput, "a bad file is invalid input");
    const bool more = &problem == &problems.back() && problem.activity == kFile;
    if (!more) require_place(problem.activity, text);
  }
}

void require_canonical(const std::string& name) {
  require(canonical_name(name).value_or("") == name, "a name is kept in its canonical form", name);
}

void require_references(const std::map<std::string, SecretReference>& secrets) {
  for (const auto& [key, reference] : secrets) {
    require(!reference.value.empty(), "a reference refers to something", key);
    for (const std::string& part : reference.value) require_one_line(part, "part of a reference");
  }
}

void require_account(const AccountSettings& account) {
  require_one_line(account.name, "an account's name");
  require(account.provider == "dogecloud", "an account's provider is known", account.provider);
  require(account.secrets.contains("secret_key"), "an account has what its provider needs");
  require_references(account.secrets);
  require(account.endpoint.empty() || account.endpoint.starts_with("http") ||
              to_lower(account.endpoint).starts_with("http"),
          "an endpoint is spoken to by HTTP",
          account.endpoint);
  require_one_line(account.endpoint, "an endpoint");
  require_one_line(account.proxy, "a proxy");
}

void require_target(const TargetSelector& target, const Settings& settings) {
  require(std::ranges::find(settings.accounts, target.account, &AccountSettings::name) !=
              settings.accounts.end(),
          "a target's account is there",
          target.account);
  require(target.product == "cdn", "a target's product is known", target.product);
  require(target.covered == target.names.empty(), "a target is covered names or a list of names");
  for (const std::string& name : target.names) require_canonical(name);
  for (const std::string& name : target.except) require_canonical(name);
}

void require_certificate(const CertificateSettings& certificate, const Settings& settings) {
  require_one_line(certificate.name, "a certificate's name");
  require(!certificate.from.fields.empty(), "a certificate comes from somewhere");
  require(!certificate.to.empty(), "a certificate goes somewhere");
  require(certificate.to.size() == certificate.to_at.size(), "each target has its place");
  require_references(certificate.from.secrets);
  for (const TargetSelector& target : certificate.to) require_target(target, settings);
}

void require_whole(const Settings& settings) {
  require(!settings.accounts.empty(), "good settings have an account");
  require(!settings.certificates.empty(), "good settings have a certificate");
  require(settings.state_path.starts_with('/'), "the state's path is absolute");
  require(settings.trust_path.empty() || settings.trust_path.starts_with('/'),
          "the roots' path is absolute");
  std::set<std::string> names;
  for (const AccountSettings& account : settings.accounts) {
    require_account(account);
    require(names.insert(account.name).second, "accounts have names of their own", account.name);
  }
  for (const CertificateSettings& certificate : settings.certificates) {
    require_certificate(certificate, settings);
  }
  for (const auto& [name, addresses] : settings.resolve) {
    require_canonical(name);
    require(!addresses.empty(), "a name that is looked for has an address", name);
    for (const Address& address : addresses) {
      require(canonical_ip(address.ip) == address.ip && address.port != 0,
              "an address is a canonical one",
              to_string(address));
    }
  }
}

void try_file(std::string_view text) {
  const ParsedSettings parsed =
      parse_settings(std::string(text), std::string(kFile), sample_catalogue());
  require_problems(parsed.problems, text);
  if (parsed.ok()) require_whole(parsed.settings);
}

/// In quotes, whatever it is.
std::string quoted_scalar(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c == '\n' ? ' ' : c;
  }
  return out + "'";
}

/// The secret stands where people put it: in place of a reference, inside one, and in a URL.
void try_secret(std::string_view text) {
  const std::string value = quoted_scalar(std::string(kCanary) + std::string(text.substr(0, 256)));
  const std::string url =
      quoted_scalar("http://me:" + std::string(kCanary) + "@" + std::string(text.substr(0, 256)));
  for (const std::string& line : {"secret_key: " + value,
                                  "secret_key: [" + value + "]",
                                  "secret_key: { env: " + value + " }",
                                  "secret_key: { " + value + ": x }",
                                  "endpoint: " + url,
                                  "proxy: " + url}) {
    const ParsedSettings parsed =
        parse_settings("accounts:\n  doge:\n    provider: dogecloud\n    " + line + "\n",
                       std::string(kFile),
                       sample_catalogue());
    for (const Error& problem : parsed.problems) {
      require_hidden(problem.text(), kCanary, "a secret in the configuration");
    }
  }
}

}  // namespace

void try_input(std::string_view bytes) {
  try_file(bytes);
  try_secret(bytes);
}

}  // namespace certferry::fuzz

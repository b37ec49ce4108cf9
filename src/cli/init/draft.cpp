#include "cli/init/draft.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "base/time.h"

namespace certferry::cli {

namespace {

// How many names a comment lists; a fleet's certificate may have a hundred.
constexpr std::size_t kNamesShown = 8;

bool is_plain_character(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
         std::string_view("._/-").contains(c);
}

std::string names_text(const std::vector<std::string>& names) {
  const std::size_t shown = std::min(names.size(), kNamesShown);
  std::string out = join(std::span(names).first(shown), ", ");
  if (shown < names.size()) out += " and " + std::to_string(names.size() - shown) + " more";
  return printable(out, 600);
}

std::string comment(std::size_t indent, const std::string& text) {
  return std::string(indent, ' ') + "# " + printable(text, 700) + "\n";
}

/// { a: b, c: d }
std::string flow_map(const std::map<std::string, std::string>& fields) {
  std::vector<std::string> parts;
  for (const auto& [key, value] : fields) parts.push_back(key + ": " + yaml_word(value));
  return "{ " + join(parts, ", ") + " }";
}

std::string target_text(const Draft& draft, const DraftTarget& to) {
  std::vector<std::string> names;
  for (const std::string& name : to.names) names.push_back(yaml_word(name));
  const std::string domains = names.empty() ? "covered" : "[" + join(names, ", ") + "]";
  std::string out;
  if (names.empty()) {
    out += comment(6, "Every online domain that the certificate covers: now " + names_text(to.now));
    out += comment(6, "To spare some: except: [www.example.com]");
  }
  return out + "      - { account: " + yaml_word(draft.account.name) + ", product: " + to.product +
         ", domains: " + domains + " }\n";
}

std::string certificate_text(const Draft& draft, const DraftCertificate& one) {
  const Certificate& leaf = one.bundle->leaf;
  std::string out = "  " + yaml_word(one.name) + ":\n";
  out += comment(4,
                 "For " + names_text(leaf.dns_names) + "; by " + issuer_name(leaf.issuer) +
                     ", until " + format_date(leaf.not_after));
  out += "    from: { " + one.finding.kind + ": " + flow_map(one.finding.fields) + " }\n    to:\n";
  for (const DraftTarget& to : one.to) out += target_text(draft, to);
  return out;
}

std::string settings_text(const Draft& draft) {
  std::string out = "\nsettings:\n";
  out += comment(2, "/metrics and /healthz, for this machine alone.");
  out += "  health: { listen: 9464 }\n";
  if (!draft.state.empty()) {
    out += comment(2, "What was uploaded where, and the journal of it: keep it.");
    out += "  state: " + yaml_word(draft.state) + "\n";
  }
  if (!draft.trust.empty()) {
    out += comment(2, "Roots to trust beside the system's.");
    out += "  trust: " + yaml_word(draft.trust) + "\n";
  }
  return out;
}

constexpr const char* kHead =
    "# Written by 'certferry init'. Every key: certferry.yaml(5), 'certferry schema'.\n"
    "# After a change: 'certferry check'. A running service loads it by itself.\n\n";

constexpr const char* kNotices =
    "\n# Tell somebody when something fails; 'certferry notify test' tries it.\n"
    "# notify:\n"
    "#   - ntfy: { topic: { env: NTFY_TOPIC } }\n";

}  // namespace

std::string yaml_word(std::string_view text) {
  // What YAML, or somebody who reads it, takes for no text.
  constexpr std::array<std::string_view, 8> kWords = {
      "null", "true", "false", "yes", "no", "on", "off", "nan"};
  const bool letter_first =
      !text.empty() && (text[0] == '/' || text[0] == '_' || (text[0] >= 'a' && text[0] <= 'z') ||
                        (text[0] >= 'A' && text[0] <= 'Z'));
  const bool plain = letter_first && std::ranges::all_of(text, is_plain_character) &&
                     std::ranges::find(kWords, to_lower(text)) == kWords.end();
  if (plain) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

std::string certificate_name(const Certificate& leaf, const std::vector<std::string>& taken) {
  std::string first = leaf.dns_names.empty() ? "certificate" : leaf.dns_names.front();
  if (first.starts_with("*.")) first.erase(0, 2);
  first.resize(std::min<std::size_t>(first.size(), 60));  // a name has 64 bytes at most
  std::string name = first;
  for (int i = 2; std::ranges::find(taken, name) != taken.end(); ++i) {
    name = first + "-" + std::to_string(i);
  }
  return name;
}

std::string issuer_name(const std::string& distinguished_name) {
  std::string organisation;
  std::string common;
  for (const std::string& part : split(distinguished_name, ',')) {
    const std::string_view one = trim(part);
    if (one.starts_with("O=")) organisation = one.substr(2);
    if (one.starts_with("CN=")) common = one.substr(3);
  }
  if (common.empty() && organisation.empty()) return printable(distinguished_name, 80);
  return printable(common + (common.empty() || organisation.empty() ? "" : ", ") + organisation,
                   80);
}

std::string account_text(const DraftAccount& account) {
  const ProviderMetadata& provider = *account.provider;
  std::string out = "accounts:\n  " + yaml_word(account.name) +
                    ":\n    provider: " + std::string(provider.id) + "\n";
  if (!account.endpoint.empty()) out += "    endpoint: " + yaml_word(account.endpoint) + "\n";
  out += comment(4, "Keys are made at " + std::string(provider.keys_url));
  for (const FieldMetadata& field : provider.fields) {
    const std::string key(field.key);
    if (const auto plain = account.fields.find(key); plain != account.fields.end()) {
      out += "    " + key + ": " + yaml_word(plain->second) + "\n";
    } else if (const auto file = account.secret_files.find(key);
               file != account.secret_files.end()) {
      out += "    " + key + ": " + flow_map({{"file", file->second}}) + "\n";
    }
  }
  return out;
}

std::string configuration_text(const Draft& draft) {
  std::string out = kHead + account_text(draft.account) + "\ncertificates:\n";
  for (const DraftCertificate& one : draft.certificates) out += certificate_text(draft, one);
  return out + settings_text(draft) + kNotices;
}

}  // namespace certferry::cli

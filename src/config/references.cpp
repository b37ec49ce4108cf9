// References to secrets. What stands here instead of one may be the secret itself, so no message
// of this file repeats any of it.

#include <array>

#include "base/text.h"
#include "config/tables.h"

namespace certferry {

namespace {

using Kind = SecretReference::Kind;

bool is_variable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

void read_variable(const Value& value, SecretReference& out) {
  std::string name;
  if (!value.text(name)) return;
  if (!is_variable_name(name)) {
    value.fail("config.range",
               "is not the name of an environment variable",
               "a name has only letters, digits and underscores");
    return;
  }
  out.kind = Kind::kEnvironment;
  out.value = {std::move(name)};
}

void read_file(const Value& value, SecretReference& out) {
  std::string path;
  if (!value.text(path)) return;
  if (!path.starts_with('/')) {
    value.fail("config.range", "is not an absolute path", "write the whole path, beginning with /");
    return;
  }
  out.kind = Kind::kFile;
  out.value = {std::move(path)};
}

void read_credential(const Value& value, SecretReference& out) {
  std::string name;
  if (!value.text(name)) return;
  if (name.contains('/') || name == "." || name == "..") {
    value.fail("config.range",
               "is not the name of a credential",
               "write the name that LoadCredential= gives it, without a folder");
    return;
  }
  out.kind = Kind::kCredential;
  out.value = {std::move(name)};
}

void read_command(const Value& value, SecretReference& out) {
  std::vector<std::string> arguments;
  bool all_read = true;
  const bool is_list = value.list("[/usr/bin/pass, show, cdn]", [&](const Value& element) {
    std::string argument;
    all_read &= element.text(argument);
    arguments.push_back(std::move(argument));
  });
  if (!is_list || !all_read) return;
  if (arguments[0].contains('/') && !arguments[0].starts_with('/')) {
    value.fail("config.range",
               "names its program by a relative path",
               "write the whole path, or a bare name to be found by PATH");
    return;
  }
  out.kind = Kind::kCommand;
  out.value = std::move(arguments);
}

constexpr std::array<Key<SecretReference>, 4> kReferenceKeys = {
    Key<SecretReference>{{.name = "env",
                          .help = "Name of an environment variable",
                          .example = "DOGECLOUD_SECRET_KEY"},
                         &read_variable},
    Key<SecretReference>{{.name = "file",
                          .help = "File that only its owner may read (mode 0600 or 0400)",
                          .form = Form::kPath,
                          .example = "/etc/certferry/dogecloud.secret"},
                         &read_file},
    Key<SecretReference>{{.name = "credential",
                          .help = "Name of a systemd credential (LoadCredential=)",
                          .example = "dogecloud"},
                         &read_credential},
    Key<SecretReference>{{.name = "command",
                          .help = "Program and arguments that print the secret; no shell",
                          .form = Form::kDefined,
                          .definition = "command",
                          .example = "[/usr/bin/pass, show, cdn]"},
                         &read_command},
};

std::string names_of_kinds() {
  return "write exactly one of env, file, credential, command";
}

}  // namespace

std::span<const Key<SecretReference>> reference_keys() {
  return kReferenceKeys;
}

std::string variable_for(std::string_view owner, std::string_view key) {
  std::string name(owner);
  if (!name.empty()) name += '_';
  name += key;
  for (char& c : name) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const bool fits = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!fits) c = '_';
  }
  return is_variable_name(name) ? name : "_" + name;
}

bool Value::reference(SecretReference& out) const {
  const std::string variable = variable_for(owner, key);
  if (node.kind != YamlNode::Kind::kMap) {
    return fail("config.insecure",
                "must not hold the secret itself",
                "write '" + key + ": { env: " + variable + " }' and set that variable, or '" + key +
                    ": { file: /etc/certferry/" + to_lower(variable) +
                    " }' with the value in that file, mode 0600");
  }
  if (node.entries.size() != 1) {
    return fail("config.type", "is not a reference to one secret", names_of_kinds());
  }
  const Entry& entry = node.entries.front();
  const auto kind = std::ranges::find(kReferenceKeys, entry.key, &KeyInfo::name);
  if (kind == kReferenceKeys.end()) {
    std::vector<std::string> names;
    for (const auto& known : kReferenceKeys) names.emplace_back(known.name);
    const std::string near = nearest_known(entry.key, names);
    return fail_at(entry.key_at,
                   "config.unknown_key",
                   "has a key that no reference has",
                   near.empty() ? names_of_kinds() : "did you mean '" + near + "'?");
  }
  SecretReference read;
  const Value inner{entry.value, entry.key, "of '" + key + "' " + where, owner, range, reading};
  kind->read(inner, read);
  if (read.value.empty()) return false;
  read.at = node.at;
  out = std::move(read);
  return true;
}

}  // namespace certferry

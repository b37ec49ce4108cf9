#include "sources/fields.h"

#include <algorithm>

#include "base/text.h"

namespace certferry {

Error bad_setting(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("source.settings")
      .with_hint(std::move(hint));
}

namespace {

bool given(const SourceInputs& inputs, const std::string& key) {
  const auto text = inputs.texts.find(key);
  if (text != inputs.texts.end()) return !text->second.empty();
  const auto list = inputs.lists.find(key);
  if (list != inputs.lists.end()) return !list->second.empty();
  const auto secret = inputs.secrets.find(key);
  return secret != inputs.secrets.end() && !secret->second.empty();
}

template <typename Map>
void refuse_unknown(const Map& fields,
                    const std::vector<std::string>& known,
                    const std::string& source) {
  const auto unknown = std::ranges::find_if(fields, [&known](const auto& field) {
    return std::ranges::find(known, field.first) == known.end();
  });
  if (unknown == fields.end()) return;
  throw bad_setting("source '" + source + "' has no field '" + unknown->first + "'",
                    "it has: " + join(known, ", "));
}

}  // namespace

void check_fields(const SourceMetadata& metadata, const SourceInputs& inputs) {
  const std::string source(metadata.id);
  std::vector<std::string> known;
  for (const FieldMetadata& field : metadata.fields) {
    known.emplace_back(field.key);
    if (!field.required || given(inputs, known.back())) continue;
    throw bad_setting("source '" + source + "' needs '" + known.back() + "'",
                      "add it: " + known.back() + ": " + std::string(field.example));
  }
  refuse_unknown(inputs.texts, known, source);
  refuse_unknown(inputs.lists, known, source);
  refuse_unknown(inputs.secrets, known, source);
}

std::string text_field(const SourceInputs& inputs, const std::string& key) {
  const auto found = inputs.texts.find(key);
  return found == inputs.texts.end() ? std::string() : found->second;
}

Secret secret_field(const SourceInputs& inputs, const std::string& key) {
  const auto found = inputs.secrets.find(key);
  return found == inputs.secrets.end() ? Secret() : found->second;
}

std::string path_field(const SourceInputs& inputs, const std::string& key) {
  std::string path = text_field(inputs, key);
  if (path.empty()) return path;
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) {
    throw bad_setting("'" + key + "' is '" + printable(path) + "', which is no absolute path",
                      "write it from the root on, as in /etc/ssl/example.com/fullchain.pem");
  }
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

std::vector<std::string> base_folders(const SourceInputs& inputs,
                                      std::vector<std::string> known_folders) {
  std::string base = path_field(inputs, "base");
  if (base.empty()) return known_folders;
  return {std::move(base)};
}

std::string name_field(const SourceInputs& inputs,
                       const std::string& key,
                       const std::string& what) {
  std::string name = text_field(inputs, key);
  const bool component = name.find_first_of(std::string_view("/\0", 2)) == std::string::npos &&
                         name != "." && name != "..";
  if (component) return name;
  throw bad_setting("'" + printable(name) + "' is no name of a " + what,
                    "give the name alone, and its folder, where it is an odd one, as 'base'");
}

}  // namespace certferry

#include "sources/fields.h"

#include <algorithm>

#include "base/text.h"

namespace certferry {

Error bad_setting(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("source.settings")
      .with_hint(std::move(hint));
}

void check_fields(const SourceMetadata& metadata, const SourceFields& fields) {
  std::vector<std::string> known;
  for (const FieldMetadata& field : metadata.fields) {
    known.emplace_back(field.key);
    const auto given = fields.find(known.back());
    if (field.required && (given == fields.end() || given->second.empty())) {
      throw bad_setting("source '" + std::string(metadata.id) + "' needs '" + known.back() + "'",
                        "add it: " + known.back() + ": " + std::string(field.example));
    }
  }
  for (const auto& [key, value] : fields) {
    if (std::ranges::find(known, key) != known.end()) continue;
    throw bad_setting("source '" + std::string(metadata.id) + "' has no field '" + key + "'",
                      "it has: " + join(known, ", "));
  }
}

std::string text_field(const SourceFields& fields, const std::string& key) {
  const auto found = fields.find(key);
  return found == fields.end() ? std::string() : found->second;
}

std::string path_field(const SourceFields& fields, const std::string& key) {
  std::string path = text_field(fields, key);
  if (path.empty()) return path;
  if (!path.starts_with('/') || path.find('\0') != std::string::npos) {
    throw bad_setting("'" + key + "' is '" + printable(path) + "', which is no absolute path",
                      "write it from the root on, as in /etc/ssl/example.com/fullchain.pem");
  }
  while (path.size() > 1 && path.ends_with('/')) path.pop_back();
  return path;
}

}  // namespace certferry

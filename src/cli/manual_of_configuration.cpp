#include <algorithm>
#include <nlohmann/json.hpp>

#include "cli/manual.h"
#include "cli/roff.h"

namespace certferry::cli {

namespace {

using Json = nlohmann::ordered_json;

/// A map whose keys are fixed has a section of its own; other shapes are told where they are used.
bool has_section(const Json& schema) {
  return schema.contains("properties") && !schema.contains("allOf");
}

std::string name_of_reference(const Json& schema) {
  const std::string reference = schema.value("$ref", "");
  return reference.substr(reference.rfind('/') + 1);
}

std::string heading(const std::string& name, const Json& schema) {
  return schema.value("title", name);
}

std::string words_of(const Json& schema, const Json& definitions);

/// "one of A, B", from a list of schemas.
std::string words_of_choice(const Json& schemas, const Json& definitions) {
  std::string out;
  for (const Json& one : schemas) {
    out += (out.empty() ? "" : ", or ") + words_of(one, definitions);
  }
  return out;
}

/// What an account takes depends on its vendor: each has a section.
std::string words_of_branches(const Json& branches, const Json& definitions) {
  std::string out;
  for (const Json& one : branches) {
    out += (out.empty() ? "the keys of '" : "' or '");
    const std::string name = name_of_reference(one["then"]);
    out += heading(name, definitions[name]);
  }
  return out + "'";
}

std::string words_of_number(const Json& schema) {
  const std::string kind = schema["type"] == "integer" ? "a whole number" : "a number";
  return kind + " from " + schema["minimum"].dump() + " to " + schema["maximum"].dump();
}

std::string words_of_reference(const Json& schema, const Json& definitions) {
  const std::string name = name_of_reference(schema);
  const Json& meant = definitions[name];
  return has_section(meant) ? "the keys of '" + heading(name, meant) + "'"
                            : words_of(meant, definitions);
}

std::string words_of_text(const Json& schema) {
  const std::string pattern = schema.value("pattern", "");
  if (pattern.starts_with("^/")) return "an absolute path";
  return pattern.empty() ? "text" : "a duration: a whole number and ms, s, m, h or d";
}

/// What a value looks like, in words that go on behind "Takes".
std::string words_of(const Json& schema, const Json& definitions) {
  if (schema.contains("$ref")) return words_of_reference(schema, definitions);
  if (schema.contains("oneOf")) return words_of_choice(schema["oneOf"], definitions);
  if (schema.contains("allOf")) return words_of_branches(schema["allOf"], definitions);
  if (schema.contains("const")) return "'" + schema["const"].get<std::string>() + "'";
  const Json type = schema.value("type", Json());
  if (type == "boolean") return "true or false";
  if (type == "integer" || type == "number") return words_of_number(schema);
  if (type == "array") return "a list, each: " + words_of(schema["items"], definitions);
  if (type == "object") {
    return "names of your own, each with: " + words_of(schema["additionalProperties"], definitions);
  }
  return words_of_text(schema);
}

bool requires_key(const Json& schema, const std::string& key) {
  const Json required = schema.value("required", Json::array());
  return std::ranges::find(required, Json(key)) != required.end();
}

std::string key_item(const Json& schema, const std::string& key, const Json& definitions) {
  const Json& value = schema["properties"][key];
  std::string meaning = value.value("description", "");
  if (!meaning.empty()) meaning += ". ";
  meaning += "Takes " + words_of(value, definitions) + ".";
  if (value.contains("examples")) {
    meaning += " Example: " + value["examples"][0].get<std::string>();
  }
  const std::string required = requires_key(schema, key) ? " (required)" : "";
  return roff::item(roff::bold(key + ":") + required, meaning);
}

std::string keys_of(const Json& schema, const Json& definitions) {
  std::string out;
  for (const auto& [key, value] : schema["properties"].items()) {
    out += key_item(schema, key, definitions);
  }
  return out;
}

/// A source is named by its kind, and each kind has keys of its own.
std::string kinds_of(const Json& schema, const Json& definitions) {
  std::string out;
  for (const auto& [kind, value] : schema["properties"].items()) {
    out += roff::subsection("source: " + kind) + roff::prose(value.value("description", "") + ".") +
           keys_of(value, definitions);
  }
  return out;
}

std::string definition_section(const std::string& name,
                               const Json& schema,
                               const Json& definitions) {
  const Json& first = schema["properties"].front();
  const bool of_kinds = first.contains("properties");
  std::string out = roff::subsection(heading(name, schema));
  if (schema.contains("description")) {
    out += roff::prose(schema["description"].get<std::string>() + ".");
  }
  if (schema.contains("maxProperties")) out += roff::prose("Exactly one of:");
  if (!of_kinds) return out + keys_of(schema, definitions);
  for (const auto& [kind, value] : schema["properties"].items()) {
    out += roff::item(roff::bold(kind + ":"), value.value("description", "") + ".");
  }
  return out + kinds_of(schema, definitions);
}

constexpr const char* kAbout =
    "Where certferry takes certificates from, where it brings them, and how.\n\n"
    "The file is YAML. A key that is not listed here is an error, told with its line and column "
    "and "
    "the key that was probably meant. Secrets are never written into the file: each is a "
    "reference, "
    "see 'secret'.\n\n"
    "Whether a file is right is told by:\n\n  certferry check --config FILE\n\n"
    "Editors read the same rules as a JSON Schema, from:\n\n  certferry schema\n";

}  // namespace

std::string manual_of_configuration(std::string_view text) {
  const Json schema = Json::parse(text);
  const Json& definitions = schema["$defs"];
  std::string out = roff::title("certferry.yaml", 5) + roff::section("NAME") +
                    "certferry.yaml \\- configuration of certferry\n" +
                    roff::section("DESCRIPTION") + roff::prose(kAbout) +
                    roff::section("TOP LEVEL") + keys_of(schema, definitions) +
                    roff::section("PARTS");
  for (const auto& [name, definition] : definitions.items()) {
    if (has_section(definition)) out += definition_section(name, definition, definitions);
  }
  return out + roff::section("SEE ALSO") + ".BR certferry (1)\n";
}

}  // namespace certferry::cli

// The keys of the configuration, each declared once.
//
// A table of keys says for each its name, help, form, range and the member it fills. Three things
// are made from the same tables: the reading of a map, the suggestions for an unknown key, and the
// JSON Schema. A new setting is one row.
#pragma once

#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "config/value.h"

namespace certferry {

/// What a value looks like.
enum class Form {
  kText,
  kPath,          ///< absolute
  kDuration,      ///< 30s; the range is in milliseconds
  kCount,         ///< whole number
  kRate,          ///< decimal number
  kSwitch,        ///< true or false
  kSecret,        ///< a reference
  kTextOrSecret,  ///< text, or a reference
  kDefined,       ///< a list or map: the key names its definition
};

enum class Presence { kOptional, kRequired };

/// What is known of a key without knowing what it fills.
struct KeyInfo {
  std::string_view name;
  std::string_view help;
  Form form = Form::kText;
  Presence presence = Presence::kOptional;
  Range range = {};
  std::string_view definition = {};  ///< of kDefined: its name below `$defs` in the JSON Schema
  std::string_view example = {};     ///< a value as one would write it
};

/// A key of a map that fills a T.
template <typename T>
struct Key : KeyInfo {
  void (*read)(const Value& value, T& out) = nullptr;
};

enum class UnknownKeys {
  kReport,
  kIgnore,  ///< when it is not known what may stand here; misspelt keys are reported still
};

/// One map of the file: where it stands and what it is to be called.
struct MapReading {
  const YamlNode& node;
  Position at;        ///< of what is missing: the key that the map belongs to
  std::string where;  ///< "in account 'doge'"
  std::string owner;  ///< the name it is about, "doge"; may be empty
  Reading& reading;
  UnknownKeys unknown = UnknownKeys::kReport;
};

/// Whether the node is a map, or empty, which is an empty map; anything else is a problem.
bool expect_map(const MapReading& map);
/// Reports every key that is not among the names; returns the names the writer seems to have meant.
std::set<std::string> report_unknown(const MapReading& map, std::span<const std::string> names);
void report_missing(const MapReading& map, const KeyInfo& key);

/// Reads the keys in the table's order, not the file's: later rows may rely on earlier ones.
template <typename T>
void read_map(const MapReading& map, std::span<const Key<T>> keys, T& out) {
  if (!expect_map(map)) return;
  std::vector<std::string> names;
  for (const Key<T>& key : keys) names.emplace_back(key.name);
  const std::set<std::string> meant = report_unknown(map, names);
  for (const Key<T>& key : keys) {
    const YamlNode* node = map.node.find(key.name);
    if (node == nullptr) {
      const bool excused = meant.contains(std::string(key.name));
      if (key.presence == Presence::kRequired && !excused) report_missing(map, key);
      continue;
    }
    const Value value{*node, std::string(key.name), map.where, map.owner, key.range, map.reading};
    if (node->kind == YamlNode::Kind::kNull && key.form != Form::kDefined) {
      value.fail("config.missing", "has no value", "write one, or remove the key");
    } else {
      key.read(value, out);
    }
  }
}

}  // namespace certferry

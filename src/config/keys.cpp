#include "config/keys.h"

namespace certferry {

namespace {

std::string how_to_add(const MapReading& map, const KeyInfo& key) {
  if (key.example.contains('\n')) return "a small whole file is:\n\n" + std::string(key.example);
  std::string value(key.example.empty() ? "…" : key.example);
  if (key.form == Form::kSecret) value = "{ env: " + variable_for(map.owner, key.name) + " }";
  std::string hint = "add '" + std::string(key.name) + ": " + value + "'";
  if (!key.help.empty()) hint += " (" + std::string(key.help) + ")";
  return hint;
}

}  // namespace

bool expect_map(const MapReading& map) {
  if (map.node.kind == YamlNode::Kind::kMap || map.node.kind == YamlNode::Kind::kNull) return true;
  map.reading.problems.add(
      map.node.at,
      {"config.type", "what stands " + map.where + " must be a map", "write 'key: value' lines"});
  return false;
}

std::set<std::string> report_unknown(const MapReading& map, std::span<const std::string> names) {
  std::set<std::string> meant;
  for (const Entry& entry : map.node.entries) {
    if (std::ranges::find(names, entry.key) != names.end()) continue;
    const std::string near = nearest_known(entry.key, names);
    if (near.empty() && map.unknown == UnknownKeys::kIgnore) continue;
    if (map.reading.problems.full()) return meant;
    meant.insert(near);
    map.reading.problems.add(entry.key_at,
                             {"config.unknown_key",
                              "unknown key " + in_quotes(entry.key) + " " + map.where,
                              suggestion(entry.key, names, "keys")});
  }
  return meant;
}

void report_missing(const MapReading& map, const KeyInfo& key) {
  const std::string name(key.name);
  map.reading.problems.add(
      map.at, {"config.missing", "'" + name + "' is missing " + map.where, how_to_add(map, key)});
}

}  // namespace certferry

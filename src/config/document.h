// A YAML file as a small tree that remembers where everything stands.
//
// Built from yaml-cpp's events rather than its nodes: the nodes forget duplicate keys and follow
// aliases, and both must be seen here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/problems.h"
#include "config/settings.h"

namespace certferry {

struct Entry;

struct YamlNode {
  enum class Kind {
    kNull,  ///< nothing, `~` or `null`
    kScalar,
    kSequence,
    kMap,
  };
  Kind kind = Kind::kNull;
  Position at;                  ///< of an empty value in a map: its key
  bool quoted = false;          ///< a scalar in quotes or a block: text, whatever it looks like
  std::string text;             ///< of a scalar, as written: `no` is "no"
  std::vector<YamlNode> items;  ///< of a sequence
  std::vector<Entry> entries;   ///< of a map, in the file's order, keys unique

  /// The value of a key of a map; null pointer when it is not there or this is no map.
  const YamlNode* find(std::string_view key) const;
};

struct Entry {
  std::string key;
  Position key_at;
  YamlNode value;
};

struct Document {
  YamlNode root;
  std::vector<PlacedError> duplicates;  ///< of keys; the first of each is in the tree
};

/// Reads one YAML document of at most 1 MiB, nested at most 64 deep, in UTF-8.
///
/// Anchors, aliases, tags, tabs, control characters and further documents are refused: none of them
/// is needed here and each has surprised somebody. Columns count characters, not bytes.
/// Error: `config.parse`, with its place.
Result<Document> parse_document(const std::string& text, const std::string& file_name);

}  // namespace certferry

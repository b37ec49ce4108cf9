// JSON as channels write and read it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace certferry::notify {

/// A finished piece of JSON.
struct Json {
  std::string text;
};

/// Bytes that are not UTF-8 are replaced.
Json json_text(std::string_view text);
Json json_number(std::int64_t number);
Json json_list(const std::vector<Json>& elements);
Json json_object(const std::vector<std::pair<std::string_view, Json>>& members);

/// What stands at a path of members ("parameters.retry_after") as text: a text's characters, a
/// number or a truth value as written, a list of texts its first. None when it is not there, is
/// something else, or the body is no JSON.
std::optional<std::string> json_member(const std::string& body, std::string_view path);
/// Whether the text is one whole JSON value.
bool is_json(const std::string& text);

}  // namespace certferry::notify

#include "notify/json.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace certferry::notify {

namespace {

using Value = nlohmann::json;

std::string dumped(const Value& value) {
  return value.dump(-1, ' ', false, Value::error_handler_t::replace);
}

}  // namespace

Json json_text(std::string_view text) {
  return {dumped(Value(text))};
}

Json json_number(std::int64_t number) {
  return {std::to_string(number)};
}

Json json_list(const std::vector<Json>& elements) {
  std::vector<std::string> texts;
  texts.reserve(elements.size());
  for (const Json& one : elements) texts.push_back(one.text);
  return {"[" + join(texts, ",") + "]"};
}

Json json_object(const std::vector<std::pair<std::string_view, Json>>& members) {
  std::vector<std::string> texts;
  texts.reserve(members.size());
  for (const auto& [name, value] : members)
    texts.push_back(json_text(name).text + ":" + value.text);
  return {"{" + join(texts, ",") + "}"};
}

std::optional<std::string> json_member(const std::string& body, std::string_view path) {
  const Value root = Value::parse(body, nullptr, false);
  const Value* at = &root;
  for (const std::string& name : split(path, '.')) {
    if (!at->is_object() || !at->contains(name)) return std::nullopt;
    at = &at->at(name);
  }
  if (at->is_string()) return at->get<std::string>();
  if (at->is_number() || at->is_boolean()) return dumped(*at);
  if (at->is_array() && !at->empty() && at->front().is_string()) {
    return at->front().get<std::string>();
  }
  return std::nullopt;
}

bool is_json(const std::string& text) {
  return Value::accept(text);
}

}  // namespace certferry::notify

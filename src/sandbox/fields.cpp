#include "sandbox/fields.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace certferry::sandbox {

namespace {

Error malformed(std::string message) {
  return Error(ErrorKind::kInvalidInput, std::move(message)).with_code("sandbox.fields");
}

Result<std::string> decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      unsigned char byte = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const auto [end, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
      if (failure != std::errc{} || end != digits.data() + 2) {
        return std::unexpected(malformed("bad percent escape"));
      }
      out += static_cast<char>(byte);
      i += 2;
    }
  }
  return out;
}

}  // namespace

Result<Fields> parse_form(std::string_view text) {
  Fields fields;
  if (text.empty()) return fields;
  for (const std::string& pair : split(text, '&')) {
    const auto equals = pair.find('=');
    TRY(std::string name, decode(std::string_view(pair).substr(0, equals)));
    if (equals == std::string::npos) return std::unexpected(malformed("a parameter without '='"));
    TRY(std::string value, decode(std::string_view(pair).substr(equals + 1)));
    fields[std::move(name)] = std::move(value);
  }
  return fields;
}

Result<Fields> parse_json_fields(std::string_view text) {
  Fields fields;
  if (text.empty()) return fields;
  const nlohmann::json json = nlohmann::json::parse(text, nullptr, false);
  if (!json.is_object()) return std::unexpected(malformed("the body is not a JSON object"));
  for (const auto& [name, value] : json.items()) {
    if (value.is_string()) fields[name] = value.get<std::string>();
    if (value.is_number_integer()) fields[name] = value.dump();
  }
  return fields;
}

Result<Fields> parse_body(std::string_view content_type, std::string_view body) {
  if (body.empty()) return Fields{};
  const std::string type = to_lower(trim(content_type.substr(0, content_type.find(';'))));
  if (type == "application/json") return parse_json_fields(body);
  if (type == "application/x-www-form-urlencoded") return parse_form(body);
  return std::unexpected(malformed("the content type is neither JSON nor a form"));
}

std::optional<std::int64_t> integer_field(const Fields& fields, std::string_view name) {
  const std::string_view text = text_field(fields, name);
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc{} && end == text.data() + text.size();
  if (text.empty() || !whole || value < 0) return std::nullopt;
  return value;
}

std::string_view text_field(const Fields& fields, std::string_view name) {
  const auto found = fields.find(name);
  return found == fields.end() ? std::string_view{} : std::string_view(found->second);
}

}  // namespace certferry::sandbox

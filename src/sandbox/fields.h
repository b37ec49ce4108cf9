// Parameters of a call, out of a query string, a form or a JSON object.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace certferry::sandbox {

/// Text by name. Of JSON, strings and integers count; other values are taken as
/// missing, which is how an id that went through a floating-point number shows.
using Fields = std::map<std::string, std::string, std::less<>>;

/// application/x-www-form-urlencoded, also a query. Error: invalid_input for a
/// bad escape.
Result<Fields> parse_form(std::string_view text);
/// One JSON object; empty text is an empty object. Error: invalid_input.
Result<Fields> parse_json_fields(std::string_view text);
/// By the content type; a body needs one of the two.
Result<Fields> parse_body(std::string_view content_type, std::string_view body);

/// Decimal digits only, from 0 to 2^63 - 1.
std::optional<std::int64_t> integer_field(const Fields& fields, std::string_view name);
/// Empty when missing.
std::string_view text_field(const Fields& fields, std::string_view name);

}  // namespace certferry::sandbox

// What every vendor that speaks JSON shares: reading replies strictly, and ids without loss.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "providers/common/reply.h"

namespace certferry {

/// Reads a whole reply body as JSON: at most 4 MiB and 64 levels deep.
///
/// Invalid UTF-8, lone surrogates, numbers beyond double and anything after the value are refused;
/// of duplicate keys the last one counts. Errors, of the kind `unusable(effect)`: `reply.not_json`
/// (a page, or nothing) and `reply.malformed` (begins as JSON does), both with the reply's
/// beginning, where quoting is allowed; `reply.shape` (too deep), `reply.too_large`.
Result<nlohmann::json> read_json(const HttpResponse& response, Effect effect, Quoting quoting);

/// A reply that is JSON, but not what the vendor promises: `reply.shape`.
Error bad_shape(std::string what, Effect effect);

/// The member of that name; nullptr when it is missing or null, or `value` is not an object.
const nlohmann::json* member(const nlohmann::json& value, std::string_view key);

/// A member that is text, or a whole number as decimal text; empty when it is anything else.
std::string text_of(const nlohmann::json& value, std::string_view key);

/// `text_of` for what a person reads, such as a status: printable, and cut after 60 bytes.
std::string words_of(const nlohmann::json& value, std::string_view key);

/// A member that is a whole number, or decimal text of one; nothing when it is anything else.
std::optional<std::int64_t> integer_of(const nlohmann::json& value, std::string_view key);

/// Written as JSON, without blanks; what is no UTF-8 in it is replaced.
std::string json_text(const nlohmann::json& value);

/// An id as text, whether the vendor sends a number or text; a number never passes through double.
/// Error `reply.no_id`, of the kind `unusable(effect)`: missing, null, blank, 0, negative, not
/// whole, beyond 64 bits as a number, not printable, or longer than 128 bytes.
Result<std::string> id_of(const nlohmann::json& value, std::string_view key, Effect effect);

/// An id by which a list's entry refers to another thing; nothing where it is missing, null, empty
/// or 0, which vendors send for none. Error `reply.no_id`, unavailable: anything else that is no
/// id, for it must not look like none.
Result<std::optional<std::string>> reference_of(const nlohmann::json& value, std::string_view key);

}  // namespace certferry

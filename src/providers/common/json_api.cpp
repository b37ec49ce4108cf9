#include "providers/common/json_api.h"

#include <charconv>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace certferry {

namespace {

constexpr std::size_t kMaxBytes = std::size_t{4} * 1024 * 1024;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxIdBytes = 128;

/// Whether brackets outside of strings nest deeper than allowed; looks at no other grammar.
bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (in_string) {
      if (c == '\\') ++at;
      if (c == '"') in_string = false;
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) return true;
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

Error bad_reply(std::string code, std::string what, Effect effect) {
  Error error = Error(unusable(effect), std::move(what)).with_code(std::move(code));
  if (effect == Effect::kReads) {
    return std::move(error).with_hint(
        "try again later; if this stays, something else answers in the vendor's place: check "
        "`endpoint:` and `proxy:` of the account");
  }
  error.message += ", so whether the call took effect is unknown";
  return std::move(error).with_hint("the account is read before anything is sent again");
}

}  // namespace

Result<nlohmann::json> read_json(const HttpResponse& response, Effect effect, Quoting quoting) {
  if (response.body.size() > kMaxBytes) {
    return std::unexpected(bad_reply("reply.too_large", "the reply is larger than 4 MiB", effect));
  }
  if (too_deep(response.body)) {
    return std::unexpected(bad_shape("the reply is nested more than 64 deep", effect));
  }
  // Without exceptions: the library's messages quote the reply. It takes a NUL byte for the end.
  nlohmann::json value = nlohmann::json::parse(response.body, nullptr, false);
  if (value.is_discarded() || response.body.contains('\0')) {
    // A page or nothing comes from whatever stands before the vendor; this is the vendor's own.
    const bool meant_as_json = response.body.starts_with('{') || response.body.starts_with('[');
    return std::unexpected(bad_reply(meant_as_json ? "reply.malformed" : "reply.not_json",
                                     "the reply is not JSON (" + describe(response, quoting) + ")",
                                     effect));
  }
  return value;
}

Error bad_shape(std::string what, Effect effect) {
  return bad_reply("reply.shape", std::move(what), effect);
}

const nlohmann::json* member(const nlohmann::json& value, std::string_view key) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(key);
  return found == value.end() || found->is_null() ? nullptr : &*found;
}

std::string text_of(const nlohmann::json& value, std::string_view key) {
  const nlohmann::json* found = member(value, key);
  if (found == nullptr) return {};
  if (found->is_string()) return found->get<std::string>();
  return found->is_number_integer() ? found->dump() : std::string();
}

std::string words_of(const nlohmann::json& value, std::string_view key) {
  constexpr std::size_t kLongest = 60;
  return printable(text_of(value, key), kLongest);
}

std::optional<std::int64_t> integer_of(const nlohmann::json& value, std::string_view key) {
  const std::string text = text_of(value, key);
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, status] = std::from_chars(text.data(), end, number);
  if (text.empty() || rest != end || status != std::errc()) return std::nullopt;
  return number;
}

std::string json_text(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::string> id_of(const nlohmann::json& value, std::string_view key, Effect effect) {
  // text_of leaves out what the library could only keep as a double, which would have lost digits.
  std::string text(trim(text_of(value, key)));
  const bool usable = !text.empty() && text != "0" && text.size() <= kMaxIdBytes &&
                      !text.starts_with('-') && is_printable(text);
  if (usable) return text;
  return std::unexpected(
      bad_reply("reply.no_id", "the reply has no usable '" + std::string(key) + "'", effect));
}

Result<std::optional<std::string>> reference_of(const nlohmann::json& value, std::string_view key) {
  const nlohmann::json* found = member(value, key);
  if (found == nullptr || *found == "" || text_of(value, key) == "0") return std::nullopt;
  return id_of(value, key, Effect::kReads);
}

}  // namespace certferry

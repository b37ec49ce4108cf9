#include "config/value.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/time.h"
#include "model/name.h"

namespace certferry {

namespace {

constexpr std::size_t kLongestText = 4096;

std::string_view kind_of(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::kNull:
      return "empty";
    case YamlNode::Kind::kScalar:
      return "text";
    case YamlNode::Kind::kSequence:
      return "a list";
    case YamlNode::Kind::kMap:
      return "a map";
  }
  return "empty";
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// A number without a fraction is shown without one.
std::string number_text(double number) {
  const auto whole = static_cast<std::int64_t>(number);
  if (static_cast<double>(whole) == number) return std::to_string(whole);
  std::string out = std::to_string(number);
  out.erase(out.find_last_not_of('0') + 1);
  return out;
}

/// "5m", "-5m" and "99999999999d" are durations that cannot be; "soon" is none at all.
bool has_duration_shape(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const auto unit = text.find_first_not_of("0123456789");
  if (unit == 0 || unit == std::string_view::npos) return false;
  const std::string_view name = text.substr(unit);
  return name == "ms" || name == "s" || name == "m" || name == "h" || name == "d";
}

/// As one would write it: the largest unit that leaves a whole number.
std::string duration_text(milliseconds duration) {
  if (duration % hours(24) == milliseconds(0)) return std::to_string(duration / hours(24)) + "d";
  if (duration % hours(1) == milliseconds(0)) return std::to_string(duration / hours(1)) + "h";
  if (duration % minutes(1) == milliseconds(0)) return std::to_string(duration / minutes(1)) + "m";
  if (duration % seconds(1) == milliseconds(0)) return std::to_string(duration / seconds(1)) + "s";
  return std::to_string(duration.count()) + "ms";
}

}  // namespace

bool Value::fail_at(Position at, std::string code, std::string what, std::string hint) const {
  std::string message = "'" + key + "' " + where + " " + std::move(what);
  reading.problems.add(at, {std::move(code), std::move(message), std::move(hint)});
  return false;
}

bool Value::fail(std::string code, std::string what, std::string hint) const {
  return fail_at(node.at, std::move(code), std::move(what), std::move(hint));
}

Value Value::with(const YamlNode& element) const {
  return Value{element, key, where, owner, range, reading};
}

bool Value::text(std::string& out) const {
  if (node.kind != YamlNode::Kind::kScalar) {
    return fail("config.type", "must be text, but is " + std::string(kind_of(node)));
  }
  if (node.text.empty()) return fail("config.range", "is empty", "write a value");
  if (node.text.size() > kLongestText) return fail("config.range", "is longer than 4096 bytes");
  // A quoted text may spell such characters as escapes: "\x1b", "\u009b".
  if (!is_printable(node.text)) {
    return fail("config.range", "has a line end or a control character in it", "write one line");
  }
  out = node.text;
  return true;
}

bool Value::choice(std::string& out,
                   std::span<const std::string> words,
                   std::string_view what) const {
  std::string word;
  if (!text(word)) return false;
  if (std::ranges::find(words, word) == words.end()) {
    return fail("config.reference",
                "is " + in_quotes(word) + ", which is not known",
                suggestion(word, words, what));
  }
  out = std::move(word);
  return true;
}

bool Value::path(std::string& out) const {
  std::string path;
  if (!text(path)) return false;
  if (!path.starts_with('/')) {
    return fail("config.range",
                "is " + in_quotes(path) + ", which is not an absolute path",
                "write the whole path, beginning with /");
  }
  out = std::move(path);
  return true;
}

bool Value::count(std::optional<unsigned>& out) const {
  unsigned number = 0;
  const std::string& digits = node.text;
  const bool shaped = node.kind == YamlNode::Kind::kScalar && !node.quoted &&
                      all_digits(digits.starts_with('-') ? std::string_view(digits).substr(1)
                                                         : std::string_view(digits)) &&
                      (digits == "0" || !digits.starts_with('0'));
  if (!shaped) return fail("config.type", "must be a whole number", "write it like 3");
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (status != std::errc() || number < range.least || number > range.most) {
    return fail("config.range",
                "is " + in_quotes(digits) + ", but must be from " + number_text(range.least) +
                    " to " + number_text(range.most));
  }
  out = number;
  return true;
}

bool Value::switched(std::optional<bool>& out) const {
  const bool on = node.text == "true";
  if (node.kind != YamlNode::Kind::kScalar || (!on && node.text != "false")) {
    return fail("config.type", "is neither true nor false", "write " + key + ": true, or false");
  }
  out = on;
  return true;
}

bool Value::rate(std::optional<double>& out) const {
  const std::string& written = node.text;
  const std::size_t dot = written.find('.');
  const std::string_view whole = std::string_view(written).substr(0, dot);
  const bool shaped =
      node.kind == YamlNode::Kind::kScalar && !node.quoted && written.size() <= 32 &&
      all_digits(whole.starts_with('-') ? whole.substr(1) : whole) &&
      (dot == std::string::npos || all_digits(std::string_view(written).substr(dot + 1)));
  if (!shaped) return fail("config.type", "must be a number", "write it like 2 or 0.5");
  double number = 0;
  std::from_chars(written.data(), written.data() + written.size(), number);
  if (number < range.least || number > range.most) {
    return fail("config.range",
                "is " + in_quotes(written) + ", but must be from " + number_text(range.least) +
                    " to " + number_text(range.most));
  }
  out = number;
  return true;
}

bool Value::duration(milliseconds& out) const {
  std::string written;
  if (!text(written)) return false;
  const auto parsed = parse_duration(written);
  if (!parsed && !has_duration_shape(written)) {
    return fail("config.type",
                "is " + in_quotes(written) + ", which is not a duration",
                "write a number and its unit, like 250ms, 30s, 2m, 24h or 14d");
  }
  const milliseconds least(static_cast<std::int64_t>(range.least));
  const milliseconds most(static_cast<std::int64_t>(range.most));
  if (!parsed || *parsed < least || *parsed > most) {
    return fail("config.range",
                "is " + in_quotes(written) + ", but must be from " + duration_text(least) + " to " +
                    duration_text(most));
  }
  out = *parsed;
  return true;
}

bool Value::duration(std::optional<milliseconds>& out) const {
  milliseconds read{};
  if (!duration(read)) return false;
  out = read;
  return true;
}

bool Value::host(std::string& out, Wildcard wildcard) const {
  std::string written;
  if (!text(written)) return false;
  auto name = canonical_name(written);
  if (!name) {
    return fail("config.range",
                "has " + in_quotes(written) + ", which is no host name",
                written.find('*') == std::string::npos
                    ? "write it like cdn.example.com"
                    : "a wildcard stands for the whole first label: *.example.com");
  }
  if (wildcard == Wildcard::kRefused && name->starts_with("*.")) {
    return fail("config.range",
                "has " + in_quotes(written) + ", but a wildcard cannot stand here",
                "write the names one by one");
  }
  out = *std::move(name);
  return true;
}

bool Value::list(std::string_view example, const std::function<void(const Value&)>& read) const {
  if (node.kind != YamlNode::Kind::kSequence) {
    return fail("config.type",
                "must be a list, but is " + std::string(kind_of(node)),
                "write it like " + std::string(example));
  }
  if (node.items.empty()) {
    return fail("config.range", "is an empty list", "write it like " + std::string(example));
  }
  for (const YamlNode& element : node.items) read(with(element));
  return true;
}

bool is_plain_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && is_printable(text) &&
         text.find_first_of(" /") == std::string_view::npos;
}

}  // namespace certferry

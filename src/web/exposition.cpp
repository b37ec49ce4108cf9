#include "web/exposition.h"

#include <charconv>

#include "base/text.h"

namespace certferry::web {

namespace {

std::string_view word_for(Family::Type type) {
  switch (type) {
    case Family::Type::kGauge:
      return "gauge";
    case Family::Type::kCounter:
      return "counter";
    case Family::Type::kHistogram:
      return "histogram";
  }
  return "untyped";
}

/// Control characters and what is not UTF-8 are gone first: one bad name must not spoil a scrape.
void append_escaped(std::string& out, std::string_view value) {
  constexpr std::size_t kBytesMost = 1000;
  for (const char c : printable(value, kBytesMost)) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
}

void append_number(std::string& out, double value) {
  char digits[32];
  const auto [end, status] = std::to_chars(digits, digits + sizeof digits, value);
  ASSERT(status == std::errc());
  out.append(digits, end);
}

}  // namespace

void Exposition::begin(const Family& family) {
  name_ = family.name;
  text_.append("# HELP ").append(name_).append(" ").append(family.help).append("\n");
  text_.append("# TYPE ").append(name_).append(" ").append(word_for(family.type)).append("\n");
}

void Exposition::sample(std::initializer_list<Label> labels,
                        double value,
                        std::string_view suffix) {
  text_.append(name_).append(suffix);
  char before = '{';
  for (const Label& label : labels) {
    text_ += std::exchange(before, ',');
    text_.append(label.name).append("=\"");
    append_escaped(text_, label.value);
    text_ += '"';
  }
  text_.append(labels.size() == 0 ? " " : "} ");
  append_number(text_, value);
  text_ += '\n';
}

void Exposition::sample(std::initializer_list<Label> labels, Time time) {
  sample(labels, static_cast<double>(time.time_since_epoch().count()) / 1000);
}

}  // namespace certferry::web

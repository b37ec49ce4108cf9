// Figures in the text format of Prometheus, version 0.0.4.
//
// Written straight into one text: prometheus-cpp keeps each series as an object with a map of its
// labels and copies all of them for a scrape; for the figures of ten thousand targets that would
// be, by estimate, half of the memory that the daemon may take.
// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "base/time.h"

namespace certferry::web {

constexpr std::string_view kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

struct Family {
  enum class Type { kGauge, kCounter, kHistogram };
  std::string_view name;
  Type type = Type::kGauge;
  std::string_view help;
};

struct Label {
  std::string_view name;
  std::string_view value;
};

/// Families one after the other, each followed by its samples.
class Exposition {
 public:
  void begin(const Family& family);
  /// Of the family begun last; `suffix` is a histogram's: "_bucket", "_sum", "_count".
  void sample(std::initializer_list<Label> labels, double value, std::string_view suffix = {});
  /// Seconds since 1970.
  void sample(std::initializer_list<Label> labels, Time time);

  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string_view name_;
};

}  // namespace certferry::web

#include "sim/trace.h"

#include <array>
#include <cstdio>

namespace certferry::sim {

std::string format_moment(milliseconds passed) {
  const auto ms = passed.count();
  std::array<char, 48> text{};
  std::snprintf(text.data(),
                text.size(),
                "%3lldd %02lld:%02lld:%02lld.%03lld",
                static_cast<long long>(ms / 86'400'000),
                static_cast<long long>(ms / 3'600'000 % 24),
                static_cast<long long>(ms / 60'000 % 60),
                static_cast<long long>(ms / 1000 % 60),
                static_cast<long long>(ms % 1000));
  return text.data();
}

void Trace::add(milliseconds at, unsigned process, std::string_view what) {
  const std::string line =
      format_moment(at) + " #" + std::to_string(process) + " " + std::string(what);
  hash_ = hash_of("\n", hash_of(line, hash_));
  ++lines_;
  if (sink) sink(line);
}

}  // namespace certferry::sim

#include "sim/trace.h"

#include <array>
#include <cstdio>

namespace certferry::sim {

namespace {

void put_digits(char* to, std::size_t count, std::int64_t number) {
  for (std::size_t i = count; i > 0; --i, number /= 10)
    to[i - 1] = static_cast<char>('0' + number % 10);
}

}  // namespace

std::string format_moment(milliseconds passed) {
  const std::int64_t ms = passed.count();
  std::string text = std::to_string(ms / 86'400'000);
  if (text.size() < 3) text.insert(0, 3 - text.size(), ' ');
  const std::size_t at = text.size();
  text += "d 00:00:00.000";
  char* time = text.data() + at + 2;
  put_digits(time, 2, ms / 3'600'000 % 24);
  put_digits(time + 3, 2, ms / 60'000 % 60);
  put_digits(time + 6, 2, ms / 1000 % 60);
  put_digits(time + 9, 3, ms % 1000);
  return text;
}

std::string hash_text(std::uint64_t hash) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

void Trace::add(milliseconds at, unsigned process, std::string_view what) {
  std::string line = format_moment(at);
  line.append(" #").append(std::to_string(process)).append(" ").append(what);
  hash_ = hash_of("\n", hash_of(line, hash_));
  ++lines_;
  if (sink) sink(line);
}

}  // namespace certferry::sim

// What happened, line by line, and one number that stands for all of it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sim/chance.h"

namespace certferry::sim {

/// Two runs of one seed are the same run if and only if their traces have the same hash.
class Trace {
 public:
  /// Gets each line as it is written; none: lines are counted and hashed only.
  std::function<void(const std::string&)> sink;

  void add(milliseconds at, unsigned process, std::string_view what);

  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }

 private:
  std::uint64_t hash_ = hash_of("");
  std::uint64_t lines_ = 0;
};

/// 16 hexadecimal digits.
std::string hash_text(std::uint64_t hash);

/// "12d 03:04:05.678".
std::string format_moment(milliseconds passed);

}  // namespace certferry::sim

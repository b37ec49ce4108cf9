// The bytes of one file: what would outlast a loss of power, and what has been changed since.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace certferry::disk {

/// What a disk writes whole or not at all.
inline constexpr std::size_t kSectorBytes = 512;

class StoredFile {
 public:
  /// What a reader sees: every change, flushed or not.
  const std::string& bytes() const { return now_; }

  void write(std::size_t offset, std::string_view data);
  void resize(std::size_t size);

  /// Makes every change so far safe.
  void flush();
  /// A flush that failed: readers see what was written, and no later flush makes it safe.
  void fail_to_flush() { unflushed_.clear(); }
  /// Keeps of the changes that are not flushed what chance decides: none, all, the first few with
  /// the last of them torn, or any sectors of any of them, since a disk may write in any order.
  void lose_power(Random& random);

 private:
  struct Change {
    std::size_t offset = 0;  ///< of a write; the new size otherwise
    std::string data;
    bool is_write = true;
  };
  static void apply(const Change& change, std::string& bytes);
  static void apply_some_sectors(const Change& change, std::string& bytes, Random& random);
  void keep_some(Random& random);

  std::string now_;
  std::string flushed_;
  std::vector<Change> unflushed_;
};

}  // namespace certferry::disk

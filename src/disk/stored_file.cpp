#include "disk/stored_file.h"

#include <algorithm>
#include <utility>

namespace certferry::disk {

namespace {

void write_into(std::string& bytes, std::size_t offset, std::string_view data) {
  if (data.empty()) return;
  if (bytes.size() < offset + data.size()) bytes.resize(offset + data.size(), '\0');
  bytes.replace(offset, data.size(), data);
}

bool coin(Random& random) {
  return random.next() % 2 == 0;
}

}  // namespace

void StoredFile::write(std::size_t offset, std::string_view data) {
  if (data.empty()) return;
  write_into(now_, offset, data);
  unflushed_.push_back({.offset = offset, .data = std::string(data)});
}

void StoredFile::resize(std::size_t size) {
  now_.resize(size, '\0');
  unflushed_.push_back({.offset = size, .is_write = false});
}

void StoredFile::flush() {
  for (const Change& change : unflushed_) apply(change, flushed_);
  unflushed_.clear();
}

void StoredFile::lose_power(Random& random) {
  keep_some(random);
  unflushed_.clear();
  now_ = flushed_;
}

void StoredFile::keep_some(Random& random) {
  enum : std::uint64_t { kNone, kAll, kFirst, kAny, kWays };
  std::uint64_t way = random.next() % kWays;
  if (way == kNone) return;
  if (way == kAny) {
    for (const Change& change : unflushed_) apply_some_sectors(change, flushed_, random);
    return;
  }
  std::size_t count = unflushed_.size();
  if (way == kFirst) count = static_cast<std::size_t>(random.next() % (count + 1));
  for (std::size_t i = 0; i < count; ++i) {
    bool torn = way == kFirst && i + 1 == count;
    if (torn) {
      apply_some_sectors(unflushed_[i], flushed_, random);
    } else {
      apply(unflushed_[i], flushed_);
    }
  }
}

void StoredFile::apply(const Change& change, std::string& bytes) {
  if (change.is_write) {
    write_into(bytes, change.offset, change.data);
  } else {
    bytes.resize(change.offset, '\0');
  }
}

void StoredFile::apply_some_sectors(const Change& change, std::string& bytes, Random& random) {
  if (!change.is_write) {
    if (coin(random)) apply(change, bytes);
    return;
  }
  std::string_view data = change.data;
  for (std::size_t offset = change.offset; !data.empty();) {
    std::size_t size = std::min(data.size(), kSectorBytes - offset % kSectorBytes);
    if (coin(random)) write_into(bytes, offset, data.substr(0, size));
    data.remove_prefix(size);
    offset += size;
  }
}

}  // namespace certferry::disk

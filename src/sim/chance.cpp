#include "sim/chance.h"

namespace certferry::sim {

std::uint64_t hash_of(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  return hash;
}

Chance Chance::fork(std::string_view name) const {
  Chance forked(seed_ ^ hash_of(name));
  forked.seed_ = forked.next();
  forked.state_ = forked.seed_;
  return forked;
}

std::uint64_t Chance::next() {
  state_ += 0x9e3779b97f4a7c15ULL;
  std::uint64_t value = state_;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

milliseconds Chance::between(milliseconds low, milliseconds high) {
  const auto span = static_cast<std::uint64_t>((high - low).count()) + 1;
  return low + milliseconds(static_cast<std::int64_t>(below(span)));
}

milliseconds Chance::scaled(milliseconds low, milliseconds high) {
  unsigned doublings = 0;
  for (milliseconds at = low; at * 2 <= high; at *= 2) ++doublings;
  const milliseconds from = low * (1LL << below(doublings + 1));
  return between(from, std::min(from * 2, high));
}

}  // namespace certferry::sim

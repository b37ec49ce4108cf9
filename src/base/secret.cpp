#include "base/secret.h"

#include <string.h>  // explicit_bzero

namespace certferry {

void wipe(std::string& bytes) {
  // What was moved out of a short string, or cut off a long one, is still there past its size.
  bytes.resize(bytes.capacity());
  explicit_bzero(bytes.data(), bytes.size());
  bytes.clear();
}

struct Secret::Buffer {
  explicit Buffer(std::string&& value) : bytes(std::move(value)) {}
  Buffer(const Buffer&) = delete;
  Buffer& operator=(const Buffer&) = delete;
  ~Buffer() { wipe(bytes); }

  std::string bytes;
};

Secret::Secret(std::string bytes) {
  // A short string is copied, not moved, into the buffer: wipe what is left behind.
  buffer_ = std::make_shared<const Buffer>(std::move(bytes));
  wipe(bytes);  // NOLINT(bugprone-use-after-move)
}

std::string_view Secret::reveal() const {
  return buffer_ ? std::string_view(buffer_->bytes) : std::string_view();
}

bool Secret::same_as(const Secret& other) const {
  std::string_view a = reveal();
  std::string_view b = other.reveal();
  if (a.size() != b.size()) return false;
  unsigned char difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference = static_cast<unsigned char>(difference | (a[i] ^ b[i]));
  }
  return difference == 0;
}

}  // namespace certferry

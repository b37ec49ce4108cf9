#include "providers/common/form_body.h"

#include <utility>

#include "providers/common/reply.h"

namespace certferry {

FormBody& FormBody::field(std::string_view name, std::string_view value) {
  // Encoded it is at most three times as long, so that it is outgrown here or not at all.
  const std::size_t most = bytes_.size() + 3 * (name.size() + value.size()) + 2;
  if (most > bytes_.capacity()) {
    std::string larger;
    larger.reserve(most);
    larger += bytes_;
    wipe(bytes_);
    bytes_.swap(larger);
  }
  if (!bytes_.empty()) bytes_ += '&';
  append(name);
  bytes_ += '=';
  append(value);
  return *this;
}

Secret FormBody::take() {
  return Secret(std::exchange(bytes_, {}));
}

void FormBody::append(std::string_view text) {
  // One character at a time, for the library keeps what is as short as that in no buffer.
  for (std::size_t at = 0; at < text.size(); ++at) bytes_ += url_encode(text.substr(at, 1));
}

}  // namespace certferry

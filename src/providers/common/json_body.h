// Writes the JSON object of a request as the exact bytes to sign and to send.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace certferry {

/// One object, members in the order given.
///
/// A request may carry a private key, so nothing is kept in a JSON library's values: the bytes are
/// in one string, which is wiped whenever it is outgrown and when the body goes. Text is taken as
/// UTF-8.
class JsonBody {
 public:
  JsonBody() = default;
  JsonBody(const JsonBody&) = delete;
  JsonBody& operator=(const JsonBody&) = delete;
  ~JsonBody() { wipe(bytes_); }

  JsonBody& text(std::string_view key, std::string_view value);
  /// A number when the id is one in decimal digits, of any length and without loss; else text.
  JsonBody& id(std::string_view key, std::string_view value);
  /// What is JSON already: `true`, a list, or the bytes of another body.
  JsonBody& json(std::string_view key, std::string_view value);
  JsonBody& flag(std::string_view key, bool value);
  /// Closes the object and hands it over; the body is empty afterwards.
  Secret take();

 private:
  void append(std::string_view piece);
  void append_quoted(std::string_view text);
  void append_key(std::string_view key);

  std::string bytes_;
};

}  // namespace certferry

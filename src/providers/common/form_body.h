// Writes application/x-www-form-urlencoded, the form of a request that carries a private key.
#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"

namespace certferry {

/// Fields in the order given, encoded as RFC 3986 has it: a blank is %20.
///
/// As JsonBody the bytes are in one string only, which is wiped whenever it is outgrown.
class FormBody {
 public:
  FormBody() = default;
  FormBody(const FormBody&) = delete;
  FormBody& operator=(const FormBody&) = delete;
  ~FormBody() { wipe(bytes_); }

  FormBody& field(std::string_view name, std::string_view value);
  /// Hands the body over, and is empty afterwards.
  Secret take();

 private:
  void append(std::string_view text);

  std::string bytes_;
};

}  // namespace certferry

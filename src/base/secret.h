// A value that must never be seen: a private key, an API secret, a request body that carries one.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace certferry {

/// Holds bytes that are wiped when the last handle to them goes.
///
/// Copies share one buffer, so the bytes exist once however many coroutine frames hold the value.
/// There is no printing and no comparison but `same_as`, which takes constant time; `reveal()` is
/// the only way out and easy to grep for.
class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string bytes);

  std::string_view reveal() const;
  std::size_t size() const { return reveal().size(); }
  bool empty() const { return reveal().empty(); }
  bool same_as(const Secret& other) const;

 private:
  struct Buffer;
  std::shared_ptr<const Buffer> buffer_;
};

/// Overwrites all that the string has room for, in a way that the compiler may not drop, and
/// empties it.
void wipe(std::string& bytes);

}  // namespace certferry

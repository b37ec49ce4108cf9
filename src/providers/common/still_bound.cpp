#include "providers/common/still_bound.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace certferry {

void require_unbound(std::span<const Binding> bindings,
                     const std::string& stored_id,
                     std::string_view where) {
  const auto user = std::ranges::find(bindings, stored_id, &Binding::stored_id);
  if (user == bindings.end()) return;
  throw Error(ErrorKind::kInUse,
              "certificate " + printable(stored_id, 100) + " is still bound to " +
                  printable(user->vendor_name, 100) + " of " + std::string(where))
      .with_code("vendor.in_use");
}

}  // namespace certferry

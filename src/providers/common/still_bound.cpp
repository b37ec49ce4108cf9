#include "providers/common/still_bound.h"

#include <algorithm>

#include "base/quotable.h"
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

void require_known(std::span<const Binding> bindings,
                   std::string_view where,
                   std::string_view store,
                   std::string_view hint) {
  for (const Binding& one : bindings) {
    if (!one.stored_id.value_or("").starts_with(kUnknownInStore)) continue;
    throw Error(ErrorKind::kUnavailable,
                printable(one.vendor_name, 100) + " of " + std::string(where) +
                    " may have any certificate of " + std::string(store) +
                    ", for nothing says which: it may be the one to delete")
        .with_code("vendor.unknown_user")
        .with_hint(std::string(hint));
  }
}

Error still_used(const std::string& stored_id, std::span<const std::string> users) {
  constexpr std::size_t kShown = 3;
  std::string who;
  for (const std::string& user : users.first(std::min(users.size(), kShown))) {
    who += (who.empty() ? "" : ", ") + quotable(user, 100);
  }
  if (users.size() > kShown) who += " and " + std::to_string(users.size() - kShown) + " more";
  return Error(ErrorKind::kInUse,
               "certificate " + printable(stored_id, 100) + " is still used by " +
                   (who.empty() ? "something, or not to be deleted as it is" : who))
      .with_code("vendor.in_use");
}

}  // namespace certferry

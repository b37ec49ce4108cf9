#include "providers/common/spelled_name.h"

#include "base/text.h"
#include "model/name.h"

namespace certferry {

std::string canonical_of_spelled(std::string_view spelled) {
  const std::string name = (spelled.starts_with('.') ? "*" : "") + std::string(spelled);
  return canonical_name(name).value_or(to_lower(name));
}

}  // namespace certferry

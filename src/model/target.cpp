#include "model/target.h"

namespace certferry {

std::string to_string(const TargetId& id) {
  return id.account + "/" + id.product + "/" + id.name;
}

}  // namespace certferry

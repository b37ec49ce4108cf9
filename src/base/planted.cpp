// Alone in this file, so that another object can stand in for it: see planted.h.
#include "base/planted.h"

namespace certferry {

bool planted(std::string_view /*name*/) {
  return false;
}

bool plants_linked() {
  return false;
}

void plant_bug(std::string_view /*name*/) {}

}  // namespace certferry

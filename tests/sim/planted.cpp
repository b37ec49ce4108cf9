// Linked into `certferry_planted` in place of src/base/planted.cpp.
#include "base/planted.h"

#include <string>

namespace certferry {

namespace {

std::string& planted_bug() {
  static std::string bug;
  return bug;
}

}  // namespace

bool planted(std::string_view name) {
  return planted_bug() == name;
}

bool plants_linked() {
  return true;
}

void plant_bug(std::string_view name) {
  planted_bug() = name;
}

}  // namespace certferry

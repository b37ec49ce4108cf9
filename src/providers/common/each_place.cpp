#include "providers/common/each_place.h"

namespace certferry {

Error after_a_change(Error error, const std::string& before) {
  // Whoever is told to stop does not go on to read.
  if (error.kind == ErrorKind::kCancelled) return error;
  error.kind = ErrorKind::kMaybeApplied;
  error.message = before + " before this: " + error.message;
  return error;
}

}  // namespace certferry

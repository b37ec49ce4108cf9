#include "providers/common/bucket_walk.h"

#include "providers/common/still_bound.h"

namespace certferry {

Binding unlisted_bucket(std::string host) {
  return {.name = host,
          .vendor_name = host,
          .status = "the domains of this bucket may not be listed",
          .stored_id = std::string(kUnknownInStore) + "a bucket that denies its list"};
}

}  // namespace certferry

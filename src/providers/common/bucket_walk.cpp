#include "providers/common/bucket_walk.h"

namespace certferry {

Binding unlisted_bucket(std::string host) {
  return {
      .name = host, .vendor_name = host, .status = "the domains of this bucket may not be listed"};
}

}  // namespace certferry

#include "providers/common/endpoint.h"

namespace certferry {

std::string endpoint_of_service(std::string endpoint, std::string_view service) {
  constexpr std::string_view kPlaceholder = "{service}";
  const auto at = endpoint.find(kPlaceholder);
  if (at != std::string::npos) endpoint.replace(at, kPlaceholder.size(), service);
  return endpoint;
}

}  // namespace certferry

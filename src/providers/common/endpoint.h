// Vendors with a host for each service: one endpoint stands for all of them.
#pragma once

#include <string>
#include <string_view>

namespace certferry {

/// The endpoint with "{service}" in it replaced. One without it, as of a sandbox, is the same for
/// every service.
std::string endpoint_of_service(std::string endpoint, std::string_view service);

}  // namespace certferry

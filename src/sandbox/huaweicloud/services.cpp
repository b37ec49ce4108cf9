#include "sandbox/huaweicloud/services.h"

#include <charconv>

namespace certferry::sandbox::huaweicloud {

HuaweiCloudRefusal invalid(std::string_view service, const std::string& what) {
  return {.status = 400,
          .code = service == "scm"   ? "SCM.0001"
                  : service == "waf" ? "WAF.00011001"
                  : service == "elb" ? "ELB.8902"
                                     : "CDN.0001",
          .message = "The request parameter " + what + " is invalid."};
}

HuaweiCloudRefusal unknown_certificate() {
  return {.status = 404, .code = "SCM.0020", .message = "The certificate ID is incorrect."};
}

std::optional<std::int64_t> certificate_number(std::string_view id) {
  constexpr std::string_view kPrefix = "scs";
  if (!id.starts_with(kPrefix) || id.size() < 16) return std::nullopt;
  std::int64_t number = 0;
  const char* end = id.data() + id.size();
  const auto [rest, failed] = std::from_chars(id.data() + kPrefix.size(), end, number);
  return rest == end && failed == std::errc() && number >= 0 ? std::optional(number) : std::nullopt;
}

bool knows_all(const HuaweiCloudRequest& call, std::initializer_list<std::string_view> names) {
  return std::ranges::all_of(call.query, [&](const auto& one) {
    return std::ranges::find(names, one.first) != names.end();
  });
}

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace certferry::sandbox::huaweicloud

// The smallest file that does something, shown wherever one is missing.
#pragma once

#include <string_view>

namespace certferry {

inline constexpr std::string_view kSmallestFile = R"(accounts:
  doge:
    provider: dogecloud
    access_key: { env: DOGECLOUD_ACCESS_KEY }
    secret_key: { file: /etc/certferry/dogecloud.secret }
certificates:
  example.com:
    from: { 1panel: { site: example.com } }
    to:
      - { account: doge, product: cdn, domains: covered }
)";

}  // namespace certferry

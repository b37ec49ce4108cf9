// How CDN lists and describes a domain, which VOD has taken over: its row in the list, and the
// HTTPS module of its configuration.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "base/time.h"
#include "model/target.h"

namespace certferry {

/// All but its certificate. Error: `reply.shape`.
Result<Binding> read_cdn_domain(const nlohmann::json& row);

/// The HTTPS module that an answer's `DomainConfig` has; null for none. Error: `reply.shape`.
Result<nlohmann::json> https_in_config(const nlohmann::json& result);

/// The certificate that an HTTPS module names, of two the first; nothing when HTTPS is off, or it
/// names none. Errors: `reply.no_id`, `reply.shape`.
Result<std::optional<std::string>> certificate_of_https(const nlohmann::json& https);

/// One for RSA and one for ECC, or one for SM2; the module's list may repeat the only one.
bool has_two_certificates(const nlohmann::json& https);

/// `vendor.two_certificates`: rejected, for one of the two would be lost.
Error two_certificates(std::string_view console);

/// The HTTPS modules of domains that were asked for one by one, good as long as their rows stay as
/// they were.
class KnownHttps {
 public:
  /// Null: it has to be asked for.
  const nlohmann::json* find(const std::string& vendor_name, const nlohmann::json& row) const;
  /// Keeps it, if another read would say the same: what has just been changed may come from
  /// different copies of the vendor's data. Whether it does.
  bool keep(const std::string& vendor_name,
            const nlohmann::json& row,
            nlohmann::json https,
            Time now);
  void forget(const std::string& vendor_name) { known_.erase(vendor_name); }

 private:
  struct Known {
    std::string row;
    nlohmann::json https;
  };
  std::map<std::string, Known> known_;
};

}  // namespace certferry

// The domains of JD Cloud's Video on Demand, and which certificate each holds.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/jdcloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class JdcloudVod {
 public:
  explicit JdcloudVod(JdcloudAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Reads how the domain redirects, and sends that back with another bundle. Throws also:
  /// not_found when the bundle is not here.
  Task<BindDone> bind(BindRequest request);

 private:
  struct Https {
    std::optional<std::string> stored_id;
    std::string redirect;
  };

  static Result<Https> read_https(const nlohmann::json& https);
  Task<std::vector<Binding>> list_domains();
  Task<Https> ask(std::string domain_id, std::string vendor_name);
  /// By the last list, or one that is read now. Throws also: not_found.
  Task<std::string> id_of_domain(std::string vendor_name, std::string doing);

  JdcloudAccount& account_;
  std::map<std::string, std::string> ids_;  ///< of domains, by vendor name
};

}  // namespace certferry

// The domains of Baidu AI Cloud's CDN, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/baiducloud/account.h"
#include "providers/baiducloud/certificates.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class BaiduCloudCdn {
 public:
  explicit BaiduCloudCdn(BaiduCloudAccount& account) : account_(account) {}

  /// Asks every domain, or with the store's word of who uses what, only those of which it says
  /// something else than they did a short while ago.
  Task<std::vector<Binding>> list(std::optional<BaiduCloudUses> uses);
  /// Reads the domain's HTTPS settings, and sends them back with another certificate.
  Task<BindDone> bind(Binding binding, std::string stored_id);

 private:
  struct Answer {
    Binding binding;
    SteadyTime at{};
  };

  void forget(const std::string& vendor_name);
  bool is_still_so(const Answer& answer, const BaiduCloudUses& uses) const;
  Task<std::vector<std::string>> list_names();
  Task<nlohmann::json> config(std::string vendor_name);
  Binding read_domain(const nlohmann::json& config, const std::string& listed);

  BaiduCloudAccount& account_;
  std::map<std::string, Answer> answered_;      ///< by vendor name
  std::map<std::string, std::uint64_t> bound_;  ///< how often we bound it, by vendor name
};

}  // namespace certferry

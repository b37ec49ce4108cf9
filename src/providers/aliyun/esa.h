// The custom hostnames of ESA's sites, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "providers/aliyun/products.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class AliyunEsa final : public AliyunProduct {
 public:
  explicit AliyunEsa(AliyunAccount& account) : account_(account) {}

  std::string_view id() const override { return "esa"; }
  std::string_view name() const override { return "ESA"; }
  Task<std::vector<Binding>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  /// One custom hostname, as calls want it.
  struct Hostname {
    std::string id;
    std::string record_id;
    std::string row;  ///< all that the list says of it
    std::string certificate;
  };

  Task<std::vector<nlohmann::json>> list_sites(std::string doing);
  /// None: it was deleted since it was listed.
  Task<std::optional<Binding>> read_hostname(nlohmann::json item, std::string doing);
  /// The id of its certificate in CAS, or what begins with kUnknownInCas; none: it was deleted.
  Task<std::optional<std::string>> certificate_of(std::string id, std::string doing);
  /// All that the vendor says of one hostname, which may hold a key.
  Task<nlohmann::json> ask(std::string id, std::string doing);

  AliyunAccount& account_;
  std::map<std::string, Hostname> hostnames_;  ///< by the vendor's spelling
};

}  // namespace certferry

// One account at bunny.net: the hostnames of its pull zones, each with a certificate of its own.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "ports/http_client.h"
#include "ports/provider.h"
#include "providers/bunny/replies.h"

namespace certferry {

struct BunnyConfig {
  std::string endpoint;  ///< without a slash at the end
  Secret access_key;
};

/// Throws, beside what HttpClient throws: the kinds named in replies.h and page_walk.h; unsupported
/// for a product that it does not have, and for what takes a store.
/// Lifetime: the client outlives the account.
class Bunny : public Provider {
 public:
  Bunny(BunnyConfig config, HttpClient& http) : config_(std::move(config)), http_(http) {}

  const ProviderMetadata& metadata() const override;
  Task<std::vector<Binding>> list_bindings(std::string product) override;
  /// Of each hostname that has a certificate, under the hostname's id.
  Task<std::vector<StoredCertificate>> list_stored() override;
  Task<std::string> upload(BundlePtr bundle, std::string label) override;
  Task<BindDone> bind(BindRequest request) override;
  Task<void> remove(std::string stored_id) override;

 private:
  struct Call {
    BunnyAction action;
    std::string method = "GET";
    std::string target;
    std::optional<Secret> body = {};  ///< JSON
  };
  struct Hostname;

  static void read_zone(const nlohmann::json& zone, std::vector<Hostname>& into);
  Task<nlohmann::json> call(Call call);
  /// Those of every pull zone of every page, but for the vendor's own names.
  Task<std::vector<Hostname>> hostnames();

  BunnyConfig config_;
  HttpClient& http_;
};

}  // namespace certferry

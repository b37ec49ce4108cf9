// WAF 3.0's domains that names point at by CNAME, over the domains of a World that belong to "waf";
// the certificate of clients that name none, and ports of load balancers that it protects.
//
// Strict where the documents are: an instance and its region in every call, a certificate by its
// id and its store, and what a change leaves out of how TLS is spoken goes back to its default.
// Sources: docs: DescribeDomains, DescribeDomainDetail, ModifyDomainCert; the vendor's SDK.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "sandbox/aliyun/aliyun_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// Lifetime: the world outlives it.
class AliyunWafState {
 public:
  explicit AliyunWafState(World& world) : world_(world) {}

  /// Lists show the world as it was at that moment. `region` is that of the certificate store.
  AliyunAnswer run(const AliyunRequest& call, const std::string& region, SteadyTime moment);

  /// How a domain speaks TLS: what else there is of its Listen, by the vendor's names.
  nlohmann::json& tls_of(const std::string& domain);
  /// The account has no instance from here on.
  void give_up() { bought_ = false; }
  /// Clients that name no domain get that certificate.
  void set_default(std::int64_t certificate) { default_ = certificate; }
  /// A port of a load balancer has that certificate.
  void protect_port(std::string port, std::int64_t certificate) {
    ports_[std::move(port)] = certificate;
  }

 private:
  std::optional<AliyunRefusal> refuse(const AliyunRequest& call, const std::string& region) const;
  AliyunAnswer list_domains(const AliyunRequest& call) const;
  AliyunAnswer get_domain(const AliyunRequest& call, const std::string& region, SteadyTime moment);
  AliyunAnswer get_default(const std::string& region) const;
  AliyunAnswer list_resources(const AliyunRequest& call) const;
  AliyunAnswer list_ports(const AliyunRequest& call, const std::string& region) const;
  AliyunAnswer bind(const AliyunRequest& call, const std::string& region);

  World& world_;
  bool bought_ = true;
  std::map<std::string, nlohmann::json> tls_;  ///< by domain
  std::optional<std::int64_t> default_;
  std::map<std::string, std::int64_t> ports_;
};

}  // namespace certferry::sandbox

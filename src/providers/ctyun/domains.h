// The domains of one of CTYun's content networks, and which certificate each is set to.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ports/provider.h"
#include "providers/ctyun/account.h"

namespace certferry {

/// CDN and ICDN have the same calls, at hosts of their own.
struct CtyunProduct {
  std::string_view id;    ///< "icdn", as the configuration has it
  std::string_view name;  ///< "ICDN", for people
  std::string_view service;
  std::span<const std::string_view> codes;  ///< of its domains, in a list that has all products'
};

extern const CtyunProduct kCtyunCdn;
extern const CtyunProduct kCtyunIcdn;

/// A row of a list of domains, which has a name.
Binding read_ctyun_domain(const nlohmann::json& domain);
/// What a change of the domain could change with it. Of a domain without HTTPS the switches for it
/// are off; `of_https`: the versions that it speaks count as well.
void add_ctyun_settings(Binding& binding, const nlohmann::json& detail, bool of_https);

/// Lifetime: product and account outlive it and its tasks.
class CtyunDomains {
 public:
  CtyunDomains(const CtyunProduct& product, CtyunAccount& account)
      : product_(product), account_(account) {}

  const CtyunProduct& product() const { return product_; }
  /// Whether a domain with that code in the list is one of this product's.
  bool has(std::string_view code) const;
  /// The list as it is, with the domains of all products. Each has a name.
  Task<std::vector<nlohmann::json>> rows();
  Task<std::vector<Binding>> list();
  /// Throws in_use when the domain names the certificate, whether HTTPS is on or not; when nothing
  /// is said of the domain, unavailable for one of this product's, and in_use for any other.
  Task<void> require_unused_by(std::string domain, std::string code, std::string stored_id);
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// What only the call for this one domain says; null when there is no such domain.
  Task<nlohmann::json> detail_of(std::string domain, std::string code);

  const CtyunProduct& product_;
  CtyunAccount& account_;
};

}  // namespace certferry

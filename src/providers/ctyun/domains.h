// The domains of one of CTYun's content networks, and which certificate each is set to.
#pragma once

#include <optional>
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

/// Lifetime: product and account outlive it and its tasks.
class CtyunDomains {
 public:
  CtyunDomains(const CtyunProduct& product, CtyunAccount& account)
      : product_(product), account_(account) {}

  const CtyunProduct& product() const { return product_; }
  Task<std::vector<Binding>> list();
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// Adds what only the call for this one domain says; nothing when the domain has gone.
  Task<std::optional<Binding>> ask(Binding binding, std::string code);

  const CtyunProduct& product_;
  CtyunAccount& account_;
};

}  // namespace certferry

// The domains of Volcengine's or BytePlus's CDN, and which certificate each is set to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"
#include "providers/volcengine/cdn_domain.h"

namespace certferry {

/// What the two sites' CDNs call the same things by.
struct VolcengineCdnWords {
  VolcengineService service;
  std::string_view source;  ///< where certificates lie: the certificate centre, in CDN's words
};

extern const VolcengineCdnWords kVolcengineCdn;

/// Lifetime: words and account outlive it and its tasks.
class VolcengineCdn {
 public:
  VolcengineCdn(const VolcengineCdnWords& words, VolcengineAccount& account)
      : words_(words), account_(account) {}

  Task<std::vector<Binding>> list();
  /// Reads the domain's configuration before: throws `vendor.two_certificates`, and sends nothing,
  /// for a domain that has two, of which the other would be lost.
  Task<void> bind(Binding binding, std::string stored_id);
  /// The certificates of the centre that cover a domain of CDN's, each with the domains it has.
  Task<std::vector<nlohmann::json>> list_certificates();

 private:
  using BoundId = std::optional<std::string>;

  Task<BoundId> ask(std::string vendor_name, nlohmann::json row);
  VolcengineCall config_call(const std::string& vendor_name) const;
  VolcengineAction action(std::string_view name, Effect effect) const;
  std::string name() const;

  const VolcengineCdnWords& words_;
  VolcengineAccount& account_;
  KnownHttps known_;
};

/// The domains that a certificate in such a list has, canonical.
std::vector<std::string> domains_of_certificate(const nlohmann::json& certificate);

}  // namespace certferry

// The domains of Volcengine's or BytePlus's CDN, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "providers/volcengine/account.h"

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

  /// The certificate of one domain: by what was answered before, if its row is as it was then, and
  /// was no longer changing.
  Task<BoundId> ask(std::string vendor_name, nlohmann::json domain);
  VolcengineCall config_call(const std::string& vendor_name) const;
  VolcengineAction action(std::string_view name, Effect effect) const;
  std::string name() const;

  const VolcengineCdnWords& words_;
  VolcengineAccount& account_;
  std::map<std::string, std::pair<std::string, BoundId>> answered_;  ///< row and answer, by name
};

/// The domains that a certificate in such a list has, canonical.
std::vector<std::string> domains_of_certificate(const nlohmann::json& certificate);

}  // namespace certferry

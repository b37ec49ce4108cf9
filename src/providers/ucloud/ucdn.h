// The domains of UCDN, and which certificate each is set to.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ucloud/account.h"
#include "providers/ucloud/ussl.h"

namespace certferry {

/// Lifetime: account and store outlive it and its tasks.
class UcloudUcdn {
 public:
  UcloudUcdn(UcloudAccount& account, UcloudUssl& ussl) : account_(account), ussl_(ussl) {}

  Task<std::vector<Binding>> list();
  /// Throws in_use when any domain names a certificate of the same name, in whichever area and
  /// whether HTTPS is on there or not; not_found when there is no such certificate.
  Task<void> require_unused(std::string stored_id);
  Task<void> bind(Binding binding, std::string stored_id);

 private:
  /// What a change has to say of a domain.
  struct Place {
    std::string id;
    bool in_china = false;
    bool abroad = false;
  };

  /// The settings of every domain, as the vendor writes them.
  Task<std::vector<nlohmann::json>> configurations();
  /// By the last list, or one that is read now.
  Task<Place> place_of(std::string vendor_name);

  UcloudAccount& account_;
  UcloudUssl& ussl_;
  std::map<std::string, Place> places_;  ///< by vendor name
};

}  // namespace certferry

// The domains of Kingsoft Cloud's CDN, and the certificate that each has.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ksyun/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class KsyunCdn {
 public:
  explicit KsyunCdn(KsyunAccount& account) : account_(account) {}

  Task<std::vector<Binding>> list();
  /// Of each domain that has a certificate, under the domain's id.
  Task<std::vector<StoredCertificate>> list_stored();
  /// Throws also: rejected `vendor.two_certificates`.
  Task<void> bind(Binding binding, BundlePtr bundle);

 private:
  struct Domain;
  struct Entry;
  struct Whole;

  Task<std::vector<Domain>> domains(std::string doing);
  Task<std::vector<Entry>> entries(std::string doing);
  Task<Whole> whole(std::string doing);
  /// By the last list, or one that is read now.
  Task<std::string> id_of_domain(std::string vendor_name, std::string doing);

  KsyunAccount& account_;
  std::map<std::string, std::string> ids_;  ///< of domains, by vendor name
};

}  // namespace certferry

// UPYUN's certificate store, and what uses it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/upyun/account.h"

namespace certferry {

/// What a domain is set to, by the certificate's word.
struct UpyunUse {
  std::string stored_id;
  std::map<std::string, std::string> settings;
};

/// Lifetime: the account outlives it and its tasks.
class UpyunCertificates {
 public:
  explicit UpyunCertificates(UpyunAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle);
  Task<void> remove(std::string stored_id);
  /// Every domain that has a certificate, by the vendor's name of it.
  Task<std::map<std::string, UpyunUse>> uses();

  /// Of a domain that has none.
  static std::map<std::string, std::string> no_settings();

 private:
  UpyunAccount& account_;
  /// Of certificates that are or were used, for only they are asked; they never change.
  std::map<std::string, std::vector<std::string>> names_;
};

}  // namespace certferry

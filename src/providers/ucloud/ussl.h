// UCloud's certificate store.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ucloud/account.h"

namespace certferry {

/// Lifetime: the account outlives it and its tasks.
class UcloudUssl {
 public:
  explicit UcloudUssl(UcloudAccount& account) : account_(account) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Does not ask whether anything uses it.
  Task<void> remove(std::string stored_id);

  /// The numbers of what is stored by their names; of a name that several have, no number.
  Task<std::map<std::string, std::string>> numbers();
  /// What a number is called, by the last list or upload, or a list that is read now.
  Task<std::string> name_of(std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> entries(std::string doing);

  UcloudAccount& account_;
  std::map<std::string, std::string> names_;  ///< by number, which never means another one
};

}  // namespace certferry

// UCloud's certificate store.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/ucloud/account.h"

namespace certferry {

/// What products that hold certificates of their own are compared with: which of USSL's each is.
struct UcloudOriginals {
  std::map<std::string, std::string> by_fingerprint;  ///< numbers, by the leaf that a name tells
  std::map<std::string, std::string> by_name;         ///< of names that only one has

  /// The number of the one with that leaf. The name that the product gives it is believed where the
  /// leaf could not be read, which is empty then. Nothing: it is none of USSL's, as far as the
  /// names there tell.
  std::optional<std::string> number_of(const std::string& leaf, const std::string& name) const;
};

/// The fingerprint of the first certificate in the text; empty where none can be read.
std::string ucloud_leaf_in(const std::string& pem);

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
  Task<UcloudOriginals> originals();
  /// What a number is called, by the last list or upload, or a list that is read now.
  Task<std::string> name_of(std::string stored_id);

 private:
  Task<std::vector<nlohmann::json>> entries(std::string doing);

  UcloudAccount& account_;
  std::map<std::string, std::string> names_;  ///< by number, which never means another one
};

}  // namespace certferry

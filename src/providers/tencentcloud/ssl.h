// SSL Certificates: the certificate store of a Tencent Cloud account.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/target.h"
#include "ports/sleeper.h"
#include "providers/tencentcloud/account.h"

namespace certferry {

/// What the store says of one certificate, beside its id.
struct TencentKind {
  std::string label;
  KeyType::Algorithm algorithm = KeyType::Algorithm::kOther;
};

/// Lifetime: account and sleeper outlive it and its tasks.
class TencentSsl {
 public:
  TencentSsl(TencentAccount& account, Sleeper* sleeper) : account_(account), sleeper_(sleeper) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Has the vendor look first whether anything of the account uses it, and waits half a minute at
  /// most for what came of that. Throws also: in_use; maybe_applied when it is still looking.
  Task<void> remove(std::string stored_id);
  /// Those of them that the store has, by their ids.
  Task<std::map<std::string, TencentKind>> kinds_of(std::vector<std::string> stored_ids);

 private:
  /// What the task has come to; nothing when that could not be read.
  Task<std::optional<nlohmann::json>> ask(std::string task);

  TencentAccount& account_;
  Sleeper* sleeper_;
};

/// "RSA 2048", "ECC 256", "ECDSA".
KeyType::Algorithm tencent_algorithm(const std::string& spelled);

}  // namespace certferry

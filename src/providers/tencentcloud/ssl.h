// SSL Certificates: the certificate store of a Tencent Cloud account.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/bundle.h"
#include "model/target.h"
#include "ports/sleeper.h"
#include "providers/tencentcloud/account.h"

namespace certferry {

/// Lifetime: account and sleeper outlive it and its tasks.
class TencentSsl {
 public:
  TencentSsl(TencentAccount& account, Sleeper* sleeper) : account_(account), sleeper_(sleeper) {}

  Task<std::vector<StoredCertificate>> list();
  Task<std::string> upload(BundlePtr bundle, std::string label);
  /// Has the vendor look first whether anything of the account uses it, and waits half a minute at
  /// most for what came of that. Throws also: in_use; maybe_applied when it is still looking.
  Task<void> remove(std::string stored_id);
  /// Of what key the certificate is, for a store that says so; kOther otherwise.
  Task<KeyType::Algorithm> algorithm_of(std::string stored_id);

 private:
  /// What the task has come to; nothing when that could not be read.
  Task<std::optional<nlohmann::json>> ask(std::string task);

  TencentAccount& account_;
  Sleeper* sleeper_;
};

/// "RSA 2048", "ECC 256", "ECDSA".
KeyType::Algorithm tencent_algorithm(const std::string& spelled);

}  // namespace certferry

// The hosts of Huawei Cloud's WAF, in the cloud and on dedicated instances, and which certificate
// each is set to.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/common/turn.h"
#include "providers/huaweicloud/account.h"

namespace certferry {

/// Lifetime: the account and the sleeper outlive it and its tasks.
class HuaweiCloudWaf {
 public:
  /// `sleeper` null: nobody waits for a copy that another bind is making.
  HuaweiCloudWaf(HuaweiCloudAccount& account, Sleeper* sleeper)
      : account_(account), sleeper_(sleeper) {}

  Task<std::vector<Binding>> list();
  /// Makes a copy of the bundle in WAF's own list before, unless one is there. Throws also:
  /// not_found when there is neither a copy nor a bundle to make one of, `vendor.busy`.
  Task<void> bind(BindRequest request);
  /// Deletes WAF's copies of a certificate of SCM. Throws also: in_use.
  Task<void> remove_copies(std::string stored_id);
  /// Whether the account deploys to it: it names a region for it, or its hosts were asked for.
  bool is_used() const { return asked_ || !account_.config().waf_region.empty(); }

 private:
  /// One entry of WAF's own list of certificates.
  struct Own {
    std::string id;
    std::string name;
    std::string stored_id;                     ///< what it stands for in SCM, or "waf:" and its id
    std::vector<std::string> hosts = {};       ///< "cloud/ID", of those that have it
    std::vector<std::string> host_names = {};  ///< the same, for people
  };

  HuaweiCloudCall call(HuaweiCloudAction action, std::string path, std::string doing) const;
  Task<std::vector<nlohmann::json>> walk(HuaweiCloudCall call);
  /// Those that hosts have, or those that none has.
  Task<std::vector<Own>> certificates(bool used, std::string doing);
  /// Both, each once.
  Task<std::vector<Own>> all_certificates(std::string doing);
  Task<std::string> copy_of(BindRequest request, std::string doing);
  Task<std::string> make_copy(BindRequest request);

  HuaweiCloudAccount& account_;
  Sleeper* sleeper_;
  BindTurn turn_;
  std::map<std::string, std::string> copies_;  ///< WAF's id by SCM's, since hosts were last listed
  bool asked_ = false;
};

}  // namespace certferry

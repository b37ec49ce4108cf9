// The HTTPS listeners of Baidu AI Cloud's load balancers in one region, and the certificates of
// their names.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/baiducloud/account.h"
#include "providers/common/turn.h"

namespace certferry {

/// Lifetime: the account and the sleeper outlive it and its tasks.
class BaiduCloudBlb {
 public:
  BaiduCloudBlb(BaiduCloudAccount& account, std::string region, Sleeper* sleeper)
      : account_(account), region_(std::move(region)), sleeper_(sleeper) {}

  /// Throws also: invalid_input `account.region`.
  Task<std::vector<Binding>> list();
  /// Brings it to every listener of the name, in turn.
  Task<BindDone> bind(Binding binding, std::string stored_id);
  /// Throws in_use: a listener has it, with a name or without. An account that never opened the
  /// product, or whose keys are not for it, has bound nothing there, unless it has been listed.
  Task<void> require_unused(std::string stored_id);

 private:
  /// One place where a name has a certificate.
  struct Place {
    std::string kind;  ///< "blb" or "appblb"
    std::string balancer;
    std::int64_t port = 0;
    std::string host = {};  ///< as it is spelled there; empty: the listener's own certificate

    std::string listener() const { return kind + "/" + balancer + "/" + std::to_string(port); }
  };
  struct Seen;
  /// What a listener was told last, which its list may not show yet.
  struct Told {
    std::string host;
    std::string stored_id;
    SteadyTime at{};
  };

  Task<std::vector<nlohmann::json>> rows(std::string name,
                                         std::string path,
                                         QueryParameters query,
                                         std::string key,
                                         std::string doing);
  Task<std::vector<Seen>> list_places(std::string doing);
  Task<nlohmann::json> listener_at(Place place, std::string doing);
  /// Waits until the load balancer takes changes again.
  Task<void> settle(Place place, std::string doing);
  /// Whether anything had to be sent.
  Task<bool> bind_place(Place place, std::string stored_id, std::string doing);

  BaiduCloudAccount& account_;
  std::string region_;
  Sleeper* sleeper_;
  BindTurn turn_;
  std::map<std::string, std::vector<Place>> places_;  ///< by the canonical name
  std::map<std::string, Told> told_;                  ///< by listener
  bool listed_ = false;
};

}  // namespace certferry

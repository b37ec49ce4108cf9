// The listeners of Huawei Cloud's load balancers (ELB), and which certificates each presents.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/common/turn.h"
#include "providers/huaweicloud/account.h"

namespace certferry {

/// Lifetime: the account and the sleeper outlive it and its tasks.
class HuaweiCloudElb {
 public:
  /// `sleeper` null: nobody waits for another bind, which may change the same listener.
  HuaweiCloudElb(HuaweiCloudAccount& account, Sleeper* sleeper)
      : account_(account), sleeper_(sleeper) {}

  Task<std::vector<Binding>> list();
  /// Makes a copy of the bundle in ELB's own list before, unless one is there. Throws also:
  /// not_found when there is neither a copy nor a bundle to make one of, rejected when another
  /// name would lose its certificate, `vendor.two_certificates`, `vendor.busy`.
  Task<BindDone> bind(BindRequest request);
  /// Deletes ELB's copies of a certificate of SCM. Throws also: in_use.
  Task<void> remove_copies(std::string stored_id);
  /// Whether the account deploys to it: it names a region for it, or its listeners were asked for.
  bool is_used() const { return asked_ || !account_.config().elb_region.empty(); }

  /// One entry of ELB's own list of certificates.
  struct Own {
    std::string id;
    std::string name;
    std::string stored_id;           ///< what it stands for in SCM, or "elb:" and its id
    std::set<std::string> names;     ///< canonical, that ELB serves it for
    bool names_are_set = false;      ///< beside it, and not taken out of it
    std::vector<std::string> inner;  ///< the names in it
    KeyType::Algorithm algorithm = KeyType::Algorithm::kOther;
  };
  using Owns = std::map<std::string, Own>;  // by id

  /// What one listener presents.
  struct Listener {
    std::string id;
    std::string balancer;
    std::string protocol;
    std::int64_t port = 0;
    std::string fallback;          ///< for whom no other is meant
    std::vector<std::string> sni;  ///< chosen by the name that a client asks for
    std::string match;             ///< how wildcards of those are
    std::map<std::string, std::string> settings;
  };

 private:
  /// A load balancer: where it answers, and why it does not.
  struct Balancer {
    std::string address;
    std::string why_not;
  };
  /// A certificate of a listener, and what is to stand in its place.
  struct Swap {
    Listener listener;
    std::string from;
    std::string to;
  };

  HuaweiCloudCall call(HuaweiCloudAction action, std::string path, std::string doing) const;
  Task<std::vector<nlohmann::json>> walk(HuaweiCloudCall call, std::string array, unsigned size);
  Task<std::map<std::string, Balancer>> balancers(std::string doing);
  Task<std::vector<Listener>> listeners(std::string doing);
  Task<void> read_certificates_anew(std::string doing);
  /// What a bind to one listener comes to; nothing when it is there already.
  Task<std::optional<Swap>> plan(BindRequest request, std::string listener, std::string doing);
  /// `reached`: what clients get the one to be replaced for besides the names that it is for.
  Task<std::string> copy_for(BindRequest request,
                             Own in_place_of,
                             std::set<std::string> reached,
                             std::string doing);
  Task<Own> make_copy(BindRequest request, Own in_place_of);
  Task<bool> carry_out(Swap swap, std::string doing);

  HuaweiCloudAccount& account_;
  Sleeper* sleeper_;
  BindTurn turn_;
  Owns owns_;                         ///< as last listed, and what was made since
  std::set<std::string> looked_for_;  ///< in SCM's ids: of which all copies are in it
  bool asked_ = false;
};

}  // namespace certferry

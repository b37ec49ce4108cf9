// ULB: listeners of ALB and VServers of the classic CLB, in one region, and their own list of
// certificates.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sandbox/ucloud/ucloud_calls.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

/// How a domain is served: each has a listener of its own. As a listener of ALB, with a default
/// certificate of somebody else's, unless it is told otherwise.
struct UcloudSeat {
  bool classic = false;       ///< a VServer of a CLB, which has one certificate or none
  bool without_rule = false;  ///< nothing but its certificates says for which name it is
  std::string fallback = {};  ///< the id of its default certificate; of a VServer empty for none
  std::vector<std::string> others = {};  ///< ids of those chosen by name, as they were bound
};

class UcloudBalancers {
 public:
  explicit UcloudBalancers(World& world) : world_(world) {}

  /// Before anything is bound there.
  UcloudSeat& seat_of(const std::string& domain);

  UcloudAnswer list_certificates(const UcloudRequest& call, SteadyTime moment) const;
  UcloudAnswer create(const UcloudRequest& call);
  UcloudAnswer remove(const UcloudRequest& call);
  UcloudAnswer list_balancers(const UcloudRequest& call, bool classic) const;
  UcloudAnswer list_listeners(const UcloudRequest& call, bool classic, SteadyTime moment) const;
  UcloudAnswer add(const UcloudRequest& call);
  UcloudAnswer take_away(const UcloudRequest& call);
  UcloudAnswer replace(const UcloudRequest& call);
  UcloudAnswer bind_classic(const UcloudRequest& call);

  /// Which domain a listener or VServer of that id is for; empty for none.
  std::string domain_of(std::string_view listener) const;

 private:
  struct Kept {
    std::string name;
    UploadedPair pair;
  };
  struct Seat {
    const Domain* domain = nullptr;
    std::string balancer = {};
    std::string listener = {};
    UcloudSeat has = {};  ///< as it is now, or was then
  };

  std::vector<Seat> seats(SteadyTime moment) const;
  UcloudSeat has_at(const Domain& domain, SteadyTime moment) const;
  /// By its leaf, among what was made here; else as the console would have brought it from USSL.
  std::string id_of(const Entry& entry) const;
  /// The leaf of what has that id; null for none, as somebody else's default one.
  const Certificate* leaf_of(const std::string& ssl_id) const;
  bool is_known(const std::string& ssl_id) const;
  std::string effective(const std::string& domain, const UcloudSeat& seat) const;
  /// Where a change goes; or why it goes nowhere.
  std::variant<Seat, UcloudRefusal> seat_for(const UcloudRequest& call,
                                             std::string_view balancer,
                                             std::string_view listener) const;
  UcloudAnswer set(const std::string& domain, UcloudSeat seat);

  World& world_;
  std::int64_t next_ = 1;
  std::map<std::string, Kept> kept_;         ///< by SSLId
  std::map<std::string, UcloudSeat> seats_;  ///< by domain, as the last change left them
};

}  // namespace certferry::sandbox

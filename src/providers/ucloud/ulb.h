// The HTTPS listeners of load balancers, and which certificates they present.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/common/turn.h"
#include "providers/ucloud/account.h"
#include "providers/ucloud/ussl.h"

namespace certferry {

/// Lifetime: account, store and sleeper outlive it and its tasks.
class UcloudUlb {
 public:
  UcloudUlb(UcloudAccount& account, UcloudUssl& ussl, Sleeper* sleeper)
      : account_(account), ussl_(ussl), sleeper_(sleeper) {}

  /// Throws also: rejected when the account has no region.
  Task<std::vector<Binding>> list();
  /// Throws also: not_found `vendor.not_found` when ULB has no copy of the certificate and what is
  /// in it is not here; rejected when a certificate would have to give way that is needed for
  /// names which this one is not for.
  Task<void> bind(BindRequest request);
  /// Deletes ULB's copies of a certificate of USSL. Throws also: in_use.
  Task<void> remove_copies(std::string stored_id);

 private:
  /// One entry of ULB's own list of certificates.
  struct Certificate {
    std::string ssl_id;
    std::string name;
    std::string stands_for = {};              ///< the number in USSL, or "ulb:" and its own id
    bool is_copy = false;                     ///< made by a bind, of that one in USSL
    std::vector<std::string> dns_names = {};  ///< what it is for; none: nobody can tell
    std::vector<std::string> ip_addresses = {};
    std::vector<std::string> users = {};
  };
  using Certificates = std::map<std::string, Certificate>;  ///< by ssl_id

  /// A listener of an ALB, or a VServer of a CLB.
  struct Listener {
    std::string balancer;
    std::string id;
    bool classic = false;
    std::string why_not = {};             ///< that it serves nobody; empty: it does
    std::vector<std::string> hosts = {};  ///< that rules name, as they are spelled
    std::vector<std::string> patterns = {};
    std::optional<std::string> fallback = {};  ///< the certificate for whatever has no other
    std::vector<std::string> others = {};      ///< those that are chosen by name
  };

  static Result<Certificate> read_certificate(const nlohmann::json& item,
                                              const UcloudOriginals& originals);
  static Result<std::optional<Listener>> read_listener(const nlohmann::json& item,
                                                       const std::string& balancer);
  static Result<std::optional<Listener>> read_vserver(const nlohmann::json& item,
                                                      const std::string& balancer);
  static bool is_for(const Certificates& all, const std::string& ssl_id, const std::string& name);
  static std::vector<std::string> presented(const Listener& listener,
                                            const Certificates& all,
                                            const std::string& name);
  static std::optional<std::vector<std::string>> needed_of(const Listener& listener,
                                                           const Certificates& all,
                                                           const std::string& ssl_id);
  static std::vector<std::string> names_of(const Listener& listener, const Certificates& all);

  UcloudCall question(std::string_view action, std::string doing, UcloudParameters parameters);
  Task<Certificates> certificates(std::string doing);
  /// Of one load balancer; `listener` empty: all of them.
  Task<std::vector<Listener>> listeners(Listener place, std::string doing);
  Task<std::vector<Listener>> all_listeners(std::string doing);
  Task<Certificate> make_copy(BindRequest request, Secret key, std::string doing);
  Task<bool> bind_at(
      Listener place, std::string name, Certificate wanted, Certificates all, std::string doing);
  Task<void> change(std::string_view action, UcloudParameters parameters, std::string doing);

  UcloudAccount& account_;
  UcloudUssl& ussl_;
  Sleeper* sleeper_;
  BindTurn turn_;
  std::map<std::string, std::vector<Listener>> places_;  ///< by canonical name
  std::map<std::string, Certificate> made_;              ///< copies, by the number in USSL
};

}  // namespace certferry

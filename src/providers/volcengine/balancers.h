// The HTTPS listeners of Volcengine's load balancers, and which certificates each is set to: what
// CLB and ALB have alike.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "ports/provider.h"
#include "ports/sleeper.h"
#include "providers/common/placed_names.h"
#include "providers/common/turn.h"
#include "providers/volcengine/account.h"
#include "providers/volcengine/center.h"

namespace certferry {

/// The call that sets a certificate.
struct VolcengineOrder {
  std::string_view action;
  QueryParameters query;
};

/// An extension of a listener, for one domain; an empty id: the listener itself.
struct VolcengineExtension {
  std::string id;
  std::string domain;
};

/// In what the two kinds of load balancers differ.
struct VolcengineBalancerKind {
  std::string_view id;    ///< "clb": of the service, and of the certificates that it stores itself
  std::string_view name;  ///< "CLB", for people
  std::span<const std::string_view> settings;  ///< of a listener, which a bind leaves as they are
  /// What gives that part of a listener, which is as it was read, a certificate of the centre.
  VolcengineOrder (*order)(const nlohmann::json& listener,
                           const VolcengineExtension& extension,
                           const std::string& stored_id);
};

extern const VolcengineBalancerKind kVolcengineClb;  // clb.cpp
extern const VolcengineBalancerKind kVolcengineAlb;  // alb.cpp

/// The certificate centre, in the words of load balancers.
inline constexpr std::string_view kVolcengineCenter = "cert_center";

/// One place where a name has a certificate.
struct VolcenginePlace {
  std::string balancer;
  std::string listener;
  std::string extension;  ///< empty: the listener's own certificate
};

/// Lifetime: kind, account, centre and sleeper outlive it and its tasks.
class VolcengineBalancers {
 public:
  using Name = PlacedName<VolcenginePlace>;

  /// `region` empty: cn-beijing. `sleeper` null: nobody waits for what comes of a bind.
  VolcengineBalancers(const VolcengineBalancerKind& kind,
                      VolcengineAccount& account,
                      VolcengineCenter& center,
                      std::string region,
                      Sleeper* sleeper);
  VolcengineBalancers(const VolcengineBalancers&) = delete;
  VolcengineBalancers& operator=(const VolcengineBalancers&) = delete;

  /// What has no name is listed under its ids, offline, so that nothing is deleted that it has.
  Task<std::vector<Name>> list();
  /// Whether a refusal may mean that the account never opened the service.
  bool may_be_unopened() const { return !listed_; }
  /// Reads a listener right before it is changed, and waits until it is done. Throws: unavailable
  /// `vendor.busy` when it, or its load balancer, is still at an earlier change; rejected when it
  /// would cut off other names of the listener; nothing was sent then.
  Task<BindDone> bind(BindRequest request);

 private:
  using Listed = ListedPlace<VolcenginePlace>;

  VolcengineAction action(std::string_view name, Effect effect = Effect::kReads) const;
  std::string name() const { return "Volcengine " + std::string(kind_.name); }
  Task<std::vector<Listed>> list_balancer(nlohmann::json balancer, std::string doing);
  Task<std::vector<Listed>> list_listener(nlohmann::json row,
                                          std::string balancer,
                                          std::string doing);
  Task<nlohmann::json> ask_listener(std::string listener, std::string doing);
  /// The domains of a listener's rules, each once.
  Task<std::vector<std::string>> ask_rules(std::string listener, std::string doing);
  /// The load balancer's status; empty: it is gone.
  Task<std::string> ask_balancer(std::string balancer, std::string doing);
  Task<void> require_idle(nlohmann::json listener, VolcenginePlace place, std::string doing);
  Task<void> require_covered(BindRequest request,
                             nlohmann::json listener,
                             VolcenginePlace place,
                             std::string doing);
  Task<void> require_others_covered(BundlePtr bundle, std::string now, std::string doing);
  /// Whether anything had to be sent.
  Task<bool> bind_place(BindRequest request, VolcenginePlace place, std::string doing);
  Task<void> wait_for(BindRequest request, VolcenginePlace place, std::string doing);

  const VolcengineBalancerKind& kind_;
  VolcengineAccount& account_;
  VolcengineCenter& center_;
  std::string region_;
  VolcengineService service_;
  Sleeper* sleeper_;
  std::map<std::string, BindTurn> turns_;                       ///< by the load balancer
  std::map<std::string, std::vector<VolcenginePlace>> places_;  ///< by the canonical name
  bool listed_ = false;
};

}  // namespace certferry

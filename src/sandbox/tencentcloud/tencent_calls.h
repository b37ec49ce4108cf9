// What each action of SSL, CDN, TEO, LIVE, VOD, WAF, CLB and TCB does to the world, and what it
// answers.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sandbox/faults.h"
#include "sandbox/message.h"
#include "sandbox/tencentcloud/tc3.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

enum class TencentVerb {
  kListStored,
  kUpload,
  kDelete,
  kDeleteResult,
  kListCdn,
  kBindCdn,
  kListZones,
  kListEo,
  kBindEo,
  kListLive,
  kListLiveBindings,
  kBindLive,
  kListVod,
  kBindVod,
  kListWaf,
  kAskWaf,
  kBindWaf,
  kListCos,
  kDeploy,
  kListRecords,
  kAskRecord,
  kListBalancers,
  kListListeners,
  kBindClbListener,
  kBindClbDomain,
  kAskTask,
  kListRules,
  kListEnvironments,
  kListRoutes,
};

struct TencentAction {
  std::string_view service;  ///< "cdn": the first label of its host
  std::string_view version;
  std::string_view name;
  TencentVerb verb;

  bool binds() const;
  bool changes() const;
  std::string permission() const { return std::string(service) + ":" + std::string(name); }
};

/// One request, taken apart.
struct TencentRequest {
  std::string name;                       ///< the action's, known or not
  const TencentAction* action = nullptr;  ///< null: there is none of that name and version
  nlohmann::json parameters = nlohmann::json::object();
  std::string domain;  ///< canonical; empty when it is about none
  std::string region;
  bool readable = true;

  std::string_view counted_as() const { return action == nullptr ? std::string_view() : name; }
  CallShape shape() const;
};

TencentRequest read_tencent_request(const Request& request);

/// The members of an answer, RequestId aside; or how the vendor says no.
using TencentAnswer = std::variant<nlohmann::json, TencentRefusal>;

/// How a domain of a load balancer is set up.
struct ClbSettings {
  bool alone = false;     ///< at a listener of its own, without SNI
  std::string client_ca;  ///< "ca-1": clients are verified
  std::string verify = "ON";
  bool http2 = false;
};

/// What the vendor knows beside the world: settings of domains, and tasks.
///
/// Lifetime: the world outlives it.
class TencentState {
 public:
  explicit TencentState(World& world) : world_(world) {}

  /// Lists show the world as it was `view_age` ago.
  TencentAnswer run(const TencentRequest& call, milliseconds view_age);
  /// What it would answer if all went well, with nothing changed.
  TencentAnswer pretend(const TencentRequest& call);

  /// Settings of a CDN domain's HTTPS block, without the certificate.
  nlohmann::json& https_of(const std::string& domain) { return https_[domain]; }
  /// What a WAF domain is set to, beside its certificate.
  nlohmann::json& waf_of(const std::string& domain);
  ClbSettings& clb_of(const std::string& domain);
  /// Certificates of a domain of EdgeOne or CLB beside the one that the world knows.
  std::vector<std::int64_t>& beside(const std::string& domain) { return beside_[domain]; }
  /// Whether the account has let the vendor look what uses a certificate.
  void set_role(bool granted) { role_ = granted; }
  /// How long the vendor looks before it deletes.
  void set_look(milliseconds takes) { look_ = takes; }

 private:
  struct DeleteTask {
    std::int64_t certificate = 0;
    int status = 0;
    std::vector<std::string> domains;
  };

  /// One domain of a job that carries a certificate from the store to a product.
  struct Carried {
    std::string domain;
    nlohmann::json said;  ///< where it is, by the words of its kind
    EntryPtr before;
    std::uint64_t job = 0;
    int status = 0;  ///< under way, 1: done, 2: failed
    std::string reason;
  };
  struct DeployRecord {
    std::int64_t id = 0;
    std::int64_t certificate = 0;
    std::string kind;
    std::string region;
    std::vector<Carried> parts;

    int status() const;
  };
  /// Where a job carries a certificate to.
  struct DeploySeat {
    std::string kind;
    std::string region;    ///< empty for a kind without
    std::string instance;  ///< as the job names it
    nlohmann::json said;   ///< the members of a record that say so
  };
  /// A page of the resources of one kind, with what each was bound to when the list was made.
  struct DeployList {
    std::vector<std::pair<const Domain*, EntryPtr>> page;
    std::size_t total = 0;
  };
  static bool is_rule(const Domain& domain);
  static DeploySeat cos_seat(const Domain& domain);
  static DeploySeat rule_seat(const Domain& domain);
  static DeploySeat tcb_seat(const Domain& domain);
  static std::optional<DeploySeat> seat_of(const Domain& domain);
  std::variant<DeployList, TencentRefusal> listed_for_deploy(const TencentRequest& call,
                                                             std::string_view kind,
                                                             SteadyTime moment);
  /// Notes of what has ended how it did.
  void settle_records();

  TencentAnswer list_stored(const TencentRequest& call, SteadyTime moment) const;
  TencentAnswer upload(const TencentRequest& call);
  TencentAnswer remove(const TencentRequest& call);
  TencentAnswer delete_result(const TencentRequest& call) const;
  TencentAnswer list_cdn(const TencentRequest& call, SteadyTime moment) const;
  TencentAnswer bind_cdn(const TencentRequest& call);
  TencentAnswer list_zones(const TencentRequest& call) const;
  TencentAnswer list_eo(const TencentRequest& call, SteadyTime moment) const;
  TencentAnswer bind_eo(const TencentRequest& call);
  TencentAnswer list_live(const TencentRequest& call) const;
  TencentAnswer list_live_bindings(const TencentRequest& call, SteadyTime moment) const;
  TencentAnswer bind_live(const TencentRequest& call);
  TencentAnswer list_vod(const TencentRequest& call, SteadyTime moment) const;
  TencentAnswer bind_vod(const TencentRequest& call);
  TencentAnswer list_waf(const TencentRequest& call) const;
  TencentAnswer ask_waf(const TencentRequest& call, SteadyTime moment);
  TencentAnswer bind_waf(const TencentRequest& call);
  const Domain* waf_domain(const TencentRequest& call, std::string_view instance) const;
  TencentAnswer list_cos(const TencentRequest& call, SteadyTime moment);
  TencentAnswer deploy(const TencentRequest& call);
  TencentAnswer list_rules(const TencentRequest& call, SteadyTime moment);
  TencentAnswer list_environments(const TencentRequest& call) const;
  TencentAnswer list_routes(const TencentRequest& call, SteadyTime moment) const;
  std::optional<TencentRefusal> refuse_instance(std::string_view kind,
                                                const std::string& instance,
                                                const std::string& region,
                                                std::int64_t certificate) const;
  TencentAnswer list_records(const TencentRequest& call);
  TencentAnswer ask_record(const TencentRequest& call);

  /// Which listener of which load balancer has a domain.
  struct ClbSeat {
    const Domain* domain = nullptr;
    std::string balancer;
    std::string listener;
    bool alone = false;
  };
  struct ClbTask {
    std::string domain;
    std::uint64_t job = 0;
  };
  std::vector<ClbSeat> clb_seats() const;
  std::variant<ClbSeat, TencentRefusal> clb_seat(const TencentRequest& call) const;
  nlohmann::json clb_certificate(const Domain& domain, SteadyTime moment) const;
  TencentAnswer list_balancers(const TencentRequest& call) const;
  TencentAnswer list_listeners(const TencentRequest& call, SteadyTime moment) const;
  TencentAnswer bind_clb(const TencentRequest& call);
  TencentAnswer ask_task(const TencentRequest& call) const;

  nlohmann::json https_block(const Domain& domain, SteadyTime moment) const;
  nlohmann::json eo_certificates(const Domain& domain, SteadyTime moment) const;
  std::vector<std::string> users_of(std::int64_t certificate) const;
  void end_delete(const std::string& task);

  World& world_;
  std::map<std::string, nlohmann::json, std::less<>> https_;
  std::map<std::string, nlohmann::json, std::less<>> waf_;
  std::map<std::string, std::vector<std::int64_t>, std::less<>> beside_;
  std::map<std::string, DeleteTask, std::less<>> tasks_;
  std::uint64_t next_task_ = 1;
  std::map<std::string, ClbSettings, std::less<>> clb_;
  std::map<std::string, ClbTask, std::less<>> clb_tasks_;
  std::vector<DeployRecord> records_;
  std::int64_t next_record_ = 74889;
  /// When the list of a kind that callers may be given was made.
  std::map<std::string, SteadyTime, std::less<>> lists_seen_at_;
  bool role_ = true;
  milliseconds look_ = seconds(2);
};

/// The canonical name of the domain that a job is for.
std::string deploy_domain(std::string_view kind, const std::string& instance);

/// "c10001": ids are text there.
std::string tencent_id(std::int64_t id);

}  // namespace certferry::sandbox

// What SSL Certificates carries certificates to beside what is a product of its own here: rules of
// Anti-DDoS, and domains of CloudBase. One product, for one call binds them all.
//
// How a resource is a target. A rule of Anti-DDoS at port 443 that has HTTPS, and a domain at which
// CloudBase answers itself, are one each. A name at several of them is one target, which a bind
// brings to each in turn, those of one kind and region by one job; while they differ it is listed
// as set to "this and that". Everything else is listed as offline and left alone, so that nothing
// is deleted that it has. Where one of the kinds may not be listed, or is refused in words that are
// not known, an entry in its place says so.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a bind is a job, and jobs have oddities of their own ............... deploy_jobs.cpp
//  - a job that is to carry a certificate to where it is already, among other places, carries it
//    nowhere: the list is read before a name at several places is bound . docs: rules of matching
//  - the store lists rules of Anti-DDoS, up to half an hour old unless told not to be; CloudBase's
//    domains it does not list, CloudBase does ........................... no such call in the SDK
//  - CloudBase answers for one region at a time, and its documents say that none is needed
//  - an account that never opened CloudBase is told ResourceNotFound.UserNotExists, "s" included;
//    what Anti-DDoS is like then no document says ....................... SDK, the vendor's own CLI
//  - kinds whose list names no host or no certificate are left out ...... metadata.cpp says which
// API: https://cloud.tencent.com/document/api/400/91667

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/bucket_walk.h"
#include "providers/common/json_api.h"
#include "providers/common/placed_names.h"
#include "providers/common/still_bound.h"
#include "providers/tencentcloud/deploy_jobs.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kSsl{.id = "ssl", .version = "2019-12-05"};
constexpr TencentAction kListRules{.service = &kSsl, .name = "DescribeHostDdosInstanceList"};

constexpr TencentService kTcb{.id = "tcb", .version = "2018-06-08"};
constexpr TencentAction kListEnvironments{.service = &kTcb, .name = "DescribeEnvs"};
/// The answer has the headers that a domain adds to requests, which may be anybody's keys.
constexpr TencentAction kListRoutes{
    .service = &kTcb, .name = "DescribeHTTPServiceRoute", .carried_key = true};

/// Where CloudBase has environments; the last by invitation alone.
constexpr std::array<std::string_view, 3> kTcbRegions = {
    "ap-shanghai", "ap-singapore", "ap-guangzhou"};

/// A kind of resource, as a job has it and as people do.
struct Kind {
  std::string_view id;
  std::string_view title;
};
constexpr Kind kAntiDdos{.id = "ddos", .title = "Anti-DDoS"};
constexpr Kind kCloudBase{.id = "tcb", .title = "CloudBase"};

/// One place where a name has a certificate.
struct Place {
  std::string_view kind;
  std::string region;       ///< empty for a kind without
  std::string instance;     ///< as a job has it
  std::string certificate;  ///< that the list has there; empty: none
};
using Listed = ListedPlace<Place>;

struct Environment {
  std::string id;
  std::string region;
};

/// Whether it may become part of what a job is for, whose parts are kept apart by "|".
bool is_part(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > ' ' && c != '|'; });
}

/// The place of a row, whose parts the job names in that order.
Listed listed_at(const Kind& kind,
                 std::string region,
                 const Json& row,
                 const std::vector<std::string>& parts,
                 std::string_view certificate_key) {
  const std::string spelled = text_of(row, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Listed out;
  out.name = tencent_name(spelled);
  out.spelled = spelled;
  out.place = {.kind = kind.id,
               .region = std::move(region),
               .instance = join(parts, "|"),
               .certificate = tencent_reference(row, certificate_key)};
  if (!out.place.certificate.empty()) {
    out.stored_id = out.place.certificate;
    out.certificates.push_back(out.place.certificate);
  }
  out.settings.emplace("place." + printable(out.place.instance, 200), kind.title);
  if (!std::ranges::all_of(parts, is_part)) out.why_not = "at a place that the list does not name";
  return out;
}

Listed read_rule(const Json& row) {
  const std::string port = text_of(row, "VirtualPort");
  Listed out = listed_at(
      kAntiDdos, "", row, {text_of(row, "InstanceId"), text_of(row, "Domain"), port}, "CertId");
  if (!out.why_not.empty()) return out;
  if (to_lower(text_of(row, "Protocol")) != "https") {
    out.why_not = "offline: a rule of Anti-DDoS without HTTPS";
  } else if (port != "443") {
    out.why_not = "at port " + printable(port, 20) + ", where nobody looks";
  }
  return out;
}

std::string why_no_target(const Json& route) {
  const auto is = [&](std::string_view key, bool value) {
    const Json* found = member(route, key);
    return found != nullptr && *found == Json(value);
  };
  if (is("IsDefault", true)) return "a name of CloudBase's own";
  if (is("Enable", false)) return "offline";
  if (text_of(route, "Protocol") == "HTTP") return "offline: it answers by HTTP alone";
  const std::string access = text_of(route, "AccessType");
  if (!access.empty() && access != "DIRECT") {
    return "behind " + printable(access, 20) + ", which answers for it";
  }
  const std::string status = text_of(route, "Status");
  const bool there = status.empty() || status == "SUCCESS" || status == "PROCESSING";
  return there ? "" : "not set up (" + printable(status, 40) + ")";
}

Listed read_route(const Json& row, const Environment& at) {
  Listed out = listed_at(kCloudBase,
                         at.region,
                         row,
                         {"AccessService", at.region, at.id, text_of(row, "Domain")},
                         "CertId");
  if (out.why_not.empty()) out.why_not = why_no_target(row);
  if (text_of(row, "Status") == "PROCESSING") out.status = "online, being changed";
  const std::string protocol = words_of(row, "Protocol");
  if (!protocol.empty()) out.settings.emplace(printable(at.id, 80) + ".Protocol", protocol);
  return out;
}

/// What stands in the list for names that cannot be known: they may have any certificate
/// (bucket_walk.h).
Listed unlisted(std::string_view whose, std::string why) {
  Listed out;
  out.name = whose;
  out.spelled = whose;
  out.stored_id = std::string(kUnknownInStore) + "a list that is denied";
  out.why_not = std::move(why);
  return out;
}

Listed denied(std::string_view whose) {
  return unlisted(whose, "its names may not be listed");
}

Error not_there(std::string doing) {
  return Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(std::move(doing));
}

class TencentSslDeploy final : public TencentProduct {
 public:
  TencentSslDeploy(TencentAccount& account, Sleeper* sleeper)
      : account_(account), jobs_(account, sleeper) {}

  std::string_view id() const override { return "ssl-deploy"; }
  std::string_view name() const override { return "Anti-DDoS and CloudBase"; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  Task<std::vector<Listed>> list_kind(Kind kind, std::string doing);
  Task<std::vector<Listed>> list_rules(std::string doing);
  Task<std::vector<Listed>> list_domains(std::string doing);
  Task<std::vector<Environment>> environments(std::string doing);
  Task<std::vector<Listed>> list_routes(Environment environment, std::string doing);
  std::vector<DeployOrder> orders_for(const BindRequest& request) const;
  Task<bool> is_there(DeployOrder order);
  /// False where it is there already.
  Task<bool> carry(DeployOrder order);

  TencentAccount& account_;
  DeployJobs jobs_;
  std::map<std::string, std::vector<Place>> places_;  ///< by the canonical name
  std::set<std::string_view> opened_;                 ///< kinds that were listed once
};

Task<std::vector<Listed>> TencentSslDeploy::list_rules(std::string doing) {
  TencentList wanted{.action = kListRules,
                     .doing = doing,
                     .parameters = {{"ResourceType", "ddos"}, {"IsCache", 0}},
                     .items = "InstanceList"};
  const std::vector<Json> rows = co_await account_.list(std::move(wanted));
  std::vector<Listed> all;
  for (const Json& row : rows) all.push_back(read_rule(row));
  co_return all;
}

Task<std::vector<Environment>> TencentSslDeploy::environments(std::string doing) {
  std::vector<Environment> all;
  std::set<std::string> known;
  for (const std::string_view region : kTcbRegions) {
    std::vector<Json> rows;
    try {
      TencentList wanted{.action = kListEnvironments,
                         .doing = doing,
                         .count = "Total",
                         .items = "EnvList",
                         .region = std::string(region)};
      rows = co_await account_.list(std::move(wanted));
    } catch (const Error& error) {
      if (error.vendor_code != "UnsupportedRegion") throw;  // not invited there
    }
    for (const Json& row : rows) {
      Result<std::string> id = id_of(row, "EnvId", Effect::kReads);
      if (!id) throw std::move(id).error();
      const std::string own = text_of(row, "Region");
      if (!known.insert(*id).second) continue;
      all.push_back({.id = *std::move(id), .region = own.empty() ? std::string(region) : own});
    }
  }
  co_return all;
}

Task<std::vector<Listed>> TencentSslDeploy::list_routes(Environment environment,
                                                        std::string doing) {
  std::vector<Listed> all;
  std::vector<Json> rows;
  try {
    TencentList wanted{.action = kListRoutes,
                       .doing = doing,
                       .parameters = {{"EnvId", environment.id}},
                       .items = "Domains",
                       .region = environment.region};
    rows = co_await account_.list(std::move(wanted));
  } catch (const Error& error) {
    // It is gone since it was listed, or serves nothing by HTTP.
    const bool has_none = error.kind == ErrorKind::kNotFound ||
                          error.vendor_code == "InvalidParameter.ServiceNotExist";
    if (!has_none) throw;
  }
  for (const Json& row : rows) all.push_back(read_route(row, environment));
  co_return all;
}

Task<std::vector<Listed>> TencentSslDeploy::list_domains(std::string doing) {
  // There is no CloudBase for international accounts.
  if (account_.config().site == "intl") co_return std::vector<Listed>{};
  std::vector<Environment> all = co_await environments(doing);
  co_return co_await walk_buckets<Environment, Listed>(
      std::move(all),
      [this, doing](Environment one) { return list_routes(std::move(one), doing); },
      [](const Environment& one) { return denied(printable(one.id, 80)); });
}

/// An account that never opened what is listed has none of it, where the vendor says so in words
/// that mean just that. What else it refuses with may be that or not: the names of the other kind
/// are served, and those of this one are not known, rather than none.
Task<std::vector<Listed>> TencentSslDeploy::list_kind(Kind kind, std::string doing) {
  std::vector<Listed> all;
  try {
    if (kind.id == kAntiDdos.id) {
      all = co_await list_rules(std::move(doing));
    } else {
      all = co_await list_domains(std::move(doing));
    }
    opened_.insert(kind.id);
  } catch (Error& error) {
    const bool refused = error.kind == ErrorKind::kRejected || error.kind == ErrorKind::kNotFound;
    if (!is_unopened(error) && (!refused || opened_.contains(kind.id))) throw;
    all.clear();
    if (!is_unopened(error)) {
      all.push_back(
          unlisted(kind.title, "its names cannot be listed: " + quotable(error.vendor_code, 80)));
    }
  }
  co_return all;
}

Task<std::vector<TencentDomain>> TencentSslDeploy::list() {
  const std::string doing = "listing the names of Anti-DDoS and CloudBase at Tencent Cloud";
  std::vector<Listed> listed;
  try {
    std::vector<Kind> kinds = {kAntiDdos, kCloudBase};
    listed = co_await walk_buckets<Kind, Listed>(
        std::move(kinds),
        [this, doing](Kind kind) { return list_kind(kind, doing); },
        [](const Kind& kind) { return denied(kind.title); });
  } catch (Error& error) {
    throw error.activity.empty() ? std::move(error).while_doing(doing) : std::move(error);
  }
  for (Listed& one : listed) {
    if (!one.why_not.empty()) continue;
    const OnItsWay way =
        co_await jobs_.on_its_way(one.place.instance, one.name, one.place.certificate, doing);
    if (way.failed) one.status += ", certificate failed";
    if (!way.certificate) continue;
    one.stored_id = way.certificate;
    one.certificates.push_back(*way.certificate);
    one.status += ", certificate deploying";
  }
  std::vector<TencentDomain> all;
  std::map<std::string, std::vector<Place>> places;
  for (PlacedName<Place>& one : gather_names(std::move(listed))) {
    places[one.binding.name] = std::move(one.places);
    all.push_back({.binding = std::move(one.binding), .certificates = std::move(one.certificates)});
  }
  places_ = std::move(places);
  co_return all;
}

/// One for each kind and region where the certificate is not yet. Of a single place the vendor is
/// asked to carry it there whatever was listed: it may have changed since.
std::vector<DeployOrder> TencentSslDeploy::orders_for(const BindRequest& request) const {
  std::vector<DeployOrder> orders;
  const std::string wanted = tencent_name(request.binding.vendor_name);
  const auto found = places_.find(wanted);
  if (found == places_.end()) return orders;
  for (const Place& place : found->second) {
    if (place.certificate == request.stored_id && found->second.size() > 1) continue;
    auto order = std::ranges::find_if(orders, [&](const DeployOrder& one) {
      return one.kind == place.kind && one.region == place.region;
    });
    if (order == orders.end()) {
      orders.push_back({.kind = place.kind,
                        .certificate = request.stored_id,
                        .region = place.region,
                        .name = wanted,
                        .instances = {},
                        .doing = tencent_binding(request, name())});
      order = std::prev(orders.end());
    }
    order->instances.push_back(place.instance);
  }
  return orders;
}

Task<bool> TencentSslDeploy::is_there(DeployOrder order) {
  (void)co_await list();
  const std::vector<Place> places = places_[order.name];
  co_return std::ranges::all_of(order.instances, [&](const std::string& instance) {
    const auto place = std::ranges::find(places, instance, &Place::instance);
    return place != places.end() && place->certificate == order.certificate;
  });
}

Task<bool> TencentSslDeploy::carry(DeployOrder order) {
  std::optional<Error> refused;
  try {
    co_await jobs_.carry(order);
  } catch (const Error& error) {
    if (!may_be_there(error)) throw;
    refused = error;
  }
  if (!refused) co_return true;
  const bool there = co_await is_there(std::move(order));
  if (!there) throw *std::move(refused);
  co_return false;
}

Task<BindDone> TencentSslDeploy::bind(BindRequest request) {
  const std::string wanted = tencent_name(request.binding.vendor_name);
  const auto known = places_.find(wanted);
  if (known == places_.end() || known->second.size() != 1) (void)co_await list();
  if (places_[wanted].empty()) throw not_there(tencent_binding(request, name()));
  bool carried = false;
  const std::vector<DeployOrder> orders = orders_for(request);
  for (const DeployOrder& order : orders) {
    try {
      const bool now = co_await carry(order);
      carried = carried || now;
    } catch (Error& error) {
      if (!carried) throw;
      throw stopped_halfway(std::move(error));
    }
  }
  co_return BindDone{};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_ssl_deploy(TencentAccount& account, Sleeper* sleeper) {
  return std::make_unique<TencentSslDeploy>(account, sleeper);
}

}  // namespace certferry

#include "sandbox/ucloud/ucloud_ulb.h"

#include <algorithm>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/ucloud/ucloud_answers.h"

namespace certferry::sandbox {

using namespace ucloud;

namespace {

using Json = nlohmann::json;

constexpr std::size_t kListenersABalancer = 20;
constexpr std::size_t kNameMost = 50;
/// Somebody else's, for another name.
const std::string kForeign = "ssl-foreign";
const std::string kFromUssl = "ssl-ussl-";

UcloudRefusal bound_already() {
  return {.code = 4105, .message = "绑定失败，请稍后重试。"};
}

UcloudRefusal not_bound() {
  return {.code = 4106, .message = "解绑失败，请稍后重试。"};
}

UcloudRefusal unknown_listener() {
  return {.code = 4088, .message = "指定Vserver不存在，请确认输入是否正确。"};
}

std::string listener_name(const Domain& domain, bool classic) {
  return (classic ? "vserver-" : "als-") + std::to_string(domain.id);
}

bool has(const UcloudSeat& seat, const std::string& ssl_id) {
  return seat.fallback == ssl_id || std::ranges::find(seat.others, ssl_id) != seat.others.end();
}

std::int64_t in_seconds(Time time) {
  return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

}  // namespace

UcloudSeat& UcloudBalancers::seat_of(const std::string& domain) {
  return seats_.try_emplace(domain, UcloudSeat{.fallback = kForeign}).first->second;
}

const Certificate* UcloudBalancers::leaf_of(const std::string& ssl_id) const {
  const auto made = kept_.find(ssl_id);
  if (made != kept_.end()) return &made->second.pair.leaf;
  if (!ssl_id.starts_with(kFromUssl)) return nullptr;
  for (const auto& [id, entry] : world_.entries()) {
    if (ssl_id == kFromUssl + std::to_string(id)) return &entry->pair.leaf;
  }
  return nullptr;
}

bool UcloudBalancers::is_known(const std::string& ssl_id) const {
  return ssl_id == kForeign || leaf_of(ssl_id) != nullptr;
}

std::string UcloudBalancers::id_of(const Entry& entry) const {
  for (const auto& [ssl_id, one] : kept_) {
    if (one.pair.leaf.fingerprint == entry.pair.leaf.fingerprint) return ssl_id;
  }
  return kFromUssl + std::to_string(entry.id);
}

/// Of several that are chosen by name the one that was bound last.
std::string UcloudBalancers::effective(const std::string& domain, const UcloudSeat& seat) const {
  const auto fits = [&](const std::string& ssl_id) {
    const Certificate* leaf = leaf_of(ssl_id);
    return leaf != nullptr && any_covers(leaf->dns_names, leaf->ip_addresses, domain);
  };
  const auto last = std::find_if(seat.others.rbegin(), seat.others.rend(), fits);
  if (last != seat.others.rend()) return *last;
  return fits(seat.fallback) ? seat.fallback : "";
}

/// What somebody bound by hand, or was bound at another moment, stands alone there.
UcloudSeat UcloudBalancers::has_at(const Domain& domain, SteadyTime moment) const {
  const auto found = seats_.find(domain.name);
  UcloudSeat seat = found == seats_.end() ? UcloudSeat{.fallback = kForeign} : found->second;
  const EntryPtr bound = domain.bound_at(moment);
  const std::string shown = effective(domain.name, seat);
  const Certificate* leaf = shown.empty() ? nullptr : leaf_of(shown);
  const bool same = bound ? leaf != nullptr && leaf->fingerprint == bound->pair.leaf.fingerprint
                          : leaf == nullptr;
  if (same) return seat;
  seat.others.clear();
  seat.fallback = seat.classic ? "" : kForeign;
  if (bound && seat.classic) seat.fallback = id_of(*bound);
  if (bound && !seat.classic) seat.others.push_back(id_of(*bound));
  return seat;
}

/// Those that are offline are on load balancers that are in arrears.
std::vector<UcloudBalancers::Seat> UcloudBalancers::seats(SteadyTime moment) const {
  std::vector<Seat> all;
  std::map<bool, std::size_t> count;
  for (const Domain& domain : world_.domains()) {
    if (domain.product != "ulb") continue;
    Seat seat{.domain = &domain, .has = has_at(domain, moment)};
    const bool classic = seat.has.classic;
    seat.listener = listener_name(domain, classic);
    const std::string number =
        domain.online ? std::to_string(count[classic]++ / kListenersABalancer) : "arrears";
    seat.balancer = (classic ? "ulb-" : "alb-") + number;
    all.push_back(std::move(seat));
  }
  return all;
}

std::string UcloudBalancers::domain_of(std::string_view listener) const {
  for (const Domain& domain : world_.domains()) {
    const bool here = domain.product == "ulb" && (listener_name(domain, false) == listener ||
                                                  listener_name(domain, true) == listener);
    if (here) return domain.name;
  }
  return {};
}

UcloudAnswer UcloudBalancers::list_certificates(const UcloudRequest& call,
                                                SteadyTime moment) const {
  if (auto no = refuse_region(call)) return *no;
  const auto slice = slice_of(call);
  if (const auto* no = std::get_if<UcloudRefusal>(&slice)) return *no;
  std::map<std::string, Json> relations{{kForeign, Json::array()}};
  for (const auto& [ssl_id, one] : kept_) relations[ssl_id] = Json::array();
  for (const Seat& seat : seats(moment)) {
    std::vector<std::string> ids = seat.has.others;
    if (!seat.has.fallback.empty()) ids.push_back(seat.has.fallback);
    for (const std::string& ssl_id : ids) {
      Json& users = relations.try_emplace(ssl_id, Json::array()).first->second;
      users.push_back({{"LoadBalancerId", seat.balancer},
                       {"ListenerId", seat.listener},
                       {"IsDefault", ssl_id == seat.has.fallback}});
    }
  }
  std::vector<std::pair<std::string, Json>> all(relations.begin(), relations.end());
  Json items = Json::array();
  for (const auto& [ssl_id, users] : std::get<Slice>(slice).of(all)) {
    Json item = {{"SSLId", ssl_id}, {"SSLType", "Pem"}, {"Relations", users}, {"SSLSource", 0}};
    const auto made = kept_.find(ssl_id);
    const Certificate* leaf = leaf_of(ssl_id);
    if (made != kept_.end()) {
      item["SSLName"] = made->second.name;
      item["SSLContent"] =
          std::string(made->second.pair.key_pem.reveal()) + "\n" + made->second.pair.chain_pem;
    } else if (leaf != nullptr) {
      const std::int64_t id = *stored_like(world_, leaf->fingerprint);
      const EntryPtr& entry = world_.entries().at(id);
      item["SSLName"] = "from-ussl";
      item["SSLSource"] = 1;
      item["USSLId"] = std::to_string(id);
      item["SSLContent"] = entry->pair.chain_pem + std::string(entry->pair.key_pem.reveal());
    } else {
      item["SSLName"] = "foreign";
      item["Domains"] = "foreign.sandbox.test";
      item["DNSNames"] = "foreign.sandbox.test,www.foreign.sandbox.test";
    }
    if (leaf != nullptr) {
      item["NotBefore"] = in_seconds(leaf->not_before);
      item["NotAfter"] = in_seconds(leaf->not_after);
    }
    items.push_back(std::move(item));
  }
  return Json{{"TotalCount", all.size()}, {"DataSet", items}};
}

UcloudAnswer UcloudBalancers::create(const UcloudRequest& call) {
  if (auto no = refuse_region(call)) return *no;
  if (auto no = require(call.parameters, {"SSLName", "SSLType", "UserCert", "PrivateKey"})) {
    return *no;
  }
  const std::string name(text_field(call.parameters, "SSLName"));
  if (name.size() > kNameMost) {
    return UcloudRefusal{.code = 4114, .message = "名称长度最大支持50个字符。"};
  }
  if (text_field(call.parameters, "SSLType") != "Pem") return invalid("SSLType");
  const std::string leaf(text_field(call.parameters, "UserCert"));
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  // The certificate alone; what comes after it in a chain has a parameter of its own.
  if (leaf.find(kBegin) != leaf.rfind(kBegin)) return invalid("UserCert");
  auto pair = pair_of(world_,
                      leaf + std::string(text_field(call.parameters, "CaCert")),
                      std::string(text_field(call.parameters, "PrivateKey")),
                      {.code = 4111, .message = "SSL证书内容无效，请确认证书内容正确。"});
  if (const auto* no = std::get_if<UcloudRefusal>(&pair)) return *no;
  const std::string ssl_id = "ssl-" + std::to_string(next_++);
  kept_.emplace(ssl_id, Kept{.name = name, .pair = std::get<UploadedPair>(std::move(pair))});
  return Json{{"SSLId", ssl_id}};
}

UcloudAnswer UcloudBalancers::remove(const UcloudRequest& call) {
  if (auto no = refuse_region(call)) return *no;
  const std::string ssl_id(text_field(call.parameters, "SSLId"));
  if (!kept_.contains(ssl_id)) return UcloudRefusal{.code = 4079, .message = "SSL证书不存在"};
  for (const Seat& seat : seats(world_.steady_now())) {
    if (has(seat.has, ssl_id)) {
      return UcloudRefusal{.code = 4108, .message = "SSL证书已被占用，请释放后重试。"};
    }
  }
  kept_.erase(ssl_id);
  return Json::object();
}

UcloudAnswer UcloudBalancers::list_balancers(const UcloudRequest& call, bool classic) const {
  if (auto no = refuse_region(call)) return *no;
  if (!classic && text_field(call.parameters, "Type") != "Application") return invalid("Type");
  const auto slice = slice_of(call);
  if (const auto* no = std::get_if<UcloudRefusal>(&slice)) return *no;
  std::vector<std::string> all;
  for (const Seat& seat : seats(world_.steady_now())) {
    const bool known = std::ranges::find(all, seat.balancer) != all.end();
    if (seat.has.classic == classic && !known) all.push_back(seat.balancer);
  }
  Json items = Json::array();
  for (const std::string& id : std::get<Slice>(slice).of(all)) {
    if (classic) {
      items.push_back({{"ULBId", id}, {"ListenType", "RequestProxy"}, {"IPVersion", "IPv4"}});
    } else {
      items.push_back({{"LoadBalancerId", id},
                       {"Type", "Application"},
                       {"Status", id.ends_with("arrears") ? "Arrears" : "Normal"}});
    }
  }
  return Json{{"TotalCount", all.size()}, {classic ? "DataSet" : "LoadBalancers", items}};
}

UcloudAnswer UcloudBalancers::list_listeners(const UcloudRequest& call,
                                             bool classic,
                                             SteadyTime moment) const {
  if (auto no = refuse_region(call)) return *no;
  const std::string balancer(text_field(call.parameters, classic ? "ULBId" : "LoadBalancerId"));
  if (balancer.empty()) return missing(classic ? "ULBId" : "LoadBalancerId");
  const std::string wanted(text_field(call.parameters, classic ? "VServerId" : "ListenerId"));
  const auto slice = slice_of(call);
  if (const auto* no = std::get_if<UcloudRefusal>(&slice)) return *no;
  std::vector<Json> all;
  bool known = false;
  for (const Seat& seat : seats(moment)) {
    if (seat.balancer != balancer || seat.has.classic != classic) continue;
    known = true;
    if (!wanted.empty() && seat.listener != wanted) continue;
    const std::string mode = seat.domain->name.starts_with("*") ? "Wildcard" : "Regular";
    Json certificates = Json::array();
    Json item;
    if (classic) {
      if (!seat.has.fallback.empty()) certificates.push_back({{"SSLId", seat.has.fallback}});
      Json policies = Json::array({{{"PolicyType", "Default"}, {"Type", ""}, {"Match", ""}}});
      if (!seat.has.without_rule) {
        policies.push_back({{"PolicyType", "Custom"},
                            {"Type", "Domain"},
                            {"Match", seat.domain->name},
                            {"DomainMatchMode", mode}});
      }
      item = {{"VServerId", seat.listener},
              {"ULBId", balancer},
              {"Protocol", "HTTPS"},
              {"FrontendPort", 443},
              {"SSLSet", certificates},
              {"PolicySet", policies}};
    } else {
      certificates.push_back({{"SSLId", seat.has.fallback}, {"IsDefault", true}});
      for (const std::string& ssl_id : seat.has.others) {
        certificates.push_back({{"SSLId", ssl_id}, {"IsDefault", false}});
      }
      const Json path = {{"Type", "Path"}, {"PathConfig", {{"Values", {"/"}}}}};
      const Json host = {{"Type", "Host"},
                         {"HostConfig", {{"Values", {seat.domain->name}}, {"MatchMode", mode}}}};
      Json rules = Json::array({{{"RuleConditions", {path}}, {"IsDefault", true}}});
      if (!seat.has.without_rule) rules.push_back({{"RuleConditions", {path, host}}});
      item = {{"ListenerId", seat.listener},
              {"ListenerProtocol", "HTTPS"},
              {"ListenerPort", 443},
              {"Certificates", certificates},
              {"Rules", rules}};
    }
    all.push_back(std::move(item));
  }
  if (!known) return unknown_listener();
  if (wanted.empty() && !classic) {
    all.push_back({{"ListenerId", "als-plain"}, {"ListenerProtocol", "HTTP"}});
  }
  Json items = Json::array();
  for (Json& one : std::get<Slice>(slice).of(all)) items.push_back(std::move(one));
  return Json{{"TotalCount", all.size()}, {classic ? "DataSet" : "Listeners", items}};
}

std::variant<UcloudBalancers::Seat, UcloudRefusal> UcloudBalancers::seat_for(
    const UcloudRequest& call, std::string_view balancer, std::string_view listener) const {
  if (auto no = refuse_region(call)) return *no;
  if (auto no = require(call.parameters, {balancer, listener})) return *no;
  for (const Seat& seat : seats(world_.steady_now())) {
    const bool here = seat.balancer == text_field(call.parameters, balancer) &&
                      seat.listener == text_field(call.parameters, listener);
    if (here) return seat;
  }
  return unknown_listener();
}

/// What is served follows from it.
UcloudAnswer UcloudBalancers::set(const std::string& domain, UcloudSeat seat) {
  const std::string shown = effective(domain, seat);
  const Certificate* leaf = shown.empty() ? nullptr : leaf_of(shown);
  const auto id = leaf == nullptr ? std::nullopt : stored_like(world_, leaf->fingerprint);
  if (leaf != nullptr && !id) return invalid("SSLId");  // only what is in USSL too is emulated
  const EntryPtr bound = world_.find_domain(domain)->bound();
  if (!id && bound) world_.unbind(domain);
  if (id && (!bound || bound->id != *id)) world_.bind(*id, domain);
  seats_[domain] = std::move(seat);
  return Json::object();
}

UcloudAnswer UcloudBalancers::add(const UcloudRequest& call) {
  auto found = seat_for(call, "LoadBalancerId", "ListenerId");
  if (const auto* no = std::get_if<UcloudRefusal>(&found)) return *no;
  Seat& seat = std::get<Seat>(found);
  const std::string ssl_id(text_field(call.parameters, "SSLIds.0"));
  if (seat.has.classic) return unknown_listener();
  if (!is_known(ssl_id)) return invalid("SSLIds");
  if (has(seat.has, ssl_id)) return bound_already();
  seat.has.others.push_back(ssl_id);
  return set(seat.domain->name, seat.has);
}

UcloudAnswer UcloudBalancers::take_away(const UcloudRequest& call) {
  auto found = seat_for(call, "LoadBalancerId", "ListenerId");
  if (const auto* no = std::get_if<UcloudRefusal>(&found)) return *no;
  Seat& seat = std::get<Seat>(found);
  for (int at = 0;; ++at) {
    const std::string ssl_id(text_field(call.parameters, "SSLIds." + std::to_string(at)));
    if (ssl_id.empty()) {
      if (at == 0) return missing("SSLIds");
      return set(seat.domain->name, seat.has);
    }
    // The default one cannot be taken away.
    if (std::erase(seat.has.others, ssl_id) == 0) return not_bound();
  }
}

UcloudAnswer UcloudBalancers::replace(const UcloudRequest& call) {
  // Without either it would be done all over the project, which is not emulated.
  auto found = seat_for(call, "LoadBalancerId", "ListenerId");
  if (const auto* no = std::get_if<UcloudRefusal>(&found)) return *no;
  if (auto no = require(call.parameters, {"OldSSLId", "NewSSLId"})) return *no;
  Seat& seat = std::get<Seat>(found);
  const std::string old(text_field(call.parameters, "OldSSLId"));
  const std::string ssl_id(text_field(call.parameters, "NewSSLId"));
  if (!is_known(ssl_id)) return invalid("NewSSLId");
  if (!has(seat.has, old)) return not_bound();
  if (has(seat.has, ssl_id)) return bound_already();
  if (seat.has.fallback == old) seat.has.fallback = ssl_id;
  if (std::erase(seat.has.others, old) > 0) seat.has.others.push_back(ssl_id);
  return set(seat.domain->name, seat.has);
}

UcloudAnswer UcloudBalancers::bind_classic(const UcloudRequest& call) {
  auto found = seat_for(call, "ULBId", "VServerId");
  if (const auto* no = std::get_if<UcloudRefusal>(&found)) return *no;
  Seat& seat = std::get<Seat>(found);
  const std::string ssl_id(text_field(call.parameters, "SSLId"));
  if (!seat.has.classic) return unknown_listener();
  if (!is_known(ssl_id)) return invalid("SSLId");
  if (!seat.has.fallback.empty()) return bound_already();
  seat.has.fallback = ssl_id;
  return set(seat.domain->name, seat.has);
}

}  // namespace certferry::sandbox

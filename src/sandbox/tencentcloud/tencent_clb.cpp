// CLB: load balancers of one region, HTTPS listeners with SNI and without, certificates of two
// keys, and changes that are tasks, one at a time.

#include <algorithm>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

constexpr std::size_t kDomainsABalancer = 100;
constexpr std::string_view kStopped = "lb-stopped";

std::optional<TencentRefusal> refuse_region(const std::string& region) {
  if (region.empty()) return missing("Region");
  if (region.starts_with("ap-")) return std::nullopt;
  return TencentRefusal{.code = "UnsupportedRegion", .message = "接口不支持所传地域。"};
}

TencentRefusal unknown(std::string_view what) {
  return {.code = "InvalidParameter." + std::string(what) + "NotFound", .message = "不存在。"};
}

TencentRefusal busy() {
  return {.code = "FailedOperation.InvalidLBStatus", .message = "LB状态异常。"};
}

std::string balancer_name(std::size_t number) {
  return "lb-" + std::to_string(10000 + number);
}

/// What a domain presents: while a task is under way already what it was told to.
EntryPtr presented(const Domain& domain, SteadyTime moment) {
  const bool failed = domain.job && domain.job->failed;
  return failed ? domain.bound_at(moment) : domain.told_at(moment);
}

/// The ids of a parameter that names certificates of servers, the main one first.
struct Wanted {
  std::vector<std::string> ids;
  std::string mode;
  std::string verify;
};

std::variant<Wanted, TencentRefusal> read_wanted(const Json& parameters) {
  const auto one = parameters.find("Certificate");
  const auto several = parameters.find("MultiCertInfo");
  const bool both = one != parameters.end() && several != parameters.end();
  if (both) return invalid("MultiCertInfo");
  if (one == parameters.end() && several == parameters.end()) return missing("Certificate");
  const Json& block = one != parameters.end() ? *one : *several;
  if (!block.is_object()) return invalid("Certificate");
  Wanted out{
      .ids = {}, .mode = text_of(block, "SSLMode"), .verify = text_of(block, "SSLVerifyClient")};
  if (out.mode.empty() && one != parameters.end()) out.mode = "UNIDIRECTIONAL";
  if (out.mode != "UNIDIRECTIONAL" && out.mode != "MUTUAL") return invalid("SSLMode");
  if (one != parameters.end()) {
    out.ids.push_back(text_of(block, "CertId"));
    if (out.mode == "MUTUAL") out.ids.push_back(text_of(block, "CertCaId"));
  } else {
    const auto list = block.find("CertList");
    if (list == block.end() || !list->is_array()) return missing("MultiCertInfo.CertList");
    for (const Json& each : *list) out.ids.push_back(text_of(each, "CertId"));
  }
  const bool whole = !out.ids.empty() && std::ranges::none_of(out.ids, &std::string::empty);
  return whole ? std::variant<Wanted, TencentRefusal>(std::move(out)) : missing("CertId");
}

}  // namespace

ClbSettings& TencentState::clb_of(const std::string& domain) {
  return clb_[domain];
}

/// Every domain with where it is; those that are offline are on a load balancer that is stopped.
std::vector<TencentState::ClbSeat> TencentState::clb_seats() const {
  std::vector<ClbSeat> seats;
  std::size_t served = 0;
  for (const Domain* domain : domains_of(world_, "clb")) {
    const std::string balancer =
        domain->online ? balancer_name(served++ / kDomainsABalancer) : std::string(kStopped);
    const auto settings = clb_.find(domain->name);
    const bool alone = settings != clb_.end() && settings->second.alone;
    seats.push_back({.domain = domain,
                     .balancer = balancer,
                     .listener = "lbl-" + (alone ? std::to_string(domain->id) : "sni"),
                     .alone = alone});
  }
  return seats;
}

TencentAnswer TencentState::list_balancers(const TencentRequest& call) const {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  const auto page = page_of(call.parameters, {});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  std::vector<std::string> all;
  for (const ClbSeat& seat : clb_seats()) {
    const bool known = std::ranges::find(all, seat.balancer) != all.end();
    if (!known && call.region == "ap-guangzhou") all.push_back(seat.balancer);
  }
  Json items = Json::array();
  for (const std::string& id : std::get<Page>(page).of(all)) {
    items.push_back({{"LoadBalancerId", id},
                     {"LoadBalancerName", "sandbox"},
                     {"LoadBalancerType", "OPEN"},
                     {"Forward", 1},
                     {"Status", 1},
                     {"Isolation", 0},
                     {"AttributeFlags", id == kStopped ? Json::array({"Stop"}) : Json::array()},
                     {"LoadBalancerVips", Json::array({"192.0.2.7"})}});
  }
  return Json{{"TotalCount", all.size()}, {"LoadBalancerSet", items}};
}

Json TencentState::clb_certificate(const Domain& domain, SteadyTime moment) const {
  const EntryPtr entry = presented(domain, moment);
  if (!entry) return nullptr;
  const auto found = clb_.find(domain.name);
  const ClbSettings settings = found == clb_.end() ? ClbSettings{} : found->second;
  Json block = {{"SSLMode", settings.client_ca.empty() ? "UNIDIRECTIONAL" : "MUTUAL"},
                {"SSLVerifyClient", settings.client_ca.empty() ? "" : settings.verify},
                {"CertId", tencent_id(entry->id)},
                {"CertCaId", settings.client_ca},
                {"ExtCertIds", Json::array()}};
  const auto aside = beside_.find(domain.name);
  if (aside != beside_.end()) {
    for (const std::int64_t id : aside->second) block["ExtCertIds"].push_back(tencent_id(id));
  }
  return block;
}

TencentAnswer TencentState::list_listeners(const TencentRequest& call, SteadyTime moment) const {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  const std::string balancer = text_of(call.parameters, "LoadBalancerId");
  if (balancer.empty()) return missing("LoadBalancerId");
  const auto wanted = call.parameters.find("ListenerIds");
  std::map<std::string, Json> listeners;
  bool known = false;
  for (const ClbSeat& seat : clb_seats()) {
    if (seat.balancer != balancer) continue;
    known = true;
    const bool asked = wanted == call.parameters.end() ||
                       std::ranges::find(*wanted, Json(seat.listener)) != wanted->end();
    if (!asked) continue;
    const auto [at, first] = listeners.try_emplace(seat.listener);
    if (first) {
      at->second = {{"ListenerId", seat.listener},
                    {"Protocol", "HTTPS"},
                    {"Port", seat.alone ? 8000 + seat.domain->id : 443},
                    {"SniSwitch", seat.alone ? 0 : 1},
                    {"KeepaliveEnable", 0},
                    {"Certificate", nullptr},
                    {"Rules", Json::array()}};
    }
    const Json certificate = clb_certificate(*seat.domain, moment);
    if (seat.alone) at->second["Certificate"] = certificate;
    const auto settings = clb_.find(seat.domain->name);
    for (const char* url : {"/", "/api"}) {
      at->second["Rules"].push_back({{"LocationId", "loc-" + std::to_string(seat.domain->id) + url},
                                     {"Domain", seat.domain->name},
                                     {"Domains", Json::array({seat.domain->name})},
                                     {"Url", url},
                                     {"Http2", settings != clb_.end() && settings->second.http2},
                                     {"ForwardType", "HTTP"},
                                     {"Certificate", seat.alone ? Json() : certificate}});
    }
  }
  if (!known) return unknown("LBId");
  Json items = Json::array();
  if (wanted == call.parameters.end()) {
    items.push_back({{"ListenerId", "lbl-plain"}, {"Protocol", "HTTP"}, {"Port", 80}});
  }
  for (auto& [id, listener] : listeners) items.push_back(std::move(listener));
  return Json{{"TotalCount", items.size()}, {"Listeners", items}};
}

/// Where a change goes, whose parameters name it whole; or why it goes nowhere.
std::variant<TencentState::ClbSeat, TencentRefusal> TencentState::clb_seat(
    const TencentRequest& call) const {
  for (const char* name : {"LoadBalancerId", "ListenerId"}) {
    if (text_of(call.parameters, name).empty()) return missing(name);
  }
  const bool names_domain = call.action->verb == TencentVerb::kBindClbDomain;
  if (names_domain && call.domain.empty()) return missing("Domain");
  std::optional<ClbSeat> found;
  std::string known = "LBId";
  for (const ClbSeat& seat : clb_seats()) {
    if (seat.balancer != text_of(call.parameters, "LoadBalancerId")) continue;
    if (seat.domain->busy()) return busy();
    if (known == "LBId") known = "ListenerId";
    if (seat.listener != text_of(call.parameters, "ListenerId")) continue;
    known = "Location";
    if (seat.alone == names_domain) {
      return TencentRefusal{.code = "InvalidParameter.ProtocolCheckFailed",
                            .message = "SNI 与参数不符。"};
    }
    if (!names_domain || seat.domain->name == call.domain) found = seat;
  }
  if (!found) return unknown(known);
  return *found;
}

TencentAnswer TencentState::bind_clb(const TencentRequest& call) {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  const auto seat = clb_seat(call);
  if (const auto* refusal = std::get_if<TencentRefusal>(&seat)) return *refusal;
  auto wanted = read_wanted(call.parameters);
  if (const auto* refusal = std::get_if<TencentRefusal>(&wanted)) return *refusal;
  const Domain& domain = *std::get<ClbSeat>(seat).domain;
  const std::string name = domain.name;
  std::vector<std::int64_t> servers;
  std::set<KeyType::Algorithm> algorithms;
  std::string client_ca;
  for (const std::string& text : std::get<Wanted>(wanted).ids) {
    if (text.starts_with("ca-")) {
      client_ca = text;
      continue;
    }
    const auto id = id_of(text);
    const auto entry = id ? world_.entries().find(*id) : world_.entries().end();
    if (entry == world_.entries().end()) {
      return TencentRefusal{.code = "InvalidParameterValue", .message = "证书不存在: " + text};
    }
    const bool fits = world_.check_bind(*id, name) == Outcome::kDone;
    const auto algorithm = entry->second->pair.leaf.key.algorithm;
    if (!fits || !algorithms.insert(algorithm).second) return invalid("CertList");
    servers.push_back(*id);
  }
  const bool mutual = std::get<Wanted>(wanted).mode == "MUTUAL";
  if (servers.empty() || mutual == client_ca.empty()) return invalid("CertList");
  ClbSettings& settings = clb_of(name);
  settings.client_ca = client_ca;
  settings.verify =
      std::get<Wanted>(wanted).verify.empty() ? "ON" : std::get<Wanted>(wanted).verify;
  world_.start_bind(servers.front(), name);
  beside_[name] = {servers.begin() + 1, servers.end()};
  const std::string task = "sandbox-clb-" + std::to_string(next_task_++);
  clb_tasks_[task] = {.domain = name, .job = world_.find_domain(name)->job_number()};
  return Json{{"RequestId", task}};
}

TencentAnswer TencentState::ask_task(const TencentRequest& call) const {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  const auto task = clb_tasks_.find(text_of(call.parameters, "TaskId"));
  if (task == clb_tasks_.end()) return missing("TaskId");
  const Domain* domain = world_.find_domain(task->second.domain);
  const bool its_own = domain != nullptr && domain->job && domain->job->number == task->second.job;
  return Json{{"Status",
               !its_own              ? 0
               : domain->job->failed ? 1
                                     : 2},
              {"LoadBalancerIds", nullptr},
              {"Message", its_own && domain->job->failed ? domain->job->reason : ""}};
}

}  // namespace certferry::sandbox

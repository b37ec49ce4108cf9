// WAF (v1): it keeps certificates of its own, in each region and project, and a host is given one
// by its id there. So a bundle that goes to WAF is copied from SCM's into WAF's list once, under a
// name that tells its id in SCM and when it ends; all else goes by that id. The copy goes when
// SCM's certificate does.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list of hosts does not tell their certificates; that of certificates tells their hosts
//    ........................................................ docs: ListCompositeHosts,
//    ListCertificates
//  - it lists certificates that hosts have or those that none has, as `host` says ............ docs
//  - a certificate's content comes with its private key: it is not read ......... docs:
//    ShowCertificate
//  - a certificate can be replaced under its id and name, so a name is believed while the end
//    that it tells is the one that is listed ................................ docs:
//    UpdateCertificate
//  - a bind sets the certificate and nothing else ...................... docs:
//  ApplyCertificateToHost
//  - a host has HTTPS if it has a certificate, and its owner alone gives it HTTPS . docs:
//  CreateHost
//  - '*.' of a host is written '.', and a port may stand behind it
//  - whether a host's requests come in by WAF it knows by traffic, so that it is not asked
//  - 'all' enterprise projects are spelled in another way ....................... docs: ListHost
// API: https://support.huaweicloud.com/api-waf/ListCertificates.html

#include "providers/huaweicloud/waf.h"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"
#include "providers/common/together.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr HuaweiCloudAction kListHosts{.permission = "waf:instance:list"};
/// Older answers had the keys in them.
constexpr HuaweiCloudAction kListOwn{.permission = "waf:certificate:list", .carried_key = true};
constexpr HuaweiCloudAction kCopy{
    .permission = "waf:certificate:create", .effect = Effect::kChanges, .carried_key = true};
constexpr HuaweiCloudAction kBind{.permission = "waf:certificate:apply",
                                  .effect = Effect::kChanges};
constexpr HuaweiCloudAction kDelete{.permission = "waf:certificate:delete",
                                    .effect = Effect::kChanges};

constexpr std::string_view kNamePrefix = "certferry-";
constexpr std::string_view kOwnPrefix = "waf:";
constexpr const char* kHosts = "hosts";
constexpr std::int64_t kBypassed = -1;

std::int64_t unix_seconds(Time time) {
  return std::chrono::floor<seconds>(time).time_since_epoch().count();
}

/// "certferry-scs1600313391074-1776241859".
std::string copy_name(const std::string& stored_id, Time not_after) {
  return std::string(kNamePrefix) + stored_id + "-" + std::to_string(unix_seconds(not_after));
}

/// The id in SCM that a copy stands for; empty for a name that is not of that form, or of which the
/// content is not what it tells. A day's difference is a zone, which the list does not name.
std::string stored_id_of(const std::string& name, std::optional<std::int64_t> end_ms) {
  constexpr std::int64_t kZonesMost = 26 * 3600;
  constexpr std::int64_t kLastEnd = 253402300799;  // of the year 9999, which no certificate passes
  if (!name.starts_with(kNamePrefix)) return {};
  const std::size_t dash = name.find('-', kNamePrefix.size());
  if (dash == std::string::npos) return {};
  std::int64_t end = 0;
  const char* last = name.data() + name.size();
  const auto [rest, failed] = std::from_chars(name.data() + dash + 1, last, end);
  if (rest != last || failed != std::errc() || end < 0 || end > kLastEnd) return {};
  if (end_ms && (*end_ms / 1000 > end + kZonesMost || *end_ms / 1000 < end - kZonesMost)) return {};
  const std::string id = name.substr(kNamePrefix.size(), dash - kNamePrefix.size());
  const bool usable = id.starts_with("scs") && id.size() > 3 &&
                      id.find_first_not_of("0123456789", 3) == std::string::npos;
  return usable ? id : std::string();
}

/// Without the port that may stand behind it.
std::string name_of(const std::string& hostname) {
  const std::size_t colon = hostname.rfind(':');
  const bool port = colon != std::string::npos && hostname.find(':') == colon &&
                    hostname.find_first_not_of("0123456789", colon + 1) == std::string::npos;
  return port ? hostname.substr(0, colon) : hostname;
}

/// Throws `reply.shape`, `reply.no_id`.
std::string host_in(const Json& host) {
  Result<std::string> id = id_of(host, "id", Effect::kReads);
  if (!id) throw std::move(id).error();
  const std::string kind = text_of(host, "waf_type");
  if ((kind != "cloud" && kind != "premium") || id->find_first_of("/,") != std::string::npos) {
    throw bad_shape("a host in the list is neither of the cloud nor premium", Effect::kReads);
  }
  return kind + "/" + *id;
}

/// The hosts of one kind, as a JSON list.
Json ids_of(const std::vector<std::string>& hosts, std::string_view kind) {
  Json ids = Json::array();
  for (const std::string& host : hosts) {
    const std::size_t slash = host.find('/');
    if (std::string_view(host).substr(0, slash) == kind) ids.push_back(host.substr(slash + 1));
  }
  return ids;
}

Error not_here(const std::string& what) {
  return Error(ErrorKind::kNotFound, what).with_code("vendor.not_found");
}

}  // namespace

HuaweiCloudCall HuaweiCloudWaf::call(HuaweiCloudAction action,
                                     std::string path,
                                     std::string doing) const {
  const bool reads = action.effect == Effect::kReads;
  const std::string project = account_.enterprise_project();
  HuaweiCloudCall call{
      .service = HuaweiCloudService::kWaf,
      .action = action,
      .doing = std::move(doing),
      .path = "/v1/" + url_encode(account_.project_id(HuaweiCloudService::kWaf)) + path};
  // Nothing is made in all of them.
  if (project != "all") {
    call.query.emplace_back("enterprise_project_id", project);
  } else if (reads) {
    call.query.emplace_back("enterprise_project_id", "all_granted_eps");
  }
  return call;
}

Task<std::vector<Json>> HuaweiCloudWaf::walk(HuaweiCloudCall call) {
  return account_.list({.call = std::move(call),
                        .array = "items",
                        .size = "pagesize",
                        .items_a_page = 100,
                        .page = "page"});
}

Task<std::vector<HuaweiCloudWaf::Own>> HuaweiCloudWaf::certificates(bool used, std::string doing) {
  HuaweiCloudCall question = call(kListOwn, "/waf/certificate", doing);
  question.query.emplace_back("host", used ? "true" : "false");
  const std::vector<Json> items = co_await walk(std::move(question));
  std::vector<Own> all;
  try {
    for (const Json& item : items) {
      Result<std::string> id = id_of(item, "id", Effect::kReads);
      if (!id) throw std::move(id).error();
      Own own{.id = *std::move(id), .name = text_of(item, "name"), .stored_id = {}};
      own.stored_id = stored_id_of(own.name, integer_of(item, "expire_time"));
      if (own.stored_id.empty()) own.stored_id = std::string(kOwnPrefix) + own.id;
      const Json* hosts = member(item, "bind_host");
      if (hosts != nullptr && !hosts->is_array()) {
        throw bad_shape("'bind_host' of a certificate is no list", Effect::kReads);
      }
      for (const Json& host : hosts == nullptr ? Json::array() : *hosts) {
        own.hosts.push_back(host_in(host));
        own.host_names.push_back(text_of(host, "hostname"));
      }
      all.push_back(std::move(own));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(doing));
  }
  co_return all;
}

Task<std::vector<HuaweiCloudWaf::Own>> HuaweiCloudWaf::all_certificates(std::string doing) {
  std::vector<Own> all = co_await certificates(true, doing);
  std::vector<Own> unused = co_await certificates(false, doing);
  std::set<std::string> known;
  for (const Own& one : all) known.insert(one.id);
  for (Own& one : unused) {
    if (known.insert(one.id).second) all.push_back(std::move(one));
  }
  co_return all;
}

Task<std::vector<Binding>> HuaweiCloudWaf::list() {
  const std::string doing = "listing the hosts of WAF at Huawei Cloud";
  asked_ = true;
  copies_.clear();
  const std::vector<Json> hosts = co_await walk(call(kListHosts, "/composite-waf/host", doing));
  std::map<std::string, std::string> certificate_of;
  if (!hosts.empty()) {
    const std::vector<Own> owns = co_await certificates(true, doing);
    for (const Own& own : owns) {
      for (const std::string& host : own.hosts) certificate_of[host] = own.stored_id;
    }
  }
  std::vector<Binding> bindings;
  std::map<std::string, std::size_t> at;  // by canonical name
  std::map<std::string, std::vector<std::optional<std::string>>> served;
  std::map<std::string, std::vector<std::optional<std::string>>> bypassed;
  try {
    for (const Json& item : hosts) {
      const std::string spelled = text_of(item, "hostname");
      if (spelled.empty()) throw bad_shape("a host in the list has no name", Effect::kReads);
      const std::string host = host_in(item);
      const auto certificate = certificate_of.find(host);
      const std::string name = canonical_of_spelled(name_of(spelled));
      const auto [place, first] = at.emplace(name, bindings.size());
      if (first) {
        bindings.push_back({.name = name, .vendor_name = spelled, .status = "offline"});
      }
      if (certificate == certificate_of.end()) continue;
      // Requests go past it, to where they would go without WAF.
      const bool goes_past = integer_of(item, "protect_status") == kBypassed;
      (goes_past ? bypassed : served)[name].emplace_back(certificate->second);
      if (goes_past) continue;
      Binding& binding = bindings[place->second];
      binding.online = true;
      binding.status = "online";
      std::string& places = binding.settings[kHosts];
      places += (places.empty() ? "" : ",") + host;
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  for (Binding& one : bindings) {
    one.stored_id = together((one.online ? served : bypassed)[one.name]);
  }
  co_return bindings;
}

Task<std::string> HuaweiCloudWaf::make_copy(BindRequest request) {
  const std::string doing =
      "copying certificate " + printable(request.stored_id, 100) + " to WAF at Huawei Cloud";
  JsonBody body;
  body.text("name", copy_name(request.stored_id, request.bundle->leaf.not_after))
      .text("content", request.bundle->chain_pem)
      .text("key", request.bundle->key_pem.reveal());
  HuaweiCloudCall order = call(kCopy, "/waf/certificate", doing);
  order.method = "POST";
  order.body = body.take();
  const Json reply = co_await account_.call(std::move(order));
  Result<std::string> id = id_of(reply, "id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<std::string> HuaweiCloudWaf::copy_of(BindRequest request, std::string doing) {
  const std::string& wanted = request.stored_id;
  if (const auto known = copies_.find(wanted); known != copies_.end()) co_return known->second;
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  if (const auto known = copies_.find(wanted); known != copies_.end()) co_return known->second;
  const std::vector<Own> all = co_await all_certificates(doing);
  const auto copy = std::ranges::find(all, wanted, &Own::stored_id);
  std::string id;
  if (copy != all.end()) {
    id = copy->id;
  } else if (wanted.starts_with(kOwnPrefix)) {
    throw not_here("WAF has no certificate " + printable(wanted, 100) + " any more")
        .while_doing(std::move(doing));
  } else if (request.bundle == nullptr || request.bundle->chain_pem.empty()) {
    throw not_here("WAF has no copy of certificate " + printable(wanted, 100) +
                   ", and what is in it is not here to make one of")
        .while_doing(std::move(doing));
  } else {
    id = co_await make_copy(request);
  }
  copies_[request.stored_id] = id;
  co_return id;
}

Task<void> HuaweiCloudWaf::bind(BindRequest request) {
  const std::string doing = "giving " + printable(request.binding.vendor_name, 100) +
                            " of WAF at Huawei Cloud certificate " +
                            printable(request.stored_id, 100);
  const auto listed = request.binding.settings.find(kHosts);
  if (listed == request.binding.settings.end()) {
    throw not_here("no list says which host of WAF the name is of").while_doing(doing);
  }
  const std::vector<std::string> hosts = split(listed->second, ',');
  const std::string id = co_await copy_of(request, doing);
  Json body = Json::object();
  for (const auto& [kind, key] :
       {std::pair("cloud", "cloud_host_ids"), std::pair("premium", "premium_host_ids")}) {
    Json ids = ids_of(hosts, kind);
    if (!ids.empty()) body[key] = std::move(ids);
  }
  HuaweiCloudCall order =
      call(kBind, "/waf/certificate/" + url_encode(id) + "/apply-to-hosts", doing);
  order.method = "POST";
  order.body = Secret(body.dump());
  Json reply;
  try {
    reply = co_await account_.call(std::move(order));
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kNotFound) copies_.erase(request.stored_id);
    throw;
  }
  const Result<std::string> answered = id_of(reply, "id", Effect::kChanges);
  if (!answered) throw Error(answered.error()).while_doing(doing);
  if (*answered != id) {
    throw bad_shape("the answer is about another certificate", Effect::kChanges).while_doing(doing);
  }
}

Task<void> HuaweiCloudWaf::remove_copies(std::string stored_id) {
  const std::string doing =
      "deleting the copy of certificate " + printable(stored_id, 100) + " in WAF at Huawei Cloud";
  const std::vector<Own> all = co_await all_certificates(doing);
  for (const Own& own : all) {
    // One whose content is not what its name tells is somebody's own by now.
    if (own.stored_id != stored_id) continue;
    if (!own.hosts.empty()) throw still_used(stored_id, own.host_names).while_doing(doing);
    HuaweiCloudCall order = call(kDelete, "/waf/certificate/" + url_encode(own.id), doing);
    order.method = "DELETE";
    co_await account_.call(std::move(order));
    copies_.erase(stored_id);
  }
}

}  // namespace certferry

#include "sandbox/ucloud/ucloud_calls.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"
#include "sandbox/pair.h"
#include "sandbox/ucloud/ucloud_answers.h"
#include "sandbox/ucloud/ucloud_state.h"

namespace certferry::sandbox {

using namespace ucloud;

namespace {

using Json = nlohmann::json;
using enum UcloudVerb;

constexpr std::size_t kNameMost = 128;
constexpr std::int64_t kPageMost = 100;

UcloudRefusal unknown_domain() {
  return {.code = 44020, .message = "domain does not exist"};
}

UcloudRefusal unknown_certificate() {
  return {.code = 80010, .message = "certificate does not exist"};
}

Result<UploadedPair> read(const World& world, std::string chain, Secret key) {
  const PairReader& reader = world.pair_reader();
  return reader ? reader(std::move(chain), std::move(key))
                : read_pair(std::move(chain), std::move(key));
}

std::string number_of(const Domain& domain) {
  return "ucdn-" + std::to_string(domain.id);
}

const Domain* numbered(const World& world, std::string_view number) {
  const auto fits = [&](const Domain& one) {
    return one.product == "ucdn" && number_of(one) == number;
  };
  const auto found = std::ranges::find_if(world.domains(), fits);
  return found == world.domains().end() ? nullptr : &*found;
}

std::string area_of(const UcloudAreas& areas, const Domain& domain) {
  const auto found = areas.find(domain.name);
  return found == areas.end() ? "cn" : found->second;
}

struct Page {
  std::int64_t number = 1;
  std::int64_t size = 20;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const auto from = std::min(count, (number - 1) * size);
    const auto to = std::min(count, from + size);
    return {all.begin() + from, all.begin() + to};
  }
};

std::variant<Page, UcloudRefusal> page_of(const UcloudRequest& call, std::string_view number) {
  Page page;
  for (const auto& [name, into] :
       {std::pair(number, &page.number), std::pair(std::string_view("PageSize"), &page.size)}) {
    if (!call.parameters.contains(name)) continue;
    const auto given = integer_field(call.parameters, name);
    if (!given || *given < 1 || *given > 1'000'000) return invalid(name);
    *into = *given;
  }
  if (page.size > kPageMost) return invalid("PageSize");
  return page;
}

std::int64_t in_milliseconds(Time time) {
  return time.time_since_epoch().count();
}

UcloudAnswer list_stored(const World& world, const UcloudRequest& call, SteadyTime moment) {
  const std::string_view mode = text_field(call.parameters, "Mode");
  if (mode != "trust" && mode != "purchase" && mode != "free") return invalid("Mode");
  const auto page = page_of(call, "Page");
  if (const auto* no = std::get_if<UcloudRefusal>(&page)) return *no;
  std::vector<EntryPtr> all;
  // What was bought is something else, and there is nothing of it here.
  if (mode == "trust") {
    for (const auto& [id, entry] : world.entries_at(moment)) all.push_back(entry);
  }
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    items.push_back({{"CertificateID", one->id},
                     {"CertificateSN", leaf.serial},
                     {"Name", one->note},
                     {"Domains", join(leaf.dns_names, ",")},
                     {"NotBefore", in_milliseconds(leaf.not_before)},
                     {"NotAfter", in_milliseconds(leaf.not_after)},
                     {"State", "已签发"}});
  }
  Json answer = {{"TotalCount", all.size()}};
  if (!items.empty()) answer["CertificateList"] = items;
  return answer;
}

UcloudAnswer upload(World& world, const UcloudRequest& call) {
  for (const char* name : {"CertificateName", "SslPublicKey", "SslPrivateKey", "SslMD5"}) {
    if (text_field(call.parameters, name).empty()) return missing(name);
  }
  std::string name(text_field(call.parameters, "CertificateName"));
  if (name.size() > kNameMost) return invalid("CertificateName");
  const std::string chain_text(text_field(call.parameters, "SslPublicKey"));
  const std::string key_text(text_field(call.parameters, "SslPrivateKey"));
  if (md5_hex(chain_text + key_text) != text_field(call.parameters, "SslMD5")) {
    return UcloudRefusal{.code = 80033, .message = "certificate md5 does not match"};
  }
  Result<std::string> chain = base64_decode(chain_text);
  Result<std::string> key = base64_decode(key_text);
  if (!chain || !key) return invalid("SslPublicKey");
  Result<UploadedPair> pair = read(world, *std::move(chain), Secret(*std::move(key)));
  if (!pair) return UcloudRefusal{.code = 80034, .message = pair.error().message};
  const auto same = [&](const auto& one) {
    return one.second->pair.leaf.fingerprint == pair->leaf.fingerprint;
  };
  if (std::ranges::any_of(world.entries(), same)) {
    return UcloudRefusal{.code = 80035, .message = "certificate already exists"};
  }
  if (world.is_full()) {
    return UcloudRefusal{.code = 80036, .message = "certificate quota exceeded"};
  }
  const std::int64_t id = world.upload(std::move(name), *std::move(pair));
  return Json{{"CertificateID", id}, {"LongResourceID", "ussl-" + std::to_string(id)}};
}

UcloudAnswer remove(World& world, const UcloudRequest& call) {
  if (text_field(call.parameters, "CertificateMode") != "trust") return invalid("CertificateMode");
  const auto id = integer_field(call.parameters, "CertificateID");
  if (!id) return invalid("CertificateID");
  if (world.remove(*id) == Outcome::kUnknownCertificate) return unknown_certificate();
  return Json::object();
}

UcloudAnswer list_domains(const World& world, const UcloudRequest& call) {
  const auto page = page_of(call, "PageIndex");
  if (const auto* no = std::get_if<UcloudRefusal>(&page)) return *no;
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "ucdn") all.push_back(&domain);
  }
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"Domain", one->name}, {"DomainId", number_of(*one)}});
  }
  return Json{{"TotalCount", all.size()}, {"DomainInfoList", items}};
}

Json settings_of(const UcloudAreas& areas, const Domain& domain, SteadyTime moment) {
  const EntryPtr entry = domain.bound_at(moment);
  const std::string area = area_of(areas, domain);
  Json one = {{"Domain", domain.name},
              {"DomainId", number_of(domain)},
              {"Cname", domain.cname},
              {"CdnType", "web"},
              {"AreaCode", area},
              {"Status", domain.online ? "enable" : "disable"},
              {"HttpsStatusCn", "disable"},
              {"HttpsStatusAbroad", "disable"},
              {"CertNameCn", ""},
              {"CertNameAbroad", ""},
              {"OriginConf", {{"OriginIpList", {domain.origin}}}}};
  if (entry == nullptr) return one;
  for (const auto& [code, suffix] : {std::pair("cn", "Cn"), std::pair("abroad", "Abroad")}) {
    if (area != code && area != "all") continue;
    one["HttpsStatus" + std::string(suffix)] = "enable";
    one["CertName" + std::string(suffix)] = entry->note;
  }
  return one;
}

UcloudAnswer get_domains(const World& world,
                         const UcloudAreas& areas,
                         const UcloudRequest& call,
                         SteadyTime moment) {
  std::map<std::string, const Domain*, std::less<>> by_number;
  for (const Domain& one : world.domains()) {
    if (one.product == "ucdn") by_number[number_of(one)] = &one;
  }
  Json items = Json::array();
  for (int at = 0;; ++at) {
    const std::string_view number = text_field(call.parameters, "DomainId." + std::to_string(at));
    if (number.empty()) break;
    const auto found = by_number.find(number);
    if (found != by_number.end()) items.push_back(settings_of(areas, *found->second, moment));
  }
  return Json{{"DomainList", items}};
}

UcloudAnswer bind_ucdn(World& world, const UcloudAreas& areas, const UcloudRequest& call) {
  const Domain* domain = numbered(world, text_field(call.parameters, "DomainId"));
  if (domain == nullptr) return unknown_domain();
  const std::string_view type = text_field(call.parameters, "CertType");
  if (type != "ussl") return invalid("CertType");
  const std::string area = area_of(areas, *domain);
  const bool in_china = text_field(call.parameters, "HttpsStatusCn") == "enable";
  const bool abroad = text_field(call.parameters, "HttpsStatusAbroad") == "enable";
  if (in_china != (area != "abroad")) return invalid("HttpsStatusCn");
  if (abroad != (area != "cn")) return invalid("HttpsStatusAbroad");
  if (!domain->online) return UcloudRefusal{.code = 44021, .message = "domain is disabled"};
  const auto id = integer_field(call.parameters, "CertId");
  const auto entry = id ? world.entries().find(*id) : world.entries().end();
  if (entry == world.entries().end()) return unknown_certificate();
  if (entry->second->note != text_field(call.parameters, "CertName")) return invalid("CertName");
  if (world.bind(*id, domain->name) == Outcome::kNotCovered) {
    return UcloudRefusal{.code = 44022, .message = "certificate and domain do not match"};
  }
  return Json::object();
}

enum class Does { kReads, kChanges, kBinds };

struct Named {
  std::string_view name;
  UcloudVerb verb;
  Does does = Does::kReads;
};

constexpr std::array kActions{
    Named{"GetCertificateList", kListStored},
    Named{"UploadNormalCertificate", kUpload, Does::kChanges},
    Named{"DeleteSSLCertificate", kDelete, Does::kChanges},
    Named{"GetUcdnDomainInfoList", kListDomains},
    Named{"GetUcdnDomainConfig", kGetDomains},
    Named{"UpdateUcdnDomainHttpsConfigV2", kBind, Does::kBinds},
    Named{"DescribeBucket", kListBuckets},
    Named{"DescribeUFileSSLCert", kListBucketCertificates},
    Named{"AddUFileSSLCert", kAddToBucket, Does::kBinds},
    Named{"UpdateUFileSSLCert", kUpdateInBucket, Does::kBinds},
    Named{"DescribeSSLV2", kListBalancerCertificates},
    Named{"CreateSSL", kCreateBalancerCertificate, Does::kChanges},
    Named{"DeleteSSL", kDeleteBalancerCertificate, Does::kChanges},
    Named{"DescribeLoadBalancers", kListAlbs},
    Named{"DescribeListeners", kListListeners},
    Named{"DescribeULBSimple", kListClbs},
    Named{"DescribeVServer", kListVServers},
    Named{"AddSSLBinding", kAddToListener, Does::kBinds},
    Named{"DeleteSSLBinding", kTakeFromListener, Does::kChanges},
    Named{"UpdateSSLBinding", kReplaceAtListener, Does::kBinds},
    Named{"BindSSL", kBindVServer, Does::kBinds},
};

Does what_it_does(const std::optional<UcloudVerb>& verb) {
  const auto action = verb ? std::ranges::find(kActions, *verb, &Named::verb) : kActions.end();
  return action == kActions.end() ? Does::kReads : action->does;
}

/// The domain that a call is about, canonical; empty when it is about none.
std::string domain_of(const World& world, const UcloudState& state, const UcloudRequest& call) {
  if (call.verb == kBind) {
    const Domain* domain = numbered(world, text_field(call.parameters, "DomainId"));
    return domain == nullptr ? "" : domain->name;
  }
  if (call.verb == kAddToBucket || call.verb == kUpdateInBucket) {
    return canonical_name(text_field(call.parameters, "Domain")).value_or("");
  }
  const bool classic = call.verb == kBindVServer;
  return state.balancers.domain_of(
      text_field(call.parameters, classic ? "VServerId" : "ListenerId"));
}

}  // namespace

namespace ucloud {

std::variant<UploadedPair, UcloudRefusal> pair_of(const World& world,
                                                  std::string chain,
                                                  std::string key,
                                                  UcloudRefusal otherwise) {
  if (key.starts_with("-----BEGIN PRIVATE KEY-----")) return otherwise;
  Result<UploadedPair> pair = read(world, std::move(chain), Secret(std::move(key)));
  if (!pair) return otherwise;
  return *std::move(pair);
}

std::optional<std::int64_t> stored_like(const World& world, const std::string& fingerprint) {
  for (const auto& [id, entry] : world.entries()) {
    if (entry->pair.leaf.fingerprint == fingerprint) return id;
  }
  return std::nullopt;
}

}  // namespace ucloud

bool UcloudRequest::changes() const {
  return what_it_does(verb) != Does::kReads;
}

CallShape UcloudRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb && !changes(),
          .binds = what_it_does(verb) == Does::kBinds};
}

UcloudRequest read_ucloud_request(const World& world,
                                  const UcloudState& state,
                                  const Request& request) {
  UcloudRequest call;
  const bool form = request.content_type.starts_with("application/x-www-form-urlencoded");
  const auto parameters = parse_form(request.body);
  if (request.method != "POST" || request.target != "/" || !form || !parameters) {
    call.readable = false;
    return call;
  }
  call.parameters = *parameters;
  call.name = text_field(call.parameters, "Action");
  const auto action = std::ranges::find(kActions, call.name, &Named::name);
  if (action != kActions.end()) call.verb = action->verb;
  if (what_it_does(call.verb) == Does::kBinds) call.domain = domain_of(world, state, call);
  return call;
}

std::optional<UcloudRefusal> refuse_ucloud_call(const UcloudRequest& call) {
  if (!call.readable) return invalid("body");
  if (call.name.empty()) return UcloudRefusal{.code = 160, .message = "Missing Action"};
  if (!call.verb) return UcloudRefusal{.code = 161, .message = "No such Action"};
  return std::nullopt;
}

UcloudAnswer run_ucloud_call(World& world,
                             UcloudState& state,
                             const UcloudRequest& call,
                             milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (*call.verb) {
    case kListStored:
      return list_stored(world, call, moment);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, call);
    case kGetDomains:
      return get_domains(world, state.areas, call, moment);
    case kBind:
      return bind_ucdn(world, state.areas, call);
    case kListBuckets:
      return list_us3_buckets(world, call);
    case kListBucketCertificates:
      return list_us3_certificates(world, state.us3, call, moment);
    case kAddToBucket:
      return add_us3_certificate(world, state.us3, call);
    case kUpdateInBucket:
      return update_us3_certificate(world, state.us3, call);
    case kListBalancerCertificates:
      return state.balancers.list_certificates(call, moment);
    case kCreateBalancerCertificate:
      return state.balancers.create(call);
    case kDeleteBalancerCertificate:
      return state.balancers.remove(call);
    case kListAlbs:
      return state.balancers.list_balancers(call, false);
    case kListListeners:
      return state.balancers.list_listeners(call, false, moment);
    case kListClbs:
      return state.balancers.list_balancers(call, true);
    case kListVServers:
      return state.balancers.list_listeners(call, true, moment);
    case kAddToListener:
      return state.balancers.add(call);
    case kTakeFromListener:
      return state.balancers.take_away(call);
    case kReplaceAtListener:
      return state.balancers.replace(call);
    case kBindVServer:
      return state.balancers.bind_classic(call);
  }
  return Json::object();
}

UcloudAnswer pretend_ucloud_call(World& world, const UcloudRequest& call) {
  if (call.verb == kUpload) return Json{{"CertificateID", world.spend_id()}};
  if (call.verb == kCreateBalancerCertificate) return Json{{"SSLId", "ssl-never"}};
  return Json::object();
}

}  // namespace certferry::sandbox

#include "sandbox/volcengine/volcengine_calls.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum VolcengineVerb;
using enum VolcengineSite;

constexpr std::string_view kCenter = "certificate_service";
constexpr std::array kActions{
    VolcengineAction{kVolcengine,
                     kCenter,
                     "cn-beijing",
                     "2024-10-01",
                     "CertificateGetInstanceList",
                     kListStored},
    VolcengineAction{
        kVolcengine, kCenter, "cn-beijing", "2024-10-01", "ImportCertificate", kUpload},
    VolcengineAction{
        kVolcengine, kCenter, "cn-beijing", "2024-10-01", "CertificateDeleteInstance", kDelete},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "ListCdnDomains", kListDomains},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "ListCertInfo", kListCertificates},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "AddCertificate", kAddCertificate},
    VolcengineAction{
        kVolcengine, "cdn", "cn-north-1", "2021-03-01", "DescribeCdnConfig", kGetConfig},
    VolcengineAction{kVolcengine, "cdn", "cn-north-1", "2021-03-01", "BatchDeployCert", kBind},
    VolcengineAction{
        kVolcengine, "dcdn", "cn-beijing", "2021-04-01", "ListDomainConfig", kListDcdn},
    VolcengineAction{kVolcengine, "dcdn", "cn-beijing", "2021-04-01", "CreateCertBind", kBindDcdn},
    VolcengineAction{
        kVolcengine, "live", "cn-north-1", "2023-01-01", "ListDomainDetail", kListLive},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "ListCertV2", kListCopies},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "CreateCert", kCopy},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "BindCert", kBindLive},
    VolcengineAction{kVolcengine, "live", "cn-north-1", "2023-01-01", "DeleteCert", kDeleteCopy},
    VolcengineAction{
        kBytePlus, kCenter, "ap-singapore-1", "2021-06-01", "CertificateDeleteInstance", kDelete},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "ListCdnDomains", kListDomains},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "ListCertInfo", kListCertificates},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "AddCertificate", kAddCertificate},
    VolcengineAction{
        kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "DescribeCdnConfig", kGetConfig},
    VolcengineAction{kBytePlus, "cdn", "ap-singapore-1", "2021-03-01", "BatchDeployCert", kBind},
};

/// What CDN calls the certificate centre.
std::string_view center_in_cdn(const VolcengineAction& action) {
  return action.site == kVolcengine ? "volc_cert_center" : "cert_center";
}

const Json* member(const Json& value, std::string_view name) {
  const auto found = value.find(name);
  return found == value.end() || found->is_null() ? nullptr : &*found;
}

/// Empty when it is missing or is no text.
std::string text_of(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

bool is_true(const Json& value, std::string_view name) {
  const Json* found = member(value, name);
  return found != nullptr && found->is_boolean() && found->get<bool>();
}

std::optional<std::int64_t> read_id(std::string_view text) {
  constexpr std::string_view kPrefix = "cert-";
  if (text.size() != kPrefix.size() + 32 || !text.starts_with(kPrefix)) return std::nullopt;
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [rest, failed] = std::from_chars(text.data() + kPrefix.size(), end, number, 16);
  return rest == end && failed == std::errc() ? std::optional(number) : std::nullopt;
}

VolcengineRefusal missing(std::string_view name) {
  return {.code = "MissingParameter",
          .message = "The request is missing " + std::string(name) + " parameter."};
}

VolcengineRefusal invalid(std::string_view name) {
  return {.code = "InvalidParameter." + std::string(name),
          .message = "The value of " + std::string(name) + " is not valid."};
}

/// Which part of a list is asked for.
struct Page {
  std::int64_t number = 1;
  std::int64_t size = 10;

  template <typename T>
  std::vector<T> of(const std::vector<T>& all) const {
    const auto count = static_cast<std::int64_t>(all.size());
    const std::int64_t from = std::min((number - 1) * size, count);
    return {all.begin() + from, all.begin() + std::min(from + size, count)};
  }
};

std::variant<Page, VolcengineRefusal> page_of(const VolcengineRequest& call,
                                              std::string_view number,
                                              std::string_view size) {
  Page page;
  for (const auto& [name, most, value] : {std::tuple(number, std::int64_t{100'000}, &page.number),
                                          std::tuple(size, std::int64_t{100}, &page.size)}) {
    const Json* given = member(call.parameters, name);
    if (given == nullptr) continue;
    if (!given->is_number_integer()) return invalid(name);
    *value = given->get<std::int64_t>();
    if (*value < 1 || *value > most) return invalid(name);
  }
  return page;
}

/// The wall clock's time at a moment of the steady one.
Time wall_time(const World& world, SteadyTime at) {
  return world.now() - (world.steady_now() - at);
}

std::int64_t in_seconds(Time time) {
  return std::chrono::floor<seconds>(time.time_since_epoch()).count();
}

/// "2026-01-02 11:04:05", China's.
std::string center_time(Time time) {
  std::string text = format_time(time + hours(8));
  text.pop_back();
  std::ranges::replace(text, 'T', ' ');
  return text;
}

std::string dotted(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

/// A domain as calls spell it. The other spelling of a wildcard is DCDN's.
std::string canonical_of(const std::string& spelled) {
  const std::string name = spelled.starts_with('.') ? "*" + spelled : spelled;
  return canonical_name(name).value_or(spelled);
}

std::vector<const Domain*> domains_of(const World& world, std::string_view product) {
  std::vector<const Domain*> out;
  for (const Domain& domain : world.domains()) {
    if (domain.product == product) out.push_back(&domain);
  }
  return out;
}

std::int64_t changed_at(const World& world, const Domain& domain, SteadyTime moment) {
  Time at = domain.created_at;
  for (const Domain::Change& change : domain.changes) {
    if (change.at <= moment) at = wall_time(world, change.at);
  }
  return in_seconds(at);
}

VolcengineAnswer list_domains(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const auto page = page_of(call, "PageNum", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  std::vector<const Domain*> all = domains_of(world, "cdn");
  const std::string part = text_of(call.parameters, "Domain");
  const std::string status = text_of(call.parameters, "Status");
  std::erase_if(all, [&](const Domain* one) {
    const std::string_view own = one->online ? "online" : "offline";
    return (!status.empty() && status != own) || !one->name.contains(part);
  });
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"Domain", one->name},
                     {"Cname", one->cname},
                     {"Status", one->online ? "online" : "offline"},
                     {"HTTPS", one->bound_at(at) != nullptr},
                     {"CreateTime", in_seconds(one->created_at)},
                     {"UpdateTime", changed_at(world, *one, at)},
                     {"DomainLock", {{"Status", "off"}, {"Remark", ""}}},
                     {"PrimaryOrigin", {one->origin}},
                     {"OriginProtocol", "http"},
                     {"Project", "default"},
                     {"ServiceType", "web"},
                     {"ServiceRegion", "chinese_mainland"}});
  }
  return Json{{"Total", all.size()},
              {"PageNum", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"Data", items.empty() ? Json() : items}};
}

/// Only what a domain of CDN's has or could have.
VolcengineAnswer list_certificates(const World& world,
                                   const VolcengineRequest& call,
                                   SteadyTime at) {
  const auto page = page_of(call, "PageNum", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  const std::string source = text_of(call.parameters, "Source");
  if (source.empty()) return missing("Source");
  if (source != center_in_cdn(*call.action)) return invalid("Source");
  const std::string wanted = text_of(call.parameters, "CertId");
  const std::vector<const Domain*> domains = domains_of(world, "cdn");
  std::map<std::int64_t, std::vector<std::string>> users;
  for (const Domain* domain : domains) {
    if (const EntryPtr entry = domain->bound_at(at)) users[entry->id].push_back(domain->name);
  }
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(at)) {
    const Certificate& leaf = entry->pair.leaf;
    const bool fits = users.contains(id) || std::ranges::any_of(domains, [&](const Domain* one) {
                        return any_covers(leaf.dns_names, leaf.ip_addresses, one->name);
                      });
    if (fits && (wanted.empty() || wanted == volcengine_id(id))) all.push_back(entry);
  }
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    items.push_back(
        {{"CertId", volcengine_id(one->id)},
         {"CertName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
         {"Desc", one->note},
         {"DnsName", join(leaf.dns_names, ",")},
         {"CertFingerprint", {{"Sha1", std::string(40, '0')}, {"Sha256", leaf.fingerprint}}},
         {"EffectiveTime", in_seconds(leaf.not_before)},
         {"ExpireTime", in_seconds(leaf.not_after)},
         {"ConfiguredDomain", join(users[one->id], ",")},
         {"Source", source},
         {"Status", leaf.not_after > world.now() ? "running" : "expired"}});
  }
  return Json{{"Total", all.size()},
              {"PageNum", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"CertInfo", items}};
}

VolcengineRefusal unknown(std::string_view what) {
  return {
      .status = 404, .code = "ResourceNotFound", .message = std::string(what) + " is not found"};
}

VolcengineAnswer get_config(const World& world, const VolcengineRequest& call, SteadyTime at) {
  if (text_of(call.parameters, "Domain").empty()) return missing("Domain");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") return unknown("domain");
  const EntryPtr entry = domain->bound_at(at);
  Json https = {{"Switch", entry != nullptr}, {"CertInfo", nullptr}, {"CertInfoList", nullptr}};
  if (entry) {
    https["CertInfo"] = {{"CertId", volcengine_id(entry->id)},
                         {"CertName", entry->note},
                         {"Desc", entry->note},
                         {"EncryType", "inter_cert"},
                         {"Source", center_in_cdn(*call.action)}};
  }
  return Json{{"DomainConfig",
               {{"Domain", domain->name},
                {"Cname", domain->cname},
                {"Status", domain->online ? "online" : "offline"},
                {"LockStatus", "off"},
                {"HTTPS", https}}}};
}

/// Why the domain cannot get it; empty when it has it now.
std::string bind_one(World& world, const std::string& name, std::int64_t id) {
  const Domain* domain = world.find_domain(name);
  if (domain == nullptr || domain->product != "cdn") return "domain not found";
  if (!domain->online) return "domain is offline";
  if (world.bind(id, name) == Outcome::kDone) return {};
  return "the certificate does not match the domain";
}

VolcengineAnswer bind(World& world, const VolcengineRequest& call) {
  const std::string spelled = text_of(call.parameters, "Domain");
  const std::string certificate = text_of(call.parameters, "CertId");
  if (spelled.empty()) return missing("Domain");
  if (certificate.empty()) return missing("CertId");
  const auto id = read_id(certificate);
  if (!id || !world.entries().contains(*id)) return unknown("certificate");
  const std::vector<std::string> names = split(spelled, ',');
  if (names.size() > 50) return invalid("Domain");
  Json results = Json::array();
  for (const std::string& name : names) {
    const std::string why = bind_one(world, canonical_of(name), *id);
    Json one = {{"Domain", name}, {"Status", why.empty() ? "success" : "fail"}};
    if (!why.empty()) one["ErrorMsg"] = why;
    results.push_back(std::move(one));
  }
  return Json{{"DeployResult", results}};
}

VolcengineAnswer list_dcdn(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const auto page = page_of(call, "PageNumber", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  const std::vector<const Domain*> all = domains_of(world, "dcdn");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const EntryPtr entry = one->bound_at(at);
    Json https = {{"EnableHttps", entry != nullptr}, {"Http2", true}};
    if (entry) {
      https["CertBind"] = {{"CertId", volcengine_id(entry->id)}, {"CertSource", "volc"}};
    }
    items.push_back({{"Domain", dotted(one->name)},
                     {"Cname", one->cname},
                     {"Status", one->online ? "Running" : "Stop"},
                     {"Scope", "Domestic"},
                     {"ProjectName", "default"},
                     {"Origin", {{"Origins", {{{"Name", one->origin}, {"Weight", 1}}}}}},
                     {"Https", https}});
  }
  return Json{{"Total", all.size()},
              {"PageNumber", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"DomainList", items}};
}

VolcengineAnswer bind_dcdn(World& world, const VolcengineRequest& call) {
  const std::string certificate = text_of(call.parameters, "CertId");
  const Json* names = member(call.parameters, "DomainNames");
  if (certificate.empty()) return missing("CertId");
  if (names == nullptr || !names->is_array() || names->empty()) return missing("DomainNames");
  if (text_of(call.parameters, "CertSource") != "volc") return invalid("CertSource");
  const auto id = read_id(certificate);
  if (!id || !world.entries().contains(*id)) return unknown("certificate");
  for (const Json& one : *names) {
    if (!one.is_string()) return invalid("DomainNames");
    // The asterisk is CDN's spelling.
    const std::string spelled = one.get<std::string>();
    const Domain* domain =
        spelled.starts_with('*') ? nullptr : world.find_domain(canonical_of(spelled));
    if (domain == nullptr || domain->product != "dcdn") return unknown("domain");
    if (!domain->online || world.check_bind(*id, domain->name) != Outcome::kDone) {
      return Json{{"Success", false}};
    }
  }
  for (const Json& one : *names) world.bind(*id, canonical_of(one.get<std::string>()));
  return Json{{"Success", true}};
}

VolcengineAnswer list_stored(const World& world, const VolcengineRequest& call, SteadyTime at) {
  const auto page = page_of(call, "PageNumber", "PageSize");
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&page)) return *refusal;
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(at)) all.push_back(entry);
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    items.push_back({{"InstanceId", volcengine_id(one->id)},
                     {"InstanceType", "upload"},
                     {"Tag", one->note},
                     {"CommonName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                     {"San", leaf.dns_names},
                     {"NotBefore", center_time(leaf.not_before)},
                     {"NotAfter", center_time(leaf.not_after)},
                     {"Status", "Issued"},
                     {"IsCertificateRevoked", false},
                     {"ProjectName", "default"}});
  }
  return Json{{"TotalCount", all.size()},
              {"PageNumber", std::get<Page>(page).number},
              {"PageSize", std::get<Page>(page).size},
              {"Instances", items}};
}

std::variant<UploadedPair, VolcengineRefusal> read_upload(const World& world,
                                                          std::string chain,
                                                          std::string key) {
  if (chain.empty()) return missing("Certificate");
  if (key.empty()) return missing("PrivateKey");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), Secret(std::move(key)))
                                     : read_pair(std::move(chain), Secret(std::move(key)));
  if (!pair) {
    return VolcengineRefusal{.code = "InvalidParameter.Certificate",
                             .message = "证书解析失败: " + pair.error().message};
  }
  if (pair->leaf.not_after <= world.now()) {
    return VolcengineRefusal{.code = "InvalidParameter.Certificate", .message = "证书已过期"};
  }
  return *std::move(pair);
}

/// The id of a certificate that is the same.
std::optional<std::int64_t> same_as(const World& world, const UploadedPair& pair) {
  for (const auto& [id, entry] : world.entries()) {
    if (entry->pair.leaf.fingerprint == pair.leaf.fingerprint) return id;
  }
  return std::nullopt;
}

const VolcengineRefusal kFull{.code = "QuotaExceeded.Certificate",
                              .message = "The number of certificates has reached the limit."};

Json stored_answer(std::int64_t id) {
  return {{"InstanceId", volcengine_id(id)}, {"RepeatId", ""}};
}

VolcengineAnswer upload(World& world, const VolcengineRequest& call) {
  const Json* info = member(call.parameters, "CertificateInfo");
  if (info == nullptr || !info->is_object()) return missing("CertificateInfo");
  auto pair = read_upload(world, text_of(*info, "CertificateChain"), text_of(*info, "PrivateKey"));
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&pair)) return *refusal;
  auto& uploaded = std::get<UploadedPair>(pair);
  const auto same = same_as(world, uploaded);
  if (same && !is_true(call.parameters, "Repeatable")) {
    return Json{{"InstanceId", ""}, {"RepeatId", volcengine_id(*same)}};
  }
  if (world.is_full()) return kFull;
  return stored_answer(world.upload(text_of(call.parameters, "Tag"), std::move(uploaded)));
}

VolcengineAnswer add_certificate(World& world, const VolcengineRequest& call) {
  // Its default is a store of CDN's own, which only some accounts have.
  if (text_of(call.parameters, "Source") != center_in_cdn(*call.action)) {
    return VolcengineRefusal{.status = 403,
                             .code = "OperationDenied.CertHosting",
                             .message = "The account is not allowed to host certificates in CDN."};
  }
  auto pair = read_upload(
      world, text_of(call.parameters, "Certificate"), text_of(call.parameters, "PrivateKey"));
  if (const auto* refusal = std::get_if<VolcengineRefusal>(&pair)) return *refusal;
  auto& uploaded = std::get<UploadedPair>(pair);
  if (same_as(world, uploaded) && !is_true(call.parameters, "Repeatable")) {
    return VolcengineRefusal{.code = "InvalidParameter.CertificateRepeated",
                             .message = "The same certificate exists."};
  }
  if (world.is_full()) return kFull;
  return Json{{"CertId",
               volcengine_id(world.upload(text_of(call.parameters, "Desc"), std::move(uploaded)))}};
}

VolcengineAnswer remove(World& world, const VolcengineRequest& call) {
  const bool byteplus = call.action->site == kBytePlus;
  const std::string text = text_of(call.parameters, byteplus ? "instance_id" : "InstanceId");
  if (text.empty()) return missing(byteplus ? "instance_id" : "InstanceId");
  const auto id = read_id(text);
  switch (id ? world.remove(*id) : Outcome::kUnknownCertificate) {
    case Outcome::kDone:
      return Json();
    case Outcome::kInUse:
      return VolcengineRefusal{
          .code = "Delete.Certificate",
          .message = "The certificate is associated with cloud service resources."};
    default:
      return VolcengineRefusal{.status = 404,
                               .code = "NotFound.CertificateInstance",
                               .message = "The certificate instance does not exist."};
  }
}

/// What a certificate of the centre's is called in Live when nobody copied it there: as one that
/// somebody set by hand.
std::string mirrored_chain(std::int64_t id) {
  std::string chain = volcengine_id(id).substr(5);
  chain.front() = 'f';
  return chain;
}

/// The ChainID of a domain that has that entry.
std::string chain_of(const VolcengineLive& live, std::int64_t id) {
  const auto copy =
      std::ranges::find_if(live.copies, [&](const auto& one) { return one.second.id == id; });
  return copy == live.copies.end() ? mirrored_chain(id) : copy->first;
}

VolcengineRefusal bad_live(std::string_view why) {
  return {.code = "InvalidParam", .message = std::string(why)};
}

const VolcengineRefusal kNotInAccount{
    .status = 403, .code = "RequestForbidden", .message = "The resource is not in this account."};

VolcengineAnswer list_live(const World& world,
                           const VolcengineLive& live,
                           const VolcengineRequest& call,
                           SteadyTime at) {
  for (const char* needed : {"PageNum", "PageSize"}) {
    if (member(call.parameters, needed) == nullptr) return bad_live(needed);
  }
  const auto page = page_of(call, "PageNum", "PageSize");
  if (std::holds_alternative<VolcengineRefusal>(page)) return bad_live("PageNum or PageSize");
  const std::vector<const Domain*> all = domains_of(world, "live");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    const EntryPtr entry = one->bound_at(at);
    items.push_back({{"Domain", one->name},
                     {"CNAME", one->cname},
                     {"Vhost", "push.example.com"},
                     {"PushDomain", one->origin},
                     {"Type", "pull-flv"},
                     {"Region", "cn"},
                     {"Status", one->online ? 0 : 2},
                     {"CnameCheck", 1},
                     {"DomainCheck", 0},
                     {"CertDomain", ""},
                     {"ChainID", entry ? chain_of(live, entry->id) : ""},
                     {"HTTP2", live.http2.contains(one->name)},
                     {"ProjectName", "default"}});
  }
  return Json{{"Total", all.size()}, {"DomainList", items.empty() ? Json() : items}};
}

/// All at once: nobody is known to need pages of it.
VolcengineAnswer list_copies(const World& world,
                             const VolcengineLive& live,
                             const VolcengineRequest& call,
                             SteadyTime at) {
  if (!call.parameters.empty()) return bad_live("only the whole list is emulated");
  std::map<std::string, std::pair<std::string, EntryPtr>> all;  // name and what is in it, by chain
  std::map<std::string, std::vector<std::string>> users;
  const std::map<std::int64_t, EntryPtr> entries = world.entries_at(at);
  for (const auto& [chain, copy] : live.copies) {
    const auto entry = entries.find(copy.id);
    if (copy.made_at <= at && entry != entries.end()) all[chain] = {copy.name, entry->second};
  }
  for (const Domain* domain : domains_of(world, "live")) {
    const EntryPtr entry = domain->bound_at(at);
    if (!entry) continue;
    const std::string chain = chain_of(live, entry->id);
    all.try_emplace(chain, "set by hand", entry);
    users[chain].push_back(domain->name);
  }
  Json items = Json::array();
  for (const auto& [chain, one] : all) {
    const auto& [name, entry] = one;
    const bool by_hand = !live.copies.contains(chain);
    items.push_back({{"ChainID", chain},
                     {"CertID", std::to_string(entry->id)},
                     {"ChainIDVolc", by_hand ? volcengine_id(entry->id).substr(5) : ""},
                     {"CertName", name},
                     {"CertDomainList", users[chain]},
                     {"ProjectName", "default"},
                     {"NotBefore", format_time(entry->pair.leaf.not_before)},
                     {"NotAfter", format_time(entry->pair.leaf.not_after)},
                     {"Status", entry->pair.leaf.not_after > world.now() ? "OK" : "Expire"}});
  }
  Json out = {{"Total", items.size()}};
  if (!items.empty()) out["CertList"] = items;
  return out;
}

VolcengineAnswer make_copy(World& world, VolcengineLive& live, const VolcengineRequest& call) {
  const Json* rsa = member(call.parameters, "Rsa");
  if (rsa == nullptr || !rsa->is_object()) return bad_live("Rsa");
  if (text_of(call.parameters, "UseWay") != "https") return bad_live("UseWay");
  const std::string name = text_of(call.parameters, "CertName");
  if (name.size() > 40) return bad_live("CertName");
  // Another use of it, to put one in the place of another, is not emulated.
  if (member(call.parameters, "ChainID") != nullptr) return bad_live("ChainID");
  auto pair = read_upload(world, text_of(*rsa, "Pubkey"), text_of(*rsa, "Prikey"));
  if (std::holds_alternative<VolcengineRefusal>(pair)) return bad_live("Pubkey or Prikey");
  auto& uploaded = std::get<UploadedPair>(pair);
  const auto same = same_as(world, uploaded);
  const std::int64_t id = same ? *same : world.upload(name, std::move(uploaded));
  std::string chain = volcengine_id(static_cast<std::int64_t>(live.next_copy++)).substr(5);
  chain.front() = 'a';
  live.copies[chain] = {.name = name, .id = id, .made_at = world.steady_now()};
  return Json{{"ChainID", chain}, {"Domain", ""}, {"UseWay", "https"}};
}

VolcengineAnswer bind_live(World& world, VolcengineLive& live, const VolcengineRequest& call) {
  const std::string chain = text_of(call.parameters, "ChainID");
  if (chain.empty() || text_of(call.parameters, "Domain").empty()) return bad_live("ChainID");
  if (!is_true(call.parameters, "HTTPS")) return bad_live("only HTTPS is emulated");
  const Json* http2 = member(call.parameters, "HTTP2");
  if (http2 != nullptr && !http2->is_boolean()) return bad_live("HTTP2");
  const Domain* domain = world.find_domain(call.domain);
  if (domain == nullptr || domain->product != "live") return kNotInAccount;
  std::optional<std::int64_t> id;
  if (const auto copy = live.copies.find(chain); copy != live.copies.end()) id = copy->second.id;
  for (const auto& [number, entry] : world.entries()) {
    if (!id && chain == chain_of(live, number)) id = number;
  }
  if (!id || !world.entries().contains(*id)) return kNotInAccount;
  if (!domain->online) return bad_live("the domain is disabled");
  if (world.bind(*id, call.domain) != Outcome::kDone) return bad_live("not for this domain");
  live.http2.erase(call.domain);
  if (is_true(call.parameters, "HTTP2")) live.http2.insert(call.domain);
  return Json();
}

VolcengineAnswer delete_copy(const World& world,
                             VolcengineLive& live,
                             const VolcengineRequest& call) {
  const auto copy = live.copies.find(text_of(call.parameters, "ChainID"));
  if (copy == live.copies.end()) return kNotInAccount;
  for (const Domain* domain : domains_of(world, "live")) {
    const EntryPtr entry = domain->bound();
    if (entry && chain_of(live, entry->id) == copy->first) return bad_live("it is bound");
  }
  live.copies.erase(copy);
  return Json();
}

/// The parameters: those of the body, or of the query where the body has none.
std::optional<Json> parameters_of(const Request& request, const VolcengineQuery& query) {
  if (!request.body.empty()) {
    if (!request.content_type.starts_with("application/json")) return std::nullopt;
    Json body = Json::parse(request.body, nullptr, false);
    if (!body.is_object()) return std::nullopt;
    return body;
  }
  Json out = Json::object();
  for (const auto& [name, value] : query) out[name] = value;
  return out;
}

}  // namespace

std::string volcengine_id(std::int64_t id) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "cert-%032llx", static_cast<unsigned long long>(id));
  return text.data();
}

bool VolcengineAction::changes() const {
  return verb == kUpload || verb == kAddCertificate || verb == kDelete || verb == kCopy ||
         verb == kDeleteCopy || binds();
}

bool VolcengineAction::binds() const {
  return verb == kBind || verb == kBindDcdn || verb == kBindLive;
}

CallShape VolcengineRequest::shape() const {
  const bool changes = action != nullptr && action->changes();
  return {.endpoint = name,
          .domain = domain,
          .changes = changes,
          .lists = action != nullptr && !changes,
          .binds = action != nullptr && action->binds()};
}

VolcengineRequest read_volcengine_request(const Request& request, VolcengineSite site) {
  VolcengineRequest call;
  const auto query = read_volcengine_query(request);
  const auto parameters = query ? parameters_of(request, *query) : std::nullopt;
  call.readable = parameters.has_value() && request.method == "POST" &&
                  (request.target == "/" || request.target.starts_with("/?"));
  call.parameters = parameters.value_or(Json::object());
  for (const auto& [name, value] : query.value_or(VolcengineQuery())) {
    if (name == "Action") call.name = value;
    if (name == "Version") call.version = value;
  }
  const auto scope = scope_of(request);
  const auto found = std::ranges::find_if(kActions, [&](const VolcengineAction& one) {
    return one.site == site && one.name == call.name && one.version == call.version && scope &&
           one.service == scope->service && one.region == scope->region;
  });
  if (found != kActions.end()) call.action = &*found;

  std::string spelled = text_of(call.parameters, "Domain");
  const Json* names = member(call.parameters, "DomainNames");
  if (names != nullptr && names->is_array() && names->size() == 1 && names->front().is_string()) {
    spelled = names->front().get<std::string>();
  }
  if (!spelled.empty() && !spelled.contains(',')) call.domain = canonical_of(spelled);
  return call;
}

std::optional<VolcengineRefusal> refuse_call(const VolcengineRequest& call) {
  if (call.action == nullptr) {
    return VolcengineRefusal{.status = 404,
                             .code = "InvalidActionOrVersion",
                             .message = "Could not find operation " + printable(call.name, 60) +
                                        " for version " + printable(call.version, 20) + "."};
  }
  if (!call.readable) return invalid("Body");
  return std::nullopt;
}

VolcengineAnswer run_volcengine_call(World& world,
                                     VolcengineLive& live,
                                     const VolcengineRequest& call,
                                     milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (call.action->verb) {
    case kListStored:
      return list_stored(world, call, moment);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, call, moment);
    case kListCertificates:
      return list_certificates(world, call, moment);
    case kAddCertificate:
      return add_certificate(world, call);
    case kGetConfig:
      return get_config(world, call, moment);
    case kBind:
      return bind(world, call);
    case kListDcdn:
      return list_dcdn(world, call, moment);
    case kBindDcdn:
      return bind_dcdn(world, call);
    case kListLive:
      return list_live(world, live, call, moment);
    case kListCopies:
      return list_copies(world, live, call, moment);
    case kCopy:
      return make_copy(world, live, call);
    case kBindLive:
      return bind_live(world, live, call);
    case kDeleteCopy:
      return delete_copy(world, live, call);
  }
  return Json();
}

VolcengineAnswer pretend_volcengine_call(World& world, const VolcengineRequest& call) {
  switch (call.action->verb) {
    case kUpload:
      return stored_answer(world.spend_id());
    case kAddCertificate:
      return Json{{"CertId", volcengine_id(world.spend_id())}};
    case kCopy:
      return Json{{"ChainID", volcengine_id(world.spend_id()).substr(5)}};
    case kBind:
      return Json{{"DeployResult",
                   {{{"Domain", text_of(call.parameters, "Domain")}, {"Status", "success"}}}}};
    case kBindDcdn:
      return Json{{"Success", true}};
    default:
      return Json();
  }
}

}  // namespace certferry::sandbox

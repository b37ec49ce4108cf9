// EdgeOne (TEO 2022-09-01): domains lie in zones, and have a certificate of each algorithm.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a bind gives the whole set of a domain's certificates: one for RSA, one for ECC. That of the
//    other algorithm is sent along if somebody else put it there; one of ours is superseded by what
//    is being bound, whatever its key is ................... docs: ModifyHostsCertificate
//  - a bind is a job: 'processing', then 'deployed'; a certificate that was 'issued' to no avail is
//    one that failed, as is 'failed' ........................ SDK: CertificateInfo.Status
//  - a domain that is 'process' is served meanwhile ......... SDK: AccelerationDomain
//  - domains can be listed only zone by zone ................ docs: DescribeAccelerationDomains
// API: https://cloud.tencent.com/document/api/1552/80764

#include <algorithm>
#include <map>
#include <tuple>

#include "base/text.h"
#include "model/label.h"
#include "providers/common/json_api.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kEo{.id = "teo", .version = "2022-09-01"};
constexpr TencentAction kListZones{.service = &kEo, .name = "DescribeZones"};
/// Its answer has a place for what a private origin is read with.
constexpr TencentAction kListDomains{
    .service = &kEo, .name = "DescribeAccelerationDomains", .carried_key = true};
constexpr TencentAction kBind{
    .service = &kEo, .name = "ModifyHostsCertificate", .effect = Effect::kChanges};

/// One certificate of a domain.
struct Entry {
  std::string id;
  std::string status;
  std::string alias;
  std::string deployed_at;
  std::string ends_at;
  KeyType::Algorithm algorithm = KeyType::Algorithm::kOther;

  bool failed() const { return status == "failed" || status == "issued"; }
  bool under_way() const { return status == "processing" || status == "applying"; }
  /// Stored by certferry, of this machine or another.
  bool ours() const { return fingerprint_in_label(alias).has_value(); }
};

std::vector<Entry> entries_of(const Json& domain) {
  std::vector<Entry> out;
  const Json* certificate = member(domain, "Certificate");
  if (certificate == nullptr || text_of(*certificate, "Mode") == "disable") return out;
  const Json* list = member(*certificate, "List");
  if (list == nullptr || !list->is_array()) return out;
  for (const Json& one : *list) {
    out.push_back({.id = tencent_reference(one, "CertId"),
                   .status = words_of(one, "Status"),
                   .alias = text_of(one, "Alias"),
                   .deployed_at = text_of(one, "DeployTime"),
                   .ends_at = text_of(one, "ExpireTime"),
                   .algorithm = tencent_algorithm(text_of(one, "SignAlgo"))});
    // One that is nowhere in our lists must not look like nothing at all.
    if (out.back().id.empty()) out.back().id = "own:" + printable(out.back().alias, 80);
  }
  return out;
}

/// Which of them a target's certificate is, if there are several: ours, and of those the latest.
const Entry* main_entry(const std::vector<Entry>& entries) {
  const auto rank = [](const Entry& one) {
    return std::tuple(!one.failed(), one.ours(), one.under_way(), one.deployed_at);
  };
  const auto best = std::ranges::max_element(entries, {}, rank);
  return best == entries.end() ? nullptr : &*best;
}

/// The certificates to be sent along, so that clients who can do no other stay served.
std::vector<std::string> kept_beside(const std::vector<Entry>& entries,
                                     const std::string& stored_id,
                                     KeyType::Algorithm algorithm,
                                     Time now) {
  std::vector<std::string> kept;
  for (const Entry& one : entries) {
    const Result<Time> ends = parse_time(one.ends_at);
    const bool ended = ends && *ends <= now;
    const bool other = one.algorithm != KeyType::Algorithm::kOther &&
                       algorithm != KeyType::Algorithm::kOther && one.algorithm != algorithm;
    const bool has_id = !one.id.starts_with("own:");
    if (one.id == stored_id || !has_id || !other || one.ours() || one.failed() || ended) continue;
    if (kept.empty()) kept.push_back(one.id);  // there are two algorithms
  }
  return kept;
}

TencentDomain read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "DomainName");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  TencentDomain out;
  Binding& binding = out.binding;
  binding = {.name = tencent_name(spelled),
             .vendor_name = spelled,
             .edge_name = text_of(domain, "Cname"),
             .status = words_of(domain, "DomainStatus")};
  binding.online = binding.status == "online" || binding.status == "process";
  const std::vector<Entry> entries = entries_of(domain);
  for (const Entry& one : entries) out.certificates.push_back(one.id);
  if (const Entry* main = main_entry(entries)) {
    binding.stored_id = main->failed() ? failed_deployment(main->id) : main->id;
    if (binding.online && !main->status.empty() && main->status != "deployed") {
      binding.status += ", certificate " + main->status;
    }
  }
  for (const char* key : {"HttpOriginPort", "HttpsOriginPort", "OriginDetail", "OriginProtocol"}) {
    list_tencent_setting(binding, key, member(domain, key));
  }
  return out;
}

class TencentEo final : public TencentProduct {
 public:
  TencentEo(TencentAccount& account, TencentSsl& ssl) : account_(account), ssl_(ssl) {}

  std::string_view id() const override { return "eo"; }
  std::string_view name() const override { return "EdgeOne"; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  Task<std::string> zone_of(BindRequest request);

  TencentAccount& account_;
  TencentSsl& ssl_;
  std::map<std::string, std::string> zones_;  ///< by the vendor's spelling of the domain
};

Task<std::vector<TencentDomain>> TencentEo::list() {
  const std::string doing = "listing the domains of EdgeOne at Tencent Cloud";
  std::vector<Json> zones;
  try {
    TencentList wanted{.action = kListZones, .doing = doing, .items = "Zones"};
    zones = co_await account_.list(std::move(wanted));
  } catch (const Error& error) {
    if (!is_unopened(error)) throw;
  }
  std::vector<TencentDomain> all;
  for (const Json& zone : zones) {
    Result<std::string> id = id_of(zone, "ZoneId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    TencentList wanted{.action = kListDomains,
                       .doing = doing,
                       .parameters = {{"ZoneId", *id}},
                       .items_a_page = 200,
                       .items = "AccelerationDomains"};
    const std::vector<Json> items = co_await account_.list(std::move(wanted));
    for (const Json& item : items) {
      try {
        all.push_back(read_domain(item));
      } catch (Error& error) {
        throw std::move(error).while_doing(doing);
      }
      zones_[all.back().binding.vendor_name] = *id;
    }
  }
  co_return all;
}

/// A bind names the zone, which a binding has no place for.
Task<std::string> TencentEo::zone_of(BindRequest request) {
  if (!zones_.contains(request.binding.vendor_name)) (void)co_await list();
  const auto found = zones_.find(request.binding.vendor_name);
  if (found != zones_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(tencent_binding(request, name()));
}

Task<BindDone> TencentEo::bind(BindRequest request) {
  const std::string doing = tencent_binding(request, name());
  const std::string domain = request.binding.vendor_name;
  const std::string zone = co_await zone_of(request);
  const Json filter = {{"Name", "domain-name"}, {"Values", Json::array({domain})}};
  TencentList wanted{.action = kListDomains,
                     .doing = doing,
                     .parameters = {{"ZoneId", zone}, {"Filters", Json::array({filter})}},
                     .items_a_page = 200,
                     .items = "AccelerationDomains"};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  const auto row = std::ranges::find_if(
      items, [&](const Json& item) { return text_of(item, "DomainName") == domain; });
  if (row == items.end()) {
    // What it has beside is not known then, and would be taken away.
    throw Error(ErrorKind::kUnavailable, "EdgeOne's list lacks the domain, which it had before")
        .with_code("vendor.unavailable")
        .with_hint("nothing was changed; try again later")
        .while_doing(doing);
  }
  const std::vector<Entry> entries = entries_of(*row);
  // On the way back to a certificate of somebody else's, its key is known to the store alone.
  KeyType::Algorithm algorithm = KeyType::Algorithm::kOther;
  if (request.bundle) {
    algorithm = request.bundle->leaf.key.algorithm;
  } else if (!entries.empty()) {
    std::vector<std::string> asked{request.stored_id};
    std::map<std::string, TencentKind> kinds = co_await ssl_.kinds_of(std::move(asked));
    algorithm = kinds[request.stored_id].algorithm;
  }
  Json set = Json::array({{{"CertId", request.stored_id}}});
  for (std::string& one : kept_beside(entries, request.stored_id, algorithm, account_.now())) {
    set.push_back({{"CertId", std::move(one)}});
  }
  const Json parameters = {{"ZoneId", zone},
                           {"Hosts", Json::array({domain})},
                           {"Mode", "sslcert"},
                           {"ServerCertInfo", std::move(set)}};
  TencentCall order{.action = kBind, .doing = doing, .body = tencent_body(parameters)};
  co_await account_.call(std::move(order));
  co_return BindDone{};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_eo(TencentAccount& account, TencentSsl& ssl) {
  return std::make_unique<TencentEo>(account, ssl);
}

}  // namespace certferry

// WAF (WAF 2018-01-25), of the kind that names point at by CNAME (SaaS, "sparta-waf").
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - which certificate a domain has only a call for that one domain says, which gives away
//    private keys with it: its answer is never quoted .......... docs: DescribeDomainDetailsSaas
//  - a certificate hangs on the HTTPS ports; a domain without one can be given none by itself
//    ........................................................... docs: ModifySpartaProtection,
//    Ports
//  - what a bind leaves out keeps its value ............. certimate relies on it; compared
//    afterwards
//  - the instance is InstanceId in a read, InstanceID in a change ......................... docs
//  - a bind is a job: State is -1 until it is done, and -2 when it failed . docs: DomainInfo.State
//  - what Offset counts is not clear: pages from 0 by today's example, pages from 1 by an older
//    one, or rows; so each is tried until as many domains have come as the list counts
//    ........................................... docs: DescribeDomains; the vendor's Terraform
//  - calls name a region, one of two ......................................... docs: Region
// Domains of the other kind ("clb-waf") get their certificates from a load balancer; they are not
// listed.
// API: https://cloud.tencent.com/document/product/627/94309

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kWaf{.id = "waf", .version = "2018-01-25"};
constexpr TencentAction kList{.service = &kWaf, .name = "DescribeDomains"};
constexpr TencentAction kAsk{
    .service = &kWaf, .name = "DescribeDomainDetailsSaas", .carried_key = true};
constexpr TencentAction kBind{
    .service = &kWaf, .name = "ModifySpartaProtection", .effect = Effect::kChanges};

constexpr std::string_view kUnderWay = "-1";
constexpr std::string_view kFailed = "-2";

/// What a bind may set beside the certificate, and leaves out.
constexpr std::array<std::string_view, 32> kSettings{"ActiveCheck",
                                                     "CipherTemplate",
                                                     "Ciphers",
                                                     "GmCertType",
                                                     "GmSSLId",
                                                     "GmType",
                                                     "Gzip",
                                                     "HttpsRewrite",
                                                     "HttpsUpstreamPort",
                                                     "IpHeaders",
                                                     "IsCdn",
                                                     "IsHttp2",
                                                     "IsKeepAlive",
                                                     "IsWebsocket",
                                                     "LoadBalance",
                                                     "Note",
                                                     "Ports",
                                                     "ProxyBuffer",
                                                     "ProxyConnectTimeout",
                                                     "ProxyReadTimeout",
                                                     "ProxySendTimeout",
                                                     "SniHost",
                                                     "SniType",
                                                     "SrcList",
                                                     "TLSVersion",
                                                     "UpstreamDomain",
                                                     "UpstreamHost",
                                                     "UpstreamPolicy",
                                                     "UpstreamScheme",
                                                     "UpstreamType",
                                                     "Weights",
                                                     "XFFReset"};

bool has_https_port(const Json& domain) {
  const Json* ports = member(domain, "Ports");
  return ports != nullptr && ports->is_array() && std::ranges::any_of(*ports, [](const Json& one) {
           return to_lower(text_of(one, "Protocol")).starts_with("https");
         });
}

constexpr std::int64_t kRowsAPage = 100;

/// What to ask for until a list of so many rows is whole: Offset as a page from 0, and one more for
/// pages from 1; and then as a row.
std::vector<std::int64_t> offsets_for(std::int64_t total) {
  const std::int64_t pages = (total + kRowsAPage - 1) / kRowsAPage;
  std::vector<std::int64_t> offsets;
  for (std::int64_t page = 0; page <= pages; ++page) offsets.push_back(page);
  for (std::int64_t row = kRowsAPage; row < total; row += kRowsAPage) offsets.push_back(row);
  return offsets;
}

/// How a call for one domain names it.
struct Place {
  std::string domain_id;
  std::string instance_id;
};

void read_certificate(TencentDomain& out, const Json& info) {
  Binding& binding = out.binding;
  const std::string id = tencent_reference(info, "SSLId");
  if (!id.empty()) out.certificates.push_back(id);
  if (const std::string other = tencent_reference(info, "GmSSLId"); !other.empty()) {
    out.certificates.push_back(other);
  }
  const std::string type = text_of(info, "CertType");
  const std::string state = text_of(info, "State");
  if (type == "2" && !id.empty()) {
    binding.stored_id = state == kFailed ? failed_deployment(id) : id;
  } else if (type == "1") {
    // One that is nowhere in our lists must not look like nothing at all.
    binding.stored_id = "own:uploaded to WAF itself";
  }
  if (state == kUnderWay) binding.status = "deploying";
  if (state == kFailed) binding.status = "certificate failed";
  for (const std::string_view key : kSettings) {
    list_tencent_setting(binding, std::string(key), member(info, key));
  }
}

class TencentWaf final : public TencentProduct {
 public:
  explicit TencentWaf(TencentAccount& account) : account_(account) {}

  std::string_view id() const override { return "waf"; }
  std::string_view name() const override { return "WAF"; }
  bool may_be_unopened() const override { return !listed_; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  std::string region() const {
    const std::string& region = account_.config().waf_region;
    return region.empty() ? "ap-guangzhou" : region;
  }
  /// One row of the list for each domain.
  Task<std::vector<Json>> list_rows(std::string doing);
  Task<Json> ask(std::string vendor_name, Place place);
  Task<Place> place_of(BindRequest request);

  TencentAccount& account_;
  std::map<std::string, Place> places_;  ///< by the vendor's spelling of the domain
  bool listed_ = false;
};

Task<Json> TencentWaf::ask(std::string vendor_name, Place place) {
  const Json parameters = {
      {"Domain", vendor_name}, {"DomainId", place.domain_id}, {"InstanceId", place.instance_id}};
  TencentCall call{
      .action = kAsk,
      .doing = "asking WAF at Tencent Cloud for the certificate of " + printable(vendor_name, 100),
      .body = tencent_body(parameters),
      .region = region()};
  const std::string doing = call.doing;
  const Json reply = co_await account_.call(std::move(call));
  const Json* info = member(reply, "DomainsPartInfo");
  if (info == nullptr || !info->is_object() || text_of(*info, "Domain") != vendor_name) {
    throw bad_shape("the answer is about no such domain", Effect::kReads).while_doing(doing);
  }
  co_return *info;
}

Task<std::vector<Json>> TencentWaf::list_rows(std::string doing) {
  constexpr std::int64_t kRowsMost = kRowsAPage * PageWalk::kPagesMost;
  std::vector<Json> rows;
  std::set<std::string> ids;
  std::optional<std::int64_t> total;
  std::vector<std::int64_t> offsets{0};
  for (std::size_t at = 0; at < offsets.size(); ++at) {
    const Json parameters = {{"Offset", offsets[at]}, {"Limit", kRowsAPage}};
    TencentCall page{
        .action = kList, .doing = doing, .body = tencent_body(parameters), .region = region()};
    const Json reply = co_await account_.call(std::move(page));
    const std::optional<std::int64_t> count = integer_of(reply, "Total");
    const Json* items = member(reply, "Domains");
    const bool listed = items != nullptr && items->is_array();
    if (!count || (!listed && *count != 0)) {
      throw bad_shape("the answer has no list 'Domains' or no 'Total'", Effect::kReads)
          .while_doing(doing);
    }
    if (*count < 0 || *count > kRowsMost || total.value_or(*count) != *count) {
      throw bad_paging("the count of the list changes or is none").while_doing(doing);
    }
    if (!total) offsets = offsets_for(*count);
    total = count;
    std::set<std::string> here;
    for (const Json& item : listed ? *items : Json::array()) {
      const std::string id = text_of(item, "DomainId");
      if (!here.insert(id).second) throw bad_paging("a domain comes twice").while_doing(doing);
      if (ids.insert(id).second) rows.push_back(item);
    }
    if (std::cmp_equal(rows.size(), *total)) co_return rows;
  }
  throw bad_paging("the list is not as long as it says").while_doing(doing);
}

Task<std::vector<TencentDomain>> TencentWaf::list() {
  const std::string doing = "listing the domains of WAF at Tencent Cloud";
  const std::vector<Json> items = co_await list_rows(doing);
  // It is opened, whatever becomes of the calls below.
  listed_ = true;
  std::vector<TencentDomain> all;
  for (const Json& item : items) {
    if (text_of(item, "Edition") != "sparta-waf") continue;
    const std::string spelled = text_of(item, "Domain");
    const Place place{.domain_id = text_of(item, "DomainId"),
                      .instance_id = text_of(item, "InstanceId")};
    if (spelled.empty() || place.domain_id.empty() || place.instance_id.empty()) {
      throw bad_shape("a domain in the list has no name or id", Effect::kReads).while_doing(doing);
    }
    TencentDomain one;
    one.binding = {.name = tencent_name(spelled),
                   .vendor_name = spelled,
                   .edge_name = text_of(item, "Cname"),
                   .online = has_https_port(item),
                   .status = "online"};
    if (one.binding.online) {
      const Json info = co_await ask(spelled, place);
      read_certificate(one, info);
    } else {
      // Its owner has no HTTPS there: the same to us as one that its owner has switched off.
      one.binding.status = "offline";
    }
    places_[spelled] = place;
    all.push_back(std::move(one));
  }
  co_return all;
}

/// A bind names the domain's id and its instance, which a binding has no place for.
Task<Place> TencentWaf::place_of(BindRequest request) {
  if (!places_.contains(request.binding.vendor_name)) (void)co_await list();
  const auto found = places_.find(request.binding.vendor_name);
  if (found != places_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(tencent_binding(request, name()));
}

Task<BindDone> TencentWaf::bind(BindRequest request) {
  const Place place = co_await place_of(request);
  const Json parameters = {{"Domain", request.binding.vendor_name},
                           {"DomainId", place.domain_id},
                           {"InstanceID", place.instance_id},
                           {"CertType", 2},
                           {"SSLId", request.stored_id}};
  TencentCall order{.action = kBind,
                    .doing = tencent_binding(request, name()),
                    .body = tencent_body(parameters),
                    .region = region()};
  co_await account_.call(std::move(order));
  co_return BindDone{.wrote_settings = true};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_waf(TencentAccount& account) {
  return std::make_unique<TencentWaf>(account);
}

}  // namespace certferry

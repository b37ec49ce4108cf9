// Live (CSS, LIVE 2018-08-01): playback domains.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the call succeeds as a whole while single domains fail: its lists of them are what counts
//    .............................................. docs: ModifyLiveDomainCertBindings
//  - domains and their certificates are two lists . docs: DescribeLiveDomainCertBindings
//  - a domain may have a certificate of its own, that the store does not know . SDK: CertType 0
// API: https://cloud.tencent.com/document/api/267/58649

#include <algorithm>
#include <map>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kLive{.id = "live", .version = "2018-08-01"};
constexpr TencentAction kListDomains{.service = &kLive, .name = "DescribeLiveDomains"};
constexpr TencentAction kListBindings{.service = &kLive, .name = "DescribeLiveDomainCertBindings"};
constexpr TencentAction kBind{
    .service = &kLive, .name = "ModifyLiveDomainCertBindings", .effect = Effect::kChanges};

TencentDomain read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Name");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  TencentDomain out;
  out.binding = {.name = tencent_name(spelled),
                 .vendor_name = spelled,
                 .edge_name = text_of(domain, "TargetDomain")};
  out.binding.online = text_of(domain, "Status") == "1";
  out.binding.status = out.binding.online ? "online" : "offline";
  for (const char* key : {"PlayType", "IsDelayLive"}) {
    const Json* value = member(domain, key);
    if (value != nullptr) out.binding.settings.emplace(key, value->dump());
  }
  return out;
}

void read_binding(TencentDomain& out, const Json& binding) {
  const std::string id = tencent_reference(binding, "CloudCertId");
  if (!id.empty()) out.certificates.push_back(id);
  if (text_of(binding, "Status") != "1") return;
  // One that is nowhere in our lists must not look like nothing at all.
  out.binding.stored_id =
      id.empty() ? "own:" + printable(text_of(binding, "CertificateAlias"), 80) : id;
}

bool names(const Json& list, const std::string& domain) {
  return list.is_array() && std::ranges::any_of(list, [&](const Json& one) {
           return one.is_string() && one.get<std::string>() == domain;
         });
}

/// What the answer says of the one domain that was sent.
std::optional<Error> failure_of(const Json& reply, const std::string& domain) {
  const Json* errors = member(reply, "Errors");
  if (errors != nullptr && errors->is_array()) {
    for (const Json& one : *errors) {
      if (text_of(one, "DomainName") != domain) continue;
      return tencent_refusal(text_of(one, "Code"), text_of(one, "Message"), kBind);
    }
  }
  const Json* mismatched = member(reply, "MismatchedDomainNames");
  if (mismatched == nullptr || !names(*mismatched, domain)) return std::nullopt;
  return Error(ErrorKind::kRejected,
               "Tencent Cloud says that the certificate does not fit the name")
      .with_code("vendor.rejected");
}

class TencentCss final : public TencentProduct {
 public:
  explicit TencentCss(TencentAccount& account) : account_(account) {}

  std::string_view id() const override { return "css"; }
  std::string_view name() const override { return "Live"; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  TencentAccount& account_;
};

Task<std::vector<TencentDomain>> TencentCss::list() {
  const std::string doing = "listing the domains of Live at Tencent Cloud";
  std::vector<TencentDomain> all;
  try {
    TencentList wanted{.action = kListDomains,
                       .doing = doing,
                       .parameters = {{"DomainType", 1}},
                       .page = "PageNum",
                       .size = "PageSize",
                       .count = "AllCount",
                       .items = "DomainList"};
    const std::vector<Json> domains = co_await account_.list(std::move(wanted));
    std::map<std::string, std::size_t> places;
    for (const Json& item : domains) {
      all.push_back(read_domain(item));
      places.emplace(all.back().binding.name, all.size() - 1);
    }
    if (all.empty()) co_return all;
    TencentList bound{.action = kListBindings,
                      .doing = doing,
                      .size = "Length",
                      .items_a_page = 50,
                      .count = "TotalNum",
                      .items = "LiveDomainCertBindings"};
    const std::vector<Json> bindings = co_await account_.list(std::move(bound));
    for (const Json& item : bindings) {
      const auto place = places.find(tencent_name(text_of(item, "DomainName")));
      if (place != places.end()) read_binding(all[place->second], item);
    }
  } catch (Error& error) {
    if (is_unopened(error)) co_return std::vector<TencentDomain>();
    throw error.activity.empty() ? std::move(error).while_doing(doing) : std::move(error);
  }
  co_return all;
}

Task<BindDone> TencentCss::bind(BindRequest request) {
  const std::string doing = tencent_binding(request, name());
  const std::string domain = request.binding.vendor_name;
  const Json info = {{"DomainName", domain}, {"Status", 1}};
  const Json parameters = {{"DomainInfos", Json::array({info})},
                           {"CloudCertId", request.stored_id}};
  TencentCall order{.action = kBind, .doing = doing, .body = tencent_body(parameters)};
  const Json reply = co_await account_.call(std::move(order));
  if (std::optional<Error> failure = failure_of(reply, domain)) {
    throw std::move(*failure).while_doing(doing);
  }
  co_return BindDone{};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_css(TencentAccount& account) {
  return std::make_unique<TencentCss>(account);
}

}  // namespace certferry

// VOD (VOD 2018-07-17): distribution domains.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - accounts since the end of 2023 must name the application ... docs: SubAppId
//  - a bind is a job: the domain is 'Deploying' until it is 'Online'; nothing says that one failed,
//    but the certificate is then the one before ................. docs: DomainDetailInfo
//  - the vendor may disable a domain area by area, and says why . docs: AccelerateAreaInfos
//  - a 'Locked' domain takes no change .......................... docs: DomainDetailInfo
//  - edge names are said area by area, all of one name ........ docs: AccelerateAreaInfos
//  - no more than 20 domains a page are known to be given ....... docs: Limit
//  - the parameter is CertID, the field CloudCertId ............. docs: SetVodDomainCertificate
// API: https://cloud.tencent.com/document/api/266/88114

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kVod{.id = "vod", .version = "2018-07-17"};
constexpr TencentAction kList{.service = &kVod, .name = "DescribeVodDomains"};
constexpr TencentAction kBind{
    .service = &kVod, .name = "SetVodDomainCertificate", .effect = Effect::kChanges};

std::string edge_of(const Json& domain) {
  const Json* areas = member(domain, "AccelerateAreaInfos");
  if (areas == nullptr || !areas->is_array() || areas->empty()) return {};
  return text_of(areas->front(), "TencentEdgeDomain");
}

/// Why the vendor serves the name nowhere; empty when it does somewhere.
std::string disabled(const Json& domain) {
  const Json* areas = member(domain, "AccelerateAreaInfos");
  std::string why;
  if (areas == nullptr || !areas->is_array()) return why;
  for (const Json& area : *areas) {
    why = words_of(area, "TencentDisableReason");
    if (why.empty()) break;
  }
  return why;
}

TencentDomain read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  TencentDomain out;
  Binding& binding = out.binding;
  binding = {.name = tencent_name(spelled),
             .vendor_name = spelled,
             .edge_name = edge_of(domain),
             .status = words_of(domain, "DeployStatus")};
  binding.online = binding.status == "Online" || binding.status == "Deploying";
  if (const std::string why = disabled(domain); !why.empty()) {
    binding.online = false;
    binding.status = "disabled, " + why;
  }
  const Json* https = member(domain, "HTTPSConfig");
  const std::string id =
      https == nullptr ? std::string() : tencent_reference(*https, "CloudCertId");
  if (!id.empty()) {
    out.certificates.push_back(id);
    binding.stored_id = id;
  } else if (https != nullptr && !text_of(*https, "CertExpireTime").empty()) {
    // One that is nowhere in our lists must not look like nothing at all.
    binding.stored_id = "own:" + printable(text_of(*https, "CertExpireTime"), 80);
  }
  for (const char* key : {"IPFilterPolicy", "QUICConfig", "RefererAuthPolicy", "Type"}) {
    list_tencent_setting(binding, key, member(domain, key));
  }
  return out;
}

class TencentVod final : public TencentProduct {
 public:
  explicit TencentVod(TencentAccount& account) : account_(account) {}

  std::string_view id() const override { return "vod"; }
  std::string_view name() const override { return "VOD"; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  /// With the application, where one is named.
  Json parameters(Json others) const {
    const std::string& sub_app = account_.config().sub_app;
    if (!sub_app.empty()) others["SubAppId"] = Json::parse(sub_app);
    return others;
  }

  TencentAccount& account_;
};

Task<std::vector<TencentDomain>> TencentVod::list() {
  const std::string doing = "listing the domains of VOD at Tencent Cloud";
  std::vector<TencentDomain> all;
  try {
    TencentList wanted{.action = kList,
                       .doing = doing,
                       .parameters = parameters(Json::object()),
                       .items_a_page = 20,
                       .items = "DomainSet"};
    const std::vector<Json> items = co_await account_.list(std::move(wanted));
    for (const Json& item : items) all.push_back(read_domain(item));
  } catch (Error& error) {
    if (is_unopened(error)) co_return std::vector<TencentDomain>();
    throw error.activity.empty() ? std::move(error).while_doing(doing) : std::move(error);
  }
  co_return all;
}

Task<BindDone> TencentVod::bind(BindRequest request) {
  const Json order = parameters({{"Domain", request.binding.vendor_name},
                                 {"Operation", "Set"},
                                 {"CertID", request.stored_id}});
  TencentCall call{
      .action = kBind, .doing = tencent_binding(request, name()), .body = tencent_body(order)};
  co_await account_.call(std::move(call));
  co_return BindDone{};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_vod(TencentAccount& account) {
  return std::make_unique<TencentVod>(account);
}

}  // namespace certferry

// WAF 3.0 (waf-openapi 2021-10-01): domains that names point at by CNAME.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - an account has one instance in each of two regions, the same two as of CAS's stores; without
//    one it has no WAF ....................................... docs: DescribeInstance
//  - which certificate a domain has only a call for that one domain says, as CertDetail.Id; what it
//    has as Listen.CertId may be a number of another kind .... certimate issue 565
//  - of the two calls that set a certificate ModifyDomain writes everything that a domain listens
//    and forwards with; ModifyDomainCert takes the certificate and how TLS is spoken, so that one
//    is called, and takes along how TLS is spoken right before . docs; certimate, on defaults
//  - a domain has a certificate because it has a port of HTTPS, which a bind cannot give it
//  - a call that sets a certificate names a domain; two may have the name, told apart by DomainId
//    ......................................................... docs: DescribeDomainDetail, DomainId
//  - ports of load balancers that WAF protects have certificates of CAS as well, and so has what
//    answers clients that name no domain: they are listed under their ids, and left alone
// API:
// https://help.aliyun.com/zh/waf/web-application-firewall-3-0/developer-reference/api-waf-openapi-2021-10-01-overview

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/aliyun/identifier.h"
#include "providers/aliyun/products.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AliyunService kWaf{
    .id = "wafopenapi", .version = "2021-10-01", .ram = "yundun-waf", .home = "cn-hangzhou"};
constexpr AliyunAction kGetInstance{.service = &kWaf, .name = "DescribeInstance"};
constexpr AliyunAction kListDomains{.service = &kWaf, .name = "DescribeDomains"};
constexpr AliyunAction kGetDomain{.service = &kWaf, .name = "DescribeDomainDetail"};
constexpr AliyunAction kGetDefault{.service = &kWaf, .name = "DescribeDefaultHttps"};
constexpr AliyunAction kListResources{.service = &kWaf, .name = "DescribeCloudResources"};
constexpr AliyunAction kListPorts{.service = &kWaf,
                                  .name = "DescribeCloudResourceAccessPortDetails"};
constexpr AliyunAction kBind{
    .service = &kWaf, .name = "ModifyDomainCert", .effect = Effect::kChanges};

/// What a bind sets beside the certificate.
constexpr std::array<const char*, 3> kTlsSettings{"TLSVersion", "CipherSuite", "EnableTLSv3"};
constexpr std::string_view kCustomCiphers = "99";

/// The products whose ports WAF terminates itself, with certificates that it is told.
constexpr std::array<std::string_view, 4> kWithPorts{"clb4", "clb7", "ecs", "nlb"};

bool is_list_of_some(const Json* value) {
  return value != nullptr && value->is_array() && !value->empty();
}

/// A member of a JSON value as calls want it: text as it is.
std::string parameter_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : json_text(value);
}

/// Everything that a domain listens and forwards with, but the certificate.
std::map<std::string, std::string> settings_of(const Json& detail) {
  std::map<std::string, std::string> settings;
  for (const char* block : {"Listen", "Redirect"}) {
    const Json* members = member(detail, block);
    if (members == nullptr || !members->is_object()) continue;
    for (const auto& [key, value] : members->items()) {
      if (key == "CertId" || value.is_null()) continue;
      std::string text = json_text(value);
      // Often a secret among them, by which an origin knows WAF; what differs is shown to people.
      if (key == "RequestHeaders") text = "SHA-256 " + sha256_hex(text).substr(0, 16);
      settings.emplace(std::string(block) + "." + printable(key, 60), std::move(text));
    }
  }
  return settings;
}

/// What stands there may be a number of another kind: only one that names its store is an id in
/// CAS.
std::string id_in_cas(const std::string& id, const std::string& region) {
  if (id.contains('-')) return id_in_store(id, region);
  return std::string(kUnknownInCas) + printable(id.empty() ? "without an id" : id, 80);
}

/// Empty: it is served.
std::string out_of_service(const std::string& status) {
  if (status == "1" || status == "3") return "";  // 3: a change is on its way, to what goes on
  if (status == "2") return "being created";
  if (status == "4") return "being released";
  if (status == "5") return "no longer forwarded by WAF";
  return "of status " + printable(status, 20);
}

class AliyunWaf final : public AliyunProduct {
 public:
  explicit AliyunWaf(AliyunAccount& account) : account_(account) {}

  std::string_view id() const override { return "waf"; }
  std::string_view name() const override { return "WAF"; }
  Task<std::vector<Binding>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  using Bindings = std::vector<Binding>;

  AliyunCall call(const AliyunAction& action, std::string instance, std::string doing) const;
  /// Empty: the account has none in this region.
  Task<std::string> instance(std::string doing);
  /// All that WAF says of one domain.
  Task<Json> ask(std::string instance, std::string vendor_name, std::string doing);
  /// None: it was deleted since it was listed.
  Task<std::optional<Binding>> read_domain(std::string instance, Json row, std::string doing);
  std::string certificate_of(const Json& detail) const;
  Task<Bindings> default_certificate(std::string instance, std::string doing);
  Task<Bindings> certificates_of_ports(std::string instance, std::string doing);
  Bindings left_alone(const std::string& name, const std::string& what, const Json& certificates);

  AliyunAccount& account_;
};

AliyunCall AliyunWaf::call(const AliyunAction& action,
                           std::string instance,
                           std::string doing) const {
  AliyunCall out{
      .action = action, .doing = std::move(doing), .query = {{"RegionId", account_.region()}}};
  if (!instance.empty()) out.query.emplace_back("InstanceId", std::move(instance));
  return out;
}

Task<std::string> AliyunWaf::instance(std::string doing) {
  try {
    AliyunCall question = call(kGetInstance, "", std::move(doing));
    const Json reply = co_await account_.call(std::move(question));
    const bool released = text_of(reply, "Status") == "3";
    co_return released ? "" : text_of(reply, "InstanceId");
  } catch (const Error& error) {
    if (!never_opened(error)) throw;
  }
  co_return "";
}

Task<Json> AliyunWaf::ask(std::string instance, std::string vendor_name, std::string doing) {
  AliyunCall question = call(kGetDomain, std::move(instance), doing);
  question.query.emplace_back("Domain", vendor_name);
  Json reply = co_await account_.call(std::move(question));
  const Json* listen = member(reply, "Listen");
  if (text_of(reply, "Domain") != vendor_name || listen == nullptr || !listen->is_object()) {
    throw bad_shape("the answer is about no such domain", Effect::kReads)
        .while_doing(std::move(doing));
  }
  co_return reply;
}

/// What is in none of our lists must not look like nothing at all.
std::string AliyunWaf::certificate_of(const Json& detail) const {
  const Json* certificate = member(detail, "CertDetail");
  const std::string named = certificate == nullptr ? "" : text_of(*certificate, "Id");
  const std::string listened = text_of(*member(detail, "Listen"), "CertId");
  if (!named.empty() && named != "0") return id_in_store(named, account_.region());
  return id_in_cas(listened, account_.region());
}

Task<std::optional<Binding>> AliyunWaf::read_domain(std::string instance,
                                                    Json row,
                                                    std::string doing) {
  const std::string spelled = text_of(row, "Domain");
  if (spelled.empty()) {
    throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
  }
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(row, "Cname"),
                  .online = true,
                  .status = "online"};
  if (const std::string why = out_of_service(text_of(row, "Status")); !why.empty()) {
    binding.online = false;
    binding.status = why;
  }
  const Json* ports = member(row, "ListenPorts");
  if (ports == nullptr || !is_list_of_some(member(*ports, "Https"))) {
    // Its owner has no HTTPS there: the same to us as one that its owner has switched off.
    binding.online = false;
    binding.status = "offline";
    co_return binding;
  }
  try {
    const Json detail = co_await ask(std::move(instance), spelled, doing);
    binding.stored_id = certificate_of(detail);
    binding.settings = settings_of(detail);
    co_return binding;
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return std::nullopt;
}

/// One entry for each certificate of something that is no name.
AliyunWaf::Bindings AliyunWaf::left_alone(const std::string& name,
                                          const std::string& what,
                                          const Json& certificates) {
  Bindings out;
  for (const Json& one : certificates.is_array() ? certificates : Json::array()) {
    const std::string id = text_of(one, "CertificateId");
    if (id.empty() || id == "0") continue;
    out.push_back({.name = to_lower(name),
                   .vendor_name = name,
                   .edge_name = {},
                   .status = what,
                   .stored_id = id_in_cas(id, account_.region())});
  }
  return out;
}

Task<AliyunWaf::Bindings> AliyunWaf::default_certificate(std::string instance, std::string doing) {
  AliyunCall question = call(kGetDefault, instance, std::move(doing));
  const Json reply = co_await account_.call(std::move(question));
  const Json* block = member(reply, "DefaultHttps");
  if (block == nullptr) co_return Bindings();
  const Json certificates = Json::array({{{"CertificateId", text_of(*block, "CertId")}}});
  co_return left_alone(instance + "/default", "what clients get that name no domain", certificates);
}

Task<AliyunWaf::Bindings> AliyunWaf::certificates_of_ports(std::string instance,
                                                           std::string doing) {
  AliyunList wanted{.call = call(kListResources, instance, doing),
                    .items_a_page = 100,
                    .place = {"CloudResources"}};
  const std::vector<Json> resources = co_await account_.list(std::move(wanted));
  Bindings all;
  std::set<std::pair<std::string, std::string>> asked;
  for (const Json& resource : resources) {
    const std::string product = text_of(resource, "ResourceProduct");
    const std::string id = text_of(resource, "ResourceInstanceId");
    // Others have their certificates themselves.
    if (std::ranges::find(kWithPorts, product) == kWithPorts.end()) continue;
    if (id.empty() || !asked.emplace(product, id).second) continue;
    AliyunList ports{.call = call(kListPorts, instance, doing),
                     .items_a_page = 10,
                     .place = {"AccessPortDetails"}};
    ports.call.query.emplace_back("ResourceInstanceId", id);
    ports.call.query.emplace_back("ResourceProduct", product);
    const std::vector<Json> items = co_await account_.list(std::move(ports));
    for (const Json& item : items) {
      const Json* certificates = member(item, "Certificates");
      if (certificates == nullptr) continue;
      const std::string name = instance + "/" + printable(text_of(item, "CloudResourceId"), 80);
      Bindings some = left_alone(name, "a port that WAF protects, not a name", *certificates);
      all.insert(all.end(), some.begin(), some.end());
    }
  }
  co_return all;
}

Task<std::vector<Binding>> AliyunWaf::list() {
  const std::string doing = "listing the domains of WAF at Alibaba Cloud";
  const std::string instance_id = co_await instance(doing);
  if (instance_id.empty()) co_return Bindings();
  AliyunList wanted{
      .call = call(kListDomains, instance_id, doing), .items_a_page = 50, .place = {"Domains"}};
  const std::vector<Json> rows = co_await account_.list(std::move(wanted));
  Bindings all;
  for (const Json& row : rows) {
    std::optional<Binding> one = co_await read_domain(instance_id, row, doing);
    if (one) all.push_back(*std::move(one));
  }
  std::map<std::string, std::size_t> times;
  for (const Binding& one : all) ++times[one.vendor_name];
  for (Binding& one : all) {
    if (times[one.vendor_name] < 2) continue;
    one.online = false;
    one.status = "listed twice, and a bind tells not which";
  }
  const Bindings more = co_await default_certificate(instance_id, doing);
  const Bindings ports = co_await certificates_of_ports(instance_id, doing);
  all.insert(all.end(), more.begin(), more.end());
  all.insert(all.end(), ports.begin(), ports.end());
  co_return all;
}

Task<BindDone> AliyunWaf::bind(BindRequest request) {
  const std::string doing = doing_bind(request, name());
  const std::string instance_id = co_await instance(doing);
  if (instance_id.empty()) {
    throw Error(ErrorKind::kNotFound, "the account has no instance of WAF in this region")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  // Somebody may have changed how it speaks TLS since it was listed.
  const Json detail = co_await ask(instance_id, request.binding.vendor_name, doing);
  const Json& listen = *member(detail, "Listen");
  if (!is_list_of_some(member(listen, "HttpsPorts"))) {
    throw Error(ErrorKind::kRejected, "the domain has no port of HTTPS")
        .with_code("vendor.rejected")
        .with_hint("give it one in the console of WAF, with any certificate that fits")
        .while_doing(doing);
  }
  AliyunCall order = call(kBind, instance_id, doing);
  order.query.emplace_back("Domain", request.binding.vendor_name);
  order.query.emplace_back("CertId", identifier_of(request.stored_id, account_.region()));
  for (const char* key : kTlsSettings) {
    const Json* value = member(listen, key);
    if (value != nullptr) order.query.emplace_back(key, parameter_of(*value));
  }
  const Json* ciphers = member(listen, "CustomCiphers");
  if (text_of(listen, "CipherSuite") == kCustomCiphers && is_list_of_some(ciphers)) {
    for (std::size_t at = 0; at < ciphers->size(); ++at) {
      order.query.emplace_back("CustomCiphers." + std::to_string(at + 1),
                               parameter_of((*ciphers)[at]));
    }
  }
  co_await account_.call(std::move(order));
  co_return BindDone{.wrote_settings = true};
}

}  // namespace

std::unique_ptr<AliyunProduct> make_aliyun_waf(AliyunAccount& account) {
  return std::make_unique<AliyunWaf>(account);
}

}  // namespace certferry

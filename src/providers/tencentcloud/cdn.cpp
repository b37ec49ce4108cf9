// CDN (CDN 2018-06-06), and ECDN, which has the same calls and lists.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a bind replaces the whole Https block: what is left out of it goes back to the vendor's
//    default, so the block is read and sent back with another certificate .. docs:
//    UpdateDomainConfig
//  - what the vendor fills in by itself (SslStatus, dates) is not sent back . docs: ServerCert
//  - a bind is a job: the list has the new certificate at once, and SslStatus says 'deploying',
//    'deployed' or 'failed'; meanwhile the domain is 'processing' ............ docs: Https
//  - another change meanwhile is refused (CdnOpInProgress) ................... docs: error codes
//  - accounts and domains move to EdgeOne, and answer so here ................ docs: error codes
// API: https://cloud.tencent.com/document/api/228/41116

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kCdn{.id = "cdn", .version = "2018-06-06"};
/// Its answer has a place for private keys.
constexpr TencentAction kList{
    .service = &kCdn, .name = "DescribeDomainsConfig", .carried_key = true};
constexpr TencentAction kBind{
    .service = &kCdn, .name = "UpdateDomainConfig", .effect = Effect::kChanges};

std::string text_at(const Json& domain, std::string_view block, std::string_view key) {
  const Json* found = member(domain, block);
  return found == nullptr ? std::string() : text_of(*found, key);
}

bool has_https(const Json& domain) {
  return text_at(domain, "Https", "Switch") == "on";
}

std::string certificate_of(const Json& domain) {
  const Json* https = member(domain, "Https");
  const Json* info = https == nullptr ? nullptr : member(*https, "CertInfo");
  return info == nullptr ? std::string() : tencent_reference(*info, "CertId");
}

/// What the vendor fills in by itself, and whose change is none of ours.
void drop_dates(Json& client_certificates) {
  if (!client_certificates.is_object()) return;
  client_certificates.erase("ExpireTime");
  client_certificates.erase("DeployTime");
}

/// All of the block that a bind sends, but the certificate; what is off may as well be missing.
void list_https_settings(Binding& binding, Json https) {
  for (auto& [key, value] : https.items()) {
    if (key == "CertInfo" || key == "SslStatus" || key == "Switch") continue;
    if (key == "ClientCertInfo") drop_dates(value);
    const bool off = value.is_null() || value == "off" || text_of(value, "Switch") == "off" ||
                     (value.is_structured() && value.empty());
    if (!off) list_tencent_setting(binding, "https." + key, &value);
  }
}

/// Whether the vendor serves the name, and its words for that.
void read_status(Binding& binding, const Json& domain) {
  binding.status = words_of(domain, "Status");
  // While a change of any kind is carried out the domain goes on being served.
  binding.online = binding.status == "online" || binding.status == "processing";
  const std::string disabled = words_of(domain, "Disable");
  if (disabled.empty() || disabled == "normal" || disabled == "ddos_risk") return;
  binding.online = false;
  binding.status = disabled;
}

void read_certificate(TencentDomain& out, const Json& domain) {
  const std::string id = certificate_of(domain);
  if (!id.empty()) out.certificates.push_back(id);
  if (!has_https(domain)) return;
  const std::string job = printable(text_at(domain, "Https", "SslStatus"), 40);
  Binding& binding = out.binding;
  if (binding.online && !job.empty() && job != "deployed") binding.status += ", certificate " + job;
  // One that is nowhere in our lists must not look like nothing at all.
  if (id.empty()) {
    const Json* https = member(domain, "Https");
    binding.stored_id = "own:" + printable(text_at(*https, "CertInfo", "CertName"), 80);
  } else {
    binding.stored_id = job == "failed" ? failed_deployment(id) : id;
  }
}

TencentDomain read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  TencentDomain out;
  out.binding = {
      .name = tencent_name(spelled), .vendor_name = spelled, .edge_name = text_of(domain, "Cname")};
  read_status(out.binding, domain);
  read_certificate(out, domain);
  for (const char* key : {"Area",
                          "Cache",
                          "CacheKey",
                          "ForceRedirect",
                          "Origin",
                          "Referer",
                          "RequestHeader",
                          "ResponseHeader",
                          "ServiceType"}) {
    list_tencent_setting(out.binding, key, member(domain, key));
  }
  return out;
}

void drop_nulls(Json& value) {
  for (auto at = value.begin(); at != value.end();) {
    if (at->is_null()) {
      at = value.erase(at);
    } else {
      if (at->is_structured()) drop_nulls(*at);
      ++at;
    }
  }
}

/// The block as it is, with that certificate in it.
Json block_with(const Json& domain, const std::string& stored_id) {
  const Json* read = member(domain, "Https");
  Json block = read != nullptr && read->is_object() ? *read : Json::object();
  drop_nulls(block);
  block.erase("SslStatus");
  block["Switch"] = "on";
  block["CertInfo"] = {{"CertId", stored_id}};
  const auto client = block.find("ClientCertInfo");
  if (client != block.end()) {
    drop_dates(*client);
    if (client->empty()) block.erase(client);
  }
  return block;
}

/// Reads may leave out what clients are verified by, and a block without it would switch that off.
bool is_whole(const Json& block) {
  if (text_of(block, "VerifyClient") != "on") return true;
  return !text_at(block, "ClientCertInfo", "Certificate").empty();
}

class TencentCdn final : public TencentProduct {
 public:
  explicit TencentCdn(TencentAccount& account) : account_(account) {}

  std::string_view id() const override { return "cdn"; }
  std::string_view name() const override { return "CDN"; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  Task<Json> read(std::string vendor_name, std::string doing);

  TencentAccount& account_;
};

Task<std::vector<TencentDomain>> TencentCdn::list() {
  const std::string doing = "listing the domains of CDN at Tencent Cloud";
  std::vector<TencentDomain> all;
  try {
    TencentList wanted{.action = kList, .doing = doing, .count = "TotalNumber", .items = "Domains"};
    const std::vector<Json> items = co_await account_.list(std::move(wanted));
    for (const Json& item : items) {
      TencentDomain one = read_domain(item);
      if (has_https(item)) {
        list_https_settings(one.binding, item.at("Https"));
      } else {
        one.binding.settings.insert(kHttpsOff);
      }
      all.push_back(std::move(one));
    }
  } catch (Error& error) {
    if (!is_unopened(error)) {
      throw error.activity.empty() ? std::move(error).while_doing(doing) : std::move(error);
    }
  }
  co_return all;
}

/// The domain as it is now: a list that was read minutes ago may lack what somebody set since.
Task<Json> TencentCdn::read(std::string vendor_name, std::string doing) {
  const Json filter = {{"Name", "domain"}, {"Value", Json::array({vendor_name})}};
  TencentList wanted{.action = kList,
                     .doing = doing,
                     .parameters = {{"Filters", Json::array({filter})}},
                     .count = "TotalNumber",
                     .items = "Domains"};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  for (const Json& item : items) {
    if (text_of(item, "Domain") == vendor_name) co_return item;
  }
  throw Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(std::move(doing));
}

Task<BindDone> TencentCdn::bind(BindRequest request) {
  const std::string doing = tencent_binding(request, name());
  const std::string domain = request.binding.vendor_name;
  const Json now = co_await read(domain, doing);
  Json block = block_with(now, request.stored_id);
  if (!is_whole(block)) {
    throw Error(ErrorKind::kRejected,
                "the domain verifies its clients, by certificates that CDN does not give away")
        .with_code("vendor.client_certificate")
        .with_hint("a bind would take those away: set the certificate in the console of CDN")
        .while_doing(doing);
  }
  const Json parameters = {{"Domain", domain}, {"Https", std::move(block)}};
  TencentCall order{.action = kBind, .doing = doing, .body = tencent_body(parameters)};
  co_await account_.call(std::move(order));
  co_return BindDone{.wrote_settings = true};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_cdn(TencentAccount& account) {
  return std::make_unique<TencentCdn>(account);
}

}  // namespace certferry

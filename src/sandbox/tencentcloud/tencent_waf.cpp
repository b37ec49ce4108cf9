// WAF of the kind that names point at by CNAME: domains, their settings, and a certificate.

#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

constexpr std::string_view kInstance = "waf_sandbox";

/// What a change may set, as a domain has it at first.
Json waf_defaults() {
  return {{"ActiveCheck", 0},
          {"CipherTemplate", 1},
          {"Ciphers", Json::array()},
          {"HttpsRewrite", 0},
          {"HttpsUpstreamPort", "443"},
          {"IpHeaders", Json::array()},
          {"IsCdn", 0},
          {"IsHttp2", 0},
          {"IsWebsocket", 0},
          {"LoadBalance", 0},
          {"Note", ""},
          {"ProxyReadTimeout", 300},
          {"ProxySendTimeout", 300},
          {"SniType", 1},
          {"SrcList", Json::array({"192.0.2.80"})},
          {"TLSVersion", 3},
          {"UpstreamScheme", "https"},
          {"UpstreamType", 0},
          {"XFFReset", 0}};
}

std::string waf_id(const Domain& domain) {
  return "waf-" + std::to_string(domain.id);
}

/// One that is not online has but a port without TLS, and so no certificate.
Json ports_of(const Domain& domain) {
  const auto port = [](const char* number, const char* protocol) {
    return Json{{"Port", number},
                {"Protocol", protocol},
                {"UpstreamPort", number},
                {"UpstreamProtocol", protocol},
                {"NginxServerId", 7}};
  };
  Json ports = Json::array({port("80", "http")});
  if (domain.online) ports.push_back(port("443", "https"));
  return ports;
}

int state_of(const Domain& domain) {
  return domain.busy() ? -1 : domain.job ? -2 : 0;
}

std::optional<TencentRefusal> refuse_region(const std::string& region) {
  if (region.empty()) return missing("Region");
  if (region == "ap-guangzhou" || region == "ap-seoul") return std::nullopt;
  return TencentRefusal{.code = "UnsupportedRegion", .message = "接口不支持所传地域。"};
}

TencentRefusal unknown_domain() {
  return {.code = "InvalidParameter.ProtectionDomainParameterErr", .message = "防护域名参数错误"};
}

}  // namespace

Json& TencentState::waf_of(const std::string& domain) {
  return waf_.try_emplace(domain, waf_defaults()).first->second;
}

/// The domain that is named by name, id and instance, all of which must fit.
const Domain* TencentState::waf_domain(const TencentRequest& call,
                                       std::string_view instance) const {
  const Domain* domain = find_domain(world_, call.domain, "waf");
  const bool fits = domain != nullptr && text_of(call.parameters, "DomainId") == waf_id(*domain) &&
                    text_of(call.parameters, instance) == kInstance;
  return fits ? domain : nullptr;
}

TencentAnswer TencentState::list_waf(const TencentRequest& call) const {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  for (const char* name : {"Offset", "Limit"}) {
    if (!call.parameters.contains(name)) return missing(name);
  }
  auto page = page_of(call.parameters, {});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  // Offset is the number of a page, from 0.
  std::get<Page>(page).from *= std::get<Page>(page).size;
  std::vector<const Domain*> all = domains_of(world_, "waf");
  if (call.region == "ap-seoul") all.clear();
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"AppId", 1250000000},
                     {"Domain", one->name},
                     {"DomainId", waf_id(*one)},
                     {"InstanceId", kInstance},
                     {"InstanceName", "sandbox"},
                     {"Edition", "sparta-waf"},
                     {"Region", "gz"},
                     {"Cname", one->cname},
                     {"Status", 1},
                     {"Mode", 1},
                     {"State", state_of(*one)},
                     {"Ports", ports_of(*one)}});
  }
  return Json{{"Total", all.size()}, {"Domains", items}};
}

TencentAnswer TencentState::ask_waf(const TencentRequest& call, SteadyTime moment) {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  const Domain* domain = waf_domain(call, "InstanceId");
  if (domain == nullptr) return unknown_domain();
  Json info = waf_of(domain->name);
  info["Domain"] = domain->name;
  info["DomainId"] = waf_id(*domain);
  info["InstanceId"] = kInstance;
  info["Edition"] = "sparta-waf";
  info["Cname"] = domain->cname;
  info["State"] = state_of(*domain);
  info["Ports"] = ports_of(*domain);
  const EntryPtr entry = domain->told_at(moment);
  info["CertType"] = entry ? 2 : domain->online ? 1 : 0;
  info["SSLId"] = entry ? tencent_id(entry->id) : "";
  const bool own = !entry && domain->online;
  info["Cert"] = own ? "-----BEGIN CERTIFICATE-----\nown\n-----END CERTIFICATE-----\n" : "";
  info["PrivateKey"] = own ? "the private key of the domain's own certificate" : "";
  return Json{{"DomainsPartInfo", info}};
}

TencentAnswer TencentState::bind_waf(const TencentRequest& call) {
  if (auto refusal = refuse_region(call.region)) return *refusal;
  for (const char* name : {"Domain", "DomainId", "InstanceID"}) {
    if (text_of(call.parameters, name).empty()) return missing(name);
  }
  const Domain* domain = waf_domain(call, "InstanceID");
  if (domain == nullptr) return unknown_domain();
  if (domain->busy()) {
    return TencentRefusal{.code = "ResourceUnavailable", .message = "域名配置下发中。"};
  }
  const Json defaults = waf_defaults();
  Json settings = waf_of(domain->name);
  for (const auto& [key, value] : call.parameters.items()) {
    if (key == "Domain" || key == "DomainId" || key == "InstanceID") continue;
    if (key == "CertType" || key == "SSLId") continue;
    if (!defaults.contains(key)) {
      return TencentRefusal{.code = "UnknownParameter",
                            .message = "The parameter `" + key + "` is not recognized."};
    }
    settings[key] = value;
  }
  if (call.parameters.value("CertType", Json()) != 2) return invalid("CertType");
  if (!domain->online) {
    return TencentRefusal{.code = "InvalidParameter.PortParameterErr",
                          .message = "端口信息参数错误"};
  }
  const auto id = id_of(text_of(call.parameters, "SSLId"));
  const Outcome outcome = id ? world_.start_bind(*id, call.domain) : Outcome::kUnknownCertificate;
  if (outcome == Outcome::kUnknownCertificate) {
    return TencentRefusal{.code = "InvalidParameter.QueryCertBySSLIDFailed",
                          .message = "根据ID查询证书失败。"};
  }
  if (outcome != Outcome::kDone) {
    return TencentRefusal{.code = "InvalidParameter.CertificationParameterErr",
                          .message = "证书信息参数错误"};
  }
  waf_of(domain->name) = settings;
  return Json::object();
}

}  // namespace certferry::sandbox

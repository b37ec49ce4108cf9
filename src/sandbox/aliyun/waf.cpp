#include "sandbox/aliyun/waf.h"

#include <array>

#include "base/text.h"
#include "sandbox/aliyun/aliyun_support.h"

namespace certferry::sandbox {

using namespace aliyun;

namespace {

constexpr std::string_view kInstance = "waf_v2_public_cn-sandbox";
constexpr std::string_view kBalancer = "lb-sandbox";

/// What a change of the certificate that says nothing of it sets.
Json tls_defaults() {
  return {{"TLSVersion", "tlsv1"},
          {"CipherSuite", 1},
          {"EnableTLSv3", false},
          {"CustomCiphers", Json::array()}};
}

AliyunRefusal unknown_domain() {
  return {.code = "Waf.Pullin.DomainNotExist", .message = "code: 400, Domain does not exist."};
}

std::string identifier(std::int64_t id, const std::string& region) {
  return std::to_string(id) + "-" + region;
}

std::optional<std::int64_t> id_of(std::string_view text, const std::string& region) {
  const std::string end = "-" + region;
  if (!text.ends_with(end)) return std::nullopt;
  return integer_of(text.substr(0, text.size() - end.size()));
}

std::optional<AliyunRefusal> refuse_unknown(const AliyunRequest& call) {
  constexpr std::array<std::string_view, 7> kKnown{
      "RegionId", "InstanceId", "Domain", "CertId", "TLSVersion", "CipherSuite", "EnableTLSv3"};
  for (const auto& [name, value] : call.parameters) {
    if (name.starts_with("CustomCiphers.")) continue;
    if (std::ranges::find(kKnown, name) == kKnown.end()) return invalid(name);
  }
  return std::nullopt;
}

/// How TLS is spoken by what a change says of it; what it leaves out goes back to its default.
std::variant<Json, AliyunRefusal> read_tls(const AliyunRequest& call) {
  Json tls = tls_defaults();
  const std::string version(text_of(call, "TLSVersion"));
  if (!version.empty()) {
    if (!version.starts_with("tlsv1")) return invalid("TLSVersion");
    tls["TLSVersion"] = version;
  }
  const std::string_view suite = text_of(call, "CipherSuite");
  if (!suite.empty()) {
    if (suite != "1" && suite != "2" && suite != "99") return invalid("CipherSuite");
    tls["CipherSuite"] = *integer_of(suite);
  }
  const std::string_view newest = text_of(call, "EnableTLSv3");
  if (!newest.empty() && newest != "true" && newest != "false") return invalid("EnableTLSv3");
  tls["EnableTLSv3"] = newest == "true";
  for (int at = 1;; ++at) {
    const std::string_view cipher = text_of(call, "CustomCiphers." + std::to_string(at));
    if (cipher.empty()) break;
    tls["CustomCiphers"].push_back(cipher);
  }
  if ((suite == "99") == tls["CustomCiphers"].empty()) return invalid("CustomCiphers");
  return tls;
}

Json https_ports(const Domain& domain) {
  return domain.online ? Json::array({443}) : Json::array();
}

}  // namespace

Json& AliyunWafState::tls_of(const std::string& domain) {
  return tls_.try_emplace(domain, tls_defaults()).first->second;
}

std::optional<AliyunRefusal> AliyunWafState::refuse(const AliyunRequest& call,
                                                    const std::string& region) const {
  const std::string_view where = text_of(call, "RegionId");
  if (where.empty()) return missing("RegionId");
  if (where != "cn-hangzhou" && where != "ap-southeast-1") return invalid("RegionId");
  if (call.name == "DescribeInstance") return std::nullopt;
  if (text_of(call, "InstanceId").empty()) return missing("InstanceId");
  if (!bought_ || where != region || text_of(call, "InstanceId") != kInstance) {
    return AliyunRefusal{.code = "Waf.Pullin.InstanceNotMatch", .message = "code: 400, no."};
  }
  return std::nullopt;
}

AliyunAnswer AliyunWafState::run(const AliyunRequest& call,
                                 const std::string& region,
                                 SteadyTime moment) {
  if (auto refusal = refuse(call, region)) return *refusal;
  if (call.name == "DescribeInstance") {
    const bool here = bought_ && text_of(call, "RegionId") == region;
    if (!here) return "{}";
    return Json{{"InstanceId", kInstance}, {"RegionId", region}, {"Status", 1}}.dump();
  }
  if (call.name == "DescribeDomains") return list_domains(call);
  if (call.name == "DescribeDomainDetail") return get_domain(call, region, moment);
  if (call.name == "DescribeDefaultHttps") return get_default(region);
  if (call.name == "DescribeCloudResources") return list_resources(call);
  if (call.name == "DescribeCloudResourceAccessPortDetails") return list_ports(call, region);
  return bind(call, region);
}

AliyunAnswer AliyunWafState::list_domains(const AliyunRequest& call) const {
  const auto page = page_of(call, {.size_default = 10, .size_most = 50});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  const std::vector<const Domain*> all = domains_of(world_, "waf");
  Json items = Json::array();
  for (const Domain* one : std::get<Page>(page).of(all)) {
    items.push_back({{"Domain", one->name},
                     {"Cname", one->cname},
                     {"Status", 1},
                     {"ListenPorts", {{"Http", {80}}, {"Https", https_ports(*one)}}},
                     {"Backeds", {{"Http", {{{"Backend", one->origin}}}}}}});
  }
  return Json{{"TotalCount", all.size()}, {"Domains", items}}.dump();
}

AliyunAnswer AliyunWafState::get_domain(const AliyunRequest& call,
                                        const std::string& region,
                                        SteadyTime moment) {
  if (text_of(call, "Domain").empty()) return missing("Domain");
  const Domain* domain = world_.find_domain(call.domain);
  if (domain == nullptr || domain->product != "waf") return unknown_domain();
  Json listen = tls_of(domain->name);
  listen.update({{"HttpPorts", {80}},
                 {"HttpsPorts", https_ports(*domain)},
                 {"Http2Enabled", true},
                 {"ProtectionResource", "share"},
                 {"XffHeaderMode", 0}});
  Json answer = {{"Domain", domain->name},
                 {"DomainId", domain->name + "-waf"},
                 {"Cname", domain->cname},
                 {"Status", 1},
                 {"Redirect",
                  {{"BackendList", {domain->origin}},
                   {"Loadbalance", "iphash"},
                   {"ReadTimeout", 120},
                   {"SniEnabled", false}}}};
  if (const EntryPtr entry = domain->bound_at(moment)) {
    const Certificate& leaf = entry->pair.leaf;
    // A number of its own, which is none of CAS's.
    listen["CertId"] = std::to_string(entry->id * 10 + 7);
    answer["CertDetail"] = {{"Id", identifier(entry->id, region)},
                            {"Name", entry->note},
                            {"CommonName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                            {"Sans", leaf.dns_names}};
  }
  answer["Listen"] = listen;
  return answer.dump();
}

AliyunAnswer AliyunWafState::get_default(const std::string& region) const {
  if (!default_) return "{}";
  return Json{
      {"DefaultHttps", {{"CertId", identifier(*default_, region)}, {"TLSVersion", "tlsv1.2"}}}}
      .dump();
}

AliyunAnswer AliyunWafState::list_resources(const AliyunRequest& call) const {
  const auto page = page_of(call, {.size_default = 10, .size_most = 100});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  Json all = Json::array({{{"ResourceInstanceId", "alb-sandbox"}, {"ResourceProduct", "alb"}}});
  if (!ports_.empty()) {
    all.push_back({{"ResourceInstanceId", kBalancer},
                   {"ResourceProduct", "clb7"},
                   {"HttpsPortCount", ports_.size()}});
  }
  const std::vector<Json> rows(all.begin(), all.end());
  return Json{{"TotalCount", rows.size()}, {"CloudResources", std::get<Page>(page).of(rows)}}
      .dump();
}

AliyunAnswer AliyunWafState::list_ports(const AliyunRequest& call,
                                        const std::string& region) const {
  const auto page = page_of(call, {.size_default = 10, .size_most = 100});
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  if (text_of(call, "ResourceInstanceId") != kBalancer) return invalid("ResourceInstanceId");
  std::vector<Json> rows;
  for (const auto& [port, certificate] : ports_) {
    rows.push_back(
        {{"CloudResourceId", std::string(kBalancer) + "-" + port + "-clb7"},
         {"Port", 443},
         {"Protocol", "https"},
         {"Certificates",
          {{{"AppliedType", "default"}, {"CertificateId", identifier(certificate, region)}}}}});
  }
  return Json{{"TotalCount", rows.size()}, {"AccessPortDetails", std::get<Page>(page).of(rows)}}
      .dump();
}

AliyunAnswer AliyunWafState::bind(const AliyunRequest& call, const std::string& region) {
  for (const char* name : {"Domain", "CertId"}) {
    if (text_of(call, name).empty()) return missing(name);
  }
  if (auto refusal = refuse_unknown(call)) return *refusal;
  const Domain* domain = world_.find_domain(call.domain);
  if (domain == nullptr || domain->product != "waf") return unknown_domain();
  if (!domain->online) {
    return AliyunRefusal{.code = "Waf.Pullin.ProtocolNotSet",
                         .message = "code: 400, Protocol not entered."};
  }
  auto tls = read_tls(call);
  if (const auto* refusal = std::get_if<AliyunRefusal>(&tls)) return *refusal;
  const auto id = id_of(text_of(call, "CertId"), region);
  const Outcome outcome = id ? world_.bind(*id, call.domain) : Outcome::kUnknownCertificate;
  if (outcome == Outcome::kNotCovered) {
    return AliyunRefusal{.code = "Waf.Pullin.CertNotMatch", .message = "code: 400, no match."};
  }
  if (outcome != Outcome::kDone) {
    return AliyunRefusal{.code = "Waf.Pullin.CertNotExist", .message = "code: 400, no such."};
  }
  tls_of(call.domain) = std::get<Json>(std::move(tls));
  return "{}";
}

}  // namespace certferry::sandbox

// veImageX (imagex 2018-08-01): certificates lie in the certificate centre; a domain points at one
// by its id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - domains are listed service by service, each list whole ... docs: 508/9360, 508/9379
//  - what asks is a GET, with its arguments in the query ...... docs: 508/9379; SDK
//  - keys are in snake_case, and states are Chinese words ..... docs: 508/9379, samples
//  - what is written replaces all HTTPS settings of a domain: they are read before, and sent back
//    with another certificate among them ..................... docs: 508/66012, UpdateHttps
//  - HSTS is `enabled` where it is read and `enable` where it is written . SDK: UpdateHttps
//  - whether QUIC is on can only be written ................... SDK: UpdateHttps, enable_quic
//  - services of other parts of the world have hosts of their own, which are not called
//    .......................................................... docs: 508/9360
// API: https://www.volcengine.com/docs/508/9379, https://www.volcengine.com/docs/508/66012

#include "providers/volcengine/imagex.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr VolcengineService kImagex{.site = &kVolcengineSite,
                                    .id = "imagex",
                                    .host = "imagex",
                                    .region = "cn-north-1",
                                    .version = "2018-08-01"};
constexpr const char* kService = "ServiceId";
constexpr const char* kHttp2 = "https_config.enable_http2";

/// The engine's word for what its owner has switched off is "offline".
std::string status_of(const Json& domain) {
  std::string words = words_of(domain, "status");
  if (words == "正常") return "online";
  if (words == "配置中") return "configuring";
  for (const char* off : {"停", "禁", "下线"}) {
    if (words.contains(off)) return "offline";
  }
  return words;
}

bool is_empty_list(const Json* value) {
  return value == nullptr || (value->is_array() && value->empty());
}

/// What is there may be another store's.
Result<std::optional<std::string>> certificate_of(const Json& domain) {
  const Json* https = member(domain, "https_config");
  if (https == nullptr) return std::nullopt;
  if (!https->is_object()) {
    return std::unexpected(bad_shape("'https_config' is no object", Effect::kReads));
  }
  const Json* on = member(*https, "enable_https");
  if (on != nullptr && !on->is_boolean()) {
    return std::unexpected(bad_shape("'enable_https' is neither true nor false", Effect::kReads));
  }
  if (on != nullptr && !on->get<bool>()) return std::nullopt;
  return reference_of(*https, "cert_id");
}

Result<Binding> read_domain(const Json& domain, const std::string& service) {
  const std::string spelled = text_of(domain, "domain");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  TRY(std::optional<std::string> certificate, certificate_of(domain));
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "cname"),
                  .status = status_of(domain),
                  .stored_id = std::move(certificate),
                  .settings = {{kService, service}}};
  binding.online = binding.status == "online" || binding.status == "configuring";
  const Json* lock = member(domain, "lock_status");
  const Json* locked = lock == nullptr ? nullptr : member(*lock, "domain_locked");
  if (binding.online && locked != nullptr && locked->is_boolean() && locked->get<bool>()) {
    binding.status += ", locked";
  }
  for (const char* key : {"region", "is_default"}) {
    const Json* value = member(domain, key);
    if (value != nullptr) binding.settings.emplace(key, json_text(*value));
  }
  const Json* https = member(domain, "https_config");
  const Json* http2 = https == nullptr ? nullptr : member(*https, "enable_http2");
  // Where there is no HTTPS yet, there is none over HTTP/2 either.
  binding.settings.emplace(kHttp2, http2 == nullptr ? "false" : json_text(*http2));
  return binding;
}

/// The settings to write: as they were, but on and with that certificate.
Json with_certificate(const Json& https, const std::string& stored_id) {
  Json settings = {{"cert_id", stored_id}, {"enable_https", true}};
  for (const char* key : {"enable_http2",
                          "enable_ocsp",
                          "enable_quic",
                          "enable_force_redirect",
                          "force_redirect_type",
                          "force_redirect_code",
                          "tls_versions"}) {
    const Json* value = member(https, key);
    if (value != nullptr && *value != "") settings[key] = *value;
  }
  // It must not be left out, and a domain that had no HTTPS may have none.
  if (is_empty_list(member(settings, "tls_versions"))) {
    settings["tls_versions"] = {"tlsv1.2", "tlsv1.3"};
  }
  const Json* hsts = member(https, "hsts");
  if (hsts != nullptr && hsts->is_object()) {
    settings["hsts"] = *hsts;
    const Json* on = member(*hsts, "enabled");
    if (on != nullptr) settings["hsts"]["enable"] = *on;
  }
  return settings;
}

}  // namespace

Task<std::vector<Json>> VolcengineImagex::list_services() {
  const std::string doing = "listing the services of Volcengine veImageX";
  const Json result = co_await account_.call(
      {.action = {.service = &kImagex, .name = "GetAllImageServices", .method = "GET"},
       .doing = doing});
  const Json* services = member(result, "Services");
  if (result.is_object() && services == nullptr) co_return std::vector<Json>();
  if (services == nullptr || !services->is_array()) {
    throw bad_shape("the answer has no list 'Services'", Effect::kReads).while_doing(doing);
  }
  co_return std::vector<Json>(services->begin(), services->end());
}

Task<std::vector<Binding>> VolcengineImagex::list_service(Json service) {
  const std::string unnamed = "listing the domains of Volcengine veImageX";
  Result<std::string> id = id_of(service, kService, Effect::kReads);
  if (!id) throw std::move(id).error().while_doing(unnamed);
  const std::string doing = unnamed + "'s service " + *id;
  const Json result = co_await account_.call(
      {.action = {.service = &kImagex, .name = "GetServiceDomains", .method = "GET"},
       .doing = doing,
       .query = {{kService, *id}}});
  std::vector<Binding> bindings;
  // Null stands for none only where the list of services says so as well.
  if (result.is_null() && is_empty_list(member(service, "DomainInfos"))) co_return bindings;
  if (!result.is_array()) {
    throw bad_shape("the answer is no list of domains", Effect::kReads).while_doing(doing);
  }
  for (const Json& domain : result) {
    Result<Binding> one = read_domain(domain, *id);
    if (!one) throw std::move(one).error().while_doing(doing);
    bindings.push_back(*std::move(one));
  }
  co_return bindings;
}

Task<std::vector<Binding>> VolcengineImagex::list() {
  const std::vector<Json> services = co_await list_services();
  std::vector<Binding> all;
  for (const Json& service : services) {
    std::vector<Binding> some = co_await list_service(service);
    std::ranges::move(some, std::back_inserter(all));
  }
  co_return all;
}

Task<void> VolcengineImagex::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of Volcengine veImageX at certificate " + printable(stored_id, 100);
  const auto service = binding.settings.find(kService);
  if (service == binding.settings.end()) {
    throw Error(ErrorKind::kNotFound, "no list says which service of veImageX the domain is of")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  const Json config = co_await account_.call(
      {.action = {.service = &kImagex, .name = "GetDomainConfig", .method = "GET"},
       .doing = "asking Volcengine veImageX for the HTTPS settings of " +
                printable(binding.vendor_name, 100),
       .query = {{"DomainName", binding.vendor_name}, {kService, service->second}}});
  const Json* https = member(config, "https_config");
  const bool none = https == nullptr && !text_of(config, "domain").empty();
  if (!none && (https == nullptr || !https->is_object())) {
    throw bad_shape("the answer has no HTTPS settings", Effect::kReads).while_doing(doing);
  }
  JsonBody body;
  body.text("domain", binding.vendor_name);
  body.json("https", json_text(with_certificate(https == nullptr ? Json() : *https, stored_id)));
  VolcengineCall call{
      .action = {.service = &kImagex, .name = "UpdateHttps", .effect = Effect::kChanges},
      .doing = doing,
      .query = {{kService, service->second}},
      .body = body.take()};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

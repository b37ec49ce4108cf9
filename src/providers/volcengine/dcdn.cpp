// DCDN (dcdn 2021-04-01): certificates lie in the certificate centre; a domain points at one by its
// id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - its calls are signed for cn-beijing ................... SDK: standard resolver
//  - the list of domains has the certificate of each ....... docs: 6559/1250189, SDK
//  - a wildcard is written .example.com .................... certimate
//  - a domain that is disabled has the status Stop ......... certimate
//  - a bind says Success true or false ..................... SDK: CreateCertBind
// API: https://www.volcengine.com/docs/6559/1250189

#include "providers/volcengine/dcdn.h"

#include <algorithm>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr VolcengineService kDcdn{.site = &kVolcengineSite,
                                  .id = "dcdn",
                                  .host = "open",
                                  .region = "cn-beijing",
                                  .version = "2021-04-01"};
constexpr std::string_view kSource = "volc";  // the certificate centre, in DCDN's words

/// What else the list says of a domain, but what changes by itself or by a bind.
std::map<std::string, std::string> settings_of(const Json& domain) {
  std::map<std::string, std::string> settings;
  for (const char* key : {"Origin", "Scope", "ProjectName"}) {
    const Json* value = member(domain, key);
    if (value != nullptr) settings.emplace(key, json_text(*value));
  }
  for (const char* key : {"Http2", "Hsts", "TlsVersions", "ForceRedirect"}) {
    const Json* https = member(domain, "Https");
    const Json* value = https == nullptr ? nullptr : member(*https, key);
    if (value != nullptr) settings.emplace("Https." + std::string(key), json_text(*value));
  }
  return settings;
}

Result<std::optional<std::string>> read_certificate(const Json& domain) {
  const Json* https = member(domain, "Https");
  if (https == nullptr) return std::nullopt;
  const Json* on = member(*https, "EnableHttps");
  if (on != nullptr && on->is_boolean() && !on->get<bool>()) return std::nullopt;
  const Json* bound = member(*https, "CertBind");
  if (bound == nullptr) return std::nullopt;
  TRY(std::optional<std::string> id, reference_of(*bound, "CertId"));
  if (!id) return std::nullopt;
  // Another store has ids of its own.
  const std::string source = text_of(*bound, "CertSource");
  if (!source.empty() && source != kSource) *id += "-" + printable(source, 40);
  return id;
}

Result<Binding> read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Domain");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  TRY(auto certificate, read_certificate(domain));
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "Cname"),
                  .status = words_of(domain, "Status"),
                  .stored_id = std::move(certificate),
                  .settings = settings_of(domain)};
  // The word that the engine knows for what its owner has switched off.
  if (to_lower(binding.status).contains("stop")) binding.status = "offline";
  binding.online = !binding.status.empty() && binding.status != "offline";
  return binding;
}

}  // namespace

Task<std::vector<Binding>> VolcengineDcdn::list() {
  const std::string doing = "listing the domains of Volcengine DCDN";
  const std::vector<Json> items = co_await account_.list({
      .action = {.service = &kDcdn, .name = "ListDomainConfig"},
      .doing = doing,
      .page = "PageNumber",
      .size = "PageSize",
      .items = "DomainList",
      .count = "Total",
  });
  std::vector<Binding> bindings;
  for (const Json& item : items) {
    Result<Binding> one = read_domain(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    bindings.push_back(*std::move(one));
  }
  co_return bindings;
}

Task<void> VolcengineDcdn::bind(Binding binding, std::string stored_id) {
  const VolcengineAction create{
      .service = &kDcdn, .name = "CreateCertBind", .effect = Effect::kChanges};
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of Volcengine DCDN at certificate " + printable(stored_id, 100);
  JsonBody body;
  body.text("CertSource", kSource).text("CertId", stored_id);
  body.json("DomainNames", json_text(Json::array({binding.vendor_name})));
  const Json result =
      co_await account_.call({.action = create, .doing = doing, .body = body.take()});
  const Json* success = member(result, "Success");
  if (success == nullptr || !success->is_boolean()) {
    throw bad_shape("the answer does not say whether the domain has it", Effect::kChanges)
        .while_doing(doing);
  }
  if (!success->get<bool>()) throw volcengine_bind_error("", create).while_doing(doing);
}

}  // namespace certferry

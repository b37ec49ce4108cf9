// CDN (cdn 2021-03-01), of Volcengine and of BytePlus: certificates lie in the certificate centre;
// a domain points at one by its id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list of domains says who has HTTPS, and not which certificate; the list of certificates
//    says which domains each has ............................... docs: ListCertInfo
//  - so do not those of another store, and of a domain with two of them both: such domains are
//    asked one by one, and again only when their row has changed  docs: DescribeCdnConfig
//  - what a bind by one id does to a domain with two is not known, so that such a domain is asked
//    for before and refused ................................... docs: BatchDeployCert, CertId2
//  - a bind that failed is told inside of a success ............. docs: BatchDeployCert
//  - a domain that is being configured serves, and refuses changes docs: DescribeCdnConfig, Status
// API: https://www.volcengine.com/docs/6454/75269, https://docs.byteplus.com/en/docs/byteplus-cdn

#include "providers/volcengine/cdn.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr minutes kSettled(1);

/// What else the list says of a domain, but what changes by itself or by a bind.
std::map<std::string, std::string> settings_of(const Json& domain) {
  std::map<std::string, std::string> settings;
  for (const char* key : {"PrimaryOrigin",
                          "BackupOrigin",
                          "OriginProtocol",
                          "ServiceType",
                          "ServiceRegion",
                          "IPv6",
                          "Project"}) {
    const Json* value = member(domain, key);
    if (value != nullptr) settings.emplace(key, json_text(*value));
  }
  return settings;
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "Cname"),
                  .status = words_of(domain, "Status"),
                  .settings = settings_of(domain)};
  binding.online = binding.status == "online" || binding.status == "configuring";
  const Json* lock = member(domain, "DomainLock");
  const bool locked = lock != nullptr && text_of(*lock, "Status") == "on";
  if (locked && binding.online) binding.status += ", locked";
  return binding;
}

bool is_true(const Json* value) {
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

/// What the domain's configuration says of HTTPS. Null for nothing.
const Json* https_in(const Json& result) {
  const Json* config = member(result, "DomainConfig");
  return config == nullptr ? nullptr : member(*config, "HTTPS");
}

/// The certificate that a domain's configuration names; of two the first. Null for none.
const Json* certificate_in(const Json& result) {
  const Json* https = https_in(result);
  if (https == nullptr || !is_true(member(*https, "Switch"))) return nullptr;
  if (const Json* one = member(*https, "CertInfo")) return one;
  const Json* several = member(*https, "CertInfoList");
  if (several == nullptr || !several->is_array() || several->empty()) return nullptr;
  return &several->front();
}

/// One for RSA and one for ECC, or one for SM2; the list may repeat the only one.
bool has_two_certificates(const Json& result) {
  const Json* https = https_in(result);
  if (https == nullptr) return false;
  std::set<std::string> ids;
  if (const Json* one = member(*https, "CertInfo")) ids.insert(text_of(*one, "CertId"));
  const Json* several = member(*https, "CertInfoList");
  if (several != nullptr && several->is_array()) {
    for (const Json& one : *several) ids.insert(text_of(one, "CertId"));
  }
  ids.erase("");
  return ids.size() > 1;
}

/// Whether two reads of the domain would say the same: what has just been changed may come from
/// different copies of the vendor's data.
bool is_settled(const Json& domain, Time now) {
  const std::optional<std::int64_t> changed = integer_of(domain, "UpdateTime");  // of 1970
  return changed && now.time_since_epoch() - seconds(*changed) > kSettled &&
         text_of(domain, "Status") != "configuring";
}

}  // namespace

const VolcengineCdnWords kVolcengineCdn = {
    .service = {.site = &kVolcengineSite,
                .id = "cdn",
                .host = "cdn",
                .region = "cn-north-1",
                .version = "2021-03-01"},
    .source = "volc_cert_center",
};

std::vector<std::string> domains_of_certificate(const Json& certificate) {
  std::vector<std::string> names;
  for (const std::string& text : split(text_of(certificate, "ConfiguredDomain"), ',')) {
    const std::string_view name = trim(text);
    if (!name.empty()) names.push_back(canonical_of_spelled(name));
  }
  return names;
}

VolcengineAction VolcengineCdn::action(std::string_view name, Effect effect) const {
  return {.service = &words_.service, .name = name, .effect = effect};
}

std::string VolcengineCdn::name() const {
  return std::string(words_.service.site->name) + " CDN";
}

Task<std::vector<Json>> VolcengineCdn::list_certificates() {
  return account_.list({
      .action = action("ListCertInfo", Effect::kReads),
      .doing = "listing the certificates that " + name() + " can use",
      .parameters = {{"Source", words_.source}},
      .page = "PageNum",
      .size = "PageSize",
      .items = "CertInfo",
      .count = "Total",
  });
}

VolcengineCall VolcengineCdn::config_call(const std::string& vendor_name) const {
  JsonBody body;
  body.text("Domain", vendor_name);
  return {.action = action("DescribeCdnConfig", Effect::kReads),
          .doing = "asking " + name() + " for the certificate of " + printable(vendor_name, 100),
          .body = body.take()};
}

Task<VolcengineCdn::BoundId> VolcengineCdn::ask(std::string vendor_name, Json domain) {
  std::string row = json_text(domain);
  const auto before = answered_.find(vendor_name);
  if (before != answered_.end() && before->second.first == row) co_return before->second.second;
  VolcengineCall question = config_call(vendor_name);
  const std::string doing = question.doing;
  const Json result = co_await account_.call(std::move(question));
  BoundId bound;
  if (const Json* certificate = certificate_in(result)) {
    Result<std::string> id = id_of(*certificate, "CertId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    bound = *std::move(id);
  }
  if (is_settled(domain, account_.now())) answered_[vendor_name] = {std::move(row), bound};
  co_return bound;
}

Task<std::vector<Binding>> VolcengineCdn::list() {
  const std::string doing = "listing the domains of " + name();
  VolcengineList wanted{
      .action = action("ListCdnDomains", Effect::kReads),
      .doing = doing,
      .page = "PageNum",
      .size = "PageSize",
      .items = "Data",
      .count = "Total",
  };
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<Binding> bindings;
  std::vector<std::size_t> with_https;
  try {
    for (const Json& item : items) {
      if (is_true(member(item, "HTTPS"))) with_https.push_back(bindings.size());
      bindings.push_back(read_domain(item));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  if (with_https.empty()) co_return bindings;

  const std::vector<Json> certificates = co_await list_certificates();
  std::map<std::string, std::vector<std::string>> ids;  // by the domain that has them
  for (const Json& certificate : certificates) {
    Result<std::string> id = id_of(certificate, "CertId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    for (const std::string& name : domains_of_certificate(certificate)) ids[name].push_back(*id);
  }
  for (const std::size_t at : with_https) {
    Binding& binding = bindings[at];
    const auto known = ids.find(binding.name);
    if (known != ids.end() && known->second.size() == 1) {
      binding.stored_id = known->second.front();
    } else {
      binding.stored_id = co_await ask(binding.vendor_name, items[at]);
    }
  }
  co_return bindings;
}

Task<void> VolcengineCdn::bind(Binding binding, std::string stored_id) {
  const VolcengineAction deploy = action("BatchDeployCert", Effect::kChanges);
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) + " of " + name() +
                            " at certificate " + printable(stored_id, 100);
  answered_.erase(binding.vendor_name);
  VolcengineCall question = config_call(binding.vendor_name);
  const Json config = co_await account_.call(std::move(question));
  if (const Json* known = member(config, "DomainConfig"); known == nullptr || !known->is_object()) {
    throw bad_shape("the answer has no 'DomainConfig'", Effect::kReads).while_doing(doing);
  }
  if (has_two_certificates(config)) {
    throw Error(ErrorKind::kRejected, "the domain has two certificates, of which one would be lost")
        .with_code("vendor.two_certificates")
        .with_hint("set both in the console of CDN, or take one of them away there")
        .while_doing(doing);
  }
  JsonBody body;
  body.text("CertId", stored_id).text("Domain", binding.vendor_name);
  const Json result =
      co_await account_.call({.action = deploy, .doing = doing, .body = body.take()});
  const Json* results = member(result, "DeployResult");
  if (results == nullptr || !results->is_array() || results->size() != 1) {
    throw bad_shape("the answer does not say what became of the domain", Effect::kChanges)
        .while_doing(doing);
  }
  const std::string status = text_of(results->front(), "Status");
  if (status == "success") co_return;
  if (status != "fail") {
    throw bad_shape("the answer says neither success nor fail of the domain", Effect::kChanges)
        .while_doing(doing);
  }
  throw volcengine_bind_error(text_of(results->front(), "ErrorMsg"), deploy).while_doing(doing);
}

}  // namespace certferry

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

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

bool is_true(const Json* value) {
  return value != nullptr && value->is_boolean() && value->get<bool>();
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

Task<VolcengineCdn::BoundId> VolcengineCdn::ask(std::string vendor_name, Json row) {
  VolcengineCall question = config_call(vendor_name);
  const std::string doing = question.doing;
  Json https;
  if (const Json* known = known_.find(vendor_name, row)) {
    https = *known;
  } else {
    const Json result = co_await account_.call(std::move(question));
    Result<Json> answered = https_in_config(result);
    if (!answered) throw std::move(answered).error().while_doing(doing);
    https = *std::move(answered);
  }
  Result<BoundId> bound = certificate_of_https(https);
  if (!bound) throw std::move(bound).error().while_doing(doing);
  known_.keep(vendor_name, row, std::move(https), account_.now());
  co_return *std::move(bound);
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
  for (const Json& item : items) {
    if (is_true(member(item, "HTTPS"))) with_https.push_back(bindings.size());
    Result<Binding> one = read_cdn_domain(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    bindings.push_back(*std::move(one));
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
  known_.forget(binding.vendor_name);
  VolcengineCall question = config_call(binding.vendor_name);
  const Json config = co_await account_.call(std::move(question));
  const Result<Json> https = https_in_config(config);
  if (!https) throw Error(https.error()).while_doing(doing);
  if (has_two_certificates(*https)) throw two_certificates("CDN").while_doing(doing);
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

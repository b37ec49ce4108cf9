// ESA (ESA 2024-09-10), custom hostnames: names of others that a site serves, each with a
// certificate of its own, which may be one of CAS.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a site's own names are not served here: the edge picks their certificates from a pile, so
//    that adding one to it changes what any name of the site serves .. docs: SetCertificate
//  - hostnames can be listed only site by site ................ docs: ListCustomHostnames
//  - the list says that a certificate is of CAS; which one, a call for each hostname .. SDK
//  - that call gives away the keys of certificates that were uploaded, so a list makes it for those
//    of CAS alone, and its answer is never quoted ............. SDK: GetCustomHostname, PrivateKey
//  - a bind takes the record that the hostname is attached to along, asked for just before
//    .......................................................... docs: UpdateCustomHostname
//  - two sites may have the same hostname; one of them is active .. docs: Status, conflicted
//  - sites are listed by GET, all else goes by POST ........... SDK
//  - the list has no name of an edge, so hostnames are looked up by themselves
// API: https://help.aliyun.com/zh/edge-security-acceleration/esa/api-esa-2024-09-10-overview

#include "providers/aliyun/esa.h"

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AliyunService kEsa{
    .id = "esa", .version = "2024-09-10", .ram = "esa", .home = "cn-hangzhou"};
constexpr AliyunAction kListSites{.service = &kEsa, .name = "ListSites", .method = "GET"};
constexpr AliyunAction kListHostnames{.service = &kEsa, .name = "ListCustomHostnames"};
constexpr AliyunAction kGetHostname{
    .service = &kEsa, .name = "GetCustomHostname", .carried_key = true};
constexpr AliyunAction kUpdateHostname{
    .service = &kEsa, .name = "UpdateCustomHostname", .effect = Effect::kChanges};

}  // namespace

Task<std::vector<Json>> AliyunEsa::list_sites(std::string doing) {
  AliyunList wanted{.call = {.action = kListSites, .doing = std::move(doing)}, .place = {"Sites"}};
  try {
    co_return co_await account_.list(std::move(wanted));
  } catch (const Error& error) {
    if (!never_opened(error)) throw;
  }
  co_return std::vector<Json>();
}

Task<Json> AliyunEsa::ask(std::string id, std::string doing) {
  AliyunCall question{.action = kGetHostname, .doing = doing, .query = {{"HostnameId", id}}};
  const Json reply = co_await account_.call(std::move(question));
  const Json* model = member(reply, "CustomHostnameModel");
  if (model == nullptr) {
    throw bad_shape("the answer has no hostname", Effect::kReads).while_doing(std::move(doing));
  }
  co_return *model;
}

Task<std::optional<std::string>> AliyunEsa::certificate_of(std::string id, std::string doing) {
  try {
    const Json model = co_await ask(std::move(id), std::move(doing));
    const Result<std::string> certificate = id_of(model, "CasId", Effect::kReads);
    if (certificate) co_return *certificate;
    // One that nobody knows holds back deletes, and nothing else.
    co_return std::string(kUnknownInCas) + "without an id";
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return std::nullopt;
}

Task<std::optional<Binding>> AliyunEsa::read_hostname(Json item, std::string doing) {
  const std::string spelled = text_of(item, "Hostname");
  Result<std::string> id = id_of(item, "HostnameId", Effect::kReads);
  if (!id) throw std::move(id).error().while_doing(doing);
  if (spelled.empty()) {
    throw bad_shape("a hostname in the list has no name", Effect::kReads).while_doing(doing);
  }
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .status = words_of(item, "Status"),
                  .settings = {{"RecordId", text_of(item, "RecordId")}}};
  binding.online = binding.status == "active";
  Hostname known{.id = *id, .record_id = text_of(item, "RecordId"), .row = json_text(item)};
  const std::string kind = text_of(item, "CertType");
  if (text_of(item, "SslFlag") == "on" && kind == "cas") {
    const auto before = hostnames_.find(spelled);
    const bool known_before =
        before != hostnames_.end() && !before->second.certificate.starts_with(kUnknownInCas);
    if (known_before && before->second.row == known.row) {
      known.certificate = before->second.certificate;
    } else {
      std::optional<std::string> certificate = co_await certificate_of(known.id, doing);
      if (!certificate) co_return std::nullopt;
      known.certificate = *std::move(certificate);
    }
    binding.stored_id = known.certificate;
  } else if (text_of(item, "SslFlag") == "on") {
    // What is in none of our lists must not look like nothing at all.
    binding.stored_id = "of its own: " + printable(kind, 40);
  }
  // Of two sites that have it, the one that is active serves it.
  Hostname& kept = hostnames_[spelled];
  if (kept.id.empty() || kept.id == known.id || binding.online) kept = std::move(known);
  co_return binding;
}

Task<std::vector<Binding>> AliyunEsa::list() {
  const std::string doing = "listing the custom hostnames of ESA at Alibaba Cloud";
  const std::vector<Json> sites = co_await list_sites(doing);
  std::vector<Binding> all;
  std::vector<Binding> others;  // that are not served
  for (const Json& site : sites) {
    Result<std::string> id = id_of(site, "SiteId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    AliyunList wanted{
        .call = {.action = kListHostnames, .doing = doing, .query = {{"SiteId", *id}}},
        .items_a_page = 100,
        .place = {"Hostnames"}};
    const std::vector<Json> items = co_await account_.list(std::move(wanted));
    for (const Json& item : items) {
      std::optional<Binding> binding = co_await read_hostname(item, doing);
      if (!binding) continue;
      (binding->online ? all : others).push_back(*std::move(binding));
    }
  }
  // The first of a name is the one that counts.
  all.insert(all.end(), others.begin(), others.end());
  co_return all;
}

Task<BindDone> AliyunEsa::bind(BindRequest request) {
  const std::string doing = doing_bind(request, name());
  if (!hostnames_.contains(request.binding.vendor_name)) (void)co_await list();
  const auto found = hostnames_.find(request.binding.vendor_name);
  if (found == hostnames_.end()) {
    throw Error(ErrorKind::kNotFound, "Alibaba Cloud knows no such hostname in this account")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  // Two changes may look the same in the list.
  found->second.row.clear();
  const std::string id = found->second.id;
  // Somebody may have attached it to another record since it was listed.
  const bool attached = !found->second.record_id.empty();
  const Json model = co_await ask(id, doing);
  const std::string record = text_of(model, "RecordId");
  if (record.empty() && attached) {
    throw bad_shape("the answer has no record", Effect::kReads).while_doing(doing);
  }
  AliyunCall order{.action = kUpdateHostname,
                   .doing = doing,
                   .query = {{"HostnameId", id},
                             {"SslFlag", "on"},
                             {"CertType", "cas"},
                             {"CasId", std::move(request.stored_id)},
                             {"CasRegion", account_.region()}}};
  if (!record.empty()) order.query.emplace_back("RecordId", record);
  co_await account_.call(std::move(order));
  co_return BindDone{.wrote_settings = true};
}

}  // namespace certferry

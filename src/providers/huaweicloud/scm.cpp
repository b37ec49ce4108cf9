// SCM (Cloud Certificate Manager, v3): certificates by id, "scs" and 13 digits.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - duplicate_check true ALLOWS the same certificate again, false refuses it
//    ......................................... docs: ImportCertificate, duplicate_check
//  - a certificate has 4,096 characters at most, its chain 8,192, so they go apart
//    ......................................... docs: ImportCertificate, certificate_chain
//  - names have 63 characters at most, our labels 80 .. docs: ImportCertificate, name
//  - lists have no fingerprint, and ends in China's time without saying so: what a certificate of
//    ours is and when it ends stands in its name ...... docs: ListCertificates
//  - a page has 10, 20 or 50 entries, nothing else .... docs: ListCertificates, limit
//  - export would say all of a certificate and gives away its private key: it is not used, so that
//    nobody has to allow it ........................... docs: ExportCertificate
//  - the delete asks no product; another call says which have it .. docs: ListDeployedResources
//
// API: https://support.huaweicloud.com/api-ccm/ListCertificates.html

#include "providers/huaweicloud/scm.h"

#include <algorithm>

#include "base/quotable.h"
#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// "2026-04-15 16:30:59.0" in China's time; nothing when it is no date, or of no era of ours, for
/// it may be a stranger's entry.
std::optional<Time> end_of(const Json& certificate) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 10);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 1);
  std::string text = text_of(certificate, "expire_time").substr(0, 19);
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  const Result<Time> end = parse_time(text + "Z");
  return end && *end >= kFirst && *end < kLast ? std::optional(*end - hours(8)) : std::nullopt;
}

std::vector<std::string> names_of(const Json& certificate) {
  std::string listed = text_of(certificate, "domain") + ";" + text_of(certificate, "sans");
  std::ranges::replace(listed, ',', ';');
  std::vector<std::string> names;
  for (const std::string& text : split(listed, ';')) {
    const std::string name(trim(text));
    const std::string canonical = canonical_name(name).value_or(to_lower(name));
    const bool known = std::ranges::find(names, canonical) != names.end();
    if (!name.empty() && !known) names.push_back(canonical);
  }
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "id", Effect::kReads));
  StoredCertificate stored{.id = std::move(id), .names = names_of(certificate)};
  const std::optional<Time> end = end_of(certificate);
  if (end) stored.not_after = *end;
  stored.label = text_of(certificate, "name");
  if (const auto name = read_store_name(stored.label)) {
    stored.label = name->label;
    // Whatever the zone was, the end is within this day or the next.
    if (end) stored.not_after = name->end_since(*end - hours(24));
  }
  return stored;
}

/// The regions that the store could not ask. `is_error` may be true, or what went wrong.
std::string unasked_regions(const Json& deployed) {
  std::string regions;
  const Json* all = member(deployed, "region_resources");
  if (all == nullptr || !all->is_array()) return regions;
  for (const Json& one : *all) {
    const Json* error = member(one, "is_error");
    if (error == nullptr || *error == false || *error == 0 || *error == "false") continue;
    regions += (regions.empty() ? "" : ", ") + quotable(text_of(one, "region_id"), 40);
  }
  return regions;
}

/// " (www.example.com, ...)": what of one service has it, where the store says so.
std::string resources_in(const Json& deployed) {
  constexpr std::size_t kShown = 3;
  std::vector<std::string> names;
  const Json* all = member(deployed, "region_resources");
  if (all == nullptr || !all->is_array()) return {};
  for (const Json& region : *all) {
    const Json* resources = member(region, "resources");
    if (resources == nullptr || !resources->is_array()) continue;
    for (const Json& one : *resources) {
      const std::string name = quotable(text_of(one, "resource_name"), 80);
      if (!name.empty() && names.size() < kShown) names.push_back(name);
    }
  }
  return names.empty() ? std::string() : " (" + join(names, ", ") + ")";
}

/// Throws in_use for a certificate that a product has, unavailable where it cannot be known: when a
/// region was not asked, or the answer does not say of this one certificate how many have it.
void refuse_deployed(const Json& reply, const std::string& stored_id, const std::string& doing) {
  const Json* results = member(reply, "results");
  if (results == nullptr || !results->is_array() || results->size() != 1 ||
      text_of(results->front(), "certificate_id") != stored_id) {
    throw bad_shape("'results' is not about this one certificate", Effect::kReads)
        .while_doing(doing);
  }
  const Json& one = results->front();
  const std::optional<std::int64_t> count = integer_of(one, "total_num");
  if (!count) throw bad_shape("'total_num' is no number", Effect::kReads).while_doing(doing);
  const Json* deployed = member(one, "deployed_resources");
  std::string services;
  std::string unasked;
  for (const Json& at : deployed == nullptr || !deployed->is_array() ? Json::array() : *deployed) {
    services += (services.empty() ? "" : ", ") + quotable(text_of(at, "service"), 20);
    services += resources_in(at);
    const std::string regions = unasked_regions(at);
    if (!regions.empty()) unasked += (unasked.empty() ? "" : ", ") + regions;
  }
  if (*count != 0) {
    throw Error(ErrorKind::kInUse,
                "certificate " + printable(stored_id, 100) + " is still deployed to " +
                    (services.empty() ? "a product" : services))
        .with_code("vendor.in_use")
        .while_doing(doing);
  }
  if (!unasked.empty()) {
    throw Error(ErrorKind::kUnavailable, "the store could not ask " + unasked)
        .with_code("vendor.unasked_regions")
        .with_hint("the certificate stays until every region says that nothing has it")
        .while_doing(doing);
  }
}

}  // namespace

Task<std::vector<StoredCertificate>> HuaweiCloudScm::list() {
  const std::string doing = "listing the certificates in SCM at Huawei Cloud";
  HuaweiCloudList list{
      .call = {.service = HuaweiCloudService::kScm,
               .action = {.permission = "scm:cert:list"},
               .doing = doing,
               .path = "/v3/scm/certificates",
               .query = {{"status", "ALL"},
                         {"enterprise_project_id", account_.enterprise_project()}}},
      .array = "certificates",
      .count = "total_count",
      .size = "limit",
      .items_a_page = 50,
      .page = "offset",
      .by_offset = true};
  const std::vector<Json> items = co_await account_.list(std::move(list));
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> HuaweiCloudScm::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to SCM at Huawei Cloud";
  const auto [leaf, chain] = leaf_and_chain(bundle->chain_pem);
  JsonBody body;
  body.text("name", store_name(label, bundle->leaf.not_after));
  body.text("certificate", leaf);
  if (!chain.empty()) body.text("certificate_chain", chain);
  body.text("private_key", bundle->key_pem.reveal());
  // Somebody else's same certificate under another name must not be in the way.
  body.flag("duplicate_check", true);
  if (account_.enterprise_project() != "all") {
    body.text("enterprise_project_id", account_.enterprise_project());
  }
  HuaweiCloudCall call{
      .service = HuaweiCloudService::kScm,
      .action = {.permission = "scm:cert:import", .effect = Effect::kChanges, .carried_key = true},
      .doing = doing,
      .method = "POST",
      .path = "/v3/scm/certificates/import",
      .body = body.take()};
  const Json reply = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(reply, "certificate_id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> HuaweiCloudScm::remove(std::string stored_id) {
  const std::string shown = printable(stored_id, 100);
  HuaweiCloudCall question{
      .service = HuaweiCloudService::kScm,
      .action = {.permission = "scm:cert:listDeployedResources"},
      .doing = "asking SCM at Huawei Cloud which products have certificate " + shown,
      .method = "POST",
      .path = "/v3/scm/deployed-resources",
      .body = Secret(Json{{"certificate_ids", Json::array({stored_id})},
                          {"service_names", Json::array({"ALL"})}}
                         .dump())};
  const std::string doing = question.doing;
  const Json reply = co_await account_.call(std::move(question));
  refuse_deployed(reply, stored_id, doing);
  HuaweiCloudCall order{.service = HuaweiCloudService::kScm,
                        .action = {.permission = "scm:cert:delete", .effect = Effect::kChanges},
                        .doing = "deleting certificate " + shown + " in SCM at Huawei Cloud",
                        .method = "DELETE",
                        .path = "/v3/scm/certificates/" + url_encode(stored_id)};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

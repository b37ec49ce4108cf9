// Certificate management (v1): certificates by id, "cert-" and 12 characters.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - one answer has all of them, in no pages ............ docs: 3.3, certificate/detail
//  - a name has 65 characters at most, our labels 80 .... docs: certName
//  - nothing says that the same certificate again is refused, so a repeat looks for its name
//  - the fingerprint in the list is of a kind that is not named ... docs: certFingerprint
//  - rawData would say all of a certificate and gives away its private key: it is not used
//  - the list says which products use a certificate; what a delete does to them is not said, so
//    the list is asked before ............................ docs: status, resources
// API: https://cloud.baidu.com/doc/Reference/s/Gjwvz27xu

#include "providers/baiducloud/certificates.h"

#include <algorithm>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "certificate";
constexpr std::string_view kServerCertificate = "1";

/// "2026-04-15T08:30:59Z"; nothing when it is none, or of no era of ours, for it may be a
/// stranger's entry.
std::optional<Time> time_of(const Json& certificate, std::string_view key) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 2);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 1);
  const Result<Time> time = parse_time(text_of(certificate, key));
  return time && *time >= kFirst && *time < kLast ? std::optional(*time) : std::nullopt;
}

/// The names of the certificate, which are listed with commas between them.
std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  for (const std::string& text : split(text_of(certificate, "certDNSNames"), ',')) {
    const std::string_view name = trim(text);
    if (!name.empty()) names.push_back(canonical_of_spelled(name));
  }
  const std::string common = text_of(certificate, "certCommonName");
  if (names.empty() && !common.empty()) names.push_back(canonical_of_spelled(common));
  return names;
}

std::vector<std::string> users_of(const Json& certificate) {
  std::vector<std::string> users;
  const Json* resources = member(certificate, "resources");
  if (resources == nullptr || !resources->is_array()) return users;
  for (const Json& one : *resources) {
    users.push_back(text_of(one, "serviceName") + " " + text_of(one, "resourceId"));
  }
  return users;
}

/// Unless the list says that it is not: a word that is not known is no such thing.
bool is_used(const Json& certificate) {
  return text_of(certificate, "status") != "UNUSED" || !users_of(certificate).empty();
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "certId", Effect::kReads));
  StoredCertificate stored{.id = std::move(id), .names = names_of(certificate)};
  const std::optional<Time> first = time_of(certificate, "certStartTime");
  const std::optional<Time> last = time_of(certificate, "certStopTime");
  if (first) stored.not_before = *first;
  if (last) stored.not_after = *last;
  stored.label = text_of(certificate, "certName");
  if (const auto name = read_store_name(stored.label)) {
    stored.label = name->label;
    // Whichever zone the times are of, for that they are UTC's was not seen.
    if (last) stored.not_after = name->end_since(*last - hours(14));
  }
  if (is_used(certificate)) {
    stored.in_use = std::max<std::size_t>(1, users_of(certificate).size());
  }
  return stored;
}

}  // namespace

Task<std::vector<Json>> BaiduCloudCertificates::list_details(std::string doing) {
  BaiduCloudCall call{.service = kService,
                      .action = {.name = "GET /v1/certificate/detail"},
                      .doing = doing,
                      .path = "/v1/certificate/detail"};
  Json reply = co_await account_.call(std::move(call));
  const Json* certificates = member(reply, "certs");
  if (certificates == nullptr || !certificates->is_array()) {
    throw bad_shape("the answer has no list 'certs'", Effect::kReads).while_doing(std::move(doing));
  }
  co_return certificates->get<std::vector<Json>>();
}

Task<std::vector<StoredCertificate>> BaiduCloudCertificates::list() {
  const std::string doing = "listing the certificates at Baidu AI Cloud";
  const std::vector<Json> items = co_await list_details(doing);
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<BaiduCloudUses> BaiduCloudCertificates::list_uses() {
  const std::vector<Json> items =
      co_await list_details("asking Baidu AI Cloud which certificates are in use");
  BaiduCloudUses uses;
  for (const Json& item : items) {
    const Json* resources = member(item, "resources");
    if (resources == nullptr || !resources->is_array()) continue;
    for (const Json& one : *resources) {
      std::string& all = uses[to_lower(text_of(one, "resourceId"))];
      all += (all.empty() ? "" : " ") + text_of(item, "certId");
    }
  }
  co_return uses;
}

Task<std::string> BaiduCloudCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to Baidu AI Cloud";
  const auto [leaf, chain] = leaf_and_chain(bundle->chain_pem);
  JsonBody body;
  body.text("certName", store_name(label, bundle->leaf.not_after));
  body.text("certServerData", leaf);
  body.text("certPrivateData", bundle->key_pem.reveal());
  if (!chain.empty()) body.text("certLinkData", chain);
  body.json("certType", kServerCertificate);
  BaiduCloudCall call{
      .service = kService,
      .action = {.name = "POST /v1/certificate", .effect = Effect::kChanges, .carried_key = true},
      .doing = doing,
      .method = "POST",
      .path = "/v1/certificate",
      .body = body.take()};
  const Json reply = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(reply, "certId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> BaiduCloudCertificates::remove(std::string stored_id) {
  const std::string shown = printable(stored_id, 100);
  const std::string doing = "asking Baidu AI Cloud what uses certificate " + shown;
  const std::vector<Json> items = co_await list_details(doing);
  const auto found =
      std::ranges::find(items, stored_id, [](const Json& one) { return text_of(one, "certId"); });
  if (found == items.end()) {
    throw Error(ErrorKind::kNotFound, "Baidu AI Cloud lists no certificate " + shown)
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  if (is_used(*found)) {
    throw still_used(stored_id, users_of(*found)).while_doing(doing);
  }
  BaiduCloudCall order{
      .service = kService,
      .action = {.name = "DELETE /v1/certificate/{certId}", .effect = Effect::kChanges},
      .doing = "deleting certificate " + shown + " at Baidu AI Cloud",
      .method = "DELETE",
      .path = "/v1/certificate/" + url_encode(stored_id)};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

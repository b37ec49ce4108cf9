// SSL certificates by id, under names that are unique in the account.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the answer to an upload has an id by one client and nothing by the official one: without an id
//    the list is asked for the name
//  - a stored certificate could be replaced under its id, for all its resources at once; it is not
//  - what Gcore issues itself stands in the same list (automated), and is nobody's to change
//  - times are written in two ways; names in a text of which no sample is known
// API: https://gcore.com/docs/api-reference/cdn/ssl-certificates

#include "providers/gcore/certificates.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/pem.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// "2016-09-17T18:06:01Z" or "2016-09-17 18:06:01+00:00"; unset when it is anything else.
Time time_of(const Json& certificate, std::string_view key) {
  std::string text = text_of(certificate, key);
  constexpr std::size_t kToTheSecond = 19;
  if (text.size() > kToTheSecond && (text.ends_with('Z') || text.ends_with("+00:00"))) {
    text = text.substr(0, kToTheSecond) + "Z";
    if (text[10] == ' ') text[10] = 'T';
  }
  return std::max(parse_time(text).value_or(Time{}), Time{});
}

/// "a.example.com, DNS:b.example.com", in whatever way they are kept apart.
std::vector<std::string> names_of(const Json& certificate) {
  std::string text = text_of(certificate, "cert_subject_alt");
  std::ranges::replace_if(text, [](char c) { return c == ',' || c == ';' || c == '\n'; }, ' ');
  std::vector<std::string> names;
  for (const std::string& one : split(text, ' ')) {
    const std::string_view name = one.starts_with("DNS:") ? std::string_view(one).substr(4) : one;
    if (!name.empty()) names.push_back(canonical_of_spelled(name));
  }
  const std::string common_name = text_of(certificate, "cert_subject_cn");
  if (names.empty() && !common_name.empty()) names.push_back(canonical_of_spelled(common_name));
  return names;
}

/// The chain may begin with the leaf: then its dates are those of the entry.
std::string fingerprint_of(const Json& certificate, const StoredCertificate& entry) {
  const std::string pem = text_of(certificate, "sslCertificateChain");
  if (pem.empty()) return {};
  const auto chain = read_certificates(pem, "a stored certificate");
  if (!chain || chain->empty() || chain->front().is_ca) return {};
  const Certificate& leaf = chain->front();
  const bool same = leaf.not_before == entry.not_before && leaf.not_after == entry.not_after;
  return same ? leaf.fingerprint : std::string();
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "id", Effect::kReads));
  const std::string name = text_of(certificate, "name");
  const std::optional<StoreName> ours = read_store_name(name);
  StoredCertificate entry{.id = std::move(id),
                          .label = ours ? ours->label : name,
                          .names = names_of(certificate),
                          .not_before = time_of(certificate, "validity_not_before"),
                          .not_after = time_of(certificate, "validity_not_after")};
  const Json* used = member(certificate, "hasRelatedResources");
  if (used != nullptr && used->is_boolean()) entry.in_use = used->get<bool>() ? 1U : 0U;
  if (ours) return entry;
  const std::string fingerprint = fingerprint_of(certificate, entry);
  if (!fingerprint.empty()) entry.label = "certferry-" + fingerprint;
  return entry;
}

bool is_deleted(const Json& certificate) {
  const Json* deleted = member(certificate, "deleted");
  return deleted != nullptr && *deleted == Json(true);
}

}  // namespace

Task<std::vector<StoredCertificate>> GcoreCertificates::list() {
  const std::string doing = "listing the certificates at Gcore";
  GcoreCall wanted{
      .action = {.name = "GET /cdn/sslData"}, .doing = doing, .target = "/cdn/sslData"};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    if (is_deleted(item)) continue;
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> GcoreCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to Gcore";
  JsonBody body;
  body.text("name", store_name(label, bundle->leaf.not_after));
  body.text("sslCertificate", bundle->chain_pem);
  body.text("sslPrivateKey", bundle->key_pem.reveal());
  body.flag("validate_root_ca", false);
  GcoreCall order{
      .action = {.name = "POST /cdn/sslData", .effect = Effect::kChanges, .carried_key = true},
      .doing = doing,
      .method = "POST",
      .target = "/cdn/sslData",
      .body = body.take()};
  const Json reply = co_await account_.call(std::move(order));
  if (member(reply, "id") != nullptr) {
    Result<std::string> id = id_of(reply, "id", Effect::kChanges);
    if (!id) throw std::move(id).error().while_doing(doing);
    co_return *std::move(id);
  }
  std::string found;
  try {
    const std::vector<StoredCertificate> stored = co_await list();
    const auto ours = std::ranges::find(stored, label, &StoredCertificate::label);
    if (ours != stored.end()) found = ours->id;
  } catch (const Error& error) {
    // What was sent before decides what is said.
    if (error.kind == ErrorKind::kCancelled) throw;
  }
  if (!found.empty()) co_return found;
  throw Error(ErrorKind::kMaybeApplied, "the answer has no id, nor has the list one of that name")
      .with_code("reply.no_id")
      .with_hint("the account is read before anything is sent again")
      .while_doing(doing);
}

Task<void> GcoreCertificates::remove(std::string stored_id) {
  GcoreCall order{.action = {.name = "DELETE /cdn/sslData/ID", .effect = Effect::kChanges},
                  .doing = "deleting certificate " + printable(stored_id, 100) + " at Gcore",
                  .method = "DELETE",
                  .target = "/cdn/sslData/" + url_encode(stored_id)};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

// The SSL certificate service: certificates by id, under names that need not be unique.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the id is certID in the answer to an upload, certid in the list and certId in a domain
//  - the same pair again is stored again under a new id
//  - the list has no fingerprint; one call gives the whole of a certificate, and its private key
//    as well: it is not used, so that nobody has to allow it
//  - how long a name may be is not known, only that it may be too long; ours have 62 characters
// API: https://developer.qiniu.com/fusion/8593/interface-related-certificate

#include "providers/qiniu/certificates.h"

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// Unix seconds up to the year 9999; anything else is left unset, for it may be a stranger's entry.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr std::int64_t kEndOf9999 = 253'402'300'799;
  const std::int64_t value = integer_of(certificate, key).value_or(0);
  return value < 0 || value > kEndOf9999 ? Time{} : Time{seconds(value)};
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const Json* listed = member(certificate, "dnsnames");
  if (listed != nullptr && listed->is_array() && !listed->empty()) {
    for (const Json& name : *listed) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
  } else if (std::string common_name = text_of(certificate, "common_name"); !common_name.empty()) {
    names.push_back(std::move(common_name));
  }
  for (std::string& name : names) name = canonical_name(name).value_or(to_lower(name));
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "certid", Effect::kReads));
  const std::string name = text_of(certificate, "name");
  const std::optional<StoreName> ours = read_store_name(name);
  return StoredCertificate{.id = std::move(id),
                           .label = ours ? ours->label : name,
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "not_before"),
                           .not_after = time_of(certificate, "not_after")};
}

/// What the vendor calls a certificate by.
std::string common_name(const Certificate& leaf) {
  if (!leaf.dns_names.empty()) return leaf.dns_names.front();
  return leaf.ip_addresses.empty() ? "" : leaf.ip_addresses.front();
}

}  // namespace

Task<std::vector<StoredCertificate>> QiniuCertificates::list() {
  const std::string doing = "listing the certificates at Qiniu";
  QiniuList wanted{
      .action = {.name = "GET /sslcert"}, .doing = doing, .path = "/sslcert", .key = "certs"};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<StoredCertificate> all;
  all.reserve(items.size());
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> QiniuCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to Qiniu";
  JsonBody body;
  body.text("name", store_name(label, bundle->leaf.not_after));
  body.text("common_name", common_name(bundle->leaf));
  body.text("ca", bundle->chain_pem);
  body.text("pri", bundle->key_pem.reveal());
  QiniuCall call{
      .action = {.name = "POST /sslcert", .effect = Effect::kChanges, .carried_key = true},
      .doing = doing,
      .method = "POST",
      .target = "/sslcert",
      .body = body.take()};
  const Json reply = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(reply, "certID", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> QiniuCertificates::remove(std::string stored_id) {
  QiniuCall call{.action = {.name = "DELETE /sslcert/ID", .effect = Effect::kChanges},
                 .doing = "deleting certificate " + printable(stored_id, 100) + " at Qiniu",
                 .method = "DELETE",
                 .target = "/sslcert/" + url_encode(stored_id)};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

// USSL: certificates by number, under names of any kind.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - what is sent is base64 of PEM, and an MD5 over both texts of base64 .. docs:
//    upload_normal_certificate
//  - a certificate that is there already is refused (80035), whatever its name: the answer stands
//    for our own earlier upload
//  - what was uploaded has the mode `trust`; the other modes are what was bought there
//  - lists have moments in milliseconds
// API: https://docs.ucloud.cn/api/usslcertificate-api/

#include "providers/ucloud/ussl.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/pem.h"
#include "model/label.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/store_name.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// Milliseconds since 1970 up to the year 9999; anything else is left unset.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr std::int64_t kEndOf9999 = 253'402'300'799'000;
  const std::int64_t value = integer_of(certificate, key).value_or(0);
  return value < 0 || value > kEndOf9999 ? Time{} : Time{milliseconds(value)};
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  for (const std::string& text : split(text_of(certificate, "Domains"), ',')) {
    const std::string name(trim(text));
    if (!name.empty()) names.push_back(canonical_name(name).value_or(to_lower(name)));
  }
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "CertificateID", Effect::kReads));
  const std::string name = text_of(certificate, "Name");
  const std::optional<StoreName> ours = read_store_name(name);
  return StoredCertificate{.id = std::move(id),
                           .label = ours ? ours->label : name,
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "NotBefore"),
                           .not_after = time_of(certificate, "NotAfter")};
}

}  // namespace

std::string ucloud_leaf_in(const std::string& pem) {
  const auto certificates = read_certificates(pem, "the certificate of a domain");
  return certificates && !certificates->empty() ? certificates->front().fingerprint : "";
}

std::optional<std::string> UcloudOriginals::number_of(const std::string& leaf,
                                                      const std::string& name) const {
  const auto& names = leaf.empty() ? by_name : by_fingerprint;
  const auto found = names.find(leaf.empty() ? name : leaf);
  return found == names.end() ? std::nullopt : std::optional(found->second);
}

Task<std::vector<Json>> UcloudUssl::entries(std::string doing) {
  UcloudList wanted{.call = {.action = {.name = "GetCertificateList"},
                             .doing = doing,
                             .parameters = {{"Mode", Secret("trust")}}},
                    .page = "Page",
                    .items_a_page = 100,
                    .key = "CertificateList"};
  std::vector<Json> items = co_await account_.list(std::move(wanted));
  for (const Json& item : items) {
    Result<std::string> id = id_of(item, "CertificateID", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    names_[*std::move(id)] = text_of(item, "Name");
  }
  co_return items;
}

Task<std::vector<StoredCertificate>> UcloudUssl::list() {
  const std::string doing = "listing the certificates in USSL at UCloud";
  const std::vector<Json> items = co_await entries(doing);
  std::vector<StoredCertificate> all;
  all.reserve(items.size());
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::map<std::string, std::string>> UcloudUssl::numbers() {
  const std::vector<Json> items =
      co_await entries("listing the certificates in USSL that domains at UCloud may have");
  std::map<std::string, std::string> numbers;
  for (const Json& item : items) {
    const Result<std::string> id = id_of(item, "CertificateID", Effect::kReads);
    const auto [at, first] = numbers.emplace(text_of(item, "Name"), id.value_or(""));
    if (!first) at->second.clear();
  }
  std::erase_if(numbers, [](const auto& one) { return one.second.empty(); });
  co_return numbers;
}

Task<UcloudOriginals> UcloudUssl::originals() {
  UcloudOriginals originals{.by_fingerprint = {}, .by_name = co_await numbers()};
  for (const auto& [name, number] : originals.by_name) {
    const std::optional<StoreName> ours = read_store_name(name);
    const auto fingerprint = fingerprint_in_label(ours ? ours->label : name);
    if (fingerprint) originals.by_fingerprint.emplace(*fingerprint, number);
  }
  co_return originals;
}

Task<std::string> UcloudUssl::name_of(std::string stored_id) {
  const std::string doing =
      "looking up the name of certificate " + printable(stored_id, 100) + " at UCloud";
  if (!names_.contains(stored_id)) (void)co_await entries(doing);
  const auto found = names_.find(stored_id);
  if (found != names_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "USSL has no such certificate")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

Task<std::string> UcloudUssl::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to USSL at UCloud";
  const std::string name = store_name(label, bundle->leaf.not_after);
  const Secret chain(base64_encode(bundle->chain_pem));
  const Secret key(base64_encode(bundle->key_pem.reveal()));
  const Secret both = joined({chain.reveal(), key.reveal()});
  UcloudCall call{.action = {.name = "UploadNormalCertificate",
                             .effect = Effect::kChanges,
                             .carried_key = true},
                  .doing = doing,
                  .parameters = {{"CertificateName", Secret(name)},
                                 {"SslPublicKey", chain},
                                 {"SslPrivateKey", key},
                                 {"SslMD5", Secret(md5_hex(both.reveal()))}}};
  const Json reply = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(reply, "CertificateID", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  names_[*id] = name;
  co_return *std::move(id);
}

Task<void> UcloudUssl::remove(std::string stored_id) {
  UcloudCall call{
      .action = {.name = "DeleteSSLCertificate", .effect = Effect::kChanges},
      .doing = "deleting certificate " + printable(stored_id, 100) + " in USSL at UCloud",
      .parameters = {{"CertificateMode", Secret("trust")}, {"CertificateID", Secret(stored_id)}}};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

// Certificates by number, under names that need not be unique.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - one path for everything: POST stores, DELETE wants a body
//  - a certificate that is stored already is refused (400699), whatever its name: the list tells
//    whose it is
//  - the same call with an id would replace what is stored, for all its domains at once; it is not
//    used
//  - the list shows each certificate, and its private key too: nothing of it is kept or quoted
//  - its dates have no zone
// Client: github.com/edgenextapisdk/terraform-provider-edgenext, services/ssl

#include "providers/baishan/certificates.h"

#include "base/text.h"
#include "crypto/pem.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kPath = "/v2/domain/certificate";

/// "2024-01-01 00:00:00" in whatever zone, taken for UTC; nothing when it is none.
std::optional<Time> time_of(const Json& certificate, std::string_view key) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 2);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  std::string text = text_of(certificate, key);
  if (text.size() != 19 || text[10] != ' ') return std::nullopt;
  text[10] = 'T';
  const Result<Time> time = parse_time(text + "Z");
  return time && *time >= kFirst && *time < kLast ? std::optional(*time) : std::nullopt;
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const Json* listed = member(certificate, "include_domains");
  if (listed == nullptr || !listed->is_array()) return names;
  for (const Json& name : *listed) {
    if (name.is_string()) names.push_back(canonical_of_spelled(name.get<std::string>()));
  }
  return names;
}

std::optional<Certificate> leaf_of(const Json& certificate) {
  const std::string pem = text_of(certificate, "certificate");
  if (pem.empty()) return std::nullopt;
  const auto chain = read_certificates(pem, "a stored certificate");
  const bool has_leaf = chain && !chain->empty() && !chain->front().is_ca;
  return has_leaf ? std::optional(chain->front()) : std::nullopt;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "cert_id", Effect::kReads));
  StoredCertificate stored{.id = std::move(id), .names = names_of(certificate)};
  const Json* users = member(certificate, "associated_domains");
  if (users != nullptr && users->is_array()) stored.in_use = users->size();
  const std::string name = text_of(certificate, "name");
  const std::optional<StoreName> ours = read_store_name(name);
  stored.label = ours ? ours->label : name;
  if (const std::optional<Certificate> leaf = leaf_of(certificate)) {
    if (!ours) stored.label = "certferry-" + leaf->fingerprint;
    stored.names = leaf->dns_names;
    stored.not_before = leaf->not_before;
    stored.not_after = leaf->not_after;
    return stored;
  }
  const std::optional<Time> first = time_of(certificate, "cert_start_time");
  const std::optional<Time> last = time_of(certificate, "cert_expire_time");
  // UTC's or China's: it may begin earlier than they say.
  if (first) stored.not_before = std::max(*first - hours(8), Time{});
  if (last) stored.not_after = ours ? ours->end_since(*last - hours(14)) : *last;
  return stored;
}

}  // namespace

Task<std::vector<StoredCertificate>> BaishanCertificates::list() {
  constexpr std::size_t kItemsAPage = 50;  // with chains and keys they are long
  const std::string doing = "listing the certificates at BaishanCloud";
  BaishanCall wanted{.action = {.name = "GET /v2/domain/certificate"},
                     .doing = doing,
                     .target = std::string(kPath)};
  const std::vector<Json> items = co_await account_.list(std::move(wanted), kItemsAPage);
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> BaishanCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to BaishanCloud";
  JsonBody body;
  body.text("name", store_name(label, bundle->leaf.not_after));
  body.text("certificate", bundle->chain_pem);
  body.text("key", bundle->key_pem.reveal());
  BaishanCall order{.action = {.name = "POST /v2/domain/certificate",
                               .effect = Effect::kChanges,
                               .what = BaishanAction::What::kUpload},
                    .doing = doing,
                    .method = "POST",
                    .target = std::string(kPath),
                    .body = body.take()};
  const Json data = co_await account_.call(std::move(order));
  Result<std::string> id = id_of(data, "cert_id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> BaishanCertificates::remove(std::string stored_id) {
  JsonBody body;
  body.id("cert_id", stored_id);
  BaishanCall order{
      .action = {.name = "DELETE /v2/domain/certificate",
                 .effect = Effect::kChanges,
                 .what = BaishanAction::What::kDelete},
      .doing = "deleting certificate " + printable(stored_id, 100) + " at BaishanCloud",
      .method = "DELETE",
      .target = std::string(kPath),
      .body = body.take()};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

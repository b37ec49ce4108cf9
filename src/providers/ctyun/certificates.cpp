// The certificates of CTYun's content networks: by name, which is unique.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a domain names its certificate, by the name that it was given; there is a number as well,
//    which nothing but this list speaks of
//  - a name that is taken is refused, so that no upload is ever stored twice: the answer stands for
//    our own earlier one
//  - the path of an upload really is creat-cert
//  - the list has no fingerprint; one call gives the whole of a certificate, and its private key as
//    well: it is not used, so that nobody has to allow it
// API: https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=108&api=10893&data=161&isNormal=1&vid=154

#include "providers/ctyun/certificates.h"

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "ctcdn-global";

/// Unix seconds up to the year 9999; anything else is left unset, for it may be a stranger's entry.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr std::int64_t kEndOf9999 = 253'402'300'799;
  const std::int64_t value = integer_of(certificate, key).value_or(0);
  return value < 0 || value > kEndOf9999 ? Time{} : Time{seconds(value)};
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const Json* listed = member(certificate, "sans");
  if (listed != nullptr && listed->is_array()) {
    for (const Json& name : *listed) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
  }
  if (names.empty()) names.push_back(text_of(certificate, "cn"));
  std::erase(names, "");
  for (std::string& name : names) name = canonical_name(name).value_or(to_lower(name));
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  const std::string name = text_of(certificate, "name");
  if (name.empty()) {
    return std::unexpected(bad_shape("a certificate in the list has no name", Effect::kReads));
  }
  const std::optional<StoreName> ours = read_store_name(name);
  return StoredCertificate{.id = ctyun_stored_id(name),
                           .label = ours ? ours->label : name,
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "issue"),
                           .not_after = time_of(certificate, "expires")};
}

}  // namespace

std::string ctyun_stored_id(const std::string& name) {
  return printable(name, 200);
}

Task<std::vector<StoredCertificate>> CtyunCertificates::list() {
  const std::string doing = "listing the certificates at CTYun";
  CtyunList wanted{.call = {.action = {.path = "/v1/cert/query-cert-list"},
                            .doing = doing,
                            .service = kService,
                            .query = {{"usage_mode", "0"}}},
                   .size = "per_page",
                   .items_a_page = 1000,
                   .count = "total_records"};
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

Task<std::string> CtyunCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to CTYun";
  std::string name = store_name(label, bundle->leaf.not_after);
  JsonBody body;
  body.text("name", name);
  body.text("certs", bundle->chain_pem);
  body.text("key", bundle->key_pem.reveal());
  CtyunCall call{
      .action = {.path = "/v1/cert/creat-cert", .effect = Effect::kChanges, .carried_key = true},
      .doing = doing,
      .service = kService,
      .body = body.take()};
  const Json reply = co_await account_.call(std::move(call));
  // The number is for nothing but to see that something was stored.
  const Result<std::string> number = id_of(reply, "id", Effect::kChanges);
  if (!number) throw Error(number.error()).while_doing(doing);
  co_return name;
}

Task<void> CtyunCertificates::remove(std::string stored_id) {
  JsonBody body;
  body.text("name", stored_id);
  CtyunCall call{.action = {.path = "/v1/cert/delete-cert", .effect = Effect::kChanges},
                 .doing = "deleting certificate " + printable(stored_id, 100) + " at CTYun",
                 .service = kService,
                 .body = body.take()};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

// SSL certificates: by number, under names that are unique, each with the domains that use it.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the calls are those that the vendor's Terraform provider makes: the older upload answers with
//    an address in a header, and the older list spells its members in two ways
//  - the list is whole at once: it has no pages
//  - its dates are in China's time, to the second
//  - it has a serial number, which is no fingerprint: a certificate that somebody else stored is
//    used only when its name says which it is
//  - the store refuses to delete what a domain uses
// API: https://www.wangsu.com/document/api-doc/22675?productCode=certificatemanagement

#include "providers/wangsu/certificates.h"

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/reply.h"
#include "providers/common/spelled_name.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// "2016-08-01 07:00:00" in China; unset when it is none, for it may be a stranger's entry.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 2);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 31);
  std::string text = text_of(certificate, key);
  if (text.size() != 19 || text[10] != ' ') return {};
  text[10] = 'T';
  const Result<Time> time = parse_time(text + "Z");
  return time && *time >= kFirst && *time < kLast ? *time - hours(8) : Time{};
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const Json* listed = member(certificate, "dnsNames");
  if (listed == nullptr || !listed->is_array()) return names;
  for (const Json& name : *listed) {
    if (!name.is_string()) continue;
    const auto text = name.get<std::string>();
    names.push_back(canonical_name(text).value_or(to_lower(text)));
  }
  return names;
}

/// The domains that use it; null is none of them, and without a word of them nothing is known.
Result<Json> users_of(const Json& certificate) {
  const auto found = certificate.find("relatedDomains");
  if (found != certificate.end() && found->is_null()) return Json::array();
  if (found != certificate.end() && found->is_array()) return *found;
  return std::unexpected(
      bad_shape("a certificate in the list has no list 'relatedDomains'", Effect::kReads));
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "certificateId", Effect::kReads));
  TRY(const Json users, users_of(certificate));
  const std::string name = text_of(certificate, "name");
  const std::optional<StoreName> ours = read_store_name(name);
  return StoredCertificate{.id = std::move(id),
                           .label = ours ? ours->label : name,
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "certificateValidityFrom"),
                           .not_after = time_of(certificate, "certificateValidityTo"),
                           .in_use = users.size()};
}

}  // namespace

Task<Json> WangsuCertificates::entries(std::string doing) {
  WangsuCall call{.action = {.name = "POST /api/terraform/certificates"},
                  .doing = doing,
                  .path = "/api/terraform/certificates",
                  .body = Secret("{}")};
  const Json reply = co_await account_.call(std::move(call));
  if (!reply.contains("data")) {
    throw bad_shape("the answer has no list 'data'", Effect::kReads).while_doing(doing);
  }
  // An empty list is believed only with a word that it is the answer.
  if (text_of(reply, "code").empty()) {
    throw bad_shape("the answer has no code", Effect::kReads).while_doing(doing);
  }
  const Json& data = reply.at("data");
  if (data.is_null()) co_return Json::array();
  if (!data.is_array()) {
    throw bad_shape("the answer has no list 'data'", Effect::kReads).while_doing(doing);
  }
  co_return data;
}

Task<std::vector<StoredCertificate>> WangsuCertificates::list() {
  const std::string doing = "listing the certificates at Wangsu";
  const Json items = co_await entries(doing);
  std::vector<StoredCertificate> all;
  all.reserve(items.size());
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::map<std::string, std::string>> WangsuCertificates::uses() {
  const std::string doing = "listing which certificates the domains at Wangsu have";
  const Json items = co_await entries(doing);
  std::map<std::string, std::string> uses;
  for (const Json& item : items) {
    Result<std::string> id = id_of(item, "certificateId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    const Result<Json> domains = users_of(item);
    if (!domains) throw Error(domains.error()).while_doing(doing);
    for (const Json& domain : *domains) {
      const std::string name = canonical_of_spelled(text_of(domain, "domainName"));
      // Of several that a domain has, the one with the higher number was stored later.
      std::string& known = uses[name];
      const bool later = known.size() != id->size() ? known.size() < id->size() : known < *id;
      if (later) known = *id;
    }
  }
  co_return uses;
}

Task<std::string> WangsuCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to Wangsu";
  JsonBody body;
  body.text("name", store_name(label, bundle->leaf.not_after));
  body.text("certificate", bundle->chain_pem);
  body.text("privateKey", bundle->key_pem.reveal());
  WangsuCall call{.action = {.name = "POST /api/terraform/certificate",
                             .effect = Effect::kChanges,
                             .carried_key = true},
                  .doing = doing,
                  .path = "/api/terraform/certificate",
                  .body = body.take()};
  const Json reply = co_await account_.call(std::move(call));
  const Json* data = member(reply, "data");
  Result<std::string> id =
      id_of(data == nullptr ? Json() : *data, "certificateId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> WangsuCertificates::remove(std::string stored_id) {
  WangsuCall call{
      .action = {.name = "DELETE /api/terraform/certificate/ID", .effect = Effect::kChanges},
      .doing = "deleting certificate " + printable(stored_id, 100) + " at Wangsu",
      .method = "DELETE",
      .path = "/api/terraform/certificate/" + url_encode(stored_id)};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

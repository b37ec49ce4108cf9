// SSL certificates (v1): certificates by id.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list has no fingerprint; its digest is one of the private key's text .. docs: digest
//  - dates may be of any zone; what a certificate of ours ends at stands in its name
//  - nothing says that the same certificate again is refused, so a repeat looks for its name
//  - the details of a certificate say who uses it, and the list alone whether it may be deleted;
//    both are asked, for what the refusal of a delete would look like is not said
//    ................................................. docs: describeCert, describeCerts
//  - a delete is one of the calls that operation protection keeps from keys ...... SDK: MFA
// API: https://docs.jdcloud.com/cn/ssl-certificate/api/describecerts

#include "providers/jdcloud/certificates.h"

#include <algorithm>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "ssl";

/// "2026-04-15T08:30:59Z", "2026-04-15T16:30:59+08:00" or "2026-04-15 16:30:59", all as if they
/// were UTC's; nothing when it is none, or of no era of ours, for it may be a stranger's entry.
std::optional<Time> time_of(const Json& certificate, std::string_view key) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 2);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 1);
  std::string text = text_of(certificate, key).substr(0, 19);
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  const Result<Time> time = parse_time(text + "Z");
  return time && *time >= kFirst && *time < kLast ? std::optional(*time) : std::nullopt;
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const Json* listed = member(certificate, "dnsNames");
  if (listed != nullptr && listed->is_array()) {
    for (const Json& one : *listed) {
      if (one.is_string()) names.push_back(canonical_of_spelled(one.get<std::string>()));
    }
  }
  const std::string common = text_of(certificate, "commonName");
  if (names.empty() && !common.empty()) names.push_back(canonical_of_spelled(common));
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "certId", Effect::kReads));
  StoredCertificate stored{.id = std::move(id), .names = names_of(certificate)};
  const std::optional<Time> first = time_of(certificate, "startTime");
  const std::optional<Time> last = time_of(certificate, "endTime");
  // UTC's or China's: it may begin earlier than they say.
  if (first) stored.not_before = *first - hours(8);
  if (last) stored.not_after = *last;
  stored.label = text_of(certificate, "certName");
  if (const auto name = read_store_name(stored.label)) {
    stored.label = name->label;
    if (last) stored.not_after = name->end_since(*last - hours(14));
  }
  return stored;
}

/// Who uses a certificate, by its details; nothing when they do not say.
///
/// Throws `reply.shape`.
std::optional<std::vector<std::string>> users_in(const Json& result) {
  const Json* detail = member(result, "certDescDetail");
  if (detail == nullptr || !detail->is_object()) {
    throw bad_shape("the answer has no 'certDescDetail'", Effect::kReads);
  }
  const Json* listed = member(*detail, "usedBy");
  if (listed == nullptr || !listed->is_array()) return std::nullopt;
  std::vector<std::string> users;
  for (const Json& one : *listed) {
    users.push_back(text_of(one, "bindFrom") + " " + text_of(one, "bindId"));
  }
  return users;
}

}  // namespace

Task<std::vector<Json>> JdcloudCertificates::list_rows(std::string doing) {
  constexpr unsigned kItemsAPage = 100;
  JdcloudCall call{.service = kService,
                   .action = {.permission = "ssl:describeCerts"},
                   .doing = std::move(doing),
                   .path = "/v1/sslCert"};
  JdcloudPages pages{.items = "certListDetails", .size = kItemsAPage};
  co_return co_await account_.list(std::move(call), std::move(pages));
}

Task<std::vector<StoredCertificate>> JdcloudCertificates::list() {
  const std::string doing = "listing the certificates at JD Cloud";
  const std::vector<Json> items = co_await list_rows(doing);
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> JdcloudCertificates::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to JD Cloud";
  JsonBody body;
  body.text("certName", store_name(label, bundle->leaf.not_after));
  body.text("certFile", bundle->chain_pem);
  body.text("keyFile", bundle->key_pem.reveal());
  JdcloudCall call{.service = kService,
                   .action = {.permission = "ssl:uploadCert",
                              .effect = Effect::kChanges,
                              .has_key = true,
                              .stores = true},
                   .doing = doing,
                   .method = "POST",
                   .path = "/v1/sslCert%3Aupload",
                   .body = body.take()};
  const Json result = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(result, "certId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> JdcloudCertificates::refuse_used(std::string stored_id) {
  const std::string doing = "asking JD Cloud what uses certificate " + printable(stored_id, 100);
  JdcloudCall question{.service = kService,
                       .action = {.permission = "ssl:describeCert"},
                       .doing = doing,
                       .path = "/v1/sslCert/" + url_encode(stored_id)};
  const Json result = co_await account_.call(std::move(question));
  const std::vector<Json> rows = co_await list_rows(doing);
  try {
    const auto users = users_in(result);
    const auto row =
        std::ranges::find(rows, stored_id, [](const Json& one) { return text_of(one, "certId"); });
    const std::optional<std::int64_t> deletable =
        row == rows.end() ? std::nullopt : integer_of(*row, "deletable");
    if (!users && !deletable) {
      throw bad_shape("nothing says whether the certificate is in use", Effect::kReads);
    }
    if ((users && !users->empty()) || deletable == 0) {
      throw still_used(stored_id, users.value_or(std::vector<std::string>()));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
}

Task<void> JdcloudCertificates::remove(std::string stored_id) {
  co_await refuse_used(stored_id);
  JdcloudCall order{
      .service = kService,
      .action = {.permission = "ssl:deleteCerts", .effect = Effect::kChanges, .deletes = true},
      .doing = "deleting certificate " + printable(stored_id, 100) + " at JD Cloud",
      .method = "DELETE",
      .path = "/v1/sslCert/" + url_encode(stored_id)};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

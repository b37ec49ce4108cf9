// The certificate centre (certificate_service 2024-10-01): certificates by id, remarks as one
// likes.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the same certificate again is not stored, but answered with the id of the one that is there,
//    whoever stored it: unless Repeatable says true, which is how we always own what we upload
//    ..................................................... docs: ImportCertificate, Repeatable
//  - lists have times of no named zone; what a certificate of ours ends at stands in its remark
//    ..................................................... certimate takes them for China's
//  - the whole of a certificate can be asked for by a call that gives away private keys as well:
//    it is not used, so that nobody has to allow it ...... docs: CertificateGetInstance
//  - what a product uses, and what renews another, is not deleted . docs: CertificateDeleteInstance
// API: https://www.volcengine.com/docs/6638/1365580

#include "providers/volcengine/center.h"

#include <algorithm>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/store_name.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr VolcengineService kCenter{.site = &kVolcengineSite,
                                    .id = "certificate_service",
                                    .host = "open",
                                    .region = "cn-beijing",
                                    .version = "2024-10-01"};

/// "2026-04-15 08:30:59" as if it were UTC's; nothing when it is none, or of no era of ours, for it
/// may be a stranger's entry, or an order that has no certificate yet.
std::optional<Time> time_of(const Json& instance, std::string_view key) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 2);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 1);
  std::string text = text_of(instance, key);
  std::ranges::replace(text, ' ', 'T');
  if (!text.ends_with('Z')) text += 'Z';
  const Result<Time> time = parse_time(text);
  return time && *time >= kFirst && *time < kLast ? std::optional(*time) : std::nullopt;
}

std::vector<std::string> names_of(const Json& instance) {
  std::vector<std::string> names;
  const Json* listed = member(instance, "San");
  if (listed != nullptr && listed->is_array()) {
    for (const Json& one : *listed) {
      if (one.is_string()) names.push_back(canonical_of_spelled(one.get<std::string>()));
    }
  }
  const std::string common = text_of(instance, "CommonName");
  if (names.empty() && !common.empty()) names.push_back(canonical_of_spelled(common));
  return names;
}

Result<StoredCertificate> read_stored(const Json& instance) {
  TRY(std::string id, id_of(instance, "InstanceId", Effect::kReads));
  StoredCertificate stored{.id = std::move(id), .names = names_of(instance)};
  const std::optional<Time> first = time_of(instance, "NotBefore");
  const std::optional<Time> last = time_of(instance, "NotAfter");
  // UTC's or China's: it may begin earlier than they say.
  if (first) stored.not_before = *first - hours(8);
  if (last) stored.not_after = *last;
  if (const auto name = read_store_name(text_of(instance, "Tag"))) {
    stored.label = name->label;
    if (last) stored.not_after = name->end_since(*last - hours(14));
  } else {
    stored.label = text_of(instance, "Tag");
  }
  return stored;
}

/// The id under which it was stored. Error: conflict when the centre had one like it before.
Result<std::string> read_uploaded(const Json& result) {
  const std::string like_it = text_of(result, "RepeatId");
  if (text_of(result, "InstanceId").empty() && !like_it.empty()) {
    return std::unexpected(Error(ErrorKind::kConflict,
                                 "the certificate centre has the same certificate already, as " +
                                     quotable(like_it, 100) +
                                     ", and did not store it once more as it was told to")
                               .with_code("vendor.conflict")
                               .with_hint("delete that one in the console, if nothing uses it"));
  }
  return id_of(result, "InstanceId", Effect::kChanges);
}

}  // namespace

Task<std::vector<StoredCertificate>> VolcengineCenter::list() {
  const std::string doing = "listing Volcengine's certificate centre";
  VolcengineList wanted{
      .action = {.service = &kCenter, .name = "CertificateGetInstanceList"},
      .doing = doing,
      .page = "PageNumber",
      .size = "PageSize",
      .items = "Instances",
      .count = "TotalCount",
  };
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<StoredCertificate> all;
  for (const Json& item : items) {
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> VolcengineCenter::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to Volcengine's certificate centre";
  JsonBody pair;
  pair.text("CertificateChain", bundle->chain_pem);
  pair.text("PrivateKey", bundle->key_pem.reveal());
  JsonBody body;
  body.text("Tag", store_name(label, bundle->leaf.not_after));
  body.json("Repeatable", "true");
  if (!project_.empty()) body.text("ProjectName", project_);
  body.json("CertificateInfo", pair.take().reveal());
  VolcengineCall call{.action = {.service = &kCenter,
                                 .name = "ImportCertificate",
                                 .effect = Effect::kChanges,
                                 .carried_key = true},
                      .doing = doing,
                      .body = body.take()};
  const Json result = co_await account_.call(std::move(call));
  Result<std::string> id = read_uploaded(result);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> VolcengineCenter::remove(std::string stored_id) {
  JsonBody body;
  body.text("InstanceId", stored_id);
  VolcengineCall call{.action = {.service = &kCenter,
                                 .name = "CertificateDeleteInstance",
                                 .effect = Effect::kChanges},
                      .doing = "deleting certificate " + printable(stored_id, 100) +
                               " of Volcengine's certificate centre",
                      .body = body.take()};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

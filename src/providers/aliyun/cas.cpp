// CAS (Certificate Management Service, 2020-04-07): certificates by id, names that are unique.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - orders are listed unless OrderType says CERT; then what has ended is left out, and has to be
//    asked for by its status ............................... docs: ListUserCertificateOrder, Status
//  - names have 63 characters at most, our labels 80 ....... docs: UploadUserCertificate
//  - a name that is taken is refused (NameRepeat), so that no upload is ever stored twice: the
//    answer stands for our own earlier one ................. docs: error codes; dnsmgr issue 234
//  - lists have dates without a zone; what a certificate of ours ends at stands in its name
//  - the whole of a certificate can be asked for by a call that gives away private keys as well:
//    it is not used, so that nobody has to allow it ........ docs: GetUserCertificateDetail
// API: https://help.aliyun.com/zh/ssl-certificate/developer-reference/api-cas-2020-04-07-overview

#include "providers/aliyun/cas.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "providers/common/form_body.h"
#include "providers/common/json_api.h"
#include "providers/common/store_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AliyunService kCas{.id = "cas", .version = "2020-04-07", .ram = "yundun-cert"};

/// The first moment of a day in UTC; nothing when it is none, or of no era of ours, for it may be a
/// stranger's entry.
std::optional<Time> day_of(const Json& certificate, std::string_view key) {
  constexpr Time kFirst = std::chrono::sys_days(std::chrono::year(1970) / 1 / 2);
  constexpr Time kLast = std::chrono::sys_days(std::chrono::year(9999) / 12 / 1);
  const Result<Time> day = parse_time(text_of(certificate, key) + "T00:00:00Z");
  return day && *day >= kFirst && *day < kLast ? std::optional(*day) : std::nullopt;
}

std::vector<std::string> names_of(const Json& certificate) {
  std::string listed = text_of(certificate, "Sans");
  if (listed.empty()) listed = text_of(certificate, "CommonName");
  std::vector<std::string> names;
  for (const std::string& text : split(listed, ',')) {
    const std::string name(trim(text));
    if (!name.empty()) names.push_back(canonical_name(name).value_or(to_lower(name)));
  }
  return names;
}

/// What stands in for the label of a certificate that somebody else stored: whoever wants the same
/// one finds it by that, and nobody takes it for his own.
std::string label_of_other(const Json& certificate) {
  const std::string fingerprint = to_lower(text_of(certificate, "Sha2"));
  const bool usable = fingerprint.size() == 64 &&
                      fingerprint.find_first_not_of("0123456789abcdef") == std::string::npos;
  return usable ? "certferry-" + fingerprint : text_of(certificate, "Name");
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "CertificateId", Effect::kReads));
  StoredCertificate stored{.id = std::move(id), .names = names_of(certificate)};
  const std::optional<Time> first_day = day_of(certificate, "StartDate");
  const std::optional<Time> last_day = day_of(certificate, "EndDate");
  // The days are those of UTC or of China: it may begin earlier and end later than they say.
  if (first_day) stored.not_before = *first_day - hours(8);
  if (last_day) stored.not_after = *last_day + hours(24) - seconds(1);
  if (const auto name = read_store_name(text_of(certificate, "Name"))) {
    stored.label = name->label;
    if (last_day) stored.not_after = name->end_since(*last_day - hours(14));
  } else {
    stored.label = label_of_other(certificate);
  }
  return stored;
}

AliyunList list_of(std::string_view status, const std::string& doing) {
  AliyunList list{.call = {.action = {.service = &kCas, .name = "ListUserCertificateOrder"},
                           .doing = doing,
                           .query = {{"OrderType", "CERT"}}},
                  .page = "CurrentPage",
                  .size = "ShowSize",
                  .items_a_page = 50,
                  .place = {"CertificateOrderList"}};
  if (!status.empty()) list.call.query.emplace_back("Status", std::string(status));
  return list;
}

}  // namespace

Task<std::vector<StoredCertificate>> AliyunCas::list() {
  const std::string doing = "listing the certificates in CAS at Alibaba Cloud";
  std::vector<StoredCertificate> all;
  std::set<std::string> seen;  // one may end between the two lists
  for (const std::string_view status : {"", "EXPIRED"}) {
    const std::vector<Json> items = co_await account_.list(list_of(status, doing));
    for (const Json& item : items) {
      Result<StoredCertificate> one = read_stored(item);
      if (!one) throw std::move(one).error().while_doing(doing);
      names_[one->id] = text_of(item, "Name");
      if (seen.insert(one->id).second) all.push_back(*std::move(one));
    }
  }
  co_return all;
}

Task<std::string> AliyunCas::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to CAS at Alibaba Cloud";
  const std::string name = store_name(label, bundle->leaf.not_after);
  FormBody form;
  form.field("Name", name);
  form.field("Cert", bundle->chain_pem);
  form.field("Key", bundle->key_pem.reveal());
  AliyunCall call{.action = {.service = &kCas,
                             .name = "UploadUserCertificate",
                             .effect = Effect::kChanges,
                             .carried_key = true},
                  .doing = doing,
                  .form = form.take()};
  const Json reply = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(reply, "CertId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  names_[*id] = name;
  co_return *std::move(id);
}

Task<std::string> AliyunCas::name_of(std::string stored_id) {
  if (!names_.contains(stored_id)) (void)co_await list();
  const auto found = names_.find(stored_id);
  if (found != names_.end() && !found->second.empty()) co_return found->second;
  throw Error(ErrorKind::kNotFound,
              "CAS at Alibaba Cloud has no certificate " + printable(stored_id, 100))
      .with_code("vendor.not_found");
}

Task<std::map<std::string, std::string>> AliyunCas::ids_by_name() {
  const std::vector<StoredCertificate> stored = co_await list();
  std::map<std::string, std::string> ids;
  for (const StoredCertificate& one : stored) ids.insert_or_assign(names_[one.id], one.id);
  // An upload that lists do not show yet.
  for (const auto& [id, name] : names_) ids.try_emplace(name, id);
  ids.erase("");
  co_return ids;
}

Task<void> AliyunCas::remove(std::string stored_id) {
  AliyunCall call{
      .action = {.service = &kCas, .name = "DeleteUserCertificate", .effect = Effect::kChanges},
      .doing = "deleting certificate " + printable(stored_id, 100) + " in CAS at Alibaba Cloud",
      .query = {{"CertId", stored_id}}};
  co_await account_.call(std::move(call));
  names_.erase(stored_id);
}

}  // namespace certferry

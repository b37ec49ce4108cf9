// SSL Certificates (SSL 2019-12-05): certificates by id, for every product of the account.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a delete does not ask whether anything uses the certificate unless told to; then it becomes a
//    task, and takes a consent that the account gives once ....... docs: DeleteCertificate
//  - the same certificate may be stored again; `Repeatable: false` would give the id of whoever
//    stored it first instead ..................................... docs: UploadCertificate
//  - times have no zone; they are those of China .................. SDK: CertEndTime, GMT+8
//  - lists do not say what is stored, by no digest ................ SDK: Certificates
//
// Why a copy of our own, though the vendor would share: the twin's label is not ours, so nobody
// would ever retire it, and whoever made it may delete it while we serve from it.
//
// Why the vendor looks before a delete, and we as well: only the vendor knows what load balancers,
// buckets and clusters use, and it answers from what it found within the last half hour; what our
// own products use we ask at the moment itself (tencentcloud.cpp). The look is a task that the one
// call starts, so the outcome of that call is there only later: it is waited for, and what is not
// known after half a minute is a delete that may have been carried out.
// API: https://cloud.tencent.com/document/api/400/41665

#include "providers/tencentcloud/ssl.h"

#include <algorithm>

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kSsl{.id = "ssl", .version = "2019-12-05"};
constexpr TencentAction kList{.service = &kSsl, .name = "DescribeCertificates"};
constexpr TencentAction kDelete{
    .service = &kSsl, .name = "DeleteCertificate", .effect = Effect::kChanges};
constexpr TencentAction kTask{.service = &kSsl, .name = "DescribeDeleteCertificatesTaskResult"};

/// "2026-04-15 16:30:59" of China; nothing when it is none, for it may be a stranger's entry.
std::optional<Time> time_of(const Json& certificate, std::string_view key) {
  std::string text = text_of(certificate, key);
  const auto blank = text.find(' ');
  if (blank == std::string::npos) return std::nullopt;
  text[blank] = 'T';
  const Result<Time> time = parse_time(text + "Z");
  if (!time || *time < Time(hours(24))) return std::nullopt;
  return *time - hours(8);
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    if (!name.empty()) names.push_back(canonical_name(name).value_or(to_lower(name)));
  };
  const Json* listed = member(certificate, "SubjectAltName");
  if (listed != nullptr && listed->is_array()) {
    for (const Json& one : *listed) {
      if (one.is_string()) add(one.get<std::string>());
    }
  }
  if (names.empty()) add(text_of(certificate, "Domain"));
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "CertificateId", Effect::kReads));
  return StoredCertificate{.id = std::move(id),
                           .label = text_of(certificate, "Alias"),
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "CertBeginTime").value_or(Time{}),
                           .not_after = time_of(certificate, "CertEndTime").value_or(Time{}),
                           .in_use = {}};
}

/// What a task says of itself; the numbers are the vendor's.
enum class TaskStatus {
  kRunning = 0,
  kDone = 1,
  kFailed = 2,
  kNoRole = 3,
  kInUse = 4,
  kNoLook = 5
};

/// As a call would be refused with that code; the vendor said it by a number.
Error as_refusal(const std::string& code, const Json& task) {
  Error error = tencent_refusal(code, text_of(task, "Error"), kDelete);
  error.vendor_code = "Status " + text_of(task, "Status");
  return error;
}

/// How the task ended, if not well.
std::optional<Error> failure_of(const Json& task) {
  switch (static_cast<TaskStatus>(*integer_of(task, "Status"))) {
    case TaskStatus::kDone:
      return std::nullopt;
    case TaskStatus::kNoRole:
      return as_refusal("FailedOperation.RoleNotFoundAuthorization", task);
    case TaskStatus::kInUse:
      return as_refusal("FailedOperation.DeleteResourceFailed", task);
    case TaskStatus::kNoLook: {
      Error error = as_refusal("ResourceUnavailable", task);
      error.message = "Tencent Cloud could not find out in time what uses the certificate";
      return error;
    }
    default:
      return as_refusal("OperationDenied", task);
  }
}

}  // namespace

KeyType::Algorithm tencent_algorithm(const std::string& spelled) {
  const std::string text = to_lower(spelled);
  if (text.contains("rsa")) return KeyType::Algorithm::kRsa;
  return text.contains("ec") ? KeyType::Algorithm::kEcdsa : KeyType::Algorithm::kOther;
}

// 1000 a page are allowed, of some kilobytes each: that may be more than an answer may have here.
Task<std::vector<StoredCertificate>> TencentSsl::list() {
  const std::string doing = "listing the certificates at Tencent Cloud";
  TencentList wanted{.action = kList,
                     .doing = doing,
                     .parameters = {{"CertificateType", "SVR"}},
                     .items_a_page = 200,
                     .items = "Certificates"};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<StoredCertificate> all;
  all.reserve(items.size());
  for (const Json& item : items) {
    // An order that nobody has issued yet has no certificate.
    const std::string status = text_of(item, "Status");
    if (text_of(item, "CertificateId").empty() && !status.empty() && status != "1") continue;
    Result<StoredCertificate> one = read_stored(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    all.push_back(*std::move(one));
  }
  co_return all;
}

Task<std::string> TencentSsl::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to Tencent Cloud";
  JsonBody body;
  body.text("CertificatePublicKey", bundle->chain_pem);
  body.text("CertificatePrivateKey", bundle->key_pem.reveal());
  body.text("CertificateType", "SVR");
  body.text("Alias", label);
  TencentCall call{.action = {.service = &kSsl,
                              .name = "UploadCertificate",
                              .effect = Effect::kChanges,
                              .carried_key = true},
                   .doing = doing,
                   .body = body.take()};
  const Json reply = co_await account_.call(std::move(call));
  Result<std::string> id = id_of(reply, "CertificateId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<std::map<std::string, TencentKind>> TencentSsl::kinds_of(std::vector<std::string> stored_ids) {
  constexpr std::size_t kIdsMost = 50;
  std::map<std::string, TencentKind> kinds;
  for (std::size_t from = 0; from < stored_ids.size(); from += kIdsMost) {
    Json ids = Json::array();
    for (std::size_t i = from; i < std::min(from + kIdsMost, stored_ids.size()); ++i) {
      ids.push_back(stored_ids[i]);
    }
    TencentList wanted{.action = kList,
                       .doing = "asking Tencent Cloud of what keys its certificates are",
                       .parameters = {{"CertIds", std::move(ids)}},
                       .items = "Certificates"};
    const std::vector<Json> items = co_await account_.list(std::move(wanted));
    for (const Json& one : items) {
      kinds[text_of(one, "CertificateId")] = {
          .label = text_of(one, "Alias"),
          .algorithm = tencent_algorithm(text_of(one, "EncryptAlgorithm"))};
    }
  }
  co_return kinds;
}

Task<std::optional<Json>> TencentSsl::ask(std::string task) {
  const Json parameters = {{"TaskIds", Json::array({task})}};
  try {
    TencentCall call{.action = kTask,
                     .doing = "asking Tencent Cloud what came of a delete",
                     .body = tencent_body(parameters)};
    const Json reply = co_await account_.call(std::move(call));
    const Json* results = member(reply, "DeleteTaskResult");
    if (results == nullptr || !results->is_array()) co_return std::nullopt;
    for (const Json& one : *results) {
      if (text_of(one, "TaskId") == task && integer_of(one, "Status")) co_return one;
    }
  } catch (const Error& error) {
    // The delete was sent; that its outcome could not be read says nothing of it.
    if (error.kind == ErrorKind::kCancelled) throw;
  }
  co_return std::nullopt;
}

Task<void> TencentSsl::remove(std::string stored_id) {
  constexpr int kLooksMost = 10;
  constexpr milliseconds kBetweenLooks = seconds(3);
  const std::string doing =
      "deleting certificate " + printable(stored_id, 100) + " at Tencent Cloud";
  const Json parameters = {{"CertificateId", stored_id}, {"IsCheckResource", true}};
  TencentCall call{.action = kDelete, .doing = doing, .body = tencent_body(parameters)};
  const Json reply = co_await account_.call(std::move(call));
  const std::string task = text_of(reply, "TaskId");
  const int looks = task.empty() ? 0 : sleeper_ == nullptr ? 1 : kLooksMost;
  for (int look = 0; look < looks; ++look) {
    if (sleeper_ != nullptr) co_await sleeper_->sleep(kBetweenLooks);
    const std::optional<Json> result = co_await ask(task);
    const auto running = static_cast<std::int64_t>(TaskStatus::kRunning);
    if (!result || integer_of(*result, "Status") == running) continue;
    if (std::optional<Error> failure = failure_of(*result)) {
      throw std::move(*failure).while_doing(doing);
    }
    co_return;
  }
  throw Error(ErrorKind::kMaybeApplied,
              task.empty() ? "Tencent Cloud did not say what came of it"
                           : "Tencent Cloud is still looking whether anything uses it")
      .with_code("vendor.task")
      .with_hint("the store is read; what is still there is tried again next time")
      .while_doing(doing);
}

}  // namespace certferry

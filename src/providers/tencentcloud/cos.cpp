// COS (object storage): a bucket is served under domains of the account's own. SSL Certificates
// lists them and carries certificates to them, by jobs; COS itself is not called.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a list that names a certificate leaves domains out: those that it does not cover, and those
//    that have it already. None is named .......... docs: DescribeHostCosInstanceList, Filters
//  - what is listed is up to half an hour old, unless told not to be . docs: IsCache
//  - a bind is a job, and there is one at a time for a certificate and a kind of resource: binds
//    wait for each other, and jobs of others are looked for ......... docs:
//    DeployCertificateInstance
//  - until its job is done a domain is listed with the certificate that it had; so what this
//    process has begun is asked for .................................. not documented
//  - what a domain has already is refused, as if it did not fit ...... docs; certimate, issue 1331
//  - a bind names the bucket's region twice, in a header and in what it is for . docs
//  - the names of regions come with the list; the account need not know any
// API: https://cloud.tencent.com/document/api/400/91667

#include <algorithm>
#include <map>
#include <utility>

#include "base/quotable.h"
#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/turn.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kSsl{.id = "ssl", .version = "2019-12-05"};
constexpr TencentAction kList{.service = &kSsl, .name = "DescribeHostCosInstanceList"};
constexpr TencentAction kListJobs{.service = &kSsl, .name = "DescribeHostDeployRecord"};
constexpr TencentAction kAsk{.service = &kSsl, .name = "DescribeHostDeployRecordDetail"};
constexpr TencentAction kBind{
    .service = &kSsl, .name = "DeployCertificateInstance", .effect = Effect::kChanges};

/// A job takes a quarter of a minute; it is looked at for a good minute.
constexpr int kLooksMost = 24;
constexpr milliseconds kBetweenLooks = seconds(3);

/// Where a domain is; both become part of what a bind is for.
struct Place {
  std::string region;
  std::string bucket;

  bool known() const { return is_word(region) && is_word(bucket); }

 private:
  static bool is_word(std::string_view text) {
    constexpr std::string_view kTaken = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    return !text.empty() && text.find_first_not_of(kTaken) == std::string_view::npos;
  }
};

struct Job {
  std::string id;
  std::string certificate;
  std::string region;
};

/// How far a job has come with one domain.
struct Progress {
  bool names_it = false;  ///< the domain is one of those that the job is for
  bool ended = false;
  bool failed = false;
  std::string reason;
};

std::int64_t count_in(const Json& reply, std::string_view key) {
  return std::clamp<std::int64_t>(integer_of(reply, key).value_or(0), 0, 1'000'000);
}

bool is_for(const Json& part, const std::string& name) {
  const Json* domains = member(part, "Domains");
  return domains != nullptr && domains->is_array() &&
         std::ranges::any_of(*domains, [&](const Json& one) {
           return one.is_string() && tencent_name(one.get<std::string>()) == name;
         });
}

Progress progress_of(const Json& reply, const std::string& name) {
  const std::int64_t total = count_in(reply, "TotalCount");
  const std::int64_t failed = count_in(reply, "FailedTotalCount");
  Progress out;
  out.ended = total > 0 && count_in(reply, "SuccessTotalCount") + failed >= total;
  const Json* parts = member(reply, "DeployRecordDetailList");
  for (const Json& part : parts != nullptr && parts->is_array() ? *parts : Json::array()) {
    if (!is_for(part, name)) continue;
    out.names_it = true;
    out.reason = quotable(text_of(part, "ErrorMsg"));
  }
  out.failed = out.ended && (failed == total || (failed > 0 && !out.reason.empty()));
  return out;
}

/// What the vendor says of a certificate that a domain has already, among others.
bool may_be_bound(const Error& error) {
  return error.vendor_code == "FailedOperation.CertificateNotDeployInstance" ||
         error.vendor_code == "FailedOperation.CertificateDeployInstanceEmpty";
}

Place place_in(const Json& row) {
  return {.region = text_of(row, "Region"), .bucket = text_of(row, "Bucket")};
}

TencentDomain read_domain(const Json& row) {
  const std::string spelled = text_of(row, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  const Place place = place_in(row);
  TencentDomain out;
  Binding& binding = out.binding;
  binding = {.name = tencent_name(spelled),
             .vendor_name = spelled,
             .status = words_of(row, "Status"),
             .settings = {{"bucket", place.bucket}, {"region", place.region}}};
  binding.online = binding.status == "ENABLED" && place.known();
  if (binding.status == "ENABLED") {
    binding.status = binding.online ? "online" : "in a bucket that the list does not name";
  } else if (binding.status == "DISABLED") {
    binding.status = "offline";
  }
  const std::string id = tencent_reference(row, "CertId");
  if (!id.empty()) {
    out.certificates.push_back(id);
    binding.stored_id = id;
  }
  return out;
}

class TencentCos final : public TencentProduct {
 public:
  TencentCos(TencentAccount& account, Sleeper* sleeper) : account_(account), sleeper_(sleeper) {}

  std::string_view id() const override { return "cos"; }
  std::string_view name() const override { return "COS"; }
  bool may_be_unopened() const override { return !listed_; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  Task<Place> place_of(BindRequest request);
  Task<Progress> ask(Job job, std::string name, std::string doing);
  /// The same, of a job whose outcome nothing depends on: nothing when it could not be read.
  Task<std::optional<Progress>> look(Job job, std::string name, std::string doing);
  /// The job that is under way for the certificate and is about the domain. Waits for one that is
  /// about others, because there is no second one meanwhile.
  Task<std::optional<Job>> under_way(BindRequest request, Place place);
  /// Begins one; nothing when the domain turns out to have the certificate.
  Task<std::optional<Job>> begin(BindRequest request, Place place);

  TencentAccount& account_;
  Sleeper* sleeper_;
  BindTurn turn_;
  std::map<std::string, Place> places_;  ///< by the vendor's spelling of the domain
  std::map<std::string, Job> jobs_;      ///< that this process has seen and no end of
  bool listed_ = false;
};

Task<Progress> TencentCos::ask(Job job, std::string name, std::string doing) {
  const Json parameters = {{"DeployRecordId", job.id}, {"Offset", 0}, {"Limit", 200}};
  TencentCall call{.action = kAsk,
                   .doing = std::move(doing),
                   .body = tencent_body(parameters),
                   .region = job.region};
  const Json reply = co_await account_.call(std::move(call));
  co_return progress_of(reply, name);
}

Task<std::optional<Progress>> TencentCos::look(Job job, std::string name, std::string doing) {
  try {
    co_return co_await ask(std::move(job), std::move(name), std::move(doing));
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kCancelled) throw;
  }
  co_return std::nullopt;
}

Task<std::vector<TencentDomain>> TencentCos::list() {
  const std::string doing = "listing the domains of COS at Tencent Cloud";
  TencentList wanted{.action = kList,
                     .doing = doing,
                     .parameters = {{"ResourceType", "cos"}, {"IsCache", 0}},
                     .items = "InstanceList"};
  const std::vector<Json> rows = co_await account_.list(std::move(wanted));
  listed_ = true;
  std::vector<TencentDomain> all;
  std::map<std::string, std::size_t> seen;
  for (const Json& row : rows) {
    TencentDomain one;
    try {
      one = read_domain(row);
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
    const auto [before, first] = seen.emplace(one.binding.name, all.size());
    if (first) {
      places_.insert_or_assign(one.binding.vendor_name, place_in(row));
      all.push_back(std::move(one));
      continue;
    }
    // It has moved to another bucket: one of them serves it, and both may refer to a certificate.
    TencentDomain& other = all[before->second];
    if (one.binding.online && !other.binding.online) {
      places_.insert_or_assign(one.binding.vendor_name, place_in(row));
      std::swap(one, other);
    }
    std::ranges::move(one.certificates, std::back_inserter(other.certificates));
  }
  for (TencentDomain& one : all) {
    Binding& binding = one.binding;
    const auto job = jobs_.find(binding.vendor_name);
    if (job == jobs_.end()) continue;
    const std::string certificate = job->second.certificate;
    const Job asked = job->second;
    if (binding.stored_id == certificate) {
      jobs_.erase(job);
      continue;
    }
    const std::optional<Progress> progress = co_await look(asked, binding.name, doing);
    if (progress && progress->ended) {
      jobs_.erase(binding.vendor_name);
      if (progress->failed) binding.status += ", certificate failed";
      continue;
    }
    one.certificates.push_back(certificate);
    binding.stored_id = certificate;
    binding.status += ", certificate deploying";
  }
  co_return all;
}

/// A bind names the bucket and its region, which a binding has no place for.
Task<Place> TencentCos::place_of(BindRequest request) {
  if (!places_.contains(request.binding.vendor_name)) (void)co_await list();
  const auto found = places_.find(request.binding.vendor_name);
  if (found != places_.end() && found->second.known()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(tencent_binding(request, name()));
}

Task<std::optional<Job>> TencentCos::under_way(BindRequest request, Place place) {
  const std::string doing = tencent_binding(request, name());
  for (int looks = 1;; ++looks) {
    std::vector<Json> records;
    try {
      TencentList wanted{
          .action = kListJobs,
          .doing = doing,
          .parameters = {{"CertificateId", request.stored_id}, {"ResourceType", "cos"}},
          .items = "DeployRecordList",
          .region = place.region};
      records = co_await account_.list(std::move(wanted));
    } catch (const Error& error) {
      if (error.vendor_code != "FailedOperation.CertificateDeployNotExist") throw;
    }
    bool others = false;
    for (const Json& record : records) {
      const std::string status = text_of(record, "Status");
      if (status == "1" || status == "2") continue;  // done, failed
      Result<std::string> id = id_of(record, "Id", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
      const Job job{.id = *id, .certificate = request.stored_id, .region = place.region};
      const Progress progress = co_await ask(job, tencent_name(request.binding.vendor_name), doing);
      if (progress.ended) continue;
      if (progress.names_it) co_return job;
      others = true;
    }
    if (!others) co_return std::nullopt;
    if (sleeper_ == nullptr || looks == kLooksMost) {
      throw tencent_refusal("FailedOperation.CertificateDeployHasPendingRecord",
                            "a job for other domains is under way",
                            kBind)
          .while_doing(doing);
    }
    co_await sleeper_->sleep(kBetweenLooks);
  }
}

Task<std::optional<Job>> TencentCos::begin(BindRequest request, Place place) {
  const std::string doing = tencent_binding(request, name());
  const std::string& domain = request.binding.vendor_name;
  const std::string instance = place.region + "|" + place.bucket + "|" + domain;
  const Json parameters = {{"CertificateId", request.stored_id},
                           {"ResourceType", "cos"},
                           {"InstanceIdList", Json::array({instance})},
                           {"Status", 1},
                           {"IsCache", 0}};
  TencentCall order{
      .action = kBind, .doing = doing, .body = tencent_body(parameters), .region = place.region};
  std::optional<Error> refused;
  Json reply;
  try {
    reply = co_await account_.call(std::move(order));
  } catch (const Error& error) {
    if (!may_be_bound(error)) throw;
    refused = error;
  }
  if (refused) {
    const std::vector<TencentDomain> domains = co_await list();
    const auto bound = std::ranges::find_if(domains, [&](const TencentDomain& one) {
      return one.binding.vendor_name == domain && one.binding.stored_id == request.stored_id;
    });
    if (bound == domains.end()) throw *std::move(refused);
    co_return std::nullopt;
  }
  if (text_of(reply, "DeployStatus") == "0") {
    // Somebody else's, begun since we looked; ours was not made.
    throw tencent_refusal(
        "FailedOperation.CertificateDeployHasPendingRecord", "DeployStatus 0", kBind)
        .while_doing(doing);
  }
  Result<std::string> id = id_of(reply, "DeployRecordId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return Job{.id = *std::move(id), .certificate = request.stored_id, .region = place.region};
}

Task<BindDone> TencentCos::bind(BindRequest request) {
  const std::string doing = tencent_binding(request, name());
  const std::string domain = request.binding.vendor_name;
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  const Place place = co_await place_of(request);
  std::optional<Job> job = co_await under_way(request, place);
  if (!job) job = co_await begin(request, place);
  if (!job) co_return BindDone{};
  jobs_.insert_or_assign(domain, *job);
  for (int look_at = 0; look_at < (sleeper_ == nullptr ? 1 : kLooksMost); ++look_at) {
    if (look_at > 0) co_await sleeper_->sleep(kBetweenLooks);
    const std::optional<Progress> progress = co_await look(*job, tencent_name(domain), doing);
    if (!progress || !progress->ended) continue;
    jobs_.erase(domain);
    if (!progress->failed) break;
    throw Error(ErrorKind::kRejected, "the job that was to carry the certificate there failed")
        .with_code("vendor.rejected")
        .with_vendor("job " + quotable(job->id, 80), progress->reason)
        .while_doing(doing);
  }
  co_return BindDone{};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_cos(TencentAccount& account, Sleeper* sleeper) {
  return std::make_unique<TencentCos>(account, sleeper);
}

}  // namespace certferry

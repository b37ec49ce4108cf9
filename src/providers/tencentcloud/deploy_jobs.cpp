// What is odd about the jobs of SSL Certificates, each with its evidence (all of it in
// metadata.cpp):
//  - there is one at a time for a certificate and a kind of resource: binds wait for each other,
//    and jobs of others are looked for .................. docs: DeployCertificateInstance
//  - until its job is done a resource is listed with the certificate that it had; so what this
//    process has begun is asked for ..................... not documented
//  - what a resource has already is refused, as if it did not fit ... docs; certimate, issue 1331
//  - a job's id is a number where it is given, and a text where it is asked for ... docs
// API: https://cloud.tencent.com/document/api/400/91667

#include "providers/tencentcloud/deploy_jobs.h"

#include <algorithm>
#include <utility>

#include "base/quotable.h"
#include "providers/common/json_api.h"
#include "providers/common/placed_names.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kSsl{.id = "ssl", .version = "2019-12-05"};
constexpr TencentAction kListJobs{.service = &kSsl, .name = "DescribeHostDeployRecord"};
constexpr TencentAction kAsk{.service = &kSsl, .name = "DescribeHostDeployRecordDetail"};
constexpr TencentAction kDeploy{
    .service = &kSsl, .name = "DeployCertificateInstance", .effect = Effect::kChanges};

/// A job takes a quarter of a minute; it is looked at for a good minute.
constexpr int kLooksMost = 24;
constexpr milliseconds kBetweenLooks = seconds(3);

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

Error another_is_under_way(std::string words, std::string doing) {
  return tencent_refusal("FailedOperation.CertificateDeployHasPendingRecord", words, kDeploy)
      .while_doing(std::move(doing));
}

}  // namespace

bool may_be_there(const Error& error) {
  return error.vendor_code == "FailedOperation.CertificateNotDeployInstance" ||
         error.vendor_code == "FailedOperation.CertificateDeployInstanceEmpty";
}

DeployJobs::Progress DeployJobs::progress_of(const Json& reply, const std::string& name) {
  const std::int64_t total = count_in(reply, "TotalCount");
  const std::int64_t failed = count_in(reply, "FailedTotalCount");
  Progress out;
  out.ended = total > 0 && count_in(reply, "SuccessTotalCount") + failed >= total;
  const Json* parts = member(reply, "DeployRecordDetailList");
  for (const Json& part : parts != nullptr && parts->is_array() ? *parts : Json::array()) {
    if (!is_for(part, name)) continue;
    ++out.parts;
    const std::string reason = quotable(text_of(part, "ErrorMsg"));
    if (reason.empty()) continue;
    ++out.failed_parts;
    if (out.reason.empty()) out.reason = reason;
  }
  out.failed = out.ended && (failed == total || (failed > 0 && out.failed_parts > 0));
  out.halfway = out.failed && failed < total && out.failed_parts < out.parts;
  return out;
}

Task<DeployJobs::Progress> DeployJobs::ask(Job job, std::string name, std::string doing) {
  const Json parameters = {{"DeployRecordId", job.id}, {"Offset", 0}, {"Limit", 200}};
  TencentCall call{.action = kAsk,
                   .doing = std::move(doing),
                   .body = tencent_body(parameters),
                   .region = job.region};
  const Json reply = co_await account_.call(std::move(call));
  co_return progress_of(reply, name);
}

Task<std::optional<DeployJobs::Progress>> DeployJobs::look(Job job,
                                                           std::string name,
                                                           std::string doing) {
  try {
    co_return co_await ask(std::move(job), std::move(name), std::move(doing));
  } catch (const Error& error) {
    if (error.kind == ErrorKind::kCancelled) throw;
  }
  co_return std::nullopt;
}

Task<OnItsWay> DeployJobs::on_its_way(std::string instance,
                                      std::string name,
                                      std::string listed,
                                      std::string doing) {
  const auto found = jobs_.find(instance);
  if (found == jobs_.end()) co_return OnItsWay{};
  const Job job = found->second;
  if (listed == job.certificate) {
    jobs_.erase(found);
    co_return OnItsWay{};
  }
  const std::optional<Progress> progress = co_await look(job, std::move(name), std::move(doing));
  if (!progress || !progress->ended) co_return OnItsWay{.certificate = job.certificate};
  jobs_.erase(instance);
  co_return OnItsWay{.failed = progress->failed};
}

Task<std::optional<DeployJobs::Job>> DeployJobs::under_way(DeployOrder order) {
  for (int looks = 1;; ++looks) {
    std::vector<Json> records;
    try {
      TencentList wanted{.action = kListJobs,
                         .doing = order.doing,
                         .parameters = {{"CertificateId", order.certificate},
                                        {"ResourceType", std::string(order.kind)}},
                         .items = "DeployRecordList",
                         .region = order.region};
      records = co_await account_.list(std::move(wanted));
    } catch (const Error& error) {
      if (error.vendor_code != "FailedOperation.CertificateDeployNotExist") throw;
    }
    bool others = false;
    for (const Json& record : records) {
      const std::string status = text_of(record, "Status");
      if (status == "1" || status == "2") continue;  // done, failed
      Result<std::string> id = id_of(record, "Id", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(order.doing);
      const Job job{.id = *id, .certificate = order.certificate, .region = order.region};
      const Progress progress = co_await ask(job, order.name, order.doing);
      if (progress.ended) continue;
      if (progress.parts > 0) co_return job;
      others = true;
    }
    if (!others) co_return std::nullopt;
    if (sleeper_ == nullptr || looks == kLooksMost) {
      throw another_is_under_way("a job for other domains is under way", order.doing);
    }
    co_await sleeper_->sleep(kBetweenLooks);
  }
}

Task<DeployJobs::Job> DeployJobs::begin(DeployOrder order) {
  const Json parameters = {{"CertificateId", order.certificate},
                           {"ResourceType", std::string(order.kind)},
                           {"InstanceIdList", order.instances},
                           {"Status", 1},
                           {"IsCache", 0}};
  TencentCall call{.action = kDeploy,
                   .doing = order.doing,
                   .body = tencent_body(parameters),
                   .region = order.region};
  const Json reply = co_await account_.call(std::move(call));
  // Somebody else's, begun since we looked; ours was not made.
  if (text_of(reply, "DeployStatus") == "0")
    throw another_is_under_way("DeployStatus 0", order.doing);
  Result<std::string> id = id_of(reply, "DeployRecordId", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(order.doing);
  co_return Job{.id = *std::move(id), .certificate = order.certificate, .region = order.region};
}

Task<void> DeployJobs::carry(DeployOrder order) {
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, order.doing);
  std::optional<Job> job = co_await under_way(order);
  if (!job) job = co_await begin(order);
  for (const std::string& instance : order.instances) jobs_.insert_or_assign(instance, *job);
  for (int look_at = 0; look_at < (sleeper_ == nullptr ? 1 : kLooksMost); ++look_at) {
    if (look_at > 0) co_await sleeper_->sleep(kBetweenLooks);
    const std::optional<Progress> progress = co_await look(*job, order.name, order.doing);
    if (!progress || !progress->ended) continue;
    for (const std::string& instance : order.instances) jobs_.erase(instance);
    if (!progress->failed) co_return;
    Error failure =
        Error(ErrorKind::kRejected, "the job that was to carry the certificate there failed")
            .with_code("vendor.rejected")
            .with_vendor("job " + quotable(job->id, 80), progress->reason)
            .while_doing(order.doing);
    throw progress->halfway ? stopped_halfway(std::move(failure)) : std::move(failure);
  }
}

}  // namespace certferry

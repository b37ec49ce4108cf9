#include "sandbox/aliyun/deploy.h"

#include <algorithm>
#include <array>
#include <limits>

#include "base/text.h"
#include "sandbox/aliyun/aliyun_support.h"

namespace certferry::sandbox {

using namespace aliyun;

namespace {

constexpr std::int64_t kContact = 519580;
constexpr PageWords kPages{
    .number = "CurrentPage", .size = "ShowSize", .size_default = 20, .size_most = 50};
/// What the resources of domains are, by turns: each is one domain's alone.
constexpr std::array kKinds{"DDOS", "FC", "APIGateway"};

AliyunRefusal no_such(const std::string& what) {
  return {
      .status = 404, .code = "NotFound", .message = "没有找到必要内容，请检查参数输入。" + what};
}

std::optional<AliyunRefusal> refuse_unknown(const AliyunRequest& call) {
  constexpr std::array<std::string_view, 14> kKnown{"CertIds",
                                                    "CloudName",
                                                    "CloudProduct",
                                                    "ContactIds",
                                                    "CurrentPage",
                                                    "JobId",
                                                    "JobType",
                                                    "Keyword",
                                                    "Name",
                                                    "ResourceIds",
                                                    "ScheduleTime",
                                                    "SecretId",
                                                    "ShowSize",
                                                    "Status"};
  for (const auto& [name, value] : call.parameters) {
    if (std::ranges::find(kKnown, name) == kKnown.end()) return invalid(name);
  }
  return std::nullopt;
}

/// "1,2", each a number; nothing when it is anything else.
std::optional<std::vector<std::int64_t>> numbers_of(std::string_view text) {
  std::vector<std::int64_t> out;
  for (const std::string& one : split(std::string(text), ',')) {
    const auto number = integer_of(one);
    if (!number) return std::nullopt;
    out.push_back(*number);
  }
  return out;
}

std::string text_in(const Json& row, const char* key) {
  const auto found = row.find(key);
  return found != row.end() && found->is_string() ? found->get<std::string>() : std::string();
}

AliyunAnswer in_pages(const AliyunRequest& call, const std::vector<Json>& rows) {
  const auto page = page_of(call, kPages);
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  return Json{{"Total", rows.size()},
              {"CurrentPage", std::get<Page>(page).number},
              {"ShowSize", std::get<Page>(page).size},
              {"Data", std::get<Page>(page).of(rows)}}
      .dump();
}

}  // namespace

/// Milliseconds, whatever the documents say.
std::int64_t AliyunDeployState::wall(SteadyTime at) const {
  return (world_.now() - (world_.steady_now() - at)).time_since_epoch().count();
}

Json AliyunDeployState::row_of(const Domain& domain, std::int64_t id, SteadyTime moment) const {
  const EntryPtr entry = domain.bound_at(moment);
  SteadyTime changed{};
  bool was_changed = false;
  for (const Domain::Change& change : domain.changes) {
    if (change.at > moment) continue;
    changed = change.at;
    was_changed = true;
  }
  const bool own = domain.product == "cas-deploy";
  Json row = {
      {"Id", id},
      {"CloudName", "aliyun"},
      {"CloudProduct",
       own ? kKinds.at(static_cast<std::size_t>(domain.id) % kKinds.size()) : domain.product},
      {"RegionId", id % 2 == 0 ? "cn-hangzhou" : "cn-shanghai"},
      {"Domain", domain.name},
      {"Status", domain.online ? "online" : "offline"},
      // What was never told by a job has a certificate that CAS does not know.
      {"EnableHttps", !was_changed || entry ? 1 : 0},
      {"GmtCreate", std::to_string(domain.created_at.time_since_epoch().count())},
      {"GmtModified",
       std::to_string(was_changed ? wall(changed) : domain.created_at.time_since_epoch().count())}};
  if (entry) {
    row["CertId"] = entry->id;
    row["CertName"] = entry->note;
    row["CertEndTime"] = std::to_string(entry->pair.leaf.not_after.time_since_epoch().count());
  }
  return row;
}

AliyunDeployState::Resources AliyunDeployState::resources_at(SteadyTime moment) const {
  constexpr std::int64_t kFirst = 6'000'000;
  Resources all = rows_;
  for (const Domain& domain : world_.domains()) {
    // CDN's are here to be left alone.
    if (domain.product != "cas-deploy" && domain.product != "cdn") continue;
    const std::int64_t id = kFirst + 2 * domain.id;
    all[id] = row_of(domain, id, moment - age_);
    const bool twice = domain.product == "cas-deploy" && domain.id % 3 == 0;
    if (twice) all[id + 1] = row_of(domain, id + 1, moment - age_);
  }
  return all;
}

std::string AliyunDeployState::domain_of(const Json& row) {
  return text_in(row, "Domain");
}

AliyunAnswer AliyunDeployState::run(const AliyunRequest& call, SteadyTime moment) {
  if (auto refusal = refuse_unknown(call)) return *refusal;
  settle();
  if (call.name == "ListCloudResources") return list_resources(call, moment);
  if (call.name == "ListContact") return list_contacts(call);
  if (call.name == "ListDeploymentJob") return list_jobs(call);
  if (call.name == "CreateDeploymentJob") return make(call);
  const auto found = job_in(call);
  if (const auto* refusal = std::get_if<AliyunRefusal>(&found)) return *refusal;
  Job& job = *std::get<Job*>(found);
  if (call.name == "UpdateDeploymentJobStatus") return tell(call, job);
  if (call.name == "DescribeDeploymentJobStatus") return count(job);
  if (call.name == "ListWorkerResource") return list_workers(call, job);
  if (call.name == "ListDeploymentJobResource") {
    // Of one that has ended they have changed since.
    Json rows = Json::array();
    const Resources all = resources_at(moment);
    const bool ended = job.ended_at.has_value();
    for (const std::int64_t id : job.resources) {
      if (!ended && all.contains(id)) rows.push_back(all.at(id));
    }
    return Json{{"Data", rows}}.dump();
  }
  Json members = members_of(job);
  members["CasContacts"] = Json::array({{{"Id", kContact}, {"Name", "somebody"}}});
  return members.dump();
}

AliyunAnswer AliyunDeployState::list_resources(const AliyunRequest& call, SteadyTime moment) const {
  const std::string_view cloud = text_of(call, "CloudName");
  if (!cloud.empty() && cloud != "aliyun" && cloud != "Tencent" && cloud != "Huawei" &&
      cloud != "Aws") {
    return invalid("CloudName");
  }
  std::vector<Json> rows;
  for (const auto& [id, row] : resources_at(moment)) {
    const std::string kind = text_in(row, "CloudProduct");
    const std::string_view wanted = text_of(call, "CloudProduct");
    const bool here = cloud.empty() || cloud == "aliyun";
    const bool named = domain_of(row).contains(text_of(call, "Keyword"));
    if (here && named && (wanted.empty() || wanted == kind)) rows.push_back(row);
  }
  return in_pages(call, rows);
}

AliyunAnswer AliyunDeployState::list_contacts(const AliyunRequest& call) const {
  const auto page = page_of(call, kPages);
  if (const auto* refusal = std::get_if<AliyunRefusal>(&page)) return *refusal;
  Json list = Json::array();
  if (has_contact_) {
    list.push_back({{"ContactId", kContact},
                    {"Name", "somebody"},
                    {"Email", "somebody@example.com"},
                    {"EmailStatus", 1}});
  }
  return Json{{"TotalCount", list.size()}, {"ContactList", list}}.dump();
}

Json AliyunDeployState::members_of(const Job& job) {
  Json out = {{"Id", job.id},
              {"InstanceId", "cas-job-user-" + std::to_string(job.id)},
              {"Name", job.name},
              {"JobType", "user"},
              {"Status", job.status},
              {"Del", 0},
              {"Rollback", 0},
              {"GmtCreate", std::to_string(job.made_at.time_since_epoch().count())}};
  if (job.ended_at) out["EndTime"] = std::to_string(job.ended_at->time_since_epoch().count());
  return out;
}

AliyunAnswer AliyunDeployState::list_jobs(const AliyunRequest& call) const {
  const std::string_view type = text_of(call, "JobType");
  if (!type.empty() && type != "user" && type != "cloud") return invalid("JobType");
  const std::string_view status = text_of(call, "Status");
  std::vector<Json> rows;
  for (auto job = jobs_.rbegin(); job != jobs_.rend(); ++job) {
    if (type != "cloud" && (status.empty() || status == job->status)) {
      rows.push_back(members_of(*job));
    }
  }
  return in_pages(call, rows);
}

AliyunAnswer AliyunDeployState::make(const AliyunRequest& call) {
  for (const char* name : {"Name", "JobType", "CertIds", "ResourceIds", "ContactIds"}) {
    if (text_of(call, name).empty()) return missing(name);
  }
  if (text_of(call, "JobType") != "user") return invalid("JobType");
  if (!text_of(call, "ScheduleTime").empty()) return invalid("ScheduleTime");
  const auto certificates = numbers_of(text_of(call, "CertIds"));
  if (!certificates || certificates->size() != 1) return invalid("CertIds");
  if (!world_.entries().contains(certificates->front())) return no_such("CertIds");
  const auto contacts = numbers_of(text_of(call, "ContactIds"));
  if (!contacts) return invalid("ContactIds");
  for (const std::int64_t one : *contacts) {
    if (one != kContact || !has_contact_) return no_such("ContactIds");
  }
  const auto resources = numbers_of(text_of(call, "ResourceIds"));
  if (!resources) return invalid("ResourceIds");
  const Resources all = resources_at(world_.steady_now());
  for (const std::int64_t one : *resources) {
    if (!all.contains(one)) return no_such("ResourceIds");
  }
  jobs_.push_back({.id = next_job_++,
                   .name = std::string(text_of(call, "Name")),
                   .certificate = certificates->front(),
                   .resources = *resources,
                   .contacts = std::string(text_of(call, "ContactIds")),
                   .made_at = world_.now()});
  return Json{{"JobId", jobs_.back().id}}.dump();
}

std::variant<AliyunDeployState::Job*, AliyunRefusal> AliyunDeployState::job_in(
    const AliyunRequest& call) {
  const std::string_view text = text_of(call, "JobId");
  if (text.empty()) return missing("JobId");
  const auto id = integer_of(text);
  const auto found = std::ranges::find_if(jobs_, [&](const Job& one) { return one.id == id; });
  if (found == jobs_.end()) return no_such("JobId");
  return &*found;
}

/// Only what the certificate is for has a worker.
std::int64_t AliyunDeployState::cost_of(const Job& job) const {
  const Resources all = resources_at(world_.steady_now());
  std::int64_t cost = 0;
  for (const std::int64_t id : job.resources) {
    const auto row = all.find(id);
    if (row == all.end()) continue;
    const bool by_hand = rows_.contains(id);
    const Outcome fits = world_.check_bind(job.certificate, domain_of(row->second));
    if (by_hand || fits == Outcome::kDone) ++cost;
  }
  return cost;
}

void AliyunDeployState::start(Job& job) {
  const Resources all = resources_at(world_.steady_now());
  for (const std::int64_t id : job.resources) {
    const auto row = all.find(id);
    if (row == all.end()) continue;
    const std::string name = domain_of(row->second);
    Worker worker{.id = next_worker_++, .resource = id, .domain = {}, .status = "processing"};
    if (rows_.contains(id)) {
      job.workers.push_back(worker);
      continue;
    }
    if (world_.check_bind(job.certificate, name) != Outcome::kDone) continue;
    const Domain& domain = *world_.find_domain(name);
    worker.domain = name;
    worker.before = domain.bound() ? domain.bound()->id : 0;
    const bool switched_off = !domain.changes.empty() && !domain.bound();
    const auto first = std::ranges::find(job.workers, name, &Worker::domain);
    if (switched_off || broken_ == id) {
      worker.status = "error";
    } else if (first == job.workers.end()) {
      world_.start_bind(job.certificate, name);
    }
    worker.job = world_.find_domain(name)->job_number();
    job.workers.push_back(std::move(worker));
  }
  job.status = "processing";
}

AliyunAnswer AliyunDeployState::tell(const AliyunRequest& call, Job& job) {
  const std::string_view status = text_of(call, "Status");
  if (status.empty()) return missing("Status");
  if (status != "pending" && status != "scheduling" && status != "editing") {
    return invalid("Status");
  }
  if (job.status != "editing") {
    return AliyunRefusal{.code = "InvalidStatus", .message = "当前状态不允许变更。"};
  }
  if (status == "editing") return Json{{"Data", "[]"}}.dump();
  const std::int64_t cost = cost_of(job);
  if (cost > left_) return AliyunRefusal{.code = "InsufficientQuota", .message = "额度不足。"};
  left_ -= cost;
  used_ += cost;
  start(job);
  settle(job);
  return Json{{"Data", "[]"}}.dump();
}

void AliyunDeployState::end(Worker& worker, const Job& job) {
  if (worker.domain.empty()) {
    Json& row = rows_.at(worker.resource);
    worker.status = broken_ == worker.resource ? "error" : "success";
    if (worker.status == "success") row["CertId"] = job.certificate;
    return;
  }
  const Domain* domain = world_.find_domain(worker.domain);
  const bool its_own = domain != nullptr && domain->job && domain->job->number == worker.job;
  if (its_own && !domain->job->failed) return;
  worker.status = its_own ? "error" : "success";
}

void AliyunDeployState::settle(Job& job) {
  if (job.status != "processing") return;
  bool failed = false;
  Time ended = job.made_at;
  for (Worker& worker : job.workers) {
    if (worker.status == "processing") end(worker, job);
    if (worker.status == "processing") return;
    failed = failed || worker.status == "error";
    const Domain* domain = worker.domain.empty() ? nullptr : world_.find_domain(worker.domain);
    const bool done = domain != nullptr && worker.status == "success" && !domain->changes.empty();
    const Time at = done ? Time(milliseconds(wall(domain->changes.back().at))) : world_.now();
    ended = std::max(ended, at);
  }
  job.status = failed ? "error" : "success";
  job.ended_at = ended;
}

void AliyunDeployState::settle() {
  for (Job& job : jobs_) settle(job);
}

AliyunAnswer AliyunDeployState::count(const Job& job) const {
  const auto ended = [&](const char* status) {
    return std::ranges::count(job.workers, status, &Worker::status);
  };
  return Json{{"BuyCount", used_ + left_},
              {"UseCount", used_},
              {"ResourceCount", resources_at(world_.steady_now()).size()},
              {"CertCount", 1},
              {"WorkerCount", job.workers.size()},
              {"MatchWorkerCount", cost_of(job)},
              {"CostCount", job.workers.size()},
              {"SuccessCount", ended("success")},
              {"FailedCount", ended("error")},
              {"RollbackCount", 0}}
      .dump();
}

AliyunAnswer AliyunDeployState::list_workers(const AliyunRequest& call, const Job& job) const {
  const Resources all = resources_at(world_.steady_now());
  std::vector<Json> rows;
  for (const Worker& one : job.workers) {
    const std::string_view wanted = text_of(call, "Status");
    if (!wanted.empty() && wanted != one.status) continue;
    const auto row = all.find(one.resource);
    rows.push_back(
        {{"Id", one.id},
         {"JobId", job.id},
         {"ResourceId", one.resource},
         {"ResourceCertId", one.before},
         {"CertId", job.certificate},
         {"Status", one.status},
         {"ResourceDomain", row == all.end() ? "" : domain_of(row->second)},
         {"CloudProduct", row == all.end() ? "" : text_in(row->second, "CloudProduct")}});
  }
  return in_pages(call, rows);
}

}  // namespace certferry::sandbox

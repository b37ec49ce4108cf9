// Deployment jobs of CAS (2020-04-07).
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - what CreateDeploymentJob makes is a draft ("editing"), which is not carried out until it is
//    told to be pending .................................... docs: CreateDeploymentJob
//  - it wants somebody to be told: the account's first contact ... docs: ContactIds
//  - a list of jobs says nothing of their certificates, so names do . docs: ListDeploymentJob
//  - nothing says why a job failed, but where it did ......... docs: ListWorkerResource
// API:
// https://help.aliyun.com/zh/ssl-certificate/developer-reference/api-cas-2020-04-07-dir-deployment-tasks/

#include "providers/aliyun/deploy_jobs.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AliyunService kCas{.id = "cas", .version = "2020-04-07", .ram = "yundun-cert"};
constexpr AliyunAction kList{.service = &kCas, .name = "ListDeploymentJob"};
constexpr AliyunAction kAsk{.service = &kCas, .name = "DescribeDeploymentJob"};
constexpr AliyunAction kListResources{.service = &kCas, .name = "ListDeploymentJobResource"};
constexpr AliyunAction kListEnds{.service = &kCas, .name = "ListWorkerResource"};
constexpr AliyunAction kListContacts{.service = &kCas, .name = "ListContact"};
constexpr AliyunAction kMake{
    .service = &kCas, .name = "CreateDeploymentJob", .effect = Effect::kChanges};
constexpr AliyunAction kStart{
    .service = &kCas, .name = "UpdateDeploymentJobStatus", .effect = Effect::kChanges};

constexpr std::string_view kPrefix = "certferry-";
constexpr std::size_t kMarkLength = 16;

/// What stands for a host in a job's name, whose length no page limits and which may be shown.
std::string mark_of(const std::string& host) {
  return sha256_hex(host).substr(0, kMarkLength);
}

std::string job_name(const std::string& certificate, const std::string& host) {
  return std::string(kPrefix) + certificate + "-" + mark_of(host);
}

struct NamedJob {
  std::string certificate;
  std::string mark;
};

/// Nothing in a name that was not given here.
std::optional<NamedJob> read_name(const std::string& name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  const std::vector<std::string> parts = split(name.substr(kPrefix.size()), '-');
  const auto made_of = [](const std::string& text, std::string_view characters) {
    return !text.empty() && text.find_first_not_of(characters) == std::string::npos;
  };
  if (parts.size() != 2 || !made_of(parts[0], "0123456789")) return std::nullopt;
  if (parts[1].size() != kMarkLength || !made_of(parts[1], "0123456789abcdef")) return std::nullopt;
  return NamedJob{.certificate = parts[0], .mark = parts[1]};
}

/// Ids are numbers that grow.
bool is_later(const std::string& id, const std::string& other) {
  return id.size() != other.size() ? id.size() > other.size() : id > other;
}

AliyunList in_pages(const AliyunAction& action, std::string doing) {
  return {.call = {.action = action, .doing = std::move(doing)},
          .page = "CurrentPage",
          .size = "ShowSize",
          .items_a_page = 50,
          .place = {"Data"},
          .count = "Total"};
}

/// Nobody is told twice that an account has no room for certificates, where it has none for jobs.
Error of_deployments(Error error) {
  if (error.kind != ErrorKind::kQuota) return error;
  error.message = "the account has no deployment left of those that it paid for";
  error.hint = "buy some in the console of Certificate Management Service; each resource takes one";
  return error;
}

}  // namespace

std::optional<Time> aliyun_moment(const Json& row, std::string_view key) {
  constexpr std::int64_t kFirstInMilliseconds = 100'000'000'000;  // in seconds: the year 5138
  constexpr std::int64_t kLast = 100 * kFirstInMilliseconds;
  const std::optional<std::int64_t> count = integer_of(row, key);
  if (!count || *count <= 0 || *count > kLast) return std::nullopt;
  return Time(milliseconds(*count < kFirstInMilliseconds ? *count * 1000 : *count));
}

Task<void> AliyunJobs::read_all(std::string doing) {
  AliyunList wanted = in_pages(kList, doing);
  wanted.call.query.emplace_back("JobType", "user");
  const std::vector<Json> rows = co_await account_.list(std::move(wanted));
  made_.clear();
  for (const Json& row : rows) {
    const std::optional<NamedJob> named = read_name(text_of(row, "Name"));
    if (!named || text_of(row, "Del") == "1") continue;
    Result<std::string> id = id_of(row, "Id", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    made_[{named->mark, named->certificate}].insert(*id);
    const auto known = last_.find(named->mark);
    if (known != last_.end() && !is_later(*id, known->second.id)) continue;
    last_.insert_or_assign(named->mark, AliyunJob{.id = *id, .certificate = named->certificate});
  }
  complete_ = true;
}

Task<std::optional<AliyunJob>> AliyunJobs::last_for(std::string host, std::string doing) {
  if (!complete_) co_await read_all(std::move(doing));
  const auto found = last_.find(mark_of(host));
  if (found == last_.end()) co_return std::nullopt;
  co_return found->second;
}

std::size_t AliyunJobs::made_for(const std::string& host, const std::string& certificate) const {
  const auto found = made_.find({mark_of(host), certificate});
  return found == made_.end() ? 0 : found->second.size();
}

Task<std::string> AliyunJobs::contact(std::string doing) {
  if (contact_) co_return *contact_;
  AliyunCall question{
      .action = kListContacts, .doing = doing, .query = {{"CurrentPage", "1"}, {"ShowSize", "20"}}};
  const Json reply = co_await account_.call(std::move(question));
  const Json* list = member(reply, "ContactList");
  if (list == nullptr || !list->is_array() || list->empty()) {
    throw Error(ErrorKind::kRejected, "the account has no contact, and a job has to name one")
        .with_code("vendor.no_contact")
        .with_hint(
            "add one in the console of Certificate Management Service; the vendor tells them of "
            "each job")
        .while_doing(std::move(doing));
  }
  Result<std::string> id = id_of(list->front(), "ContactId", Effect::kReads);
  if (!id) throw std::move(id).error().while_doing(std::move(doing));
  contact_ = *id;
  co_return *std::move(id);
}

Task<AliyunJob> AliyunJobs::make(std::string host,
                                 std::string certificate,
                                 std::vector<std::string> resources,
                                 std::string doing) {
  const std::string told = co_await contact(doing);
  AliyunCall order{.action = kMake,
                   .doing = doing,
                   .query = {{"Name", job_name(certificate, host)},
                             {"JobType", "user"},
                             {"CertIds", certificate},
                             {"ResourceIds", join(resources, ",")},
                             {"ContactIds", told}}};
  // Until an answer is here that names it, there may be one that nobody knows.
  complete_ = false;
  try {
    const Json reply = co_await account_.call(std::move(order));
    Result<std::string> id = id_of(reply, "JobId", Effect::kChanges);
    if (!id) throw std::move(id).error().while_doing(doing);
    const AliyunJob job{.id = *std::move(id), .certificate = certificate};
    last_.insert_or_assign(mark_of(host), job);
    made_[{mark_of(host), certificate}].insert(job.id);
    complete_ = true;
    co_return job;
  } catch (Error& error) {
    complete_ = error.kind != ErrorKind::kMaybeApplied && error.kind != ErrorKind::kCancelled;
    throw of_deployments(std::move(error));
  }
}

Task<void> AliyunJobs::start(AliyunJob job, std::string doing) {
  AliyunCall order{.action = kStart,
                   .doing = std::move(doing),
                   .query = {{"JobId", job.id}, {"Status", "pending"}}};
  try {
    co_await account_.call(std::move(order));
  } catch (Error& error) {
    throw of_deployments(std::move(error));
  }
}

Task<std::optional<AliyunJobState>> AliyunJobs::ask(AliyunJob job, std::string doing) {
  AliyunCall question{.action = kAsk, .doing = std::move(doing), .query = {{"JobId", job.id}}};
  try {
    const Json reply = co_await account_.call(std::move(question));
    if (text_of(reply, "Del") == "1") co_return std::nullopt;
    AliyunJobState state{.status = to_lower(words_of(reply, "Status")),
                         .ended_at = aliyun_moment(reply, "EndTime")};
    if (!state.ended_at) state.ended_at = aliyun_moment(reply, "GmtModified");
    co_return state;
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return std::nullopt;
}

Task<std::set<std::string>> AliyunJobs::resources_of(AliyunJob job, std::string doing) {
  AliyunCall question{.action = kListResources, .doing = doing, .query = {{"JobId", job.id}}};
  const Json reply = co_await account_.call(std::move(question));
  const Json* list = member(reply, "Data");
  std::set<std::string> ids;
  // Where its resources are no longer valid it is for none.
  if (list == nullptr) co_return ids;
  if (!list->is_array()) {
    throw bad_shape("'Data' is no list", Effect::kReads).while_doing(std::move(doing));
  }
  for (const Json& one : *list) {
    Result<std::string> id = id_of(one, "Id", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    ids.insert(*std::move(id));
  }
  co_return ids;
}

Task<std::map<std::string, std::string>> AliyunJobs::ends_of(AliyunJob job, std::string doing) {
  AliyunList wanted = in_pages(kListEnds, doing);
  wanted.call.query.emplace_back("JobId", job.id);
  const std::vector<Json> rows = co_await account_.list(std::move(wanted));
  std::map<std::string, std::string> ends;
  for (const Json& row : rows) {
    Result<std::string> id = id_of(row, "ResourceId", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    ends.insert_or_assign(*std::move(id), to_lower(words_of(row, "Status")));
  }
  co_return ends;
}

}  // namespace certferry

// What SSL Certificates does to resources of other products: it lists some kinds of them, and
// carries certificates there by jobs.

#include <algorithm>
#include <map>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/tencentcloud/tencent_calls.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

constexpr milliseconds kListKept = minutes(30);

std::optional<std::int64_t> flag(const Json& parameters, std::string_view name) {
  const auto found = parameters.find(name);
  if (found == parameters.end()) return std::nullopt;
  const bool is = found->is_number_integer() && (*found == 0 || *found == 1);
  return is ? found->get<std::int64_t>() : -1;
}

TencentRefusal no_role() {
  return {.code = "FailedOperation.RoleNotFoundAuthorization",
          .message = "尚未进行服务授权，请先授权。"};
}

TencentRefusal does_not_fit(const std::string& instance) {
  return {.code = "FailedOperation.CertificateNotDeployInstance",
          .message =
              "证书不可以部署到实例下: " + instance + "，请您核对证书域名与云资源实例是否匹配。"};
}

TencentRefusal pending() {
  return {.code = "FailedOperation.CertificateDeployHasPendingRecord",
          .message = "证书部署有正在进行中的任务，请部署完成后再重试。"};
}

bool is_set_to(const EntryPtr& entry, std::int64_t certificate) {
  return entry && entry->id == certificate;
}

/// How a kind writes what a job is for; empty for a kind that nothing here is of.
std::string format_of(std::string_view kind) {
  if (kind == "cos") return "Region|Bucket|Domain";
  if (kind == "ddos") return "InsId|Domain|VirtualPort";
  return kind == "tcb" ? "Type|Region|EnvId|Domain" : "";
}

}  // namespace

std::string deploy_domain(std::string_view kind, const std::string& instance) {
  const std::vector<std::string> words = split(instance, '|');
  const std::string& spelled = kind == "ddos" && words.size() == 3 ? words[1] : words.back();
  return canonical_name(spelled).value_or(spelled);
}

int TencentState::DeployRecord::status() const {
  int worst = 1;
  for (const Carried& part : parts) {
    if (part.status == 0) return 0;
    if (part.status == 2) worst = 2;
  }
  return worst;
}

void TencentState::settle_records() {
  for (DeployRecord& record : records_) {
    for (Carried& part : record.parts) {
      if (part.status != 0) continue;
      const Domain* domain = world_.find_domain(part.domain);
      const bool its_own = domain != nullptr && domain->job && domain->job->number == part.job;
      if (its_own && !domain->job->failed) continue;
      part.status = its_own ? 2 : 1;
      if (its_own) part.reason = domain->job->reason;
    }
  }
}

std::optional<TencentState::DeploySeat> TencentState::seat_of(const Domain& domain) {
  if (domain.product == "cos") return cos_seat(domain);
  if (domain.product == "ssl-deploy") return is_rule(domain) ? rule_seat(domain) : tcb_seat(domain);
  return std::nullopt;
}

std::variant<TencentState::DeployList, TencentRefusal> TencentState::listed_for_deploy(
    const TencentRequest& call, std::string_view kind, SteadyTime moment) {
  const auto page = page_of(call.parameters, {.size_default = 10});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const std::string type = text_of(call.parameters, "ResourceType");
  if (!type.empty() && type != kind) return invalid("ResourceType");
  const std::optional<std::int64_t> cached = flag(call.parameters, "IsCache");
  if (cached == -1) return invalid("IsCache");
  if (!role_) return no_role();
  const auto [seen, first] = lists_seen_at_.emplace(kind, moment);
  if (first || cached == 0 || world_.steady_now() - seen->second > kListKept) {
    seen->second = moment;
  }
  const auto wanted = id_of(text_of(call.parameters, "CertificateId"));
  const auto old = id_of(text_of(call.parameters, "OldCertificateId"));
  std::vector<std::pair<const Domain*, EntryPtr>> all;
  for (const Domain& one : world_.domains()) {
    const std::optional<DeploySeat> seat = seat_of(one);
    if (!seat || seat->kind != kind) continue;
    const EntryPtr bound = one.bound_at(seen->second);
    const bool left_out = wanted && (is_set_to(bound, *wanted) ||
                                     world_.check_bind(*wanted, one.name) != Outcome::kDone);
    if (!left_out && (!old || is_set_to(bound, *old))) all.emplace_back(&one, bound);
  }
  return DeployList{.page = std::get<Page>(page).of(all), .total = all.size()};
}

std::optional<TencentRefusal> TencentState::refuse_instance(std::string_view kind,
                                                            const std::string& instance,
                                                            const std::string& region,
                                                            std::int64_t certificate) const {
  const std::string format = format_of(kind);
  if (split(instance, '|').size() != split(format, '|').size()) {
    return TencentRefusal{.code = "FailedOperation.CertificateDeployInstanceFormatError",
                          .message = "部署格式错误: " + instance + "，正确格式为: " + format};
  }
  const Domain* domain = world_.find_domain(deploy_domain(kind, instance));
  const std::optional<DeploySeat> seat =
      domain == nullptr ? std::optional<DeploySeat>() : seat_of(*domain);
  const bool there = seat && seat->kind == kind && seat->instance == instance && domain->online &&
                     (seat->region.empty() || region == seat->region);
  if (!there || is_set_to(domain->bound(), certificate) ||
      world_.check_bind(certificate, domain->name) != Outcome::kDone) {
    return does_not_fit(instance);
  }
  return domain->busy() ? std::optional(pending()) : std::nullopt;
}

TencentAnswer TencentState::deploy(const TencentRequest& call) {
  // Left out it is a load balancer's.
  const std::string kind = text_of(call.parameters, "ResourceType");
  if (call.region.empty() && kind != "ddos") return missing("Region");
  const std::string text = text_of(call.parameters, "CertificateId");
  if (text.empty()) return missing("CertificateId");
  const auto id = id_of(text);
  if (!id || !world_.entries().contains(*id)) {
    return TencentRefusal{.code = "FailedOperation.CertificateNotFound", .message = "证书不存在。"};
  }
  if (format_of(kind).empty()) {
    return TencentRefusal{.code = "FailedOperation.CertificateHostResourceTypeInvalid",
                          .message = "云资源类型无效。"};
  }
  for (const char* name : {"IsCache", "Status"}) {
    if (flag(call.parameters, name) == -1) return invalid(name);
  }
  const auto instances = call.parameters.find("InstanceIdList");
  if (instances == call.parameters.end() || !instances->is_array() || instances->empty()) {
    return missing("InstanceIdList");
  }
  if (!role_) return no_role();
  settle_records();
  for (const DeployRecord& one : records_) {
    if (one.certificate != *id || one.kind != kind || one.status() != 0) continue;
    return Json{{"DeployRecordId", one.id}, {"DeployStatus", 0}};
  }
  for (const Json& one : *instances) {
    if (!one.is_string()) return invalid("InstanceIdList");
    const std::string instance = one.get<std::string>();
    if (auto refusal = refuse_instance(kind, instance, call.region, *id)) return *refusal;
  }
  DeployRecord record{
      .id = next_record_++, .certificate = *id, .kind = kind, .region = call.region, .parts = {}};
  for (const Json& one : *instances) {
    const std::string name = deploy_domain(kind, one.get<std::string>());
    const Domain& domain = *world_.find_domain(name);
    const EntryPtr before = domain.bound();
    world_.start_bind(*id, name);
    record.parts.push_back({.domain = name,
                            .said = seat_of(domain)->said,
                            .before = before,
                            .job = domain.job_number(),
                            .reason = {}});
  }
  records_.push_back(std::move(record));
  return Json{{"DeployRecordId", records_.back().id}, {"DeployStatus", 1}};
}

TencentAnswer TencentState::list_records(const TencentRequest& call) {
  const auto page = page_of(call.parameters, {.size_default = 10, .size_most = 200});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const std::string text = text_of(call.parameters, "CertificateId");
  if (text.empty()) return missing("CertificateId");
  const std::string type = text_of(call.parameters, "ResourceType");
  settle_records();
  std::vector<const DeployRecord*> all;
  for (const DeployRecord& one : records_) {
    if (tencent_id(one.certificate) == text && (type.empty() || type == one.kind)) {
      all.push_back(&one);
    }
  }
  Json items = Json::array();
  for (const DeployRecord* one : std::get<Page>(page).of(all)) {
    items.push_back({{"Id", one->id},
                     {"CertId", text},
                     {"ResourceType", one->kind},
                     {"Region", one->region},
                     {"Status", one->status()},
                     {"CreateTime", china_time(world_.now())},
                     {"UpdateTime", china_time(world_.now())}});
  }
  return Json{{"TotalCount", all.size()}, {"DeployRecordList", items}};
}

TencentAnswer TencentState::ask_record(const TencentRequest& call) {
  const auto page = page_of(call.parameters, {.size_default = 10, .size_most = 200});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  // A text here, though a deploy gives it as a number.
  const std::string text = text_of(call.parameters, "DeployRecordId");
  if (text.empty()) return missing("DeployRecordId");
  settle_records();
  const auto record = std::ranges::find_if(
      records_, [&](const DeployRecord& one) { return std::to_string(one.id) == text; });
  if (record == records_.end()) {
    return TencentRefusal{.code = "FailedOperation.CertificateDeployNotExist",
                          .message = "证书部署记录不存在。"};
  }
  std::map<int, std::size_t> counts;
  for (const Carried& part : record->parts) ++counts[part.status];
  Json items = Json::array();
  for (const Carried& part : std::get<Page>(page).of(record->parts)) {
    Json item = {{"Id", record->id},
                 {"CertId", tencent_id(record->certificate)},
                 {"OldCertId", part.before ? tencent_id(part.before->id) : ""},
                 {"Status", part.status},
                 {"Domains", Json::array({part.domain})},
                 {"ErrorMsg", part.reason},
                 {"InstanceId", ""},
                 {"Bucket", ""},
                 {"EnvId", ""},
                 {"TCBType", ""},
                 {"Region", ""},
                 {"Port", 0}};
    item.update(part.said);
    items.push_back(std::move(item));
  }
  return Json{{"TotalCount", record->parts.size()},
              {"SuccessTotalCount", counts[1]},
              {"FailedTotalCount", counts[2]},
              {"RunningTotalCount", counts[0]},
              {"PendingTotalCount", 0},
              {"DeployRecordDetailList", items}};
}

}  // namespace certferry::sandbox

// How requests are taken apart, and SSL Certificates.

#include "sandbox/tencentcloud/tencent_calls.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/pair.h"
#include "sandbox/tencentcloud/tencent_support.h"

namespace certferry::sandbox {

using namespace tencent;

namespace {

using enum TencentVerb;

constexpr std::size_t kAliasMost = 200;

constexpr std::array kActions{
    TencentAction{"ssl", "2019-12-05", "DescribeCertificates", kListStored},
    TencentAction{"ssl", "2019-12-05", "UploadCertificate", kUpload},
    TencentAction{"ssl", "2019-12-05", "DeleteCertificate", kDelete},
    TencentAction{"ssl", "2019-12-05", "DescribeDeleteCertificatesTaskResult", kDeleteResult},
    TencentAction{"cdn", "2018-06-06", "DescribeDomainsConfig", kListCdn},
    TencentAction{"cdn", "2018-06-06", "UpdateDomainConfig", kBindCdn},
    TencentAction{"teo", "2022-09-01", "DescribeZones", kListZones},
    TencentAction{"teo", "2022-09-01", "DescribeAccelerationDomains", kListEo},
    TencentAction{"teo", "2022-09-01", "ModifyHostsCertificate", kBindEo},
    TencentAction{"live", "2018-08-01", "DescribeLiveDomains", kListLive},
    TencentAction{"live", "2018-08-01", "DescribeLiveDomainCertBindings", kListLiveBindings},
    TencentAction{"live", "2018-08-01", "ModifyLiveDomainCertBindings", kBindLive},
    TencentAction{"vod", "2018-07-17", "DescribeVodDomains", kListVod},
    TencentAction{"vod", "2018-07-17", "SetVodDomainCertificate", kBindVod},
    TencentAction{"waf", "2018-01-25", "DescribeDomains", kListWaf},
    TencentAction{"waf", "2018-01-25", "DescribeDomainDetailsSaas", kAskWaf},
    TencentAction{"waf", "2018-01-25", "ModifySpartaProtection", kBindWaf},
    TencentAction{"ssl", "2019-12-05", "DescribeHostCosInstanceList", kListCos},
    TencentAction{"ssl", "2019-12-05", "DeployCertificateInstance", kDeploy},
    TencentAction{"ssl", "2019-12-05", "DescribeHostDeployRecord", kListRecords},
    TencentAction{"ssl", "2019-12-05", "DescribeHostDeployRecordDetail", kAskRecord},
    TencentAction{"clb", "2018-03-17", "DescribeLoadBalancers", kListBalancers},
    TencentAction{"clb", "2018-03-17", "DescribeListeners", kListListeners},
    TencentAction{"clb", "2018-03-17", "ModifyListener", kBindClbListener},
    TencentAction{"clb", "2018-03-17", "ModifyDomainAttributes", kBindClbDomain},
    TencentAction{"clb", "2018-03-17", "DescribeTaskStatus", kAskTask},
    TencentAction{"ssl", "2019-12-05", "DescribeHostDdosInstanceList", kListRules},
    TencentAction{"tcb", "2018-06-08", "DescribeEnvs", kListEnvironments},
    TencentAction{"tcb", "2018-06-08", "DescribeHTTPServiceRoute", kListRoutes},
};

/// The domain that a call is about, wherever its action has it.
std::string domain_in(const Json& parameters) {
  std::string spelled = text_of(parameters, "Domain");
  const auto hosts = parameters.find("Hosts");
  if (hosts != parameters.end() && hosts->is_array() && hosts->size() == 1 &&
      hosts->front().is_string()) {
    spelled = hosts->front().get<std::string>();
  }
  const auto infos = parameters.find("DomainInfos");
  if (infos != parameters.end() && infos->is_array() && infos->size() == 1 &&
      infos->front().is_object()) {
    spelled = text_of(infos->front(), "DomainName");
  }
  const auto instances = parameters.find("InstanceIdList");
  if (instances != parameters.end() && instances->is_array() && instances->size() == 1 &&
      instances->front().is_string()) {
    spelled =
        deploy_domain(text_of(parameters, "ResourceType"), instances->front().get<std::string>());
  }
  return spelled.empty() ? spelled : canonical_name(spelled).value_or(spelled);
}

TencentRefusal unknown_certificate() {
  return {.code = "FailedOperation.CertificateNotFound", .message = "证书不存在。"};
}

}  // namespace

std::string tencent_id(std::int64_t id) {
  return "c" + std::to_string(id);
}

bool TencentAction::binds() const {
  return verb == kBindCdn || verb == kBindEo || verb == kBindLive || verb == kBindVod ||
         verb == kBindWaf || verb == kDeploy || verb == kBindClbListener || verb == kBindClbDomain;
}

bool TencentAction::changes() const {
  return binds() || verb == kUpload || verb == kDelete;
}

CallShape TencentRequest::shape() const {
  const bool changes = action != nullptr && action->changes();
  return {.endpoint = name,
          .domain = domain,
          .changes = changes,
          .lists = action != nullptr && !changes,
          .binds = action != nullptr && action->binds()};
}

TencentRequest read_tencent_request(const Request& request) {
  TencentRequest call{.name = request.header("x-tc-action"),
                      .region = request.header("x-tc-region")};
  const std::string version = request.header("x-tc-version");
  const auto found = std::ranges::find_if(kActions, [&](const TencentAction& one) {
    return one.name == call.name && one.version == version;
  });
  if (found != kActions.end()) call.action = &*found;
  Json body = Json::parse(request.body, nullptr, false);
  const bool json = to_lower(request.content_type).starts_with("application/json");
  if (!json || !body.is_object() || request.method != "POST" || request.target != "/") {
    call.readable = false;
    return call;
  }
  call.parameters = std::move(body);
  call.domain = domain_in(call.parameters);
  return call;
}

TencentAnswer TencentState::run(const TencentRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  switch (call.action->verb) {
    case kListStored:
      return list_stored(call, moment);
    case kUpload:
      return upload(call);
    case kDelete:
      return remove(call);
    case kDeleteResult:
      return delete_result(call);
    case kListCdn:
      return list_cdn(call, moment);
    case kBindCdn:
      return bind_cdn(call);
    case kListZones:
      return list_zones(call);
    case kListEo:
      return list_eo(call, moment);
    case kBindEo:
      return bind_eo(call);
    case kListLive:
      return list_live(call);
    case kListLiveBindings:
      return list_live_bindings(call, moment);
    case kBindLive:
      return bind_live(call);
    case kListVod:
      return list_vod(call, moment);
    case kBindVod:
      return bind_vod(call);
    case kListWaf:
      return list_waf(call);
    case kAskWaf:
      return ask_waf(call, moment);
    case kBindWaf:
      return bind_waf(call);
    case kListCos:
      return list_cos(call, moment);
    case kDeploy:
      return deploy(call);
    case kListRecords:
      return list_records(call);
    case kAskRecord:
      return ask_record(call);
    case kListBalancers:
      return list_balancers(call);
    case kListListeners:
      return list_listeners(call, moment);
    case kBindClbListener:
    case kBindClbDomain:
      return bind_clb(call);
    case kAskTask:
      return ask_task(call);
    case kListRules:
      return list_rules(call, moment);
    case kListEnvironments:
      return list_environments(call);
    case kListRoutes:
      return list_routes(call, moment);
  }
  return Json::object();
}

TencentAnswer TencentState::pretend(const TencentRequest& call) {
  if (call.action->verb == kUpload) {
    return Json{{"CertificateId", tencent_id(world_.spend_id())}, {"RepeatCertId", ""}};
  }
  if (call.action->verb == kDeploy) {
    return Json{{"DeployRecordId", next_record_++}, {"DeployStatus", 1}};
  }
  if (call.action->verb == kDelete) return Json{{"DeleteResult", true}, {"TaskId", "none"}};
  return Json::object();
}

TencentAnswer TencentState::list_stored(const TencentRequest& call, SteadyTime moment) const {
  Json parameters = call.parameters;
  const auto limit = parameters.find("Limit");
  if (limit != parameters.end() && limit->is_number_integer() && *limit > 1000) *limit = 1000;
  const auto page = page_of(parameters, {.size_default = 10, .size_most = 1000});
  if (const auto* refusal = std::get_if<TencentRefusal>(&page)) return *refusal;
  const std::string type = text_of(parameters, "CertificateType");
  if (!type.empty() && type != "SVR" && type != "CA") return invalid("CertificateType");
  const auto wanted = parameters.find("CertIds");
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world_.entries_at(moment)) {
    const bool asked = wanted == parameters.end() ||
                       std::ranges::find(*wanted, Json(tencent_id(id))) != wanted->end();
    if (asked && type != "CA") all.push_back(entry);
  }
  std::ranges::reverse(all);  // the latest first
  Json items = Json::array();
  for (const EntryPtr& one : std::get<Page>(page).of(all)) {
    const Certificate& leaf = one->pair.leaf;
    const bool ended = leaf.not_after <= world_.now();
    items.push_back({{"CertificateId", tencent_id(one->id)},
                     {"Alias", one->note},
                     {"CertificateType", "SVR"},
                     {"From", "upload"},
                     {"Status", ended ? 3 : 1},
                     {"StatusName", ended ? "已过期" : "证书已颁发"},
                     {"Domain", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                     {"SubjectAltName", leaf.dns_names},
                     {"CertBeginTime", china_time(leaf.not_before)},
                     {"CertEndTime", china_time(leaf.not_after)},
                     {"EncryptAlgorithm", algorithm_of(leaf)},
                     {"BoundResource", nullptr},
                     {"Deployable", true}});
  }
  return Json{{"TotalCount", all.size()}, {"Certificates", items}};
}

TencentAnswer TencentState::upload(const TencentRequest& call) {
  for (const char* name : {"CertificatePublicKey", "CertificatePrivateKey"}) {
    if (text_of(call.parameters, name).empty()) return missing(name);
  }
  const std::string alias = text_of(call.parameters, "Alias");
  if (alias.size() > kAliasMost) return invalid("Alias");
  const auto repeatable = call.parameters.find("Repeatable");
  if (repeatable != call.parameters.end() && !repeatable->is_boolean()) {
    return invalid("Repeatable");
  }
  std::string chain = text_of(call.parameters, "CertificatePublicKey");
  Secret key{text_of(call.parameters, "CertificatePrivateKey")};
  const PairReader& reader = world_.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) {
    return TencentRefusal{.code = "FailedOperation.CertificateInvalid",
                          .message = "证书不符合标准。" + pair.error().message};
  }
  if (repeatable != call.parameters.end() && !repeatable->get<bool>()) {
    for (const auto& [id, entry] : world_.entries()) {
      if (entry->pair.leaf.fingerprint != pair->leaf.fingerprint) continue;
      return Json{{"CertificateId", tencent_id(id)}, {"RepeatCertId", tencent_id(id)}};
    }
  }
  if (world_.is_full()) {
    return TencentRefusal{.code = "LimitExceeded", .message = "超过配额限制。"};
  }
  const std::int64_t id = world_.upload(alias, *std::move(pair));
  return Json{{"CertificateId", tencent_id(id)}, {"RepeatCertId", ""}};
}

std::vector<std::string> TencentState::users_of(std::int64_t certificate) const {
  std::vector<std::string> users;
  for (const Domain& domain : world_.domains()) {
    const auto beside = beside_.find(domain.name);
    const bool aside = beside != beside_.end() &&
                       std::ranges::find(beside->second, certificate) != beside->second.end();
    const EntryPtr bound = domain.bound();
    const EntryPtr told = domain.told();
    const bool used = (bound && bound->id == certificate) || (told && told->id == certificate);
    if (used || aside) users.push_back(domain.name);
  }
  return users;
}

TencentAnswer TencentState::remove(const TencentRequest& call) {
  const std::string text = text_of(call.parameters, "CertificateId");
  if (text.empty()) return missing("CertificateId");
  const auto id = id_of(text);
  if (!id || !world_.entries().contains(*id)) return unknown_certificate();
  const auto check = call.parameters.find("IsCheckResource");
  if (check != call.parameters.end() && !check->is_boolean()) return invalid("IsCheckResource");
  if (check == call.parameters.end() || !check->get<bool>()) {
    world_.remove(*id);
    return Json{{"DeleteResult", true}, {"TaskId", nullptr}};
  }
  const std::string task = "task-" + std::to_string(next_task_++);
  tasks_[task] = {.certificate = *id, .status = 0, .domains = {}};
  world_.after(look_, [this, task] { end_delete(task); });
  return Json{{"DeleteResult", true}, {"TaskId", task}};
}

void TencentState::end_delete(const std::string& task) {
  DeleteTask& one = tasks_.at(task);
  one.domains = users_of(one.certificate);
  if (!role_) {
    one.status = 3;
  } else if (!one.domains.empty()) {
    one.status = 4;
  } else {
    one.status = world_.remove(one.certificate) == Outcome::kDone ? 1 : 2;
  }
}

TencentAnswer TencentState::delete_result(const TencentRequest& call) const {
  const auto ids = call.parameters.find("TaskIds");
  if (ids == call.parameters.end() || !ids->is_array()) return missing("TaskIds");
  if (ids->empty() || ids->size() > 100) return invalid("TaskIds");
  Json results = Json::array();
  for (const Json& id : *ids) {
    const auto task = id.is_string() ? tasks_.find(id.get<std::string>()) : tasks_.end();
    if (task == tasks_.end()) continue;
    results.push_back({{"TaskId", task->first},
                       {"CertId", tencent_id(task->second.certificate)},
                       {"Status", task->second.status},
                       {"Error", task->second.status > 1 ? "任务失败" : ""},
                       {"CacheTime", ""},
                       {"Domains", task->second.domains}});
  }
  return Json{{"DeleteTaskResult", results}};
}

}  // namespace certferry::sandbox

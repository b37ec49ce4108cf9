#include "sandbox/wangsu/cdnpro_calls.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"
#include "sandbox/wangsu/cdnpro_key.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum CdnProVerb;

constexpr std::int64_t kPageMost = 200;

WangsuRefusal refusal(int status, std::string code, std::string message) {
  return {.status = status, .code = std::move(code), .message = std::move(message)};
}

WangsuRefusal invalid(std::string code, std::string_view what) {
  return refusal(400, std::move(code), std::string(what) + " is not valid");
}

WangsuRefusal unknown_certificate() {
  return refusal(404, "InvalidCertId", "The specified certificate ID does not exist.");
}

WangsuRefusal unknown_version() {
  return refusal(404, "InvalidCertVersion", "The specified version does not exist.");
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string decoded(std::string_view text) {
  // A form decodes a plus as well, of which there is none in a path here.
  const auto fields = parse_form("name=" + std::string(text));
  return fields && fields->contains("name") ? fields->at("name") : "";
}

/// A page of a list, or why it is none.
WangsuAnswer page_of(const std::vector<Json>& all, const char* key, const Fields& query) {
  std::int64_t offset = 0;
  std::int64_t limit = 100;
  if (query.contains("offset")) {
    const auto given = integer_field(query, "offset");
    if (!given) return invalid("InvalidListOffset", "offset");
    offset = *given;
  }
  if (query.contains("limit")) {
    const auto given = integer_field(query, "limit");
    if (!given || *given < 1 || *given > kPageMost) return invalid("InvalidListLimit", "limit");
    limit = *given;
  }
  const std::int64_t count = std::ssize(all);
  const std::int64_t from = std::min(count, offset);
  const std::vector<Json> page(all.begin() + from, all.begin() + std::min(count, from + limit));
  return Json{{"count", count}, {key, page}};
}

/// A parameter that has to be one of a few, where it is given.
bool is_one_of(const Fields& query, const char* key, std::initializer_list<std::string_view> few) {
  return !query.contains(key) || std::ranges::find(few, query.at(key)) != few.end();
}

struct Route {
  std::string_view method;
  std::string_view path;
  std::string_view name;
  CdnProVerb verb;
  bool with_id = false;
};

constexpr std::array kRoutes{
    Route{"GET", "/cdn/hostnames", "hostnames", kListHostnames},
    Route{"GET", "/cdn/hostnames/", "hostname", kGetHostname, true},
    Route{"GET", "/cdn/certificates", "pro-certificates", kListCertificates},
    Route{"GET", "/cdn/certificates/", "pro-certificate", kGetCertificate, true},
    Route{"PATCH", "/cdn/certificates/", "update", kUpdate, true},
    Route{"GET", "/cdn/deploymentTasks", "tasks", kListTasks},
    Route{"GET", "/cdn/deploymentTasks/", "task", kGetTask, true},
    Route{"POST", "/cdn/deploymentTasks", "deploy", kDeploy},
};

Json version_as_json(const CdnPro& pro, std::int64_t certificate, std::int64_t number) {
  const auto at = static_cast<std::size_t>(number - 1);
  const CdnPro::Version& version = pro.versions_of(certificate).at(at);
  const Certificate& leaf = version.entry->pair.leaf;
  std::string digest = sha1_hex(leaf.der);
  std::ranges::transform(digest, digest.begin(), [](unsigned char one) {
    return static_cast<char>(std::toupper(one));
  });
  return {{"version", number},
          {"type", "uploaded"},
          {"comments", version.comments},
          {"creationTime", format_time(version.made_at)},
          {"expirationTime", format_time(leaf.not_after)},
          {"fingerprint", digest}};
}

Json property_as_json(const CdnPro& pro, const Domain& domain) {
  Json property = {{"propertyId", "bf0ee1af092bf98f" + std::to_string(domain.id)}, {"version", 2}};
  const std::int64_t certificate = pro.certificate_of(domain);
  if (certificate != 0) property["certificateId"] = CdnPro::id_of(certificate);
  return property;
}

Json hostname_as_json(const CdnPro& pro, const Domain& domain) {
  const Json property = property_as_json(pro, domain);
  return {{"hostname", domain.name},
          {"propertyInProduction", domain.online ? property : Json()},
          {"propertyInStaging", property}};
}

/// What lists say of a certificate, and calls for one.
Json certificate_as_json(std::int64_t certificate, std::int64_t deployed) {
  const std::string id = CdnPro::id_of(certificate);
  Json item = {{"certificateId", id},
               {"name", "certificate " + id.substr(20)},
               {"autoRenew", "Off"},
               {"forceRenew", false}};
  if (deployed > 0) item["versionInProduction"] = deployed;
  return item;
}

WangsuAnswer list_hostnames(const World& world, const CdnPro& pro, const Fields& query) {
  if (!is_one_of(query, "target", {"all", "staging", "production"})) {
    return invalid("InvalidTarget", "target");
  }
  std::vector<Json> all;
  for (const Domain& one : world.domains()) {
    const bool wanted = text_field(query, "target") != "production" || one.online;
    if (one.product == "cdnpro" && wanted) all.push_back(hostname_as_json(pro, one));
  }
  return page_of(all, "hostnames", query);
}

WangsuAnswer get_hostname(const World& world, const CdnPro& pro, const CdnProRequest& call) {
  const Domain* domain = world.find_domain(call.id);
  if (domain != nullptr && domain->product == "cdnpro") return hostname_as_json(pro, *domain);
  return refusal(404, "InvalidHostname", "The specified hostname does not exist.");
}

WangsuAnswer list_certificates(const World& world,
                               const CdnPro& pro,
                               const Fields& query,
                               SteadyTime moment) {
  const bool sorted =
      is_one_of(query,
                "sortBy",
                {"creationTime", "lastUpdateTime", "expirationTime", "productionExpirationTime"}) &&
      is_one_of(query, "sortOrder", {"asc", "desc"});
  if (!sorted) return invalid("InvalidSort", "sortBy");
  std::map<std::int64_t, std::int64_t> deployed;  // of each certificate
  for (const Domain& one : world.domains()) {
    const std::int64_t certificate = pro.certificate_of(one);
    if (certificate == 0) continue;
    std::int64_t& number = deployed[certificate];
    if (number == 0) number = pro.version_at(one, moment);
  }
  std::vector<Json> all;
  for (const auto& [certificate, number] : deployed) {
    Json& item = all.emplace_back(certificate_as_json(certificate, number));
    item["latestVersion"] = pro.versions_of(certificate).size();
  }
  return page_of(all, "certificates", query);
}

WangsuAnswer get_certificate(const CdnPro& pro, std::int64_t certificate) {
  Json out = certificate_as_json(certificate, pro.deployed(certificate));
  out["description"] = "";
  out["versions"] = Json::array();
  for (std::int64_t one = 1; one <= std::ssize(pro.versions_of(certificate)); ++one) {
    out["versions"].push_back(version_as_json(pro, certificate, one));
  }
  out["usageInProduction"] = Json::array();
  for (const Domain* one : pro.users_of(certificate)) {
    out["usageInProduction"].push_back(
        {{"propertyId", property_as_json(pro, *one).at("propertyId")},
         {"hostnames", Json::array({one->name})},
         {"origins", Json::array()}});
  }
  out["usageInStaging"] = Json::array();
  return out;
}

bool has_version(const CdnPro& pro, std::int64_t certificate, std::int64_t number) {
  return number >= 1 && number <= std::ssize(pro.versions_of(certificate));
}

WangsuAnswer get_version(const CdnPro& pro, std::int64_t certificate, std::int64_t number) {
  if (!has_version(pro, certificate, number)) return unknown_version();
  const auto at = static_cast<std::size_t>(number - 1);
  const Certificate& leaf = pro.versions_of(certificate).at(at).entry->pair.leaf;
  Json out = version_as_json(pro, certificate, number);
  out["serialNumber"] = leaf.serial;
  out["subject"] = leaf.subject;
  out["issuer"] = leaf.issuer;
  out["subjectAlternativeNames"] = leaf.dns_names;
  out["inProduction"] = pro.deployed(certificate) == number;
  out["inStaging"] = false;
  out["chainCertificates"] = Json::array();
  return out;
}

WangsuAnswer list_tasks(const CdnPro& pro, const Fields& query) {
  const bool sound = is_one_of(query, "target", {"staging", "production"}) &&
                     is_one_of(query, "status", {"waiting", "inprogress", "succeeded", "failed"}) &&
                     is_one_of(query, "sortBy", {"submissionTime", "finishTime"}) &&
                     is_one_of(query, "sortOrder", {"asc", "desc"});
  if (!sound) return invalid("InvalidParameter", "a parameter");
  std::vector<Json> all;
  for (const CdnPro::Deployment& one : pro.deployments()) {
    std::string status = pro.progress_of(one).status;
    std::erase(status, ' ');  // as lists spell it
    const std::string certificate = CdnPro::id_of(one.certificate);
    const bool wanted = text_field(query, "target") != "staging" &&
                        is_one_of(query, "status", {status}) &&
                        is_one_of(query, "certificateId", {certificate});
    if (!wanted) continue;
    all.push_back({{"id", one.id},
                   {"name", one.name},
                   {"target", "production"},
                   {"status", status},
                   {"submissionTime", format_time(one.submitted_at)}});
  }
  return page_of(all, "deploy", query);
}

WangsuAnswer get_task(const CdnPro& pro, const std::string& id) {
  const auto task = std::ranges::find(pro.deployments(), id, &CdnPro::Deployment::id);
  if (task == pro.deployments().end()) {
    return refusal(
        404, "InvalidDeploymentTaskId", "The specified deployment task ID does not exist.");
  }
  const CdnPro::Progress progress = pro.progress_of(*task);
  const Json action = {{"action", "deploy_cert"},
                       {"certificateId", CdnPro::id_of(task->certificate)},
                       {"version", std::to_string(task->version)}};
  return Json{{"name", task->name},
              {"target", "production"},
              {"status", progress.status},
              {"statusDetails", progress.details},
              {"submissionTime", format_time(task->submitted_at)},
              {"actions", Json::array({action})}};
}

WangsuAnswer update(const World& world,
                    CdnPro& pro,
                    const CdnProRequest& call,
                    std::int64_t certificate) {
  for (const auto& [key, value] : call.body.items()) {
    // A change of anything else is not what a certificate is brought by.
    if (key != "newVersion") return invalid("InvalidParameter", key);
  }
  const auto made = call.body.find("newVersion");
  if (made == call.body.end() || !made->is_object()) return invalid("InvalidVersion", "newVersion");
  std::string chain = text_in(*made, "certificate");
  if (chain.empty()) return invalid("InvalidCert", "certificate");
  chain += text_in(*made, "chainCert");
  Secret key = decrypt_cdnpro_key(text_in(*made, "privateKey"), pro.api_key(), call.date);
  if (key.empty()) {
    return refusal(400,
                   "InvalidKey",
                   "Invalid private key cipher. The private key must be encrypted with your API "
                   "key and the timestamp.");
  }
  if (pro.is_full(certificate)) {
    return refusal(400, "TooManyVersions", "The certificate has too many versions.");
  }
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(std::move(chain), std::move(key))
                                     : read_pair(std::move(chain), std::move(key));
  if (!pair) return refusal(400, "InvalidCert", pair.error().message);
  const std::int64_t number =
      pro.add_version(certificate, text_in(*made, "comments"), *std::move(pair));
  return WangsuMade{"/cdn/certificates/" + call.id + "/versions/" + std::to_string(number)};
}

WangsuAnswer deploy(CdnPro& pro, const CdnProRequest& call) {
  if (text_in(call.body, "target") != "production") return invalid("InvalidTarget", "target");
  const Json actions = call.body.value("actions", Json());
  const bool one = actions.is_array() && actions.size() == 1 && actions.front().is_object() &&
                   text_in(actions.front(), "action") == "deploy_cert";
  if (!one) return invalid("InvalidActions", "actions");
  const std::int64_t certificate = pro.find_certificate(text_in(actions.front(), "certificateId"));
  if (certificate == 0) return unknown_certificate();
  const Json wanted = actions.front().value("version", Json());
  const std::int64_t number = wanted.is_number_integer() ? wanted.get<std::int64_t>() : 0;
  if (!has_version(pro, certificate, number)) return unknown_version();
  if (const auto name = pro.uncovered(certificate, number)) {
    return refusal(
        400, "HostnameNotCovered", "The certificate does not cover hostname " + *name + ".");
  }
  const CdnPro::Deployment& made = pro.deploy(certificate, number, text_in(call.body, "name"));
  return WangsuMade{"/cdn/deploymentTasks/" + made.id};
}

WangsuAnswer answer_to(World& world,
                       CdnPro& pro,
                       const CdnProRequest& call,
                       milliseconds view_age) {
  const Fields query = parse_form(call.query).value_or(Fields());
  switch (call.verb) {
    case kListHostnames:
      return list_hostnames(world, pro, query);
    case kGetHostname:
      return get_hostname(world, pro, call);
    case kListCertificates:
      return list_certificates(world, pro, query, world.steady_now() - view_age);
    case kListTasks:
      return list_tasks(pro, query);
    case kGetTask:
      return get_task(pro, call.id);
    case kDeploy:
      return deploy(pro, call);
    case kGetCertificate:
    case kGetVersion:
    case kUpdate:
      break;
  }
  const std::int64_t certificate = pro.find_certificate(call.id);
  if (certificate == 0) return unknown_certificate();
  if (call.verb == kUpdate) return update(world, pro, call, certificate);
  if (call.verb == kGetVersion) return get_version(pro, certificate, call.version);
  return get_certificate(pro, certificate);
}

}  // namespace

std::optional<CdnProRequest> read_cdnpro_request(const Request& request) {
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    return one.method == request.method &&
           (one.with_id ? path.starts_with(one.path) : path == one.path);
  });
  if (route == kRoutes.end()) return std::nullopt;
  CdnProRequest call{.verb = route->verb,
                     .name = std::string(route->name),
                     .id = {},
                     .query = mark == std::string::npos ? "" : request.target.substr(mark + 1),
                     .body = Json::object(),
                     .date = request.header("date")};
  if (route->with_id) {
    std::string rest = path.substr(route->path.size());
    const auto versions = rest.find("/versions/");
    if (versions != std::string::npos && call.verb == kGetCertificate) {
      call.verb = kGetVersion;
      call.version =
          integer_field({{"version", rest.substr(versions + 10)}}, "version").value_or(0);
      rest = rest.substr(0, versions);
    }
    call.id = decoded(rest);
  }
  if (!request.body.empty()) {
    call.body = Json::parse(request.body, nullptr, false);
    if (!call.body.is_object()) call.body = nullptr;
  }
  return call;
}

WangsuAnswer run_cdnpro_call(World& world,
                             CdnPro& pro,
                             const CdnProRequest& call,
                             milliseconds view_age) {
  if (call.body.is_null()) return invalid("InvalidJson", "the body");
  pro.catch_up();
  WangsuAnswer answer = answer_to(world, pro, call, view_age);
  if (call.changes()) pro.catch_up();
  return answer;
}

WangsuAnswer pretend_cdnpro_call(const CdnProRequest& call) {
  if (call.verb == kUpdate) return WangsuMade{"/cdn/certificates/" + call.id + "/versions/9999"};
  if (call.verb == kDeploy) return WangsuMade{"/cdn/deploymentTasks/never"};
  return Json::object();
}

}  // namespace certferry::sandbox

#include "sandbox/jdcloud/jdcloud_calls.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"
#include "sandbox/jdcloud/jdcloud_answers.h"
#include "sandbox/jdcloud/jdcloud_video.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum JdcloudVerb;

constexpr std::array kOperations{
    JdcloudOperation{"describeCerts", "ssl", "GET", "/v1/sslCert", kListStored},
    JdcloudOperation{"describeCert", "ssl", "GET", "/v1/sslCert/*", kGetStored},
    JdcloudOperation{"uploadCert", "ssl", "POST", "/v1/sslCert%3Aupload", kUpload},
    JdcloudOperation{"deleteCerts", "ssl", "DELETE", "/v1/sslCert/*", kDelete},
    JdcloudOperation{"getDomainList", "cdn", "GET", "/v1/domain", kListDomains},
    JdcloudOperation{"getDomainDetail", "cdn", "GET", "/v1/domain/*", kGetDomain},
    JdcloudOperation{"queryDomainConfig", "cdn", "GET", "/v1/domain/*/config", kGetConfig},
    JdcloudOperation{"setHttpType", "cdn", "POST", "/v1/domain/*/httpType", kBind},
    JdcloudOperation{"describeLiveDomains", "live", "GET", "/v1/domains", kListLive},
    JdcloudOperation{
        "describeLiveDomainCertificate", "live", "GET", "/v1/liveDomainCertificate", kGetLive},
    JdcloudOperation{
        "setLiveDomainCertificate", "live", "POST", "/v1/liveDomainCertificate", kSetLive},
    JdcloudOperation{"listDomains", "vod", "GET", "/v1/domains", kListVod},
    JdcloudOperation{"getHttpSsl", "vod", "GET", "/v1/domains/*%3AgetHttpSsl", kGetVod},
    JdcloudOperation{"setHttpSsl", "vod", "POST", "/v1/domains/*%3AsetHttpSsl", kSetVod},
};

constexpr std::string_view kIdPrefix = "cert-";

std::optional<std::int64_t> certificate_number(std::string_view id) {
  if (!id.starts_with(kIdPrefix)) return std::nullopt;
  return integer_field({{"id", std::string(id.substr(kIdPrefix.size()))}}, "id");
}

/// What stands in the place of the `*`, encoded; nothing when the path is another one.
std::optional<std::string> subject_in(std::string_view path, std::string_view pattern) {
  const auto star = pattern.find('*');
  if (star == std::string_view::npos) return path == pattern ? std::optional("") : std::nullopt;
  const std::string_view head = pattern.substr(0, star);
  const std::string_view tail = pattern.substr(star + 1);
  if (path.size() <= head.size() + tail.size()) return std::nullopt;
  if (!path.starts_with(head) || !path.ends_with(tail)) return std::nullopt;
  const std::string_view subject =
      path.substr(head.size(), path.size() - head.size() - tail.size());
  return subject.contains('/') ? std::nullopt : std::optional(std::string(subject));
}

/// By the host, where that is of the vendor's own kind, or else by what it is signed for.
std::string service_of(const Request& request) {
  constexpr std::array<std::string_view, 4> kServices{"ssl", "cdn", "live", "vod"};
  const std::string host = request.header("host");
  std::string first = host.substr(0, host.find('.'));
  if (std::ranges::find(kServices, first) != kServices.end()) return first;
  const std::string scope = request.authorization.substr(0, request.authorization.find(','));
  const std::vector<std::string> parts = split(scope, '/');
  return parts.size() == 5 ? parts[3] : std::string();
}

Json users_of(const World& world, std::int64_t id) {
  Json users = Json::array();
  for (const Domain& domain : world.domains()) {
    const EntryPtr bound = domain.bound();
    // Live and VOD have copies of their own.
    const bool holds = domain.product == "live" || domain.product == "vod";
    if (holds || bound == nullptr || bound->id != id) continue;
    users.push_back({{"bindFrom", domain.product}, {"bindId", domain.name}});
  }
  return users;
}

/// What list and call for one have in common.
Json details_of(const Entry& entry) {
  const Certificate& leaf = entry.pair.leaf;
  return {{"certId", jdcloud_certificate_id(entry.id)},
          {"certName", entry.note},
          {"commonName", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
          {"dnsNames", leaf.dns_names},
          {"certType", "upload"},
          {"startTime", jdcloud_time(leaf.not_before)},
          {"endTime", jdcloud_time(leaf.not_after)},
          {"digest", sha256_hex(entry.pair.key_pem.reveal())}};
}

JdcloudAnswer list_stored(const World& world, const JdcloudRequest& call, SteadyTime moment) {
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world.entries_at(moment)) all.push_back(entry);
  const auto page = jdcloud_page(all, call.query, {});
  if (!page) return jdcloud_invalid("pageSize");
  Json items = Json::array();
  for (const EntryPtr& one : *page) {
    Json item = details_of(*one);
    item["deletable"] = users_of(world, one->id).empty() ? 1 : 0;
    item["downloadable"] = 1;
    item["updateable"] = 1;
    items.push_back(std::move(item));
  }
  return Json{{"certListDetails", items}, {"totalCount", all.size()}};
}

JdcloudAnswer get_stored(const World& world, const JdcloudRequest& call) {
  const auto id = certificate_number(call.subject);
  const auto found = id ? world.entries().find(*id) : world.entries().end();
  if (found == world.entries().end()) return jdcloud_not_found("certificate");
  Json detail = details_of(*found->second);
  detail["usedBy"] = users_of(world, *id);
  return Json{{"certDescDetail", detail}};
}

JdcloudAnswer stored_as(std::int64_t id, const std::string& key) {
  return Json{{"certId", jdcloud_certificate_id(id)}, {"digest", sha256_hex(key)}};
}

JdcloudAnswer upload(World& world, const JdcloudRequest& call) {
  constexpr std::size_t kNameMost = 64;
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object()) return jdcloud_invalid("body");
  const std::string name = jdcloud_text(json, "certName");
  const std::string key = jdcloud_text(json, "keyFile");
  if (name.empty() || name.size() > kNameMost) return jdcloud_invalid("certName");
  if (jdcloud_text(json, "certFile").empty()) return jdcloud_invalid("certFile");
  if (key.empty()) return jdcloud_invalid("keyFile");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair = reader ? reader(jdcloud_text(json, "certFile"), Secret(key))
                                     : read_pair(jdcloud_text(json, "certFile"), Secret(key));
  if (!pair) return jdcloud_invalid("certFile: " + pair.error().message);
  if (world.is_full()) {
    return JdcloudRefusal{
        .code = 429, .status = "QUOTA_EXCEEDED", .message = "certificate quota exceeded"};
  }
  return stored_as(world.upload(name, *std::move(pair)), key);
}

JdcloudAnswer remove(World& world, const JdcloudRequest& call) {
  const auto id = certificate_number(call.subject);
  if (!id) return jdcloud_not_found("certificate");
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return Json{{"code", 200}, {"message", "success"}};
    case Outcome::kInUse:
      return jdcloud_precondition("证书正在使用中");
    default:
      return jdcloud_not_found("certificate");
  }
}

std::string status_of(const World& world, const JdcloudState& state, const Domain& domain) {
  if (!domain.online) return "offline";
  return is_configuring(world, state, domain) ? "configuring" : "online";
}

/// What list and call for one have in common.
Json row_of(const World& world, const JdcloudState& state, const Domain& domain) {
  Time modified = domain.created_at;
  if (!domain.changes.empty()) {
    modified = world.now() - (world.steady_now() - domain.changes.back().at);
  }
  return {{"domain", domain.name},
          {"cname", domain.cname},
          {"created", jdcloud_time(domain.created_at)},
          {"modified", jdcloud_time(modified)},
          {"status", status_of(world, state, domain)},
          {"type", "web"},
          {"auditStatus", "1"},
          {"accelerateRegion", "mainLand"}};
}

JdcloudAnswer list_domains(const World& world,
                           const JdcloudState& state,
                           const JdcloudRequest& call) {
  const std::vector<const Domain*> all = jdcloud_domains(world, "cdn");
  const auto page = jdcloud_page(all, call.query, {.size_default = 20, .size_most = 50});
  if (!page) return jdcloud_invalid("pageSize");
  Json items = Json::array();
  for (const Domain* one : *page) items.push_back(row_of(world, state, *one));
  return Json{{"domains", items}, {"totalCount", all.size()}};
}

std::string redirect_of(const JdcloudState& state, const Domain& domain) {
  const auto redirect = state.redirects.find(domain.name);
  return redirect == state.redirects.end() ? "default" : redirect->second;
}

JdcloudAnswer get_domain(const World& world,
                         const JdcloudState& state,
                         const JdcloudRequest& call,
                         SteadyTime moment) {
  const Domain* domain = jdcloud_domain(world, call.domain, "cdn");
  if (domain == nullptr) return jdcloud_not_found("domain");
  Json out = row_of(world, state, *domain);
  out.update({{"source", {{"domain", {{{"domain", domain->origin}}}}}},
              {"sourceType", "domain"},
              {"backSourceType", "http"},
              {"jumpType", redirect_of(state, *domain)},
              {"httpType", "http"}});
  const EntryPtr entry = domain->bound_at(moment);
  if (entry == nullptr) return out;
  out.update({{"httpType", "https"},
              {"certFrom", "ssl"},
              {"sslCertId", jdcloud_certificate_id(entry->id)},
              {"certName", entry->note},
              {"sslCertEndTime", jdcloud_time(entry->pair.leaf.not_after)}});
  return out;
}

JdcloudAnswer get_config(const World& world,
                         const JdcloudState& state,
                         const JdcloudRequest& call) {
  const Domain* domain = jdcloud_domain(world, call.domain, "cdn");
  if (domain == nullptr) return jdcloud_not_found("domain");
  return Json{{"domain", domain->name},
              {"httpType", domain->bound() == nullptr ? "http" : "https"},
              {"httpsJumpType", redirect_of(state, *domain)}};
}

JdcloudAnswer bind(World& world, JdcloudState& state, const JdcloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object()) return jdcloud_invalid("body");
  const Domain* domain = jdcloud_domain(world, call.domain, "cdn");
  if (domain == nullptr) return jdcloud_not_found("domain");
  if (!domain->online) return jdcloud_precondition("domain is offline");
  if (is_configuring(world, state, *domain)) return jdcloud_precondition("域名配置中");
  // What is not sent goes back to how the vendor begins.
  const std::string redirect =
      json.contains("jumpType") ? jdcloud_text(json, "jumpType") : "default";
  if (redirect != "default" && redirect != "http" && redirect != "https") {
    return jdcloud_invalid("jumpType");
  }
  const std::string type = jdcloud_text(json, "httpType");
  if (type == "http") {
    world.unbind(call.domain);
    return Json{{"taskId", std::to_string(state.next_task++)}};
  }
  if (type != "https") return jdcloud_invalid("httpType");
  // A bundle that is given inline is not emulated.
  if (jdcloud_text(json, "certFrom") != "ssl") return jdcloud_invalid("certFrom");
  const auto id = certificate_number(jdcloud_text(json, "sslCertId"));
  if (!id) return jdcloud_invalid("sslCertId");
  switch (world.bind(*id, call.domain)) {
    case Outcome::kUnknownCertificate:
      return jdcloud_not_found("certificate");
    case Outcome::kNotCovered:
      return jdcloud_invalid("sslCertId: the certificate does not match the domain; it");
    default:
      break;
  }
  state.redirects[call.domain] = redirect;
  return Json{{"taskId", std::to_string(state.next_task++)}};
}

/// Canonical; empty when the call is about none.
std::string domain_of(const JdcloudRequest& call) {
  std::string spelled;
  switch (call.operation->verb) {
    case kGetDomain:
    case kGetConfig:
    case kBind:
      spelled = call.subject;
      break;
    case kGetLive:
      spelled = text_field(call.query, "playDomain");
      break;
    case kSetLive: {
      const Json body = Json::parse(call.body, nullptr, false);
      if (body.is_object()) spelled = jdcloud_text(body, "playDomain");
      break;
    }
    default:
      break;
  }
  return canonical_name(spelled).value_or(spelled);
}

}  // namespace

bool is_configuring(const World& world, const JdcloudState& state, const Domain& domain) {
  return !domain.changes.empty() &&
         domain.changes.back().at + state.configuring > world.steady_now();
}

std::string jdcloud_certificate_id(std::int64_t id) {
  return std::string(kIdPrefix) + std::to_string(id);
}

CallShape JdcloudRequest::shape() const {
  const bool changes = operation != nullptr && operation->changes();
  return {.endpoint = counted_as(),
          .domain = domain,
          .changes = changes,
          .lists = operation != nullptr && !changes,
          .binds = operation != nullptr && operation->binds()};
}

JdcloudRequest read_jdcloud_request(const Request& request) {
  JdcloudRequest call{.body = request.body};
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  const std::string service = service_of(request);
  for (const JdcloudOperation& one : kOperations) {
    const auto subject = subject_in(path, one.path);
    const bool elsewhere = !service.empty() && service != one.service;
    if (request.method != one.method || !subject || elsewhere) continue;
    call.operation = &one;
    const Result<Fields> decoded = parse_form("subject=" + *subject);
    if (decoded) call.subject = decoded->at("subject");
    call.readable = decoded.has_value() && !subject->contains('+');
    break;
  }
  Result<Fields> query =
      parse_form(mark == std::string::npos ? "" : request.target.substr(mark + 1));
  const bool json = request.content_type.starts_with("application/json");
  if (!query || (!json && !request.body.empty())) {
    call.readable = false;
    return call;
  }
  call.query = *std::move(query);
  if (call.operation != nullptr) call.domain = domain_of(call);
  return call;
}

std::optional<JdcloudRefusal> refuse_call(const JdcloudRequest& call) {
  if (call.operation == nullptr) return jdcloud_not_found("api");
  if (!call.readable) return jdcloud_invalid("path, query or body");
  return std::nullopt;
}

JdcloudAnswer run_jdcloud_call(World& world,
                               JdcloudState& state,
                               const JdcloudRequest& call,
                               milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (call.operation->verb) {
    case kListStored:
      return list_stored(world, call, moment);
    case kGetStored:
      return get_stored(world, call);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, state, call);
    case kGetDomain:
      return get_domain(world, state, call, moment);
    case kGetConfig:
      return get_config(world, state, call);
    case kBind:
      return bind(world, state, call);
    case kListLive:
      return list_live(world, call);
    case kGetLive:
      return get_live(world, state, call, moment);
    case kSetLive:
      return set_live(world, state, call);
    case kListVod:
      return list_vod(world, state, call);
    case kGetVod:
      return get_vod(world, state, call, moment);
    case kSetVod:
      return set_vod(world, state, call);
  }
  return Json::object();
}

JdcloudAnswer pretend_jdcloud_call(World& world, const JdcloudRequest& call) {
  if (call.operation->verb == kUpload) return stored_as(world.spend_id(), "pretended");
  return Json::object();
}

}  // namespace certferry::sandbox

#include "sandbox/huaweicloud/huaweicloud_calls.h"

#include <algorithm>
#include <array>
#include <cstdio>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/huaweicloud/services.h"

namespace certferry::sandbox {

namespace {

using enum HuaweiCloudVerb;

constexpr std::array kOperations{
    HuaweiCloudOperation{
        "ListCertificates", "scm", "GET", "/v3/scm/certificates", kListStored, "scm:cert:list"},
    HuaweiCloudOperation{"ImportCertificate",
                         "scm",
                         "POST",
                         "/v3/scm/certificates/import",
                         kUpload,
                         "scm:cert:import"},
    HuaweiCloudOperation{
        "DeleteCertificate", "scm", "DELETE", "/v3/scm/certificates/*", kDelete, "scm:cert:delete"},
    HuaweiCloudOperation{"ListDeployedResources",
                         "scm",
                         "POST",
                         "/v3/scm/deployed-resources",
                         kListDeployed,
                         "scm:cert:listDeployedResources"},
    HuaweiCloudOperation{"ListDomains",
                         "cdn",
                         "GET",
                         "/v1.0/cdn/domains",
                         kListDomains,
                         "cdn:configuration:queryDomains"},
    HuaweiCloudOperation{"ShowCertificatesHttpsInfo",
                         "cdn",
                         "GET",
                         "/v1.0/cdn/domains/https-certificate-info",
                         kListHttps,
                         "cdn:configuration:queryHttpsConf"},
    HuaweiCloudOperation{"ShowDomainFullConfig",
                         "cdn",
                         "GET",
                         "/v1.1/cdn/configuration/domains/*/configs",
                         kGetConfig,
                         "cdn:configuration:queryDomains"},
    HuaweiCloudOperation{"UpdateDomainFullConfig",
                         "cdn",
                         "PUT",
                         "/v1.1/cdn/configuration/domains/*/configs",
                         kBind,
                         "cdn:configuration:modifyHttpsConf"},
    // Names that SCM has as well stand behind the service's.
    HuaweiCloudOperation{"ListCompositeHosts",
                         "waf",
                         "GET",
                         "/v1/{project}/composite-waf/host",
                         kListHosts,
                         "waf:instance:list"},
    HuaweiCloudOperation{"waf:ListCertificates",
                         "waf",
                         "GET",
                         "/v1/{project}/waf/certificate",
                         kListOwn,
                         "waf:certificate:list"},
    HuaweiCloudOperation{"waf:CreateCertificate",
                         "waf",
                         "POST",
                         "/v1/{project}/waf/certificate",
                         kCopy,
                         "waf:certificate:create"},
    HuaweiCloudOperation{"ApplyCertificateToHost",
                         "waf",
                         "POST",
                         "/v1/{project}/waf/certificate/*/apply-to-hosts",
                         kApply,
                         "waf:certificate:apply"},
    HuaweiCloudOperation{"waf:DeleteCertificate",
                         "waf",
                         "DELETE",
                         "/v1/{project}/waf/certificate/*",
                         kDeleteCopy,
                         "waf:certificate:delete"},
    HuaweiCloudOperation{"ListLoadBalancers",
                         "elb",
                         "GET",
                         "/v3/{project}/elb/loadbalancers",
                         kListBalancers,
                         "elb:loadbalancers:list"},
    HuaweiCloudOperation{"ListListeners",
                         "elb",
                         "GET",
                         "/v3/{project}/elb/listeners",
                         kListListeners,
                         "elb:listeners:list"},
    HuaweiCloudOperation{"ShowListener",
                         "elb",
                         "GET",
                         "/v3/{project}/elb/listeners/*",
                         kGetListener,
                         "elb:listeners:get"},
    HuaweiCloudOperation{"UpdateListener",
                         "elb",
                         "PUT",
                         "/v3/{project}/elb/listeners/*",
                         kUpdateListener,
                         "elb:listeners:put"},
    HuaweiCloudOperation{"elb:ListCertificates",
                         "elb",
                         "GET",
                         "/v3/{project}/elb/certificates",
                         kListElbOwn,
                         "elb:certificates:list"},
    HuaweiCloudOperation{"elb:CreateCertificate",
                         "elb",
                         "POST",
                         "/v3/{project}/elb/certificates",
                         kElbCopy,
                         "elb:certificates:create"},
    HuaweiCloudOperation{"elb:DeleteCertificate",
                         "elb",
                         "DELETE",
                         "/v3/{project}/elb/certificates/*",
                         kDeleteElbCopy,
                         "elb:certificates:delete"},
};

/// What stands in the places of a pattern, encoded.
struct Places {
  std::string subject;
  std::string project;
};

/// Nothing when the path is another one.
std::optional<Places> places_in(std::string_view path, std::string_view pattern) {
  const std::vector<std::string> given = split(path, '/');
  const std::vector<std::string> wanted = split(pattern, '/');
  if (given.size() != wanted.size()) return std::nullopt;
  Places places;
  for (std::size_t i = 0; i < given.size(); ++i) {
    const bool subject = wanted[i] == "*";
    const bool project = wanted[i] == "{project}";
    if (subject) places.subject = given[i];
    if (project) places.project = given[i];
    if (subject || project ? given[i].empty() : given[i] != wanted[i]) return std::nullopt;
  }
  return places;
}

/// A host of the vendor's own kind says which service it is.
bool is_elsewhere(const Request& request, const HuaweiCloudOperation& operation) {
  const std::string host = request.header("host");
  const std::string first = host.substr(0, host.find('.'));
  const bool known = first == "scm" || first == "cdn" || first == "waf" || first == "elb";
  return known && first != operation.service;
}

}  // namespace

std::string huaweicloud_certificate_id(std::int64_t id) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "scs%013lld", static_cast<long long>(id));
  return text.data();
}

CallShape HuaweiCloudRequest::shape() const {
  const bool changes = operation != nullptr && operation->changes();
  return {.endpoint = counted_as(),
          .domain = domain,
          .changes = changes,
          .lists = operation != nullptr && !changes,
          .binds = operation != nullptr && operation->binds()};
}

HuaweiCloudRequest read_huaweicloud_request(const Request& request) {
  HuaweiCloudRequest call{.body = request.body};
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  for (const HuaweiCloudOperation& one : kOperations) {
    const auto places = places_in(path, one.path);
    if (request.method != one.method || !places || is_elsewhere(request, one)) continue;
    call.operation = &one;
    const Result<Fields> decoded =
        parse_form("subject=" + places->subject + "&project=" + places->project);
    if (decoded) call.subject = decoded->at("subject");
    if (decoded) call.project = decoded->at("project");
    call.readable = decoded.has_value() && !path.contains('+');
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
  const bool of_domain = call.operation != nullptr &&
                         (call.operation->verb == kGetConfig || call.operation->verb == kBind);
  if (of_domain) call.domain = canonical_name(call.subject).value_or(call.subject);
  return call;
}

std::optional<HuaweiCloudRefusal> refuse_call(const HuaweiCloudRequest& call) {
  if (call.operation == nullptr) {
    return HuaweiCloudRefusal{.status = 404,
                              .code = "APIGW.0101",
                              .message = "The API does not exist or has not been published."};
  }
  if (!call.readable) return huaweicloud::invalid(call.operation->service, "path, query or body");
  return std::nullopt;
}

HuaweiCloudAnswer run_huaweicloud_call(World& world,
                                       HuaweiCloudState& state,
                                       const HuaweiCloudRequest& call,
                                       milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (call.operation->verb) {
    case kListStored:
      return huaweicloud::list_stored(world, call, moment);
    case kUpload:
      return huaweicloud::upload(world, call);
    case kDelete:
      return huaweicloud::remove(world, call);
    case kListDeployed:
      return huaweicloud::list_deployed(world, state, call);
    case kListDomains:
      return huaweicloud::list_domains(world, state, call, moment);
    case kListHttps:
      return huaweicloud::list_https(world, state, call, moment);
    case kGetConfig:
      return huaweicloud::get_config(world, state, call, moment);
    case kBind:
      return huaweicloud::bind(world, state, call);
    case kListHosts:
      return huaweicloud::list_hosts(world, state.waf, call, moment);
    case kListOwn:
      return huaweicloud::list_own(world, state.waf, call, moment);
    case kCopy:
      return huaweicloud::make_copy(world, state.waf, call);
    case kApply:
      return huaweicloud::apply(world, state.waf, call);
    case kDeleteCopy:
      return huaweicloud::delete_copy(world, state.waf, call);
    case kListBalancers:
      return huaweicloud::list_balancers(world, call);
    case kListListeners:
      return huaweicloud::list_listeners(world, state.elb, call, moment);
    case kGetListener:
      return huaweicloud::get_listener(world, state.elb, call, moment);
    case kListElbOwn:
      return huaweicloud::list_elb_certificates(world, state.elb, call, moment);
    case kElbCopy:
      return huaweicloud::make_elb_copy(world, state.elb, call);
    case kUpdateListener:
      return huaweicloud::update_listener(world, state.elb, call);
    case kDeleteElbCopy:
      return huaweicloud::delete_elb_copy(world, state.elb, call);
  }
  return "";
}

HuaweiCloudAnswer pretend_huaweicloud_call(World& world, const HuaweiCloudRequest& call) {
  if (call.operation->verb == kUpload) return huaweicloud::stored_as(world.spend_id());
  if (call.operation->verb == kCopy)
    return huaweicloud::copied_as("0123456789abcdef0123456789abcdef");
  if (call.operation->verb == kApply) return huaweicloud::copied_as(call.subject);
  if (call.operation->verb == kElbCopy) {
    return huaweicloud::elb_copied_as("0123456789abcdef0123456789abcdef");
  }
  if (call.operation->verb == kUpdateListener) return huaweicloud::elb_bound_as(call.subject);
  return call.operation->changes() ? "" : "{}";
}

}  // namespace certferry::sandbox

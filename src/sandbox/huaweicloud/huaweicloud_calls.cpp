#include "sandbox/huaweicloud/huaweicloud_calls.h"

#include <algorithm>
#include <array>
#include <cstdio>

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
};

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

/// A host of the vendor's own kind says which service it is.
bool is_elsewhere(const Request& request, const HuaweiCloudOperation& operation) {
  const std::string host = request.header("host");
  const std::string first = host.substr(0, host.find('.'));
  return (first == "scm" || first == "cdn") && first != operation.service;
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
          .binds = operation != nullptr && operation->verb == kBind};
}

HuaweiCloudRequest read_huaweicloud_request(const Request& request) {
  HuaweiCloudRequest call{.body = request.body};
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  for (const HuaweiCloudOperation& one : kOperations) {
    const auto subject = subject_in(path, one.path);
    if (request.method != one.method || !subject || is_elsewhere(request, one)) continue;
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
      return huaweicloud::list_deployed(world, call);
    case kListDomains:
      return huaweicloud::list_domains(world, state, call, moment);
    case kListHttps:
      return huaweicloud::list_https(world, state, call, moment);
    case kGetConfig:
      return huaweicloud::get_config(world, state, call, moment);
    case kBind:
      return huaweicloud::bind(world, state, call);
  }
  return "";
}

HuaweiCloudAnswer pretend_huaweicloud_call(World& world, const HuaweiCloudRequest& call) {
  if (call.operation->verb == kUpload) return huaweicloud::stored_as(world.spend_id());
  return call.operation->changes() ? "" : "{}";
}

}  // namespace certferry::sandbox

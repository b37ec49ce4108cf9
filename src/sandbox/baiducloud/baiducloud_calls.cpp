#include "sandbox/baiducloud/baiducloud_calls.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "model/name.h"
#include "sandbox/baiducloud/blb_calls.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum BaiduCloudVerb;

constexpr std::array kOperations{
    BaiduCloudOperation{
        "ListCertDetail", "certificate", "GET", "/v1/certificate/detail", kListStored},
    BaiduCloudOperation{"CreateCert", "certificate", "POST", "/v1/certificate", kUpload},
    BaiduCloudOperation{"DeleteCert", "certificate", "DELETE", "/v1/certificate/*", kDelete},
    BaiduCloudOperation{"ListDomains", "cdn", "GET", "/v2/domain", kListDomains},
    BaiduCloudOperation{"GetDomainConfig", "cdn", "GET", "/v2/domain/*/config", kGetConfig},
    BaiduCloudOperation{"SetDomainHttps", "cdn", "PUT", "/v2/domain/*/config", kBind},
    BaiduCloudOperation{"DescribeLoadBalancers", "blb", "GET", "/v1/blb", kListBalancers},
    BaiduCloudOperation{"DescribeLoadBalancerDetail", "blb", "GET", "/v1/blb/*", kGetBalancer},
    BaiduCloudOperation{
        "DescribeHTTPSListeners", "blb", "GET", "/v1/blb/*/HTTPSlistener", kListSecure},
    BaiduCloudOperation{"DescribeSSLListeners", "blb", "GET", "/v1/blb/*/SSLlistener", kListPlain},
    BaiduCloudOperation{
        "UpdateHTTPSListener", "blb", "PUT", "/v1/blb/*/HTTPSlistener", kUpdateListener},
    BaiduCloudOperation{"DescribeAppLoadBalancers", "blb", "GET", "/v1/appblb", kListBalancers},
    BaiduCloudOperation{
        "DescribeAppLoadBalancerDetail", "blb", "GET", "/v1/appblb/*", kGetBalancer},
    BaiduCloudOperation{
        "DescribeAppHTTPSListeners", "blb", "GET", "/v1/appblb/*/HTTPSlistener", kListSecure},
    BaiduCloudOperation{
        "DescribeAppSSLListeners", "blb", "GET", "/v1/appblb/*/SSLlistener", kListPlain},
    BaiduCloudOperation{
        "UpdateAppHTTPSListener", "blb", "PUT", "/v1/appblb/*/HTTPSlistener", kUpdateListener},
};

constexpr std::string_view kIdPrefix = "cert-";
constexpr std::size_t kIdDigits = 12;

BaiduCloudRefusal invalid(const std::string& what) {
  return {.status = 400, .code = "InappropriateJSON", .message = what + " is not appropriate."};
}

BaiduCloudRefusal unknown_certificate() {
  return {.status = 404,
          .code = "ResourceNotFoundException",
          .message = "The certificate does not exist."};
}

BaiduCloudRefusal unknown_domain() {
  return {.status = 404, .code = "NoSuchDomain", .message = "The domain does not exist."};
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

/// A host of the vendor's own kind says which service it is.
bool is_elsewhere(const Request& request, const BaiduCloudOperation& operation) {
  const std::string host = request.header("host");
  const std::string first = host.substr(0, host.find('.'));
  const bool known = first == "certificate" || first == "cdn" || first == "blb";
  return known && first != operation.service;
}

/// The query, where a name may stand without '='.
std::optional<std::map<std::string, std::string>> query_of(std::string_view text) {
  std::map<std::string, std::string> query;
  for (const std::string& pair : split(text, '&')) {
    if (pair.empty()) continue;
    const Result<Fields> one = parse_form(pair.contains('=') ? pair : pair + "=");
    if (!one) return std::nullopt;
    query.insert(one->begin(), one->end());
  }
  return query;
}

std::string text_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

bool flag_in(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_boolean() && found->get<bool>();
}

/// As a letter to begin with, and 64 more at most.
bool is_certificate_name(const std::string& name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  const auto allowed = [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || std::string_view("-/_.*").contains(c);
  };
  return !name.empty() && name.size() <= 65 && letter(name.front()) &&
         std::ranges::all_of(name, allowed);
}

const Domain* find_domain(const World& world, const std::string& name) {
  const Domain* domain = world.find_domain(name);
  return domain != nullptr && domain->product == "cdn" ? domain : nullptr;
}

BaiduCloudAnswer list_stored(const World& world, const BaiduCloudState& state, SteadyTime moment) {
  Json certificates = Json::array();
  for (const auto& [id, entry] : world.entries_at(moment)) {
    const Certificate& leaf = entry->pair.leaf;
    Json resources = Json::array();
    for (const Domain& domain : world.domains()) {
      const EntryPtr bound = domain.bound();
      if (bound == nullptr || bound->id != id) continue;
      if (domain.product == "blb") {
        const std::string balancer = blb_of(world, state, domain.name).id;
        resources.push_back({{"serviceName", "BLB"}, {"resourceId", balancer}});
      } else {
        resources.push_back({{"serviceName", domain.product}, {"resourceId", domain.name}});
      }
    }
    certificates.push_back({{"certId", baiducloud_certificate_id(id)},
                            {"certName", entry->note},
                            {"certCommonName", leaf.dns_names.empty() ? "" : leaf.dns_names[0]},
                            {"certFingerprint", leaf.fingerprint.substr(0, 40)},
                            {"certDNSNames", join(leaf.dns_names, ",")},
                            {"certStartTime", format_time(leaf.not_before)},
                            {"certStopTime", format_time(leaf.not_after)},
                            {"certType", 1},
                            {"status", resources.empty() ? "UNUSED" : "IN_USE"},
                            {"expired", leaf.not_after <= world.now()},
                            {"resources", resources}});
  }
  if (const Json other = blb_certificate(world); !other.is_null()) certificates.push_back(other);
  return Json{{"certs", certificates}}.dump();
}

BaiduCloudAnswer stored_as(std::int64_t id, const std::string& name) {
  return Json{{"certId", baiducloud_certificate_id(id)}, {"certName", name}}.dump();
}

BaiduCloudAnswer upload(World& world, const BaiduCloudRequest& call) {
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object()) {
    return BaiduCloudRefusal{
        .status = 400, .code = "MalformedJSON", .message = "The JSON was not well-formed."};
  }
  const std::string name = text_in(json, "certName");
  const std::string key = text_in(json, "certPrivateData");
  if (!is_certificate_name(name)) return invalid("certName");
  const auto type = json.find("certType");
  if (type != json.end() && *type != 1) return invalid("certType");
  if (text_in(json, "certServerData").empty()) return invalid("certServerData");
  if (key.empty()) return invalid("certPrivateData");
  std::string chain = text_in(json, "certServerData");
  if (!chain.ends_with('\n')) chain += '\n';
  chain += text_in(json, "certLinkData");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), Secret(key)) : read_pair(std::move(chain), Secret(key));
  if (!pair) {
    return BaiduCloudRefusal{.status = 400,
                             .code = "UnmatchedPairParameterInvalidException",
                             .message = "Certificate and private key: " + pair.error().message};
  }
  if (world.is_full()) {
    return BaiduCloudRefusal{.status = 400,
                             .code = "CertExceedLimitException",
                             .message = "The number of certificates exceeds the limit."};
  }
  return stored_as(world.upload(name, *std::move(pair)), name);
}

BaiduCloudAnswer remove(World& world, const BaiduCloudRequest& call) {
  const auto id = baiducloud_certificate_number(call.subject);
  if (!id) return unknown_certificate();
  switch (world.remove(*id)) {
    case Outcome::kDone:
      return "";
    case Outcome::kInUse:
      return BaiduCloudRefusal{.status = 409,
                               .code = "CertificateInUseException",
                               .message = "The certificate is in use."};
    default:
      return unknown_certificate();
  }
}

/// A hundred names a page; the marker is the name at which the next one begins.
BaiduCloudAnswer list_domains(const World& world, const BaiduCloudRequest& call) {
  constexpr std::size_t kPage = 100;
  std::vector<std::string> names;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "cdn") names.push_back(domain.name);
  }
  auto from = names.begin();
  const auto marker = call.query.find("marker");
  if (marker != call.query.end()) {
    from = std::ranges::find(names, marker->second);
    if (from == names.end()) return invalid("marker");
  }
  const auto count = std::min<std::ptrdiff_t>(kPage, names.end() - from);
  Json items = Json::array();
  for (auto one = from; one != from + count; ++one) items.push_back({{"name", *one}});
  const bool more = from + count != names.end();
  return Json{
      {"domains", items}, {"isTruncated", more}, {"nextMarker", more ? *(from + count) : ""}}
      .dump();
}

std::string status_of(const World& world, const BaiduCloudState& state, const Domain& domain) {
  if (!domain.online) return "STOPPED";
  const bool changed =
      !domain.changes.empty() && domain.changes.back().at + state.operating > world.steady_now();
  return changed ? "OPERATING" : "RUNNING";
}

BaiduCloudAnswer get_config(const World& world,
                            BaiduCloudState& state,
                            const BaiduCloudRequest& call,
                            SteadyTime moment) {
  const Domain* domain = find_domain(world, call.domain);
  if (domain == nullptr) return unknown_domain();
  const EntryPtr entry = domain->bound_at(moment);
  Json https = {{"enabled", false}, {"certId", ""}};
  if (entry != nullptr) {
    https = state.https_of(domain->name);
    https["enabled"] = true;
    https["certId"] = baiducloud_certificate_id(entry->id);
  }
  return Json{{"domain", domain->name},
              {"cname", domain->cname},
              {"status", status_of(world, state, *domain)},
              {"createTime", format_time(domain->created_at)},
              {"lastModifyTime", format_time(world.now())},
              {"isBan", "NO"},
              {"origin", {{{"peer", "http://" + domain->origin + ":80"}, {"backup", false}}}},
              {"cacheTTL", Json::array()},
              {"limitRate", 0},
              {"followProtocol", true},
              {"seoSwitch", Json::array()},
              {"form", "default"},
              {"https", https}}
      .dump();
}

const Json& https_defaults() {
  static const Json kDefaults = {{"httpRedirect", false},
                                 {"httpRedirectCode", 302},
                                 {"httpsRedirect", false},
                                 {"httpsRedirectCode", 302},
                                 {"http2Enabled", true},
                                 {"verifyClient", false},
                                 {"noRedirectedUAs", Json::array()},
                                 {"sslProtocols", {"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"}}};
  return kDefaults;
}

bool is_one_of(const Json& value, std::initializer_list<Json> known) {
  return std::ranges::find(known, value) != known.end();
}

/// The block with what is left out of it at its default; nothing when some of it cannot be. What
/// is not known is passed over.
std::optional<Json> settings_in(const Json& https) {
  Json settings = https_defaults();
  for (const auto& [key, value] : https.items()) {
    if (!settings.contains(key)) continue;
    if (value.type() != settings[key].type() &&
        !(value.is_number_integer() && settings[key].is_number_integer())) {
      return std::nullopt;
    }
    settings[key] = value;
  }
  for (const char* code : {"httpRedirectCode", "httpsRedirectCode"}) {
    if (!is_one_of(settings[code], {301, 302})) return std::nullopt;
  }
  for (const Json& version : settings["sslProtocols"]) {
    if (!is_one_of(version, {"TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3"})) return std::nullopt;
  }
  if (settings["sslProtocols"].empty()) return std::nullopt;
  if (flag_in(settings, "httpRedirect") && flag_in(settings, "httpsRedirect")) return std::nullopt;
  return settings;
}

BaiduCloudAnswer bind(World& world, BaiduCloudState& state, const BaiduCloudRequest& call) {
  if (!call.query.contains("https")) return invalid("query");
  const Json json = Json::parse(call.body, nullptr, false);
  if (!json.is_object() || !json.contains("https") || !json["https"].is_object()) {
    return invalid("https");
  }
  const Json& https = json["https"];
  const Domain* domain = find_domain(world, call.domain);
  if (domain == nullptr) return unknown_domain();
  if (!https.contains("enabled") || !https["enabled"].is_boolean()) return invalid("enabled");
  if (!https["enabled"].get<bool>()) {
    world.unbind(call.domain);
    return "";
  }
  const auto settings = settings_in(https);
  if (!settings) return invalid("https");
  const auto id = baiducloud_certificate_number(text_in(https, "certId"));
  if (!id) return unknown_certificate();
  switch (world.bind(*id, call.domain)) {
    case Outcome::kUnknownCertificate:
      return unknown_certificate();
    case Outcome::kNotCovered:
      return BaiduCloudRefusal{.status = 400,
                               .code = "CertDomainMismatch",
                               .message = "The certificate does not match the domain."};
    default:
      break;
  }
  state.https[call.domain] = *settings;
  return "";
}

}  // namespace

std::string baiducloud_certificate_id(std::int64_t id) {
  std::array<char, 16> digits{};
  const auto [end, failed] = std::to_chars(digits.data(), digits.data() + digits.size(), id, 36);
  const std::string text(digits.data(), end);
  return std::string(kIdPrefix) + std::string(kIdDigits - text.size(), '0') + text;
}

std::optional<std::int64_t> baiducloud_certificate_number(std::string_view id) {
  if (!id.starts_with(kIdPrefix) || id.size() != kIdPrefix.size() + kIdDigits) return std::nullopt;
  std::int64_t number = 0;
  const char* end = id.data() + id.size();
  const auto [rest, failed] = std::from_chars(id.data() + kIdPrefix.size(), end, number, 36);
  return rest == end && failed == std::errc() && number >= 0 ? std::optional(number) : std::nullopt;
}

nlohmann::json& BaiduCloudState::https_of(const std::string& domain) {
  return https.try_emplace(domain, https_defaults()).first->second;
}

CallShape BaiduCloudRequest::shape() const {
  const bool changes = operation != nullptr && operation->changes();
  return {.endpoint = counted_as(),
          .domain = domain,
          .changes = changes,
          .lists = operation != nullptr && !changes,
          .binds = operation != nullptr && operation->binds()};
}

BaiduCloudRequest read_baiducloud_request(const Request& request) {
  BaiduCloudRequest call{.body = request.body};
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  for (const BaiduCloudOperation& one : kOperations) {
    const auto subject = subject_in(path, one.path);
    if (request.method != one.method || !subject || is_elsewhere(request, one)) continue;
    call.operation = &one;
    const Result<Fields> decoded = parse_form("subject=" + *subject);
    if (decoded) call.subject = decoded->at("subject");
    call.readable = decoded.has_value() && !subject->contains('+');
    break;
  }
  const auto query = query_of(mark == std::string::npos ? "" : request.target.substr(mark + 1));
  const bool json = to_lower(request.content_type).starts_with("application/json");
  if (!query || (!json && !request.body.empty())) {
    call.readable = false;
    return call;
  }
  call.query = *query;
  const std::string host = request.header("host");
  const std::vector<std::string> labels = split(host, '.');
  call.region = labels.size() > 2 && labels[0] == "blb" ? labels[1] : "bj";
  const bool of_domain = call.operation != nullptr &&
                         (call.operation->verb == kGetConfig || call.operation->verb == kBind);
  if (of_domain) call.domain = canonical_name(call.subject).value_or(call.subject);
  return call;
}

std::optional<BaiduCloudRefusal> refuse_call(const BaiduCloudRequest& call) {
  if (call.operation == nullptr) {
    return BaiduCloudRefusal{
        .status = 400, .code = "InvalidURI", .message = "Could not parse the specified URI."};
  }
  if (!call.readable) {
    return BaiduCloudRefusal{.status = 400,
                             .code = "InvalidHTTPRequest",
                             .message = "There was an error in the body of your HTTP request."};
  }
  return std::nullopt;
}

BaiduCloudAnswer run_baiducloud_call(World& world,
                                     BaiduCloudState& state,
                                     const BaiduCloudRequest& call,
                                     milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  switch (call.operation->verb) {
    case kListStored:
      return list_stored(world, state, moment);
    case kUpload:
      return upload(world, call);
    case kDelete:
      return remove(world, call);
    case kListDomains:
      return list_domains(world, call);
    case kGetConfig:
      return get_config(world, state, call, moment);
    case kBind:
      return bind(world, state, call);
    default:
      return run_blb_call(world, state, call, moment);
  }
  return "";
}

BaiduCloudAnswer pretend_baiducloud_call(World& world, const BaiduCloudRequest& call) {
  if (call.operation->verb == kUpload) return stored_as(world.spend_id(), "pretended");
  return call.operation->changes() ? "" : "{}";
}

}  // namespace certferry::sandbox

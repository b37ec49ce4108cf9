#include "sandbox/cloudflare/cloudflare_calls.h"

#include <algorithm>
#include <array>

#include "model/name.h"
#include "sandbox/cloudflare/cloudflare_zone.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

using Json = nlohmann::json;
using enum CloudflareVerb;

constexpr std::string_view kProduct = "saas";
constexpr std::int64_t kPageLeast = 5;
constexpr std::int64_t kPageMost = 50;

/// Ids of hostnames have the form of a UUID.
std::string id_of(const Domain& domain) {
  std::string digits = std::to_string(domain.id);
  digits.insert(0, 12 - std::min<std::size_t>(12, digits.size()), '0');
  return "0d89c70d-ad9f-4843-b99f-" + digits;
}

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string in_query(const CloudflareRequest& call, std::string_view name) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? std::string() : found->second;
}

std::optional<std::int64_t> number_in(const CloudflareRequest& call,
                                      std::string_view name,
                                      std::int64_t otherwise) {
  const std::string text = in_query(call, name);
  return text.empty() ? otherwise : integer_field({{"number", text}}, "number");
}

/// With a fraction, as the vendor writes times.
std::string time_text(Time time) {
  std::string text = format_time(time);
  text.insert(text.size() - 1, ".000000");
  return text;
}

CloudflareHostname settings_in(const CloudflareState& state, const std::string& name) {
  const auto found = state.hostnames.find(name);
  return found == state.hostnames.end() ? CloudflareHostname{} : found->second;
}

Json ssl_of(const Domain& domain, const CloudflareState& state, const EntryPtr& entry) {
  const CloudflareHostname own = settings_in(state, domain.name);
  Json ssl = {{"type", "dv"},
              {"method", own.method},
              {"bundle_method", own.bundle_method},
              {"wildcard", own.wildcard},
              {"settings", own.settings}};
  if (!entry) {
    ssl["status"] = "pending_validation";
    return ssl;
  }
  const Certificate& leaf = entry->pair.leaf;
  ssl.update({{"id", "pack-" + std::to_string(entry->id)},
              {"status", "active"},
              {"hosts", leaf.dns_names},
              {"certificates",
               Json::array({{{"id", "certificate-" + std::to_string(entry->id)},
                             {"issuer", "TheAuthority"},
                             {"serial_number", leaf.serial},
                             {"signature", "ECDSAWithSHA256"},
                             {"issued_on", time_text(leaf.not_before)},
                             {"expires_on", time_text(leaf.not_after)},
                             {"fingerprint_sha256", leaf.fingerprint}}})}});
  return ssl;
}

Json hostname_of(const Domain& domain, const CloudflareState& state, SteadyTime moment) {
  return {{"id", id_of(domain)},
          {"hostname", domain.name},
          {"status", domain.online ? "active" : "moved"},
          {"custom_origin_server", domain.origin},
          {"created_at", time_text(domain.created_at)},
          {"ssl", ssl_of(domain, state, domain.bound_at(moment))}};
}

std::vector<const Domain*> domains_of(const World& world) {
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == kProduct) all.push_back(&domain);
  }
  return all;
}

const Domain* find_by_id(const World& world, const std::string& id) {
  for (const Domain* domain : domains_of(world)) {
    if (id_of(*domain) == id) return domain;
  }
  return nullptr;
}

CloudflareRefusal no_such_hostname() {
  return {.status = 404, .code = 1436, .message = "The custom hostname was not found."};
}

CloudflareAnswer list_hostnames(const World& world,
                                const CloudflareState& state,
                                const CloudflareRequest& call,
                                SteadyTime moment) {
  const auto page = number_in(call, "page", 1);
  const auto size = number_in(call, "per_page", 20);
  if (!page || !size || *page < 1 || *size < kPageLeast || *size > kPageMost) {
    return CloudflareRefusal{.code = 1400, .message = "per_page must be from 5 to 50"};
  }
  std::vector<const Domain*> all = domains_of(world);
  const std::string wanted = in_query(call, "hostname");
  if (!wanted.empty()) std::erase_if(all, [&](const Domain* one) { return one->name != wanted; });
  const auto per_page = static_cast<std::size_t>(*size);
  const std::size_t from = (static_cast<std::size_t>(*page) - 1) * per_page;
  Json items = Json::array();
  for (std::size_t i = from; i < std::min(from + per_page, all.size()); ++i) {
    items.push_back(hostname_of(*all[i], state, moment));
  }
  const Json info = {{"page", *page},
                     {"per_page", *size},
                     {"count", items.size()},
                     {"total_count", all.size()},
                     {"total_pages", (all.size() + per_page - 1) / per_page}};
  return Json{{"result", items}, {"result_info", info}};
}

std::optional<CloudflareRefusal> refuse_block(const Json& ssl) {
  if (!ssl.is_object()) return CloudflareRefusal{.code = 1400, .message = "ssl is missing"};
  const std::string method = text_in(ssl, "method");
  if (text_in(ssl, "type") != "dv" || (method != "http" && method != "txt" && method != "email")) {
    return CloudflareRefusal{.code = 1434, .message = "ssl type and method are required"};
  }
  const std::string bundle = text_in(ssl, "bundle_method");
  if (bundle != "ubiquitous" && bundle != "optimal" && bundle != "force") {
    return CloudflareRefusal{.code = 1400, .message = "bundle_method is unknown"};
  }
  return std::nullopt;
}

CloudflareAnswer edit_hostname(World& world,
                               CloudflareState& state,
                               const CloudflareRequest& call) {
  const Domain* domain = find_by_id(world, call.id);
  if (domain == nullptr) return no_such_hostname();
  const std::string name = domain->name;
  const Json ssl = call.body.value("ssl", Json());
  if (auto refusal = refuse_block(ssl)) return *std::move(refusal);
  const PairReader& reader = world.pair_reader();
  Secret key{text_in(ssl, "custom_key")};
  std::string chain = text_in(ssl, "custom_certificate");
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), key) : read_pair(std::move(chain), key);
  if (!pair) return CloudflareRefusal{.code = 1415, .message = "Failed to parse the certificate."};
  if (pair->leaf.not_after < world.now()) {
    return CloudflareRefusal{.code = 1414, .message = "The certificate has expired."};
  }
  const EntryPtr before = domain->bound();
  const std::int64_t id = world.upload("", *std::move(pair));
  if (world.bind(id, name) != Outcome::kDone) {
    world.remove(id);
    return CloudflareRefusal{.code = 1419, .message = "The certificate does not cover the name."};
  }
  // What was there before goes with it, unless another hostname has the very same.
  if (before && !world.use_counts().contains(before->id)) world.remove(before->id);
  state.hostnames[name] = {.method = text_in(ssl, "method"),
                           .bundle_method = text_in(ssl, "bundle_method"),
                           .wildcard = ssl.value("wildcard", Json(false)) == Json(true),
                           .settings = ssl.value("settings", Json::object())};
  return Json{{"result", hostname_of(*world.find_domain(name), state, world.steady_now())}};
}

/// The calls that there are: `path` is below the zone, an id at its end taken off.
struct Route {
  std::string_view method;
  std::string_view path;
  bool has_id;
  CloudflareVerb verb;
  std::string_view name;
};

constexpr std::array kRoutes{
    Route{"GET", "/custom_hostnames", false, kListHostnames, "list"},
    Route{"GET", "/custom_hostnames", true, kGetHostname, "get"},
    Route{"PATCH", "/custom_hostnames", true, kEditHostname, "edit"},
    Route{"GET", "/custom_certificates", false, kListCertificates, "certificates"},
    Route{"GET", "/custom_certificates", true, kGetCertificate, "certificates"},
    Route{"POST", "/custom_certificates", false, kAddCertificate, "set"},
    Route{"PATCH", "/custom_certificates", true, kReplaceCertificate, "set"},
    Route{"GET", "/dns_records", false, kListRecords, "records"},
};

void name_call(CloudflareRequest& call, const std::string& method, const std::string& path) {
  if (path.empty() && method == "GET") {
    call.verb = call.zone.empty() ? kListZones : kGetZone;
    call.name = "zones";
    return;
  }
  const auto slash = path.find('/', 1);
  const bool has_id = slash != std::string::npos && slash + 1 < path.size();
  for (const Route& one : kRoutes) {
    if (one.method != method || one.path != path.substr(0, slash) || one.has_id != has_id) continue;
    if (has_id) call.id = path.substr(slash + 1);
    call.verb = one.verb;
    call.name = one.name;
  }
}

}  // namespace

CallShape CloudflareRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb.has_value() && !changes(),
          .binds = changes()};
}

CloudflareRequest read_cloudflare_request(const World& world, const Request& request) {
  const auto mark = request.target.find('?');
  CloudflareRequest call{.name = request.target.substr(0, mark)};
  constexpr std::string_view kZones = "/client/v4/zones";
  if (call.name.starts_with(kZones)) {
    const std::string rest = call.name.substr(kZones.size());
    const auto end = rest.find('/', 1);
    if (!rest.empty()) call.zone = rest.substr(1, end == std::string::npos ? end : end - 1);
    name_call(call, request.method, end == std::string::npos ? "" : rest.substr(end));
  }
  if (mark != std::string::npos) {
    const auto query = parse_form(std::string_view(request.target).substr(mark + 1));
    call.readable = query.has_value();
    if (query) call.query = *query;
  }
  if (!request.body.empty()) {
    call.body = Json::parse(request.body, nullptr, false);
    call.readable = call.readable && call.body.is_object() &&
                    request.content_type.starts_with("application/json");
    if (!call.body.is_object()) call.body = Json::object();
  }
  if (const Domain* domain = find_by_id(world, call.id)) call.domain = domain->name;
  return call;
}

std::optional<CloudflareRefusal> refuse_cloudflare_call(const CloudflareRequest& call) {
  if (!call.verb) {
    return CloudflareRefusal{.status = 404, .code = 7000, .message = "No route for that URI"};
  }
  if (!call.readable) {
    return CloudflareRefusal{.code = 6007, .message = "Malformed JSON in request body"};
  }
  return std::nullopt;
}

CloudflareAnswer run_cloudflare_call(World& world,
                                     CloudflareState& state,
                                     const CloudflareRequest& call,
                                     milliseconds view_age) {
  const SteadyTime moment = world.steady_now() - view_age;
  if (call.verb == kListHostnames) return list_hostnames(world, state, call, moment);
  if (call.verb == kEditHostname) return edit_hostname(world, state, call);
  if (call.verb != kGetHostname) return run_zone_call(world, state, call, moment);
  const Domain* domain = find_by_id(world, call.id);
  if (domain == nullptr) return no_such_hostname();
  return Json{{"result", hostname_of(*domain, state, moment)}};
}

CloudflareAnswer pretend_cloudflare_call(const World& world,
                                         const CloudflareState& state,
                                         const CloudflareRequest& call) {
  const bool of_hostnames =
      call.verb == kListHostnames || call.verb == kGetHostname || call.verb == kEditHostname;
  if (!of_hostnames) return Json{{"result", {{"id", "7e7b8deb-8508-4aeb-9f61-000000000000"}}}};
  const Domain* domain = find_by_id(world, call.id);
  if (domain == nullptr) return no_such_hostname();
  return Json{{"result", hostname_of(*domain, state, world.steady_now())}};
}

}  // namespace certferry::sandbox

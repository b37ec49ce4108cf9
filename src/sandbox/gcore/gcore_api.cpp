#include "sandbox/gcore/gcore_api.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

template class VendorApi<GcoreRequest, GcoreAnswer, GcoreRefusal>;

namespace {

using Json = nlohmann::json;
using enum GcoreVerb;

struct Route {
  std::string_view method;
  std::string_view path;  ///< # stands for an id
  GcoreVerb verb;
  std::string_view name;
};

constexpr std::array kRoutes{
    Route{"GET", "/cdn/clients/me", kClient, "client"},
    Route{"GET", "/cdn/resources", kListResources, "resources"},
    Route{"GET", "/cdn/resources/#", kGetResource, "resource"},
    Route{"PATCH", "/cdn/resources/#", kBind, "bind"},
    Route{"GET", "/cdn/sslData", kListStored, "stored"},
    Route{"POST", "/cdn/sslData", kUpload, "upload"},
    Route{"DELETE", "/cdn/sslData/#", kDelete, "delete"},
};

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::int64_t> number_in(const GcoreRequest& call,
                                      std::string_view name,
                                      std::int64_t otherwise) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? otherwise : integer_field(call.query, name);
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

GcoreRefusal detail(int status, std::string text) {
  return {.status = status, .body = {{"detail", std::move(text)}}};
}

GcoreRefusal wrong(const std::string& field, std::string text) {
  Json errors = Json::object();
  errors[field] = Json::array({std::move(text)});
  return {.status = 400, .body = {{"message", "Invalid input."}, {"errors", std::move(errors)}}};
}

}  // namespace

bool GcoreRequest::changes() const {
  return verb == kBind || verb == kUpload || verb == kDelete;
}

CallShape GcoreRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb == kListResources || verb == kListStored,
          .binds = verb == kBind};
}

GcoreRequest read_gcore_request(const Request& request) {
  const auto mark = request.target.find('?');
  GcoreRequest call{.name = request.target.substr(0, mark)};
  std::string path = call.name;
  const auto slash = path.rfind('/');
  const char* end = path.data() + path.size();
  const bool has_id = slash != std::string::npos && slash + 1 < path.size() &&
                      std::from_chars(path.data() + slash + 1, end, call.id).ptr == end;
  if (has_id) path = path.substr(0, slash + 1) + "#";
  const auto route = std::ranges::find_if(
      kRoutes, [&](const Route& one) { return one.method == request.method && one.path == path; });
  if (route != kRoutes.end()) {
    call.verb = route->verb;
    call.name = route->name;
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
  return call;
}

GcoreApi::GcoreApi(GcoreOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {}

GcoreRequest GcoreApi::read(const Request& request) {
  GcoreRequest call = read_gcore_request(request);
  const Domain* domain = call.verb == kBind ? find(call.id) : nullptr;
  if (domain != nullptr) call.domain = domain->name;
  return call;
}

std::optional<GcoreRefusal> GcoreApi::refuse(const Request& request, const GcoreRequest& call) {
  constexpr std::string_view kWord = "APIKey ";
  const bool right = request.authorization.starts_with(kWord) &&
                     Secret(request.authorization.substr(kWord.size())).same_as(options_.api_token);
  if (!right) {
    return unauthorized(detail(401, "Authentication credentials were not provided or are wrong."));
  }
  if (!call.verb) return detail(404, "Not found.");
  if (!call.readable) return detail(400, "JSON parse error.");
  if (binds_forbidden_ && call.verb == kBind) {
    return detail(403, "You do not have permission to perform this action.");
  }
  return std::nullopt;
}

const Domain* GcoreApi::find(std::int64_t id) const {
  const auto& all = world_.domains();
  const auto found = std::ranges::find_if(
      all, [&](const Domain& one) { return one.id == id && one.product == "cdn"; });
  return found == all.end() ? nullptr : &*found;
}

Json GcoreApi::resource_of(const Domain& domain, SteadyTime moment) const {
  const EntryPtr bound = domain.bound_at(moment);
  const auto options = resource_options_.find(domain.name);
  return {{"id", domain.id},
          {"cname", domain.name},
          {"secondaryHostnames", Json::array()},
          {"status", domain.online ? "active" : "suspended"},
          {"deleted", false},
          {"originGroup", 80},
          {"originProtocol", domain.origin},
          {"sslEnabled", bound != nullptr},
          {"sslData", bound ? Json(bound->id) : Json()},
          {"options", options == resource_options_.end() ? Json::object() : options->second}};
}

GcoreAnswer GcoreApi::pages(const GcoreRequest& call, Json all) const {
  if (options_.bare_lists || !call.query.contains("limit")) return all;
  const auto limit = number_in(call, "limit", 1000);
  const auto offset = number_in(call, "offset", 0);
  if (!limit || !offset || *limit < 1 || *limit > 1000) return wrong("limit", "It is wrong.");
  const auto from = std::min(static_cast<std::size_t>(*offset), all.size());
  const auto to = std::min(from + static_cast<std::size_t>(*limit), all.size());
  Json results = Json::array();
  for (std::size_t i = from; i < to; ++i) results.push_back(all[i]);
  return Json{{"count", all.size()}, {"next", nullptr}, {"results", results}};
}

GcoreAnswer GcoreApi::list_stored(const GcoreRequest& call, SteadyTime moment) const {
  std::map<std::int64_t, std::size_t> uses;
  for (const Domain& domain : world_.domains()) {
    if (const EntryPtr entry = domain.bound_at(moment)) ++uses[entry->id];
  }
  Json all = Json::array();
  for (const auto& [id, entry] : world_.entries_at(moment)) {
    const Certificate& leaf = entry->pair.leaf;
    all.push_back({{"id", id},
                   {"name", entry->note},
                   {"deleted", false},
                   {"automated", false},
                   {"cert_issuer", leaf.issuer},
                   {"cert_subject_cn", leaf.dns_names.empty() ? "" : leaf.dns_names.front()},
                   {"cert_subject_alt", join(leaf.dns_names, ", ")},
                   {"validity_not_before", format_time(leaf.not_before)},
                   {"validity_not_after", format_time(leaf.not_after)},
                   {"hasRelatedResources", uses.contains(id)},
                   {"sslCertificateChain", entry->pair.chain_pem}});
  }
  return pages(call, std::move(all));
}

GcoreAnswer GcoreApi::upload(const GcoreRequest& call) {
  const std::string name = text_in(call.body, "name");
  if (name.empty()) return wrong("name", "This field is required.");
  for (const auto& [id, entry] : world_.entries()) {
    if (entry->note == name) return wrong("name", "A certificate of this name already exists.");
  }
  const PairReader& reader = world_.pair_reader();
  std::string chain = text_in(call.body, "sslCertificate");
  Secret key{text_in(call.body, "sslPrivateKey")};
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), key) : read_pair(std::move(chain), key);
  if (!pair) return wrong("sslCertificate", "The certificate and its key do not match.");
  if (call.body.value("validate_root_ca", Json(true)) != Json(false)) {
    return wrong("sslCertificate", "The root is not trusted.");  // no root of a test's is
  }
  if (world_.is_full()) return detail(400, "The limit of certificates is reached.");
  const std::int64_t id = world_.upload(name, *std::move(pair));
  return options_.tells_ids ? Json{{"id", id}, {"name", name}} : Json();
}

GcoreAnswer GcoreApi::bind(const GcoreRequest& call) {
  const Domain* domain = find(call.id);
  if (domain == nullptr) return detail(404, "Not found.");
  const std::string name = domain->name;
  for (const auto& [key, value] : call.body.items()) {
    if (key != "sslEnabled" && key != "sslData") return wrong(key, "It is not emulated.");
  }
  if (call.body.value("sslEnabled", Json()) != Json(true)) return wrong("sslEnabled", "It is off.");
  const Json id = call.body.value("sslData", Json());
  if (!id.is_number_integer()) return wrong("sslData", "A valid integer is required.");
  switch (world_.bind(id.get<std::int64_t>(), name)) {
    case Outcome::kDone:
      return resource_of(*world_.find_domain(name), world_.steady_now());
    case Outcome::kNotCovered:
      return wrong("sslData", "The certificate does not match the name of the resource.");
    default:
      return wrong("sslData", "Object does not exist.");
  }
}

GcoreAnswer GcoreApi::remove(const GcoreRequest& call) {
  switch (world_.remove(call.id)) {
    case Outcome::kDone:
      return Json();
    case Outcome::kInUse:
      return detail(400, "The certificate has related resources.");
    default:
      return detail(404, "Not found.");
  }
}

GcoreAnswer GcoreApi::run(const GcoreRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  switch (*call.verb) {
    case kClient:
      return Json{{"id", 170}, {"cname", "all.sandbox-edge.test"}};
    case kListResources: {
      Json all = Json::array();
      for (const Domain& domain : world_.domains()) {
        if (domain.product == "cdn") all.push_back(resource_of(domain, moment));
      }
      return pages(call, std::move(all));
    }
    case kGetResource: {
      const Domain* domain = find(call.id);
      return domain == nullptr ? GcoreAnswer(detail(404, "Not found."))
                               : GcoreAnswer(resource_of(*domain, moment));
    }
    case kListStored:
      return list_stored(call, moment);
    case kBind:
      return bind(call);
    case kUpload:
      return upload(call);
    case kDelete:
      break;
  }
  return remove(call);
}

GcoreAnswer GcoreApi::pretend(const GcoreRequest& call) {
  if (call.verb == kUpload) return Json{{"id", world_.spend_id()}};
  if (call.domain.empty()) return Json();
  Json resource = resource_of(*find(call.id), world_.steady_now());
  resource["sslData"] = call.body.value("sslData", Json());
  return resource;
}

void GcoreApi::forget_settings(const GcoreRequest& call) {
  VendorApi::forget_settings(call);
  resource_options_.erase(call.domain);
}

Reply GcoreApi::reply_to(const GcoreRequest& call, const GcoreAnswer& answer) {
  Reply reply;
  if (const auto* refusal = std::get_if<GcoreRefusal>(&answer)) {
    reply.status = refusal->status;
    reply.body = dump(refusal->body);
    return reply;
  }
  const Json& said = std::get<Json>(answer);
  if (call.verb == kUpload) reply.status = 201;
  if (call.verb == kDelete) reply.status = 204;
  if (!said.is_null()) reply.body = dump(said);
  return reply;
}

std::optional<GcoreAnswer> GcoreApi::say_instead(const GcoreRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return detail(429, "Request was throttled.");
    case FaultKind::kAuthRefused:
      return detail(401, "Invalid token.");
    case FaultKind::kErrorYetDone:
      return detail(500, "Internal error.");
    case FaultKind::kErrorCode:
      return detail(fault.code, fault.message);
    default:
      return std::nullopt;
  }
}

Reply GcoreApi::spoil(const GcoreRequest& call, const Fault& fault, Reply reply) {
  if (reply.body.empty()) reply.body = " ";  // there is always something to cut
  return VendorApi::spoil(call, fault, std::move(reply));
}

}  // namespace certferry::sandbox

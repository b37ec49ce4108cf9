#include "sandbox/baishan/baishan_api.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

template class VendorApi<BaishanRequest, BaishanAnswer, BaishanRefusal>;

namespace {

using Json = nlohmann::json;
using enum BaishanVerb;

constexpr std::size_t kNameMost = 64;
constexpr std::int64_t kPageMost = 500;

struct Route {
  std::string_view method;
  std::string_view path;
  BaishanVerb verb;
  std::string_view name;
  std::array<std::string_view, 2> parameters;  ///< those that its query may have
};

constexpr std::array kRoutes{
    Route{"GET", "/v2/domain/list", kListDomains, "domains", {"page_number", "page_size"}},
    Route{"GET", "/v2/domain/config", kGetConfig, "config", {"domains", "config[]"}},
    Route{"POST", "/v2/domain/config", kBind, "bind", {}},
    Route{"GET", "/v2/domain/certificate", kListStored, "stored", {"page_number", "page_size"}},
    Route{"POST", "/v2/domain/certificate", kUpload, "upload", {}},
    Route{"DELETE", "/v2/domain/certificate", kDelete, "delete", {}},
};

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::string spelled(const std::string& name) {
  return name.starts_with("*.") ? name.substr(1) : name;
}

/// Empty for a wildcard in another spelling: nothing is called so here.
std::string meant(const std::string& spelled) {
  if (spelled.starts_with('*')) return {};
  return (spelled.starts_with('.') ? "*" : "") + spelled;
}

/// Without a zone.
std::string day_and_time(Time time) {
  std::string text = format_time(time).substr(0, 19);
  text[10] = ' ';
  return text;
}

/// Of a list, from where to where the page asked for goes; nothing when there is no such page.
std::optional<std::pair<std::size_t, std::size_t>> page_of(const Fields& query, std::size_t size) {
  const auto page = integer_field(query, "page_number");
  const auto length = integer_field(query, "page_size");
  if (!page || !length || *page < 1 || *length < 1 || *length > kPageMost) return std::nullopt;
  const auto from = std::min(static_cast<std::size_t>((*page - 1) * *length), size);
  return std::pair(from, std::min(from + static_cast<std::size_t>(*length), size));
}

bool is_known_setting(const std::string& key, const Json& value) {
  if (key == "ssl_protocol") return value.is_array();
  return (key == "force_https" || key == "http2" || key == "ocsp") && value.is_string();
}

}  // namespace

bool BaishanRequest::changes() const {
  return verb == kBind || verb == kUpload || verb == kDelete;
}

CallShape BaishanRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb == kListDomains || verb == kGetConfig || verb == kListStored,
          .binds = verb == kBind};
}

BaishanRequest read_baishan_request(const Request& request) {
  const auto mark = request.target.find('?');
  BaishanRequest call{.name = request.target.substr(0, mark)};
  if (mark != std::string::npos) {
    const auto query = parse_form(std::string_view(request.target).substr(mark + 1));
    call.readable = query.has_value();
    if (query) call.query = *query;
  }
  const auto route = std::ranges::find_if(kRoutes, [&](const Route& one) {
    return one.method == request.method && one.path == call.name;
  });
  if (route != kRoutes.end()) {
    call.verb = route->verb;
    call.name = route->name;
    for (const auto& [name, value] : call.query) {
      const bool known =
          name == "token" || std::ranges::find(route->parameters, name) != route->parameters.end();
      call.readable = call.readable && known;
    }
  }
  if (call.changes() != !request.body.empty()) call.readable = false;
  if (!request.body.empty()) {
    call.body = Json::parse(request.body, nullptr, false);
    call.readable = call.readable && call.body.is_object() &&
                    request.content_type.starts_with("application/json");
    if (!call.body.is_object()) call.body = Json::object();
  }
  if (call.verb == kBind) call.domain = meant(text_in(call.body, "domains"));
  return call;
}

BaishanApi::BaishanApi(BaishanOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {}

BaishanRequest BaishanApi::read(const Request& request) {
  return read_baishan_request(request);
}

std::optional<BaishanRefusal> BaishanApi::refuse(const Request& /*request*/,
                                                 const BaishanRequest& call) {
  const Secret token{std::string(text_field(call.query, "token"))};
  if (!token.same_as(options_.api_token)) {
    return unauthorized(
        BaishanRefusal{.code = 401001, .message = "the token is wrong", .status = 401});
  }
  if (!call.verb) return BaishanRefusal{.code = 404001, .message = "no such path", .status = 404};
  if (!call.readable) return BaishanRefusal{.code = 400001, .message = "a parameter is wrong"};
  return std::nullopt;
}

BaishanAnswer BaishanApi::list_domains(const BaishanRequest& call) const {
  std::vector<const Domain*> all;
  for (const Domain& domain : world_.domains()) {
    if (domain.product == "cdn") all.push_back(&domain);
  }
  const auto page = page_of(call.query, all.size());
  if (!page) return BaishanRefusal{.code = 400001, .message = "page_number or page_size is wrong"};
  Json items = Json::array();
  for (std::size_t at = page->first; at < page->second; ++at) {
    items.push_back({{"id", std::to_string(all[at]->id)},
                     {"domain", spelled(all[at]->name)},
                     {"type", "page"},
                     {"status", all[at]->online ? "serving" : "suspend"},
                     {"cname", all[at]->cname},
                     {"area", "mainland_china"}});
  }
  return Json::array({{{"list", items}, {"total_number", std::to_string(all.size())}}});
}

BaishanAnswer BaishanApi::get_config(const BaishanRequest& call, SteadyTime moment) const {
  if (text_field(call.query, "config[]") != "https") {
    return BaishanRefusal{.code = 400001, .message = "config is wrong"};
  }
  Json all = Json::array();
  for (const std::string& name : split(std::string(text_field(call.query, "domains")), ',')) {
    const Domain* domain = world_.find_domain(meant(name));
    if (domain == nullptr || domain->product != "cdn") continue;
    Json https = Json::object();
    const auto settings = https_.find(domain->name);
    if (settings != https_.end()) https = settings->second;
    if (const EntryPtr entry = domain->bound_at(moment)) {
      https["cert_id"] = std::to_string(entry->id);
    }
    Json config = Json::array();  // of an empty object
    if (!https.empty()) config = Json{{"https", https}};
    all.push_back({{"domain", name}, {"domain_id", domain->id}, {"config", config}});
  }
  return all;
}

BaishanAnswer BaishanApi::list_stored(const BaishanRequest& call, SteadyTime moment) const {
  std::map<std::int64_t, Json> users;
  for (const Domain& domain : world_.domains()) {
    if (const EntryPtr entry = domain.bound_at(moment)) users[entry->id].push_back(domain.name);
  }
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world_.entries_at(moment)) all.push_back(entry);
  const auto page = page_of(call.query, all.size());
  if (!page) return BaishanRefusal{.code = 400001, .message = "page_number or page_size is wrong"};
  Json items = Json::array();
  for (std::size_t at = page->first; at < page->second; ++at) {
    const Certificate& leaf = all[at]->pair.leaf;
    const auto used = users.find(all[at]->id);
    items.push_back({{"cert_id", std::to_string(all[at]->id)},
                     {"name", all[at]->note},
                     {"associated_domains", used == users.end() ? Json::array() : used->second},
                     {"include_domains", leaf.dns_names},
                     {"cert_start_time", day_and_time(leaf.not_before)},
                     {"cert_expire_time", day_and_time(leaf.not_after)},
                     {"certificate", all[at]->pair.chain_pem},
                     {"key", all[at]->pair.key_pem.reveal()}});
  }
  return Json{{"list", items}, {"total_number", all.size()}};
}

BaishanAnswer BaishanApi::upload(const BaishanRequest& call) {
  for (const auto& [key, value] : call.body.items()) {
    const bool known = key == "name" || key == "certificate" || key == "key";
    if (!known) return BaishanRefusal{.code = 400001, .message = key + " is not emulated"};
  }
  const std::string name = text_in(call.body, "name");
  if (name.empty() || name.size() > kNameMost) {
    return BaishanRefusal{.code = 400002, .message = "name is wrong"};
  }
  const PairReader& reader = world_.pair_reader();
  std::string chain = text_in(call.body, "certificate");
  Secret key{text_in(call.body, "key")};
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), key) : read_pair(std::move(chain), key);
  if (!pair) return BaishanRefusal{.code = 400003, .message = "certificate and key do not match"};
  for (const auto& [id, entry] : world_.entries()) {
    if (entry->pair.leaf.fingerprint != pair->leaf.fingerprint) continue;
    return BaishanRefusal{
        .code = 400699,
        .message = "this certificate is exists, cert_id is (" + std::to_string(id) + ")"};
  }
  if (world_.is_full()) return BaishanRefusal{.code = 400004, .message = "the limit is reached"};
  const Certificate leaf = pair->leaf;
  const std::int64_t id = world_.upload(name, *std::move(pair));
  return Json{{"cert_id", id},
              {"name", name},
              {"cert_start_time", day_and_time(leaf.not_before)},
              {"cert_expire_time", day_and_time(leaf.not_after)}};
}

BaishanAnswer BaishanApi::bind(const BaishanRequest& call) {
  const Domain* domain = world_.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") {
    return BaishanRefusal{.code = 400005, .message = "the domain does not exist"};
  }
  const Json config = call.body.value("config", Json());
  const Json https = config.is_object() ? config.value("https", Json()) : Json();
  if (call.body.size() != 2 || config.size() != 1 || !https.is_object()) {
    return BaishanRefusal{.code = 400001, .message = "config is wrong"};
  }
  Json settings = https;
  settings.erase("cert_id");
  for (const auto& [key, value] : settings.items()) {
    if (!is_known_setting(key, value))
      return BaishanRefusal{.code = 400001, .message = key + " is wrong"};
  }
  const Json id = https.value("cert_id", Json());
  if (!id.is_number_integer()) return BaishanRefusal{.code = 400001, .message = "cert_id is wrong"};
  switch (world_.bind(id.get<std::int64_t>(), call.domain)) {
    case Outcome::kDone:
      https_[call.domain] = settings;  // whatever was not sent is gone
      return Json::array({{{"domain", spelled(call.domain)}}});
    case Outcome::kNotCovered:
      return BaishanRefusal{.code = 400006, .message = "the certificate does not match the domain"};
    default:
      return BaishanRefusal{.code = 400007, .message = "the certificate does not exist"};
  }
}

BaishanAnswer BaishanApi::remove(const BaishanRequest& call) {
  const Json id = call.body.value("cert_id", Json());
  if (!id.is_number_integer()) return BaishanRefusal{.code = 400001, .message = "cert_id is wrong"};
  switch (world_.remove(id.get<std::int64_t>())) {
    case Outcome::kDone:
      return Json("deleted");
    case Outcome::kInUse:
      return BaishanRefusal{.code = 400008, .message = "the certificate is in use"};
    default:
      return BaishanRefusal{
          .code = 404002, .message = "the certificate does not exist", .status = 404};
  }
}

BaishanAnswer BaishanApi::run(const BaishanRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  switch (*call.verb) {
    case kListDomains:
      return list_domains(call);
    case kGetConfig:
      return get_config(call, moment);
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

BaishanAnswer BaishanApi::pretend(const BaishanRequest& call) {
  return call.verb == kUpload ? Json{{"cert_id", world_.spend_id()}} : Json::array();
}

void BaishanApi::forget_settings(const BaishanRequest& call) {
  VendorApi::forget_settings(call);
  https_.erase(call.domain);
}

Reply BaishanApi::reply_to(const BaishanRequest& /*call*/, const BaishanAnswer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<BaishanRefusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"code", refusal->code}, {"message", refusal->message}};
  } else {
    body = {{"code", 0}, {"message", ""}, {"data", std::get<Json>(answer)}};
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

std::optional<BaishanAnswer> BaishanApi::say_instead(const BaishanRequest& /*call*/,
                                                     const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return BaishanRefusal{.code = 429001, .message = "too many requests", .status = 429};
    case FaultKind::kAuthRefused:
      return BaishanRefusal{.code = 401001, .message = "token is wrong"};
    case FaultKind::kErrorYetDone:
      return BaishanRefusal{.code = 500001, .message = "system error"};
    case FaultKind::kErrorCode:
      return BaishanRefusal{.code = fault.code, .message = fault.message};
    default:
      return std::nullopt;
  }
}

Reply BaishanApi::without_code(Reply reply) {
  reply.body = R"({"message":"","data":[]})";
  return reply;
}

}  // namespace certferry::sandbox

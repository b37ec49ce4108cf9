#include "sandbox/baishan/baishan_api.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sandbox/pair.h"
#include "sandbox/spoil.h"

namespace certferry::sandbox {

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

Reply BaishanApi::reply_to(const Answer& answer) {
  Reply reply;
  Json body;
  if (const auto* refusal = std::get_if<Refusal>(&answer)) {
    reply.status = refusal->status;
    body = {{"code", refusal->code}, {"message", refusal->message}};
  } else {
    body = {{"code", 0}, {"message", ""}, {"data", std::get<Json>(answer)}};
  }
  reply.body = body.dump(-1, ' ', false, Json::error_handler_t::replace);
  return reply;
}

Reply BaishanApi::spoil(const Fault& fault, Reply reply) {
  Refusal too_many{.code = 429001, .message = "too many requests", .status = 429};
  switch (fault.kind) {
    case FaultKind::kThrottle:
      return reply_to(too_many);
    case FaultKind::kThrottleWait:
      reply = reply_to(too_many);
      reply.retry_after = std::chrono::ceil<seconds>(fault.delay);
      return reply;
    case FaultKind::kThrottleBody:
      too_many.status = 200;
      return reply_to(too_many);
    case FaultKind::kAuthRefused:
      return reply_to(Refusal{.code = 401001, .message = "token is wrong"});
    case FaultKind::kErrorYetDone:
      return reply_to(Refusal{.code = 500001, .message = "system error"});
    case FaultKind::kBindWithoutCode:
      reply.body = R"({"message":"","data":[]})";
      return reply;
    case FaultKind::kErrorCode:
      return reply_to(Refusal{.code = fault.code, .message = fault.message});
    default:
      return spoil_on_the_way(fault, std::move(reply));
  }
}

Reply BaishanApi::handle(const Request& request) {
  world_.advance();
  const BaishanRequest call = read_baishan_request(request);
  count(call);
  const std::optional<Refusal> refusal = refuse(call);
  const CallShape shape{
      .endpoint = call.name,
      .domain = call.domain,
      .changes = call.changes(),
      .lists = call.verb == kListDomains || call.verb == kGetConfig || call.verb == kListStored,
      .binds = call.verb == kBind};
  const std::optional<Fault> fault = refusal ? std::nullopt : faults_.take(shape);
  Reply reply;
  if (refusal) {
    reply = reply_to(*refusal);
  } else if (fault) {
    reply = spoil(*fault, reply_to(apply(call, *fault)));
  } else {
    reply = reply_to(run(call, options_.list_lag));
  }
  reply.date = format_http_date(world_.now());
  return reply;
}

void BaishanApi::count(const BaishanRequest& call) {
  if (!call.verb) {
    ++counters_.unknown;
    return;
  }
  ++counters_.by_endpoint[call.name];
  if (call.changes()) ++counters_.changing;
}

std::optional<BaishanApi::Refusal> BaishanApi::refuse(const BaishanRequest& call) {
  const Secret token{std::string(text_field(call.query, "token"))};
  if (!token.same_as(options_.api_token)) {
    ++counters_.unauthorized;
    return Refusal{.code = 401001, .message = "the token is wrong", .status = 401};
  }
  if (!call.verb) return Refusal{.code = 404001, .message = "no such path", .status = 404};
  if (!call.readable) return Refusal{.code = 400001, .message = "a parameter is wrong"};
  return std::nullopt;
}

BaishanApi::Answer BaishanApi::list_domains(const BaishanRequest& call) const {
  std::vector<const Domain*> all;
  for (const Domain& domain : world_.domains()) {
    if (domain.product == "cdn") all.push_back(&domain);
  }
  const auto page = page_of(call.query, all.size());
  if (!page) return Refusal{.code = 400001, .message = "page_number or page_size is wrong"};
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

BaishanApi::Answer BaishanApi::get_config(const BaishanRequest& call, SteadyTime moment) const {
  if (text_field(call.query, "config[]") != "https") {
    return Refusal{.code = 400001, .message = "config is wrong"};
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

BaishanApi::Answer BaishanApi::list_stored(const BaishanRequest& call, SteadyTime moment) const {
  std::map<std::int64_t, Json> users;
  for (const Domain& domain : world_.domains()) {
    if (const EntryPtr entry = domain.bound_at(moment)) users[entry->id].push_back(domain.name);
  }
  std::vector<EntryPtr> all;
  for (const auto& [id, entry] : world_.entries_at(moment)) all.push_back(entry);
  const auto page = page_of(call.query, all.size());
  if (!page) return Refusal{.code = 400001, .message = "page_number or page_size is wrong"};
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

BaishanApi::Answer BaishanApi::upload(const BaishanRequest& call) {
  for (const auto& [key, value] : call.body.items()) {
    const bool known = key == "name" || key == "certificate" || key == "key";
    if (!known) return Refusal{.code = 400001, .message = key + " is not emulated"};
  }
  const std::string name = text_in(call.body, "name");
  if (name.empty() || name.size() > kNameMost) {
    return Refusal{.code = 400002, .message = "name is wrong"};
  }
  const PairReader& reader = world_.pair_reader();
  std::string chain = text_in(call.body, "certificate");
  Secret key{text_in(call.body, "key")};
  Result<UploadedPair> pair =
      reader ? reader(std::move(chain), key) : read_pair(std::move(chain), key);
  if (!pair) return Refusal{.code = 400003, .message = "certificate and key do not match"};
  for (const auto& [id, entry] : world_.entries()) {
    if (entry->pair.leaf.fingerprint != pair->leaf.fingerprint) continue;
    return Refusal{
        .code = 400699,
        .message = "this certificate is exists, cert_id is (" + std::to_string(id) + ")"};
  }
  if (world_.is_full()) return Refusal{.code = 400004, .message = "the limit is reached"};
  const Certificate leaf = pair->leaf;
  const std::int64_t id = world_.upload(name, *std::move(pair));
  return Json{{"cert_id", id},
              {"name", name},
              {"cert_start_time", day_and_time(leaf.not_before)},
              {"cert_expire_time", day_and_time(leaf.not_after)}};
}

BaishanApi::Answer BaishanApi::bind(const BaishanRequest& call) {
  const Domain* domain = world_.find_domain(call.domain);
  if (domain == nullptr || domain->product != "cdn") {
    return Refusal{.code = 400005, .message = "the domain does not exist"};
  }
  const Json config = call.body.value("config", Json());
  const Json https = config.is_object() ? config.value("https", Json()) : Json();
  if (call.body.size() != 2 || config.size() != 1 || !https.is_object()) {
    return Refusal{.code = 400001, .message = "config is wrong"};
  }
  Json settings = https;
  settings.erase("cert_id");
  for (const auto& [key, value] : settings.items()) {
    if (!is_known_setting(key, value)) return Refusal{.code = 400001, .message = key + " is wrong"};
  }
  const Json id = https.value("cert_id", Json());
  if (!id.is_number_integer()) return Refusal{.code = 400001, .message = "cert_id is wrong"};
  switch (world_.bind(id.get<std::int64_t>(), call.domain)) {
    case Outcome::kDone:
      https_[call.domain] = settings;  // whatever was not sent is gone
      return Json::array({{{"domain", spelled(call.domain)}}});
    case Outcome::kNotCovered:
      return Refusal{.code = 400006, .message = "the certificate does not match the domain"};
    default:
      return Refusal{.code = 400007, .message = "the certificate does not exist"};
  }
}

BaishanApi::Answer BaishanApi::remove(const BaishanRequest& call) {
  const Json id = call.body.value("cert_id", Json());
  if (!id.is_number_integer()) return Refusal{.code = 400001, .message = "cert_id is wrong"};
  switch (world_.remove(id.get<std::int64_t>())) {
    case Outcome::kDone:
      return Json("deleted");
    case Outcome::kInUse:
      return Refusal{.code = 400008, .message = "the certificate is in use"};
    default:
      return Refusal{.code = 404002, .message = "the certificate does not exist", .status = 404};
  }
}

BaishanApi::Answer BaishanApi::run(const BaishanRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  Answer answer = Json();
  switch (*call.verb) {
    case kListDomains:
      return list_domains(call);
    case kGetConfig:
      return get_config(call, moment);
    case kListStored:
      return list_stored(call, moment);
    case kBind:
      answer = bind(call);
      break;
    case kUpload:
      answer = upload(call);
      break;
    case kDelete:
      answer = remove(call);
      break;
  }
  if (std::holds_alternative<Json>(answer)) ++counters_.applied;
  return answer;
}

BaishanApi::Answer BaishanApi::apply(const BaishanRequest& call, const Fault& fault) {
  switch (traits(fault.kind).effect) {
    case Effect::kNow: {
      const bool stale = fault.kind == FaultKind::kStaleList;
      Answer answer = run(call, options_.list_lag + (stale ? fault.delay : milliseconds{}));
      if (fault.kind == FaultKind::kBindResetsSettings) {
        https_.erase(call.domain);
        world_.set_origin(call.domain, "");
      }
      return answer;
    }
    case Effect::kLate:
      world_.after(fault.delay, [this, call] { run(call, {}); });
      return Json::object();
    case Effect::kNever:
      break;
  }
  return call.verb == kUpload ? Json{{"cert_id", world_.spend_id()}} : Json::array();
}

}  // namespace certferry::sandbox

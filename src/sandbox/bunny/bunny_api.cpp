#include "sandbox/bunny/bunny_api.h"

#include <algorithm>
#include <charconv>

#include "crypto/digest.h"
#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

template class VendorApi<BunnyRequest, BunnyAnswer, BunnyRefusal>;

namespace {

using Json = nlohmann::json;
using enum BunnyVerb;

std::string text_in(const Json& body, const char* key) {
  const auto found = body.find(key);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::optional<std::int64_t> number_in(const BunnyRequest& call,
                                      std::string_view name,
                                      std::int64_t otherwise) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? otherwise : integer_field(call.query, name);
}

bool shows_certificates(const BunnyRequest& call) {
  const auto found = call.query.find("includeCertificate");
  return found != call.query.end() && found->second == "true";
}

}  // namespace

bool BunnyRequest::changes() const {
  return verb == kAddCertificate || verb == kRemoveCertificate;
}

CallShape BunnyRequest::shape() const {
  return {.endpoint = name,
          .domain = domain,
          .changes = changes(),
          .lists = verb == kListZones,
          .binds = verb == kAddCertificate};
}

BunnyRequest read_bunny_request(const Request& request) {
  const auto mark = request.target.find('?');
  BunnyRequest call{.name = request.target.substr(0, mark)};
  constexpr std::string_view kZones = "/pullzone";
  if (call.name == kZones && request.method == "GET") {
    call.verb = kListZones;
    call.name = "zones";
  } else if (call.name.starts_with("/pullzone/")) {
    const std::string rest = call.name.substr(kZones.size() + 1);
    const auto slash = rest.find('/');
    const std::string digits = rest.substr(0, slash);
    const char* end = digits.data() + digits.size();
    const bool whole = std::from_chars(digits.data(), end, call.zone).ptr == end;
    const std::string what =
        request.method + (slash == std::string::npos ? "" : rest.substr(slash));
    if (whole && what == "GET") call.verb = kGetZone;
    if (whole && what == "POST/addCertificate") call.verb = kAddCertificate;
    if (whole && what == "DELETE/removeCertificate") call.verb = kRemoveCertificate;
    if (call.verb) {
      call.name = call.verb == kGetZone ? "zone" : call.verb == kAddCertificate ? "add" : "remove";
    }
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
  const std::string name = text_in(call.body, "Hostname");
  if (!name.empty()) call.domain = canonical_name(name).value_or(name);
  return call;
}

BunnyApi::BunnyApi(BunnyOptions options, World& world, Faults& faults)
    : VendorApi(world, faults, options.list_lag), options_(std::move(options)) {}

BunnyRequest BunnyApi::read(const Request& request) {
  return read_bunny_request(request);
}

std::optional<BunnyRefusal> BunnyApi::refuse(const Request& request, const BunnyRequest& call) {
  if (!Secret(request.header("accesskey")).same_as(options_.access_key)) {
    return unauthorized(BunnyRefusal{.status = 401,
                                     .key = "unauthorized",
                                     .message = "Authorization has been denied for this request."});
  }
  if (!call.verb) return BunnyRefusal{.status = 404, .key = "", .message = "No such page."};
  if (!call.readable)
    return BunnyRefusal{.key = "request.invalid", .message = "It cannot be read."};
  return std::nullopt;
}

const Domain* BunnyApi::find(std::int64_t zone) const {
  const auto& all = world_.domains();
  const auto found = std::ranges::find_if(
      all, [&](const Domain& one) { return one.id == zone && one.product == "cdn"; });
  return found == all.end() ? nullptr : &*found;
}

Json BunnyApi::zone_of(const Domain& domain, bool with_certificate, SteadyTime moment) const {
  const EntryPtr bound = domain.bound_at(moment);
  const auto forced = forced_.find(domain.name);
  Json hostname = {{"Id", domain.id + 100'000},
                   {"Value", domain.name},
                   {"ForceSSL", forced != forced_.end() && forced->second},
                   {"IsSystemHostname", false},
                   {"IsManagedHostname", false},
                   {"HasCertificate", bound != nullptr},
                   {"Certificate", nullptr},
                   {"CertificateKey", nullptr}};
  if (with_certificate && bound) hostname["Certificate"] = base64_encode(bound->pair.chain_pem);
  const Json own = {{"Id", domain.id + 200'000},
                    {"Value", domain.cname},
                    {"ForceSSL", false},
                    {"IsSystemHostname", true},
                    {"HasCertificate", true}};
  return {{"Id", domain.id},
          {"Name", "zone-" + std::to_string(domain.id)},
          {"OriginUrl", domain.origin},
          {"Enabled", domain.online},
          {"Suspended", false},
          {"Hostnames", Json::array({own, hostname})}};
}

BunnyAnswer BunnyApi::list(const BunnyRequest& call, SteadyTime moment) const {
  const auto page = number_in(call, "page", 0);
  const auto size = number_in(call, "perPage", 1000);
  if (!page || !size || *size < 5 || *size > 1000) {
    return BunnyRefusal{.key = "paging.invalid", .message = "perPage must be from 5 to 1000."};
  }
  std::vector<const Domain*> all;
  for (const Domain& domain : world_.domains()) {
    if (domain.product == "cdn") all.push_back(&domain);
  }
  const auto per_page = static_cast<std::size_t>(*size);
  const std::size_t from =
      static_cast<std::size_t>(std::max<std::int64_t>(*page, 1) - 1) * per_page;
  Json items = Json::array();
  for (std::size_t i = from; i < std::min(from + per_page, all.size()); ++i) {
    items.push_back(zone_of(*all[i], shows_certificates(call), moment));
  }
  if (*page == 0) return items;
  return Json{{"Items", items},
              {"CurrentPage", *page},
              {"TotalItems", all.size()},
              {"HasMoreItems", from + per_page < all.size()}};
}

BunnyAnswer BunnyApi::add(const BunnyRequest& call) {
  const Domain* domain = find(call.zone);
  if (domain == nullptr || domain->name != call.domain) {
    return BunnyRefusal{.key = "pullzone.hostname_not_found",
                        .message = "The hostname was not found."};
  }
  const auto chain = base64_decode(text_in(call.body, "Certificate"));
  const auto key = base64_decode(text_in(call.body, "CertificateKey"));
  BunnyRefusal invalid{.key = "certificate.invalid", .message = "The certificate is invalid."};
  if (!chain || !key) return invalid;
  const PairReader& reader = world_.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(*chain, Secret(*key)) : read_pair(*chain, Secret(*key));
  if (!pair) return invalid;
  const EntryPtr before = domain->bound();
  const std::int64_t id = world_.upload("", *std::move(pair));
  if (world_.bind(id, call.domain) != Outcome::kDone) {
    world_.remove(id);
    return invalid;
  }
  // What was there before is gone, unless another hostname has the very same.
  if (before && !world_.use_counts().contains(before->id)) world_.remove(before->id);
  return Json::object();
}

BunnyAnswer BunnyApi::run(const BunnyRequest& call, milliseconds view_age) {
  const SteadyTime moment = world_.steady_now() - view_age;
  if (call.verb == kListZones) return list(call, moment);
  const Domain* domain = find(call.zone);
  if (domain == nullptr) {
    return BunnyRefusal{
        .status = 404, .key = "pullzone.not_found", .message = "No such pull zone."};
  }
  if (call.verb == kGetZone) return zone_of(*domain, shows_certificates(call), moment);
  if (call.verb == kAddCertificate) return add(call);
  if (world_.unbind(call.domain) == Outcome::kDone) return Json::object();
  return BunnyRefusal{.key = "pullzone.hostname_not_found", .message = "No such hostname."};
}

BunnyAnswer BunnyApi::pretend(const BunnyRequest& /*call*/) {
  return Json::object();
}

void BunnyApi::forget_settings(const BunnyRequest& call) {
  VendorApi::forget_settings(call);
  forced_.erase(call.domain);
}

Reply BunnyApi::reply_to(const BunnyRequest& call, const BunnyAnswer& answer) {
  Reply reply;
  if (const auto* refusal = std::get_if<BunnyRefusal>(&answer)) {
    reply.status = refusal->status;
    reply.body =
        Json{{"ErrorKey", refusal->key}, {"Field", ""}, {"Message", refusal->message}}.dump(
            -1, ' ', false, Json::error_handler_t::replace);
  } else if (call.changes()) {
    reply.status = 204;
  } else {
    reply.body = std::get<Json>(answer).dump(-1, ' ', false, Json::error_handler_t::replace);
  }
  return reply;
}

std::optional<BunnyAnswer> BunnyApi::say_instead(const BunnyRequest& /*call*/, const Fault& fault) {
  switch (fault.kind) {
    case FaultKind::kThrottle:
    case FaultKind::kThrottleWait:
    case FaultKind::kThrottleBody:
      return BunnyRefusal{.status = 429, .key = "too_many_requests", .message = "Slow down."};
    case FaultKind::kAuthRefused:
      return BunnyRefusal{.status = 401, .key = "unauthorized", .message = "Denied."};
    case FaultKind::kErrorYetDone:
      return BunnyRefusal{.status = 500, .key = "internal", .message = "Error."};
    case FaultKind::kErrorCode:
      return BunnyRefusal{.status = 200, .key = fault.message, .message = fault.message};
    default:
      return std::nullopt;
  }
}

Reply BunnyApi::without_code(Reply reply) {
  reply.status = 200;
  reply.body = "{}";
  return reply;
}

Reply BunnyApi::spoil(const BunnyRequest& call, const Fault& fault, Reply reply) {
  if (reply.body.empty()) reply.body = " ";  // there is always something to cut
  return VendorApi::spoil(call, fault, std::move(reply));
}

}  // namespace certferry::sandbox

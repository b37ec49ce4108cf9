// bunny.net: a pull zone has hostnames, and each hostname takes a certificate of its own.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - one key may do everything in the account; there is no narrower one ......... docs
//  - certificate and key are base64 of PEM text, which is base64 itself .......... docs
//  - a new certificate takes the place of the old one, managed ones as well ...... docs; clients
//  - a list tells certificates when asked to, and perhaps private keys too: the
//    answer is never quoted, and no more of it is kept than is told here
//  - a zone's list begins at page 1; page 0 is another form of answer ............ docs: sample
//  - taking a certificate off first would leave the hostname without one: never done
// API: https://docs.bunny.net/reference/pullzonepublic_addcertificate

#include "providers/bunny/bunny.h"

#include <utility>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/pem.h"
#include "providers/bunny/metadata.h"
#include "providers/common/in_place.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

/// What is kept of a hostname in the list.
struct Bunny::Hostname {
  Binding binding;
  bool has_certificate = false;
  std::optional<Certificate> leaf;  ///< none: there is none, or it is not told
};

namespace {

using Json = nlohmann::json;

bool is_true(const Json& value, std::string_view key) {
  const Json* flag = member(value, key);
  return flag != nullptr && *flag == Json(true);
}

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "bunny.net has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

/// PEM, as it is or in base64, which is how it was sent.
std::optional<Certificate> leaf_in(const std::string& text) {
  constexpr std::string_view kBegin = "-----BEGIN";
  if (text.empty()) return std::nullopt;
  const std::string pem = text.contains(kBegin) ? text : base64_decode(text).value_or("");
  const auto chain = read_certificates(pem, "a hostname's certificate");
  return chain && !chain->empty() ? std::optional(chain->front()) : std::nullopt;
}

const Json& hostnames_of(const Json& zone) {
  static const Json kNone = Json::array();
  const Json* listed = member(zone, "Hostnames");
  return listed != nullptr && listed->is_array() ? *listed : kNone;
}

/// Where the edge answers for all hostnames of the zone.
std::string system_name(const Json& zone) {
  for (const Json& one : hostnames_of(zone)) {
    if (is_true(one, "IsSystemHostname")) return text_of(one, "Value");
  }
  return {};
}

std::string state_of(const Json& zone) {
  if (is_true(zone, "Suspended")) return "suspended";
  return is_true(zone, "Enabled") ? "enabled" : "offline";  // by its owner
}

}  // namespace

const ProviderMetadata& Bunny::metadata() const {
  return bunny_metadata();
}

Task<Json> Bunny::call(Call call) {
  HttpRequest request;
  request.method = call.method;
  request.url = config_.endpoint + call.target;
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"AccessKey", config_.access_key}, {"Accept", Secret("application/json")}};
  if (call.body) {
    request.body = *call.body;
    request.headers.emplace_back("Content-Type", Secret("application/json"));
  }
  const HttpResponse response = co_await http_.send(std::move(request));
  Result<Json> reply = read_bunny_reply(response, call.action);
  if (!reply) throw std::move(reply).error();
  co_return *std::move(reply);
}

void Bunny::read_zone(const Json& zone, std::vector<Hostname>& into) {
  const Result<std::string> zone_id = id_of(zone, "Id", Effect::kReads);
  if (!zone_id) throw Error(zone_id.error());
  const std::string state = state_of(zone);
  for (const Json& one : hostnames_of(zone)) {
    if (is_true(one, "IsSystemHostname")) continue;
    const Result<std::string> id = id_of(one, "Id", Effect::kReads);
    if (!id) throw Error(id.error());
    const std::string spelled = text_of(one, "Value");
    if (spelled.empty()) throw bad_shape("a hostname in the list has no name", Effect::kReads);
    Hostname hostname{.binding = {},
                      .has_certificate = is_true(one, "HasCertificate"),
                      .leaf = leaf_in(text_of(one, "Certificate"))};
    const bool told = !hostname.has_certificate || hostname.leaf;
    hostname.binding = {.name = canonical_of_spelled(spelled),
                        .vendor_name = spelled,
                        .edge_name = system_name(zone),
                        .online = state == "enabled" && told,
                        .status = told ? state : state + ", with a certificate that is not told",
                        .stored_id = hostname.has_certificate ? std::optional(*id) : std::nullopt,
                        .settings = {{"pull_zone", *zone_id},
                                     {"ForceSSL", is_true(one, "ForceSSL") ? "true" : "false"}}};
    into.push_back(std::move(hostname));
  }
}

Task<std::vector<Bunny::Hostname>> Bunny::hostnames() {
  std::vector<Hostname> all;
  PageWalk walk;
  for (bool more = true; more;) {
    // Zones come with all their settings and certificates: more of them would be too long an
    // answer.
    Call page{.action = {.name = "GET /pullzone", .carries_key = true},
              .target = "/pullzone?includeCertificate=true&perPage=20&page=" +
                        std::to_string(walk.page())};
    const Json reply = co_await call(std::move(page));
    const Json* zones = member(reply, "Items");
    if (zones == nullptr || !zones->is_array()) {
      throw bad_shape("the answer has no list 'Items'", Effect::kReads);
    }
    const Result<bool> taken = walk.take(*zones, integer_of(reply, "TotalItems"));
    if (!taken) throw Error(taken.error());
    more = *taken;
    for (const Json& zone : *zones) read_zone(zone, all);
  }
  co_return all;
}

Task<std::vector<Binding>> Bunny::list_bindings(std::string product) {
  check_product(product);
  std::vector<Binding> bindings;
  try {
    std::vector<Hostname> all = co_await hostnames();
    for (Hostname& one : all) bindings.push_back(std::move(one.binding));
  } catch (Error& error) {
    throw std::move(error).while_doing("listing the pull zones' hostnames at bunny.net");
  }
  co_return bindings;
}

Task<std::vector<StoredCertificate>> Bunny::list_stored() {
  std::vector<StoredCertificate> stored;
  try {
    const std::vector<Hostname> all = co_await hostnames();
    for (const Hostname& one : all) {
      if (!one.has_certificate) continue;
      StoredCertificate entry{.id = *one.binding.stored_id, .label = {}, .in_use = 1U};
      if (one.leaf) {
        entry.label = "certferry-" + one.leaf->fingerprint;
        entry.names = one.leaf->dns_names;
        entry.not_before = std::max(one.leaf->not_before, Time{});
        entry.not_after = std::max(one.leaf->not_after, Time{});
      }
      stored.push_back(std::move(entry));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing("listing the hostnames' certificates at bunny.net");
  }
  co_return stored;
}

Task<std::string> Bunny::upload(BundlePtr /*bundle*/, std::string /*label*/) {
  throw no_store("bunny.net");
  co_return std::string();
}

Task<BindDone> Bunny::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(request.bundle != nullptr);
  const std::string& name = request.binding.vendor_name;
  try {
    const auto zone = request.binding.settings.find("pull_zone");
    if (zone == request.binding.settings.end()) {
      throw Error(ErrorKind::kNotFound, "no pull zone is known for the hostname")
          .with_code("vendor.not_found");
    }
    JsonBody body;
    body.text("Hostname", name);
    body.text("Certificate", base64_encode(request.bundle->chain_pem));
    std::string key = base64_encode(request.bundle->key_pem.reveal());
    body.text("CertificateKey", key);
    wipe(key);
    Call order{.action = {.name = "POST /pullzone/ID/addCertificate",
                          .effect = Effect::kChanges,
                          .carries_key = true},
               .method = "POST",
               .target = "/pullzone/" + url_encode(zone->second) + "/addCertificate",
               .body = body.take()};
    co_await call(std::move(order));
  } catch (Error& error) {
    throw std::move(error).while_doing("setting the certificate of " + printable(name, 100) +
                                       " at bunny.net");
  }
  co_return BindDone{};
}

Task<void> Bunny::remove(std::string /*stored_id*/) {
  throw no_store("bunny.net");
  co_return;
}

}  // namespace certferry

// Cloudflare for SaaS: a hostname of a customer's is an object of the zone, its certificate a part
// of it.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - there is no store: a certificate comes and goes with its hostname, by one PATCH
//  - ssl is replaced as a block, so what it holds is read and sent again with another certificate;
//    type and method must be there in any case
//  - which certificate it is stands in ssl.certificates, or not at all: a hostname with one that
//    cannot be known is left alone
//  - what Cloudflare issues comes as two, RSA and ECDSA, and one of ours takes the place of both;
//    two that somebody uploaded would lose one, so such a hostname is left alone
//  - the edge is asked by the hostname's own name, unless the account says where they are pointed
// API: https://developers.cloudflare.com/api/resources/custom_hostnames/

#include "providers/cloudflare/custom_hostnames.h"

#include <array>

#include "base/text.h"
#include "crypto/pem.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kReads = "SSL and Certificates: Read";
/// The answer may hold the key that was uploaded.
constexpr CloudflareAction kReading{
    .name = "GET custom_hostnames", .permission = kReads, .carried_key = true};
constexpr std::string_view kWrites = "SSL and Certificates: Edit";

const Json& ssl_of(const Json& hostname) {
  static const Json kNone = Json::object();
  const Json* ssl = member(hostname, "ssl");
  return ssl == nullptr ? kNone : *ssl;
}

std::vector<Json> certificates_of(const Json& hostname) {
  const Json* listed = member(ssl_of(hostname), "certificates");
  if (listed == nullptr || !listed->is_array()) return {};
  return listed->get<std::vector<Json>>();
}

std::string fingerprint_of(const Json& certificate) {
  const std::string text = to_lower(text_of(certificate, "fingerprint_sha256"));
  const bool hexadecimal = text.find_first_not_of("0123456789abcdef") == std::string::npos;
  return text.size() == 64 && hexadecimal ? text : "";
}

struct Held {
  std::string fingerprint;
  std::vector<std::string> names;
  Time not_before{};
  Time not_after{};
};

/// What the hostname is set to; nothing when it has none, no fingerprint when that is not said.
std::optional<Held> held_by(const Json& hostname) {
  const Json& ssl = ssl_of(hostname);
  const std::vector<Json> listed = certificates_of(hostname);
  const std::string pem = text_of(ssl, "custom_certificate");
  if (listed.empty() && pem.empty() && text_of(ssl, "serial_number").empty()) return std::nullopt;
  Held held;
  if (!listed.empty()) {
    held = {.fingerprint = fingerprint_of(listed.front()),
            .names = {},
            .not_before = cloudflare_time(listed.front(), "issued_on"),
            .not_after = cloudflare_time(listed.front(), "expires_on")};
  }
  if (held.fingerprint.empty() && !pem.empty()) {
    const auto chain = read_certificates(pem, "the hostname's certificate");
    if (chain && !chain->empty()) {
      const Certificate& leaf = chain->front();
      held = {.fingerprint = leaf.fingerprint,
              .names = {},
              .not_before = std::max(leaf.not_before, Time{}),
              .not_after = std::max(leaf.not_after, Time{})};
    }
  }
  const Json* hosts = member(ssl, "hosts");
  if (hosts != nullptr && hosts->is_array()) {
    for (const Json& host : *hosts) {
      if (host.is_string()) held.names.push_back(canonical_of_spelled(host.get<std::string>()));
    }
  }
  if (held.names.empty()) {
    held.names.push_back(canonical_of_spelled(text_of(hostname, "hostname")));
  }
  return held;
}

/// What a block has to say in any case, with what it is given where the hostname says nothing.
struct Needed {
  const char* key;
  std::string_view otherwise;
};
constexpr std::array kNeeded{Needed{.key = "type", .otherwise = "dv"},
                             Needed{.key = "method", .otherwise = "http"},
                             Needed{.key = "bundle_method", .otherwise = "force"}};

std::string value_of(const Json& ssl, const Needed& needed) {
  const std::string text = text_of(ssl, needed.key);
  return text.empty() ? std::string(needed.otherwise) : text;
}

/// All of it goes back in a bind, or stands beside what does.
std::map<std::string, std::string> settings_of(const Json& hostname) {
  std::map<std::string, std::string> settings;
  const auto add = [&](const std::string& name, const Json* value) {
    if (value != nullptr) {
      settings[name] = value->is_string() ? value->get<std::string>() : json_text(*value);
    }
  };
  for (const char* key : {"custom_origin_server", "custom_origin_sni", "custom_metadata"}) {
    add(key, member(hostname, key));
  }
  const Json& ssl = ssl_of(hostname);
  for (const Needed& one : kNeeded) {
    settings[std::string("ssl.") + one.key] = value_of(ssl, one);
  }
  add("ssl.wildcard", member(ssl, "wildcard"));
  const Json* of_ssl = member(ssl, "settings");
  if (of_ssl != nullptr && of_ssl->is_object()) {
    for (const auto& [key, value] : of_ssl->items()) add("ssl.settings." + key, &value);
  }
  return settings;
}

Binding read_binding(const Json& hostname, const std::string& cname_target) {
  const std::string spelled = text_of(hostname, "hostname");
  if (spelled.empty()) throw bad_shape("a hostname in the list has no name", Effect::kReads);
  Result<std::string> id = id_of(hostname, "id", Effect::kReads);
  if (!id) throw std::move(id).error();
  const std::optional<Held> held = held_by(hostname);
  const bool known = !held || !held->fingerprint.empty();
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = cname_target,
                  .status = words_of(hostname, "status"),
                  .stored_id = held ? std::optional(*id) : std::nullopt,
                  .settings = settings_of(hostname)};
  for (const char* gone : {"moved", "deleted", "pending_deletion"}) {
    if (binding.status == gone) binding.status = "offline";  // by its customer or its owner
  }
  const bool active = binding.status == "active" || binding.status == "active_redeploying";
  binding.online = active && known;
  if (active && !known) binding.status += ", with a certificate that is not told";
  return binding;
}

/// Whether Cloudflare issued what the hostname has, which it renews by itself. A hostname keeps the
/// authority that it had before somebody uploaded a certificate.
bool is_issued_there(const Json& hostname) {
  const Json& ssl = ssl_of(hostname);
  for (const char* of_an_upload : {"uploaded_on", "custom_certificate", "custom_csr_id"}) {
    if (!text_of(ssl, of_an_upload).empty()) return false;
  }
  return !text_of(ssl, "certificate_authority").empty();
}

/// Throws rejected: the names below the hostname would be served what is not for them.
void require_wildcard_covered(const Json& hostname, const Certificate& leaf) {
  const Json* wildcard = member(ssl_of(hostname), "wildcard");
  if (wildcard == nullptr || *wildcard != Json(true)) return;
  const std::string below = "*." + canonical_of_spelled(text_of(hostname, "hostname"));
  if (any_covers(leaf.dns_names, leaf.ip_addresses, below)) return;
  throw Error(ErrorKind::kRejected,
              "the hostname serves " + printable(below, 100) +
                  " as well, which the certificate does not cover")
      .with_code("vendor.rejected")
      .with_hint("renew one that covers both, or switch the wildcard off at Cloudflare");
}

/// The block as it was, with our certificate in it.
Secret with_certificate(const Json& hostname, const Bundle& bundle) {
  const Json& ssl = ssl_of(hostname);
  JsonBody block;
  for (const Needed& one : kNeeded) block.text(one.key, value_of(ssl, one));
  for (const char* key : {"wildcard", "settings"}) {
    if (const Json* value = member(ssl, key)) block.json(key, json_text(*value));
  }
  block.text("custom_certificate", bundle.chain_pem);
  block.text("custom_key", bundle.key_pem.reveal());
  JsonBody body;
  const Secret whole = block.take();
  body.json("ssl", whole.reveal());
  return body.take();
}

}  // namespace

Task<std::vector<Json>> CloudflareHostnames::items(std::string doing) {
  return account_.list(
      {.action = kReading, .doing = std::move(doing), .target = "custom_hostnames"});
}

Task<std::vector<Binding>> CloudflareHostnames::list() {
  const std::string doing = "listing the custom hostnames at Cloudflare";
  const std::vector<Json> hostnames = co_await items(doing);
  std::vector<Binding> bindings;
  try {
    for (const Json& one : hostnames) {
      bindings.push_back(read_binding(one, account_.cname_target()));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  co_return bindings;
}

Task<std::vector<StoredCertificate>> CloudflareHostnames::list_stored() {
  const std::string doing = "listing the custom hostnames' certificates at Cloudflare";
  const std::vector<Json> hostnames = co_await items(doing);
  std::vector<StoredCertificate> all;
  for (const Json& one : hostnames) {
    const std::optional<Held> held = held_by(one);
    if (!held) continue;
    Result<std::string> id = id_of(one, "id", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    all.push_back({.id = *std::move(id),
                   .label = held->fingerprint.empty() ? "" : "certferry-" + held->fingerprint,
                   .names = held->names,
                   .not_before = held->not_before,
                   .not_after = held->not_after,
                   .in_use = 1U});
  }
  co_return all;
}

Task<Json> CloudflareHostnames::find(Binding binding, std::string doing) {
  CloudflareCall question{.action = kReading,
                          .doing = doing,
                          .target = "custom_hostnames?hostname=" + url_encode(binding.vendor_name)};
  const Json reply = co_await account_.call(std::move(question));
  const Json* items = member(reply, "result");
  if (items == nullptr || !items->is_array()) {
    throw bad_shape("the answer has no list 'result'", Effect::kReads).while_doing(doing);
  }
  for (const Json& one : *items) {
    if (to_lower(text_of(one, "hostname")) == to_lower(binding.vendor_name)) co_return one;
  }
  throw Error(ErrorKind::kNotFound, "Cloudflare has no such custom hostname any more")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

Task<void> CloudflareHostnames::bind(Binding binding, BundlePtr bundle) {
  const std::string doing =
      "setting the certificate of " + printable(binding.vendor_name, 100) + " at Cloudflare";
  const Json hostname = co_await find(binding, doing);
  if (certificates_of(hostname).size() > 1 && !is_issued_there(hostname)) {
    throw Error(ErrorKind::kRejected, "the hostname has two uploaded certificates, RSA and ECDSA")
        .with_code("vendor.rejected")
        .with_hint("one of ours would take the place of both; delete one of them at Cloudflare")
        .while_doing(doing);
  }
  try {
    require_wildcard_covered(hostname, bundle->leaf);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  Result<std::string> id = id_of(hostname, "id", Effect::kReads);
  if (!id) throw std::move(id).error().while_doing(doing);
  CloudflareCall order{.action = {.name = "PATCH custom_hostnames/ID",
                                  .effect = Effect::kChanges,
                                  .permission = kWrites,
                                  .carried_key = true},
                       .doing = doing,
                       .method = "PATCH",
                       .target = "custom_hostnames/" + url_encode(*id),
                       .body = with_certificate(hostname, *bundle)};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

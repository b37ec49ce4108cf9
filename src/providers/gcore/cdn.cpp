// A CDN resource has a name, may have others, and has one certificate for all of them.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - whoever binds one name of a resource binds all: a certificate that does not cover each of them
//    is refused before anything is sent
//  - PATCH changes what it names and nothing else; PUT would reset what it leaves out
//  - a resource is "processed" while a change is under way, and serves meanwhile
//  - all names are pointed at one name of the account, which another call tells
// API: https://gcore.com/docs/api-reference/cdn/cdn-resources

#include "providers/gcore/cdn.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

bool is_true(const Json& value, std::string_view key) {
  const Json* flag = member(value, key);
  return flag != nullptr && *flag == Json(true);
}

std::vector<std::string> names_of(const Json& resource) {
  std::vector<std::string> names;
  if (std::string first = text_of(resource, "cname"); !first.empty()) {
    names.push_back(std::move(first));
  }
  const Json* others = member(resource, "secondaryHostnames");
  if (others != nullptr && others->is_array()) {
    for (const Json& one : *others) {
      if (one.is_string() && !one.get<std::string>().empty()) names.push_back(one);
    }
  }
  return names;
}

std::map<std::string, std::string> settings_of(const Json& resource,
                                               const std::vector<std::string>& names) {
  std::map<std::string, std::string> settings = {{"names", join(names, " ")}};
  for (const char* key : {"id", "originGroup", "originProtocol", "shielded", "proxy_ssl_enabled"}) {
    const Json* value = member(resource, key);
    if (value != nullptr)
      settings[key] = value->is_string() ? text_of(resource, key) : json_text(*value);
  }
  // So much text that only its being the same is of interest.
  if (const Json* options = member(resource, "options")) {
    settings["options, by SHA-256"] = sha256_hex(json_text(*options)).substr(0, 16);
  }
  return settings;
}

/// What the resource refers to, whether it serves it or not. Throws `reply.no_id`.
std::optional<std::string> referred_id(const Json& resource) {
  Result<std::optional<std::string>> id = reference_of(resource, "sslData");
  if (!id) throw std::move(id).error();
  return *std::move(id);
}

void read_resource(const Json& resource, const std::string& edge, std::vector<Binding>& into) {
  if (is_true(resource, "deleted")) return;
  const Result<std::string> id = id_of(resource, "id", Effect::kReads);
  if (!id) throw Error(id.error());
  const std::vector<std::string> names = names_of(resource);
  if (names.empty()) throw bad_shape("a resource in the list has no name", Effect::kReads);
  std::string status = words_of(resource, "status");
  const bool online = status == "active" || status == "processed";
  if (status == "suspended") status = "offline";  // by its owner
  const auto stored_id = is_true(resource, "sslEnabled") ? referred_id(resource) : std::nullopt;
  const auto settings = settings_of(resource, names);
  for (const std::string& name : names) {
    into.push_back({.name = canonical_of_spelled(name),
                    .vendor_name = name,
                    .edge_name = edge,
                    .online = online,
                    .status = status,
                    .stored_id = stored_id,
                    .settings = settings});
  }
}

/// Throws rejected: one of the resource's names would be served what is not for it.
void require_all_covered(const std::string& names, const Certificate& leaf) {
  for (const std::string& name : split(names, ' ')) {
    const std::string canonical = canonical_of_spelled(name);
    if (name.empty() || any_covers(leaf.dns_names, leaf.ip_addresses, canonical)) continue;
    throw Error(ErrorKind::kRejected,
                "the resource serves " + printable(name, 100) +
                    " as well, which the certificate does not cover")
        .with_code("vendor.rejected")
        .with_hint("a resource has one certificate for all its names: renew one that covers them");
  }
}

}  // namespace

Task<std::string> GcoreCdn::edge_name() {
  if (edge_name_.empty()) {
    GcoreCall question{.action = {.name = "GET /cdn/clients/me"},
                       .doing = "asking Gcore where its CDN answers",
                       .target = "/cdn/clients/me"};
    const Json reply = co_await account_.call(std::move(question));
    edge_name_ = text_of(reply, "cname");
  }
  co_return edge_name_;
}

Task<std::vector<Json>> GcoreCdn::resources(std::string doing) {
  return account_.list({.action = {.name = "GET /cdn/resources"},
                        .doing = std::move(doing),
                        .target = "/cdn/resources"});
}

Task<std::vector<Binding>> GcoreCdn::list() {
  const std::string doing = "listing the CDN resources at Gcore";
  const std::string edge = co_await edge_name();
  const std::vector<Json> all = co_await resources(doing);
  std::vector<Binding> bindings;
  try {
    for (const Json& one : all) read_resource(one, edge, bindings);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  co_return bindings;
}

Task<void> GcoreCdn::require_unused(std::string stored_id) {
  const std::string doing = "asking which CDN resources at Gcore refer to a certificate";
  const std::vector<Json> all = co_await resources(doing);
  std::vector<std::string> users;
  try {
    for (const Json& one : all) {
      if (is_true(one, "deleted") || referred_id(one) != stored_id) continue;
      users.push_back(join(names_of(one), ", ") + " of Gcore's CDN");
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  if (!users.empty()) throw still_used(stored_id, users);
}

Task<void> GcoreCdn::bind(Binding binding, std::string stored_id, BundlePtr bundle) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) + " at certificate " +
                            printable(stored_id, 100) + " of Gcore";
  try {
    const auto id = binding.settings.find("id");
    if (id == binding.settings.end()) {
      throw Error(ErrorKind::kNotFound, "no resource is known for the name")
          .with_code("vendor.not_found");
    }
    // Of what goes back to an earlier certificate only that is known which served before.
    if (bundle) require_all_covered(binding.settings["names"], bundle->leaf);
    JsonBody body;
    body.flag("sslEnabled", true);
    body.id("sslData", stored_id);
    GcoreCall order{.action = {.name = "PATCH /cdn/resources/ID", .effect = Effect::kChanges},
                    .doing = {},
                    .method = "PATCH",
                    .target = "/cdn/resources/" + url_encode(id->second),
                    .body = body.take()};
    const Json reply = co_await account_.call(std::move(order));
    if (text_of(reply, "sslData") != stored_id) {
      throw bad_shape("the answer does not name the certificate", Effect::kChanges);
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
}

}  // namespace certferry

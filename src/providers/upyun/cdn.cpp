// CDN services ("buckets" of the type ucdn) and their domains; a domain's HTTPS names a
// certificate.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - neither bucket nor domain says which certificate it has; each certificate says its domains
//  - a domain is moved from one certificate to another by one call, which keeps its other HTTPS
//    settings, and gets its first one by another call, which sets them
//  - the vendor's own test domains stand in the list; nobody can have a certificate for them
// API: https://api.upyun.com/doc#/api/operation/buckets

#include "providers/upyun/cdn.h"

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// `.example.com` stands for `*.example.com`. A name that is none stays under its own spelling,
/// which no target ever matches.
std::string canonical_of(const std::string& spelled) {
  const std::string name = spelled.starts_with('.') ? "*" + spelled : spelled;
  return canonical_name(name).value_or(to_lower(name));
}

bool is_normal(const std::string& status) {
  return to_lower(status) == "normal";
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain, const Json& bucket) {
  const std::string spelled = text_of(domain, "domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  const std::string service = words_of(bucket, "status");
  const Json* visible = member(bucket, "visible");
  const bool shown = visible == nullptr || *visible != Json(false);
  Binding binding{.name = canonical_of(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "cname"),
                  .online = false,
                  .status = words_of(domain, "status")};
  if (!is_normal(service)) binding.status = service;
  if (!shown || to_lower(binding.status) == "closed") binding.status = "offline";  // by its owner
  binding.online = shown && is_normal(binding.status);
  binding.settings.emplace("bucket_name", text_of(bucket, "bucket_name"));
  return binding;
}

Secret first_bind(const std::string& stored_id, const std::string& domain) {
  const Json body = {
      {"certificate_id", stored_id}, {"domain", domain}, {"https", true}, {"force_https", false}};
  return Secret(body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Secret later_bind(const std::string& stored_id, const std::string& domain) {
  const Json body = {{"crt_id", stored_id}, {"domain_name", domain}};
  return Secret(body.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace

Task<std::vector<Binding>> UpyunCdn::list() {
  const std::string doing = "listing the CDN domains at UPYUN";
  const std::vector<Json> buckets = co_await account_.buckets(doing);
  const std::map<std::string, UpyunUse> used = co_await certificates_.uses();
  std::map<std::string, UpyunUse> uses;
  for (const auto& [name, use] : used) uses.insert_or_assign(canonical_of(name), use);
  std::vector<Binding> bindings;
  for (const Json& bucket : buckets) {
    const Json* domains = member(bucket, "domains");
    if (domains == nullptr || !domains->is_array()) continue;
    for (const Json& domain : *domains) {
      if (text_of(domain, "domain").ends_with(".test.upcdn.net")) continue;
      try {
        Binding binding = read_domain(domain, bucket);
        const auto use = uses.find(binding.name);
        if (use != uses.end()) binding.stored_id = use->second.stored_id;
        auto settings = use == uses.end() ? UpyunCertificates::no_settings() : use->second.settings;
        binding.settings.merge(settings);
        bindings.push_back(std::move(binding));
      } catch (Error& error) {
        throw std::move(error).while_doing(doing);
      }
    }
  }
  co_return bindings;
}

Task<void> UpyunCdn::bind(Binding binding, std::string stored_id) {
  const bool first = !binding.stored_id.has_value();
  UpyunCall order{.action = {.name = first ? "POST /api/https/certificate/manager"
                                           : "POST /api/https/migrate/domain",
                             .effect = Effect::kChanges},
                  .doing = "pointing " + printable(binding.vendor_name, 100) + " at certificate " +
                           printable(stored_id, 100) + " of UPYUN",
                  .method = "POST",
                  .target = first ? "/api/https/certificate/manager" : "/api/https/migrate/domain",
                  .body = first ? first_bind(stored_id, binding.vendor_name)
                                : later_bind(stored_id, binding.vendor_name)};
  try {
    co_await account_.call(std::move(order));
  } catch (const Error& error) {
    if (!has_it_already(error)) throw;
  }
}

}  // namespace certferry

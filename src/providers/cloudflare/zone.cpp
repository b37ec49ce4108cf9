// Custom certificates of a zone: an upload is a bind, for its hosts are the certificate's names.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a certificate is replaced by PATCH, without a gap, and has another id from then on, or, a
//    legacy one, the same: an id is never kept beyond a run, and says nothing without an end
//  - it has the hosts of what replaced it: one that serves a host which the new one is not for is
//    not replaced
//  - what is not sent again with it is reset: bundle_method, where its key may be, the policy
//  - it is refused when it ends within 14 days, which is said here before it is sent
//  - the same once more is error 1220: it is there, and taken for what it is
//  - hosts without an uploaded certificate are known from DNS alone, which takes a permission of
//    its own
// API: https://developers.cloudflare.com/api/resources/custom_certificates/

#include "providers/cloudflare/zone.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "model/name.h"
#include "providers/cloudflare/metadata.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;
using State = ZoneCertificate::State;

constexpr CloudflareAction kListing{.name = "GET custom_certificates",
                                    .permission = "SSL and Certificates: Read"};
constexpr CloudflareAction kAdding{.name = "POST custom_certificates",
                                   .effect = Effect::kChanges,
                                   .permission = "SSL and Certificates: Edit",
                                   .carried_key = true};
constexpr CloudflareAction kReplacing{.name = "PATCH custom_certificates/ID",
                                      .effect = Effect::kChanges,
                                      .permission = "SSL and Certificates: Edit",
                                      .carried_key = true};
constexpr CloudflareAction kReadingDns{.name = "GET dns_records", .permission = "DNS: Read"};
constexpr CloudflareAction kReadingZone{.name = "GET zones/ID", .permission = "Zone: Read"};

constexpr milliseconds kValidityLeast = hours(24 * 14);

Secret body_of(const WayIn& way, const Bundle& bundle) {
  std::map<std::string, std::string> settings = way.settings;
  // The chain was checked here, and is to be what is served.
  settings.try_emplace("bundle_method", "force");
  JsonBody body;
  body.text("certificate", bundle.chain_pem);
  body.text("private_key", bundle.key_pem.reveal());
  for (const auto& [key, value] : settings) {
    if (key == "geo_restrictions") {
      body.json(key, value);
    } else {
      body.text(key, value);
    }
  }
  if (!way.replaces) body.text("type", "sni_custom");
  return body.take();
}

void require_time_left(const Bundle& bundle, Time now) {
  if (bundle.leaf.not_after >= now + kValidityLeast) return;
  throw Error(ErrorKind::kRejected,
              "Cloudflare takes no certificate that ends within 14 days, and this one ends " +
                  format_time(bundle.leaf.not_after))
      .with_code("vendor.rejected")
      .with_hint("renew it; one that lives for less than 14 days cannot be used in a zone");
}

/// Every host and name, each once, in an order that stays.
class Hosts {
 public:
  void add(const std::string& name) {
    if (seen_.insert(name).second) names_.push_back(name);
  }
  const std::vector<std::string>& names() const { return names_; }

 private:
  std::set<std::string> seen_;
  std::vector<std::string> names_;
};

Binding binding_of(const std::string& host,
                   const std::vector<ZoneCertificate>& all,
                   const std::optional<ZoneNames>& dns) {
  const HostServing serving = serving_of(all, host);
  Binding binding{.name = host, .vendor_name = host, .online = true, .status = "proxied"};
  if (!dns) binding.status = "of the zone";
  if (serving.certificate) {
    binding.stored_id = serving.certificate->id;
    binding.settings = serving.certificate->settings;
  }
  if (dns && !dns->is_proxied(host)) {
    binding.online = false;
    binding.status = "offline";  // traffic for it does not go through Cloudflare
  } else if (!serving.problem.empty()) {
    binding.online = false;
    binding.status = serving.problem;
  }
  return binding;
}

}  // namespace

void ZoneNames::add(const std::string& name, bool proxied) {
  const auto [known, is_new] = proxied_.try_emplace(name, proxied);
  known->second = known->second || proxied;
  if (is_new) all_.push_back(name);
}

bool ZoneNames::is_proxied(const std::string& name) const {
  auto found = proxied_.find(name);
  const auto dot = name.find('.');
  if (found == proxied_.end() && dot != std::string::npos) {
    found = proxied_.find("*" + name.substr(dot));
  }
  return found != proxied_.end() && found->second;
}

Task<std::vector<ZoneCertificate>> CloudflareZone::certificates(std::string doing) {
  CloudflareCall call{.action = kListing, .doing = doing, .target = "custom_certificates"};
  const std::vector<Json> items = co_await account_.list(std::move(call));
  std::vector<ZoneCertificate> all;
  try {
    for (const Json& item : items) all.push_back(read_zone_certificate(item));
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(doing));
  }
  co_return all;
}

Task<std::optional<ZoneNames>> CloudflareZone::dns_names(std::string doing) {
  CloudflareCall call{
      .action = kReadingDns, .doing = std::move(doing), .target = "dns_records", .page_size = 100};
  std::vector<Json> records;
  try {
    records = co_await account_.list(std::move(call));
  } catch (const Error& error) {
    if (error.code != "vendor.permission") throw;
    co_return std::nullopt;
  }
  ZoneNames names;
  for (const Json& record : records) {
    const std::string type = text_of(record, "type");
    const std::string name = text_of(record, "name");
    const bool has_address = type == "A" || type == "AAAA" || type == "CNAME";
    if (!has_address || name.empty()) continue;
    const Json* proxied = member(record, "proxied");
    names.add(canonical_of_spelled(name), proxied != nullptr && *proxied == Json(true));
  }
  co_return names;
}

Task<std::string> CloudflareZone::apex(std::string doing) {
  CloudflareCall call{.action = kReadingZone, .doing = std::move(doing), .target = ""};
  try {
    const Json reply = co_await account_.call(std::move(call));
    const Json* zone = member(reply, "result");
    co_return zone == nullptr ? "" : text_of(*zone, "name");
  } catch (const Error& error) {
    if (error.code != "vendor.permission") throw;
  }
  co_return "";
}

Task<std::vector<Binding>> CloudflareZone::list() {
  const std::vector<ZoneCertificate> all =
      co_await certificates("listing the zone's certificates at Cloudflare");
  const std::optional<ZoneNames> dns =
      co_await dns_names("listing the zone's DNS records at Cloudflare");
  Hosts hosts;
  if (dns) {
    for (const std::string& name : dns->all()) hosts.add(name);
  } else {
    const std::string name = co_await apex("looking up the zone's name at Cloudflare");
    if (!name.empty()) hosts.add(canonical_of_spelled(name));
  }
  for (const ZoneCertificate& one : all) {
    if (one.state == State::kGone) continue;
    for (const std::string& host : one.hosts) hosts.add(host);
  }
  std::vector<Binding> bindings;
  for (const std::string& host : hosts.names()) {
    bindings.push_back(binding_of(host, all, dns));
  }
  co_return bindings;
}

Task<std::vector<StoredCertificate>> CloudflareZone::list_stored() {
  const std::vector<ZoneCertificate> all =
      co_await certificates("listing the zone's certificates at Cloudflare");
  std::vector<StoredCertificate> stored;
  for (const ZoneCertificate& one : all) {
    if (one.state == State::kGone) continue;
    StoredCertificate entry{
        .id = one.id, .label = {}, .names = one.hosts, .not_after = one.expires};
    // A legacy certificate keeps its id, and may be another's by now.
    const auto known = uploaded_.find(one.id);
    if (known != uploaded_.end() && known->second.ends == one.expires) {
      entry.label = "certferry-" + known->second.fingerprint;
    }
    stored.push_back(std::move(entry));
  }
  co_return stored;
}

void CloudflareZone::remember(const std::string& id, const Bundle& bundle) {
  uploaded_[id] = {.fingerprint = bundle.fingerprint(),
                   .ends = std::chrono::floor<seconds>(bundle.leaf.not_after)};
}

bool CloudflareZone::is_set(const ZoneCertificate& listed, const Bundle& bundle) const {
  const auto gone = replaced_.find(listed.id);
  if (gone != replaced_.end() && gone->second.ended == listed.expires &&
      clock_.steady_now() < gone->second.listed_until) {
    return gone->second.fingerprint == bundle.fingerprint();
  }
  const auto known = uploaded_.find(listed.id);
  return known != uploaded_.end() && known->second.ends == listed.expires &&
         known->second.fingerprint == bundle.fingerprint();
}

Task<std::string> CloudflareZone::send(WayIn way, BundlePtr bundle, std::string doing) {
  const bool adds = !way.replaces;
  CloudflareCall call{.action = adds ? kAdding : kReplacing,
                      .doing = doing,
                      .method = adds ? "POST" : "PATCH",
                      .target = "custom_certificates",
                      .body = body_of(way, *bundle)};
  if (!adds) call.target += "/" + url_encode(*way.replaces);
  const Json reply = co_await account_.call(std::move(call));
  const Json* result = member(reply, "result");
  Result<std::string> id = id_of(result == nullptr ? Json() : *result, "id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<std::optional<Error>> CloudflareZone::adopt(std::string host,
                                                 BundlePtr bundle,
                                                 Error refusal) {
  const std::vector<ZoneCertificate> all =
      co_await certificates("looking for the certificate that the zone has already");
  const HostServing serving = serving_of(all, host);
  if (serving.certificate && serving.problem.empty() &&
      is_like(*serving.certificate, bundle->leaf)) {
    remember(serving.certificate->id, *bundle);
    co_return std::nullopt;
  }
  co_return std::move(refusal).with_hint(
      "the zone has this very certificate, but another one is before it for " +
      printable(host, 100) + "; delete that one at Cloudflare");
}

Task<BindDone> CloudflareZone::bind(Binding binding, BundlePtr bundle) {
  const std::string host = binding.name;
  const std::string doing = "setting the certificate of " + printable(host, 100) + " at Cloudflare";
  const std::uint64_t asked = ++moments_;
  const std::shared_ptr<void> turn = co_await turn_.enter(sleeper_, doing);
  if (!reading_ || reading_->began < asked) {
    const std::uint64_t began = ++moments_;
    std::vector<ZoneCertificate> all = co_await certificates(doing);
    reading_ = Reading{.all = std::move(all), .began = began};
  }
  const HostServing serving = serving_of(reading_->all, host);
  // With a name that shares it.
  const bool known = serving.certificate && serving.problem.empty();
  if (known && is_set(*serving.certificate, *bundle)) co_return BindDone{};
  WayIn way;
  try {
    require_time_left(*bundle, clock_.now());
    way = way_in(reading_->all, host, bundle->leaf.dns_names);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  std::optional<Error> refused;
  reading_.reset();
  try {
    const std::string id = co_await send(way, bundle, doing);
    if (way.replaces) {
      replaced_[*way.replaces] = {
          .ended = way.ended,
          .fingerprint = bundle->fingerprint(),
          .listed_until = clock_.steady_now() + cloudflare_metadata().limits.list_consistency};
    }
    remember(id, *bundle);
  } catch (Error& error) {
    if (error.vendor_code != "1220") throw;
    refused = std::move(error);
  }
  if (refused) refused = co_await adopt(host, bundle, *std::move(refused));
  if (refused) throw *std::move(refused);
  // Of what is added for a host nothing was there to be changed.
  co_return BindDone{.wrote_settings = way.replaces.has_value()};
}

}  // namespace certferry

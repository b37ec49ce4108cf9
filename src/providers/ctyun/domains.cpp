// CDN (CDN加速) and ICDN (全站加速): a domain has the name of its certificate.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list has the domains of all products, told apart by a code of three digits
//  - which certificate a domain has, only a call for that one domain says, and no row of the list
//    says when it was changed: each domain is asked each time
//  - a bind is a change of the domain that names nothing but HTTPS; the rest is left as it is
//  - the same change soon again is refused, whether the first one came to be or not
// API: https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=108&api=11308&data=161&isNormal=1&vid=154

#include "providers/ctyun/domains.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"
#include "providers/ctyun/certificates.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 4> kCdnCodes{"001", "003", "004", "008"};
constexpr std::array<std::string_view, 1> kIcdnCodes{"006"};

/// Statuses of domains that are not served: not yet, no longer, or that could not be begun. One
/// that is being changed (3), or could not be (10), is served as before.
constexpr std::array<std::int64_t, 8> kNotServed{1, 5, 6, 7, 8, 9, 11, 12};

}  // namespace

Binding read_ctyun_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "domain");
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "cname"),
                  .status = words_of(domain, "status")};
  const std::optional<std::int64_t> status = integer_of(domain, "status");
  binding.online = status && std::ranges::find(kNotServed, *status) == kNotServed.end();
  if (status == 6) binding.status = "offline";  // by its owner
  if (const Json* area = member(domain, "area_scope")) {
    binding.settings.emplace("area_scope", json_text(*area));
  }
  return binding;
}

void add_ctyun_settings(Binding& binding, const Json& detail, bool of_https) {
  const auto add = [&](const std::string& key, const std::string& below) {
    if (const Json* value = member(detail, key)) {
      binding.settings.emplace(below + key, json_text(*value));
    }
  };
  for (const char* key : {"origin", "req_host"}) add(key, "");
  if (of_https) {
    for (const char* key : {"ssl", "http2_status"}) add(key, "https.");
  } else {
    binding.settings.insert(kHttpsOff);
  }
  const Json* basic = member(detail, "https_basic");
  for (const char* key : {"https_force", "http_force"}) {
    const std::string value = basic == nullptr ? "" : text_of(*basic, key);
    binding.settings.emplace("https_basic." + std::string(key), value.empty() ? "off" : value);
  }
  const std::string stapling = text_of(detail, "ssl_stapling");
  binding.settings.emplace("ssl_stapling", stapling.empty() ? "off" : stapling);
}

const CtyunProduct kCtyunCdn = {
    .id = "cdn", .name = "CDN", .service = "ctcdn-global", .codes = kCdnCodes};
const CtyunProduct kCtyunIcdn = {
    .id = "icdn", .name = "ICDN", .service = "icdn-global", .codes = kIcdnCodes};

Task<Json> CtyunDomains::detail_of(std::string domain, std::string code) {
  CtyunCall question{.action = {.path = "/v1/domain/query-domain-detail"},
                     .doing = "asking " + std::string(product_.name) +
                              " at CTYun for the certificate of " + printable(domain, 100),
                     .service = product_.service,
                     .query = {{"domain", domain}, {"product_code", code}}};
  try {
    co_return co_await account_.call(std::move(question));
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return Json();
}

Task<std::vector<Json>> CtyunDomains::rows() {
  const std::string doing = "listing the domains of " + std::string(product_.name) + " at CTYun";
  CtyunList wanted{.call = {.action = {.path = "/v1/domain/query-domain-list"},
                            .doing = doing,
                            .service = product_.service},
                   .size = "page_size",
                   .items_a_page = 100,
                   .count = "total"};
  std::vector<Json> items = co_await account_.list(std::move(wanted));
  for (const Json& item : items) {
    if (!text_of(item, "domain").empty()) continue;
    throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
  }
  co_return items;
}

bool CtyunDomains::has(std::string_view code) const {
  return std::ranges::find(product_.codes, code) != product_.codes.end();
}

Task<std::vector<Binding>> CtyunDomains::list() {
  const std::vector<Json> items = co_await rows();
  std::vector<Binding> bindings;
  for (const Json& item : items) {
    const std::string code = text_of(item, "product_code");
    if (!has(code)) continue;
    Binding binding = read_ctyun_domain(item);
    const Json detail = co_await detail_of(binding.vendor_name, code);
    if (detail.is_null()) continue;  // it has gone meanwhile
    const bool on = text_of(detail, "https_status") == "on";
    const std::string name = text_of(detail, "cert_name");
    if (on && !name.empty()) binding.stored_id = ctyun_stored_id(name);
    add_ctyun_settings(binding, detail, on);
    bindings.push_back(std::move(binding));
  }
  co_return bindings;
}

Task<void> CtyunDomains::require_unused_by(std::string domain,
                                           std::string code,
                                           std::string stored_id) {
  const Json detail = co_await detail_of(domain, code);
  const std::vector<std::string> who = {
      domain + " of " + (has(code) ? std::string(product_.name) : "product " + code)};
  if (detail.is_null()) {
    // Of another product it may never be told, which is no failure.
    if (!has(code)) throw still_used(stored_id, who);
    throw Error(ErrorKind::kUnavailable,
                "CTYun lists " + printable(who.front(), 200) +
                    ", and does not say which certificate it has")
        .with_code("vendor.unavailable")
        .with_hint("nothing is deleted that it may use");
  }
  const std::string name = text_of(detail, "cert_name");
  if (!name.empty() && ctyun_stored_id(name) == stored_id) throw still_used(stored_id, who);
}

Task<void> CtyunDomains::bind(Binding binding, std::string stored_id) {
  JsonBody body;
  body.text("domain", binding.vendor_name);
  body.text("https_status", "on");
  body.text("cert_name", stored_id);
  CtyunCall order{.action = {.path = "/v1/domain/update-domain", .effect = Effect::kChanges},
                  .doing = "pointing " + printable(binding.vendor_name, 100) + " of " +
                           std::string(product_.name) + " at certificate " +
                           printable(stored_id, 100) + " of CTYun",
                  .service = product_.service,
                  .body = body.take()};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

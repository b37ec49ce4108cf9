// AccessOne (边缘安全加速): a domain has the name of its certificate, in a list of AccessOne's own.
// So a bundle that goes there is copied into that list once, under the name that it has in CDN's.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - certificates have to be uploaded to AccessOne once more, and stay there ... docs: api 13014
//  - which certificate a domain has, only a call for that one domain says, which is a POST
//    ........................................................................... docs: api 13412
//  - a change wants the origins back, whose weights are numbers when they are read and text when
//    they are written; 0 is none that it takes ................................. certimate, dnsmgr
//  - whether a change leaves alone what it does not name is not said: all that a domain is set to
//    is sent back, but what can only be read ................................... dnsmgr
//  - the change has a path of an older product's: scdn ......................... docs: api 13413
// API: https://eop.ctyun.cn/ebp/ctapiDocument/search?sid=113&api=13413&data=174&isNormal=1&vid=167

#include "providers/ctyun/accessone.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/still_bound.h"
#include "providers/ctyun/certificates.h"
#include "providers/ctyun/domains.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "accessone-global";
constexpr const char* kCode = "020";

/// What a domain says and does not take.
constexpr std::array<std::string_view, 13> kReadOnly{"area_scope",
                                                     "cname",
                                                     "customer_name",
                                                     "dynamic_ability",
                                                     "dynamic_config",
                                                     "insert_date",
                                                     "outlink_replace_filter",
                                                     "record_num",
                                                     "record_status",
                                                     "status",
                                                     "status_date",
                                                     "website_ipv6_access_mark",
                                                     "websocket_speed"};

bool is_empty(const Json& value) {
  return value.is_null() || ((value.is_array() || value.is_object()) && value.empty());
}

/// The origins as they are written. Error `reply.shape`: without any, none must be sent.
Result<Json> origins_in(const Json& config) {
  const Json* origins = member(config, "origin");
  const bool usable = origins != nullptr && origins->is_array() && !origins->empty() &&
                      std::ranges::all_of(*origins, &Json::is_object);
  if (!usable) {
    return std::unexpected(
        bad_shape("the answer does not say the domain's origins", Effect::kReads));
  }
  Json out = *origins;
  for (Json& one : out) {
    const std::string weight = text_of(one, "weight");
    one["weight"] = weight.empty() || weight == "0" ? "1" : weight;
  }
  return out;
}

/// All that a domain is set to, as a change takes it.
Result<Json> settings_in(const Json& config) {
  TRY(Json origins, origins_in(config));
  Json out = Json::object();
  for (const auto& [key, value] : config.items()) {
    const bool read_only = std::ranges::find(kReadOnly, key) != kReadOnly.end();
    if (!read_only && !is_empty(value)) out[key] = value;
  }
  out["origin"] = std::move(origins);
  return out;
}

Error no_copy(const std::string& stored_id) {
  return Error(ErrorKind::kNotFound,
               "AccessOne has no copy of certificate " + printable(stored_id, 100) +
                   ", and what is in it is not here to make one of")
      .with_code("vendor.not_found");
}

}  // namespace

Task<std::vector<Json>> CtyunAccessOne::rows() {
  const std::string doing = "listing the domains of AccessOne at CTYun";
  CtyunList wanted{.call = {.action = {.path = "/ctapi/v2/domain/query"},
                            .doing = doing,
                            .service = kService,
                            .query = {{"product_code", kCode}}},
                   .size = "page_size",
                   .items_a_page = 50,
                   .count = "total"};
  std::vector<Json> items = co_await account_.list(std::move(wanted));
  for (const Json& item : items) {
    if (!text_of(item, "domain").empty()) continue;
    throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
  }
  // It may have been asked in vain for those of one product alone.
  std::erase_if(items, [](const Json& item) { return text_of(item, "product_code") != kCode; });
  co_return items;
}

Task<Json> CtyunAccessOne::config_of(std::string domain) {
  JsonBody body;
  body.text("domain", domain).text("product_code", kCode);
  CtyunCall question{
      .action = {.path = "/ctapi/v1/accessone/domain/config"},
      .doing = "asking AccessOne at CTYun for the certificate of " + printable(domain, 100),
      .service = kService,
      .body = body.take()};
  const std::string doing = question.doing;
  Json config;
  try {
    config = co_await account_.call(std::move(question));
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  if (config.is_null() || config.is_object()) co_return config;
  throw bad_shape("the answer has no settings of the domain", Effect::kReads).while_doing(doing);
}

Task<std::vector<Binding>> CtyunAccessOne::list() {
  const std::vector<Json> items = co_await rows();
  std::vector<Binding> bindings;
  for (const Json& item : items) {
    Binding binding = read_ctyun_domain(item);
    Json config = co_await config_of(binding.vendor_name);
    if (config.is_null()) continue;  // it has gone meanwhile
    const bool on = text_of(config, "https_status") == "on";
    const std::string name = text_of(config, "cert_name");
    if (on && !name.empty()) binding.stored_id = ctyun_stored_id(name);
    // As they will be written, so that how they are written is no change of a setting.
    if (Result<Json> origins = origins_in(config)) config["origin"] = *std::move(origins);
    add_ctyun_settings(binding, config, on);
    bindings.push_back(std::move(binding));
  }
  co_return bindings;
}

Task<std::set<std::pair<std::string, std::string>>> CtyunAccessOne::require_unused(
    std::string stored_id) {
  std::set<std::pair<std::string, std::string>> asked;
  const std::vector<Json> items = co_await rows();
  for (const Json& item : items) {
    const std::string domain = text_of(item, "domain");
    const Json config = co_await config_of(domain);
    // Of one that is listed and not told nothing is known: whoever lists it too asks once more.
    if (config.is_null()) continue;
    const std::string name = text_of(config, "cert_name");
    if (!name.empty() && ctyun_stored_id(name) == stored_id) {
      throw still_used(stored_id, std::vector<std::string>{domain + " of AccessOne"});
    }
    asked.emplace(domain, text_of(item, "product_code"));
  }
  co_return asked;
}

Task<void> CtyunAccessOne::ensure_copy(std::string stored_id, BundlePtr bundle, std::string doing) {
  CtyunList wanted{.call = {.action = {.path = "/ctapi/v1/accessone/cert/list"},
                            .doing = doing,
                            .service = kService,
                            .query = {{"usage_mode", "0"}}},
                   .size = "per_page",
                   .items_a_page = 1000,
                   .count = "total_records"};
  const std::vector<Json> copies = co_await account_.list(std::move(wanted));
  const bool there = std::ranges::any_of(
      copies, [&](const Json& one) { return text_of(one, "name") == stored_id; });
  if (there) co_return;
  if (bundle == nullptr || bundle->chain_pem.empty()) throw no_copy(stored_id).while_doing(doing);
  JsonBody body;
  body.text("name", stored_id);
  body.text("certs", bundle->chain_pem);
  body.text("key", bundle->key_pem.reveal());
  CtyunCall order{.action = {.path = "/ctapi/v1/accessone/cert/create",
                             .effect = Effect::kChanges,
                             .carried_key = true},
                  .doing = "copying certificate " + printable(stored_id, 100) + " to AccessOne",
                  .service = kService,
                  .body = body.take()};
  const std::string copying = order.doing;
  const Json reply = co_await account_.call(std::move(order));
  // The number is for nothing but to see that something was stored.
  const Result<std::string> number = id_of(reply, "id", Effect::kChanges);
  if (!number) throw Error(number.error()).while_doing(copying);
}

Task<void> CtyunAccessOne::bind(BindRequest request) {
  const std::string name = request.binding.vendor_name;
  const std::string doing = "pointing " + printable(name, 100) + " of AccessOne at certificate " +
                            printable(request.stored_id, 100) + " of CTYun";
  const Json config = co_await config_of(name);
  if (config.is_null()) {
    throw Error(ErrorKind::kNotFound, "AccessOne has no such domain in this account")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  Result<Json> settings = settings_in(config);
  if (!settings) throw std::move(settings).error().while_doing(doing);
  co_await ensure_copy(request.stored_id, request.bundle, doing);
  (*settings)["domain"] = name;
  if (!settings->contains("product_code")) (*settings)["product_code"] = kCode;
  (*settings)["https_status"] = "on";
  (*settings)["cert_name"] = request.stored_id;
  CtyunCall order{
      .action = {.path = "/ctapi/v1/scdn/domain/modify_config", .effect = Effect::kChanges},
      .doing = doing,
      .service = kService,
      .body = Secret(json_text(*settings))};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

// A domain's certificate is one of its HTTPS settings, which are written as a whole.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list of domains does not say what they serve: their settings are asked for fifty at once
//  - a domain that the account does not have is left out of the answer about its settings
//  - settings that nobody made are an empty list in the object's place
//  - whoever sets a certificate sets all of HTTPS: what was read goes back beside it
//  - cert_id comes as a number and as text, and is sent as a number
//  - a wildcard is written .example.com
// Clients: github.com/edgenextapisdk/terraform-provider-edgenext, services/cdn; certimate

#include "providers/baishan/cdn.h"

#include <map>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kDomainsACall = 50;

/// A member that is an object. Missing, null and an empty list stand for an empty one.
Result<Json> object_in(const Json& value, std::string_view key) {
  const Json* found = member(value, key);
  if (found == nullptr || (found->is_array() && found->empty())) return Json::object();
  if (found->is_object()) return *found;
  return std::unexpected(
      bad_shape("a domain's '" + std::string(key) + "' is no object", Effect::kReads));
}

Result<Json> https_in(const Json& domain) {
  TRY(const Json config, object_in(domain, "config"));
  return object_in(config, "https");
}

Result<Binding> read_domain(const Json& domain, const Json& https) {
  const std::string spelled = text_of(domain, "domain");
  const std::string status = words_of(domain, "status");
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "cname"),
                  .online = status == "serving" || status == "deploying",
                  .status = status == "suspend" ? "offline" : status};  // by its owner
  TRY(binding.stored_id, reference_of(https, "cert_id"));
  for (const auto& [key, value] : https.items()) {
    if (key == "cert_id" || value.is_null()) continue;
    binding.settings["https." + key] =
        value.is_string() ? value.get<std::string>() : json_text(value);
  }
  return binding;
}

/// The HTTPS settings of each domain, in their order: an object, empty where there are none.
Result<std::vector<Json>> https_of(const std::vector<std::string>& domains, const Json& configs) {
  std::map<std::string, Json> by_name;
  for (const Json& one : configs) {
    TRY(by_name[canonical_of_spelled(text_of(one, "domain"))], https_in(one));
  }
  std::vector<Json> all;
  for (const std::string& domain : domains) {
    const auto found = by_name.find(canonical_of_spelled(domain));
    // What is not told must not look like a domain without a certificate.
    if (found == by_name.end()) {
      return std::unexpected(bad_paging("the answer lacks a domain that was asked for"));
    }
    all.push_back(found->second);
  }
  return all;
}

}  // namespace

Task<Json> BaishanCdn::configs_of(std::vector<std::string> domains, std::string doing) {
  std::vector<std::string> encoded;
  for (const std::string& domain : domains) encoded.push_back(url_encode(domain));
  BaishanCall question{
      .action = {.name = "GET /v2/domain/config"},
      .doing = doing,
      .target = "/v2/domain/config?domains=" + join(encoded, ",") + "&config%5B%5D=https"};
  Json data = co_await account_.call(std::move(question));
  if (!data.is_array()) {
    throw bad_shape("the answer has no list 'data'", Effect::kReads).while_doing(doing);
  }
  co_return data;
}

Task<std::vector<Binding>> BaishanCdn::list() {
  const std::string doing = "listing the CDN domains at BaishanCloud";
  BaishanCall wanted{
      .action = {.name = "GET /v2/domain/list"}, .doing = doing, .target = "/v2/domain/list"};
  std::vector<Json> domains = co_await account_.list(std::move(wanted), kDomainsACall);
  std::erase_if(domains, [](const Json& one) { return text_of(one, "status") == "deleted"; });
  std::vector<Binding> bindings;
  for (std::size_t from = 0; from < domains.size(); from += kDomainsACall) {
    const std::size_t to = std::min(from + kDomainsACall, domains.size());
    std::vector<std::string> names;
    for (std::size_t at = from; at < to; ++at) {
      names.push_back(text_of(domains[at], "domain"));
      if (names.back().empty()) {
        throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
      }
    }
    const Json configs = co_await configs_of(names, doing);
    const Result<std::vector<Json>> https = https_of(names, configs);
    if (!https) throw Error(https.error()).while_doing(doing);
    for (std::size_t at = from; at < to; ++at) {
      Result<Binding> one = read_domain(domains[at], https->at(at - from));
      if (!one) throw std::move(one).error().while_doing(doing);
      bindings.push_back(*std::move(one));
    }
  }
  co_return bindings;
}

Task<void> BaishanCdn::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) + " at certificate " +
                            printable(stored_id, 100) + " of BaishanCloud";
  const std::vector<std::string> names = {binding.vendor_name};
  const Json configs = co_await configs_of(names, doing);
  if (configs.empty()) {
    throw Error(ErrorKind::kNotFound, "BaishanCloud knows no such domain in this account")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  const Result<std::vector<Json>> before = https_of(names, configs);
  if (!before) throw Error(before.error()).while_doing(doing);
  JsonBody https;
  https.id("cert_id", stored_id);
  for (const auto& [key, value] : before->front().items()) {
    if (key != "cert_id" && !value.is_null()) https.json(key, json_text(value));
  }
  JsonBody config;
  config.json("https", https.take().reveal());
  JsonBody body;
  body.text("domains", binding.vendor_name);
  body.json("config", config.take().reveal());
  BaishanCall order{.action = {.name = "POST /v2/domain/config", .effect = Effect::kChanges},
                    .doing = doing,
                    .method = "POST",
                    .target = "/v2/domain/config",
                    .body = body.take()};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

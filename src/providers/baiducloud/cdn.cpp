// CDN (v2): a domain's HTTPS settings name a certificate of certificate management by id.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list has names alone; all else, the certificate included, one call for each domain says
//    ............................................... docs: GET /v2/domain/{domain}/config
//  - a bind writes the whole block of HTTPS settings, so what is there is read and sent back
//    ............................................... docs: config?https, "full configuration"
//  - of members that it does not know the vendor says that it passes them over
//    ............................................... docs: common errors, InappropriateJSON
//  - the call that takes a bundle itself replaces the stored certificate that the domain has,
//    wherever else that is used, and its delete takes it away with the binding: neither is used
//    ............................................... docs: PUT and DELETE /v2/{domain}/certificates
//  - while a change is carried out the domain is OPERATING, and served as before
//
// So that a thousand binds do not ask a thousand domains each time, an answer stands for ten
// minutes, as long as the store's own list of uses says the same of the domain's certificate.
//
// API: https://cloud.baidu.com/doc/CDN/s/Sjwvyf6w8

#include "providers/baiducloud/cdn.h"

#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "cdn";

const Json* https_of(const Json& config) {
  const Json* https = member(config, "https");
  return https != nullptr && https->is_object() ? https : nullptr;
}

bool is_enabled(const Json* https) {
  const Json* enabled = https == nullptr ? nullptr : member(*https, "enabled");
  return enabled != nullptr && enabled->is_boolean() && enabled->get<bool>();
}

/// For how long what a domain said may stand for it.
constexpr minutes kAnswerStands(10);

/// Settings that a bind has no business with. Those with keys in them (requestAuth) are left out.
std::map<std::string, std::string> settings_of(const Json& config) {
  std::map<std::string, std::string> settings;
  for (const char* key : {"cacheFullUrl",
                          "cacheTTL",
                          "defaultHost",
                          "followProtocol",
                          "form",
                          "ipACL",
                          "limitRate",
                          "origin",
                          "refererACL"}) {
    if (const Json* value = member(config, key)) settings.emplace(key, json_text(*value));
  }
  return settings;
}

/// The block as it is, with that certificate in it; of a domain without HTTPS the rest of it is of
/// no meaning.
Json block_with(const Json* https, const std::string& stored_id) {
  Json block = Json::object();
  if (is_enabled(https)) {
    for (const auto& [key, value] : https->items()) {
      // What the vendor lists as empty it refuses as a setting.
      const bool says_nothing = value.is_null() || (value.is_array() && value.empty()) ||
                                (value.is_string() && value.get<std::string>().empty());
      if (!says_nothing) block[key] = value;
    }
  }
  block["enabled"] = true;
  block["certId"] = stored_id;
  return block;
}

}  // namespace

Task<std::vector<std::string>> BaiduCloudCdn::list_names() {
  const std::string doing = "listing the domains of CDN at Baidu AI Cloud";
  std::vector<std::string> names;
  MarkerWalk walk;
  for (bool more = true; more;) {
    BaiduCloudCall call{.service = kService,
                        .action = {.name = "GET /v2/domain"},
                        .doing = doing,
                        .path = "/v2/domain"};
    if (!walk.marker().empty()) call.query.emplace_back("marker", walk.marker());
    const Json reply = co_await account_.call(std::move(call));
    const Json* domains = member(reply, "domains");
    if (domains == nullptr || !domains->is_array()) {
      throw bad_shape("the answer has no list 'domains'", Effect::kReads).while_doing(doing);
    }
    for (const Json& one : *domains) {
      names.push_back(text_of(one, "name"));
      if (!names.back().empty()) continue;
      throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
    }
    const std::string next = text_of(reply, "nextMarker");
    const Json* truncated = member(reply, "isTruncated");
    if (next.empty() && truncated != nullptr && *truncated == true) {
      throw bad_paging("the list says that it goes on, and not where").while_doing(doing);
    }
    const Result<bool> taken = walk.take(next);
    if (!taken) throw Error(taken.error()).while_doing(doing);
    more = *taken;
  }
  co_return names;
}

Task<Json> BaiduCloudCdn::config(std::string vendor_name) {
  BaiduCloudCall call{
      .service = kService,
      .action = {.name = "GET /v2/domain/{domain}/config"},
      .doing = "asking CDN at Baidu AI Cloud for the settings of " + printable(vendor_name, 100),
      .path = "/v2/domain/" + url_encode(vendor_name) + "/config"};
  const std::string doing = call.doing;
  Json config = co_await account_.call(std::move(call));
  if (text_of(config, "status").empty()) {
    throw bad_shape("the answer does not say the domain's status", Effect::kReads)
        .while_doing(doing);
  }
  co_return config;
}

Binding BaiduCloudCdn::read_domain(const Json& config, const std::string& listed) {
  Binding binding{.name = canonical_of_spelled(listed),
                  .vendor_name = listed,
                  .edge_name = text_of(config, "cname"),
                  .status = words_of(config, "status"),
                  .settings = settings_of(config)};
  if (text_of(config, "isBan") == "YES") binding.status = "banned";
  if (binding.status == "STOPPED") binding.status = "offline";  // by its owner
  binding.online = binding.status == "RUNNING" || binding.status == "OPERATING";
  const Json* https = https_of(config);
  if (!is_enabled(https)) {
    binding.settings.insert(kHttpsOff);
    return binding;
  }
  // One that is nowhere in our lists must not look like nothing at all.
  const Result<std::string> id = id_of(*https, "certId", Effect::kReads);
  binding.stored_id = id ? *id : "own:";
  for (const auto& [key, value] : https->items()) {
    if (key == "enabled" || key == "certId" || value.is_null()) continue;
    binding.settings.emplace("https." + key, json_text(value));
  }
  return binding;
}

void BaiduCloudCdn::forget(const std::string& vendor_name) {
  ++bound_[vendor_name];
  answered_.erase(vendor_name);
}

bool BaiduCloudCdn::is_still_so(const Answer& answer, const BaiduCloudUses& uses) const {
  if (account_.clock().steady_now() - answer.at > kAnswerStands) return false;
  const auto use = uses.find(to_lower(answer.binding.vendor_name));
  return answer.binding.stored_id.value_or("") == (use == uses.end() ? "" : use->second);
}

Task<std::vector<Binding>> BaiduCloudCdn::list(std::optional<BaiduCloudUses> uses) {
  const std::vector<std::string> names = co_await list_names();
  std::vector<Binding> bindings;
  for (const std::string& name : names) {
    const auto before = answered_.find(name);
    if (uses && before != answered_.end() && is_still_so(before->second, *uses)) {
      bindings.push_back(before->second.binding);
      continue;
    }
    try {
      const std::uint64_t bound = bound_[name];
      const SteadyTime at = account_.clock().steady_now();
      const Json answer = co_await config(name);
      bindings.push_back(read_domain(answer, name));
      // What was asked before a bind of ours says nothing after it.
      if (bound == bound_[name]) answered_[name] = {bindings.back(), at};
    } catch (const Error& error) {
      // It has gone since it was listed.
      if (error.kind != ErrorKind::kNotFound) throw;
    }
  }
  const std::set<std::string> listed(names.begin(), names.end());
  std::erase_if(answered_, [&](const auto& one) { return !listed.contains(one.first); });
  co_return bindings;
}

Task<BindDone> BaiduCloudCdn::bind(Binding binding, std::string stored_id) {
  const Json now = co_await config(binding.vendor_name);
  const Json block = block_with(https_of(now), stored_id);
  BaiduCloudCall order{
      .service = kService,
      .action = {.name = "PUT /v2/domain/{domain}/config?https", .effect = Effect::kChanges},
      .doing = "pointing " + printable(binding.vendor_name, 100) + " of CDN at certificate " +
               printable(stored_id, 100) + " of Baidu AI Cloud",
      .method = "PUT",
      .path = "/v2/domain/" + url_encode(binding.vendor_name) + "/config",
      .query = {{"https", ""}},
      .body = Secret(json_text(Json{{"https", block}}))};
  forget(binding.vendor_name);
  try {
    co_await account_.call(std::move(order));
  } catch (const Error&) {
    forget(binding.vendor_name);
    throw;
  }
  forget(binding.vendor_name);
  co_return BindDone{.wrote_settings = true};
}

}  // namespace certferry

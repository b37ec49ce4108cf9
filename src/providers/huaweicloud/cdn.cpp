// CDN (v1.0 for lists, v1.1 for settings): certificates lie in SCM; a domain points at one by its
// id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - which id a domain points at, only a call for that one domain says
//    ................................................ docs: ShowDomainFullConfig
//  - one list has all HTTPS domains, with the names that certificates were given at a bind: ours
//    names the id, so that one domain is asked for all that have the same certificate by the same
//    name ............................................ docs: ShowCertificatesHttpsInfo
//  - the call that sets a certificate writes the whole block of HTTPS settings, and what it leaves
//    out may go back to its default: so it is read before .. docs: UpdateDomainFullConfig
//  - the call for many domains at once resets more (the way to the origin, HTTP/2, redirects) and
//    is let 20 times a minute against 200: not used .. docs: UpdateDomainMultiCertificates
//  - a domain is 'configuring' for minutes after each change; it serves meanwhile, and takes no
//    other change ................................... docs: error CDN.0106
//  - a failure may come with HTTP 200 ................ docs: error codes of CDN
//
// Of a domain without HTTPS the lists do not tell how it would be served by it, so that its
// settings are compared from its second certificate on.
//
// A certificate that is not SCM's has no id: "own:" and its fingerprint stand for one, which is in
// no list of the store.
//
// API: https://support.huaweicloud.com/api-cdn/UpdateDomainFullConfig.html

#include "providers/huaweicloud/cdn.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/pem.h"
#include "model/name.h"
#include "providers/common/json_api.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kNamePrefix = "certferry-";
constexpr int kOfScm = 2;
constexpr minutes kSettled(1);
constexpr std::string_view kMayRead = "cdn:configuration:queryDomains";
constexpr std::string_view kMayReadHttps = "cdn:configuration:queryHttpsConf";
constexpr std::string_view kMayBind = "cdn:configuration:modifyHttpsConf";

std::string canonical_of(const std::string& spelled) {
  return canonical_name(spelled).value_or(to_lower(spelled));
}

std::string text_of_value(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::map<std::string, std::string> picked(const Json& object,
                                          std::initializer_list<const char*> keys) {
  std::map<std::string, std::string> settings;
  for (const char* key : keys) {
    const Json* value = member(object, key);
    if (value != nullptr) settings.emplace(key, text_of_value(*value));
  }
  return settings;
}

/// While a change is on its way the domain goes on serving; a change that failed leaves what was.
bool is_served(const std::string& status) {
  return status == "online" || status == "configuring" || status == "configure_failed";
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "domain_name");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "cname"),
                  .status = words_of(domain, "domain_status")};
  if (text_of(domain, "disabled") == "1") binding.status = "banned";
  binding.online = is_served(binding.status);
  return binding;
}

/// What a bind has no business with, of a domain that has HTTPS already.
std::map<std::string, std::string> settings_of(const Json& domain) {
  return picked(domain,
                {"auto_refresh_preheat",
                 "business_type",
                 "domain_origin_host",
                 "enterprise_project_id",
                 "follow_status",
                 "origin_status",
                 "range_status",
                 "service_area",
                 "sources"});
}

bool has_https(const Json& domain) {
  const std::string status = text_of(domain, "https_status");
  return !status.empty() && status != "0";
}

/// The fingerprint of the first certificate; empty for what is none.
std::string leaf_of(const std::string& pem) {
  const Result<std::vector<Certificate>> chain = read_certificates(pem, "the domain's certificate");
  return chain && !chain->empty() ? chain->front().fingerprint : std::string();
}

std::string own_certificate(const std::string& leaf, const std::string& name) {
  return "own:" + (leaf.empty() ? printable(name, 64) : leaf);
}

/// The id in a name that we gave at a bind.
std::optional<std::string> id_in_name(const std::string& name) {
  constexpr std::string_view kId = "scs";
  if (!name.starts_with(kNamePrefix)) return std::nullopt;
  const std::string id = name.substr(kNamePrefix.size());
  const bool usable = id.starts_with(kId) && id.size() > kId.size() &&
                      id.find_first_not_of("0123456789", kId.size()) == std::string::npos;
  return usable ? std::optional(id) : std::nullopt;
}

/// Whether two reads of the domain would say the same: what has just been changed may come from
/// different copies of the vendor's data.
bool is_settled(const Json& domain, Time now) {
  const std::optional<std::int64_t> changed = integer_of(domain, "modify_time");  // ms of 1970
  return changed && now.time_since_epoch() - milliseconds(*changed) > kSettled &&
         text_of(domain, "domain_status") != "configuring";
}

/// One for SM2 would have to be written again with its private key, which nobody gives away.
bool has_second_certificate(const Json& https) {
  if (text_of(https, "certificate_type") == "server_sm") return true;
  const Json* all = member(https, "certificates");
  if (all == nullptr || !all->is_array()) return false;
  return all->size() > 1 || std::ranges::any_of(*all, [](const Json& one) {
           return text_of(one, "certificate_type") == "server_sm";
         });
}

}  // namespace

HuaweiCloudCall HuaweiCloudCdn::config_call(const std::string& vendor_name) const {
  return {.service = HuaweiCloudService::kCdn,
          .action = {.permission = kMayRead, .carried_key = true},  // it may hold private_key
          .doing = "asking CDN at Huawei Cloud for the settings of " + printable(vendor_name, 100),
          .path = "/v1.1/cdn/configuration/domains/" + url_encode(vendor_name) + "/configs",
          .query = {{"enterprise_project_id", account_.enterprise_project()}}};
}

Task<Json> HuaweiCloudCdn::https_config(std::string vendor_name) {
  HuaweiCloudCall question = config_call(vendor_name);
  const std::string doing = question.doing;
  const Json reply = co_await account_.call(std::move(question));
  const Json* configs = member(reply, "configs");
  const Json* https = configs == nullptr ? nullptr : member(*configs, "https");
  if (configs == nullptr || !configs->is_object()) {
    throw bad_shape("the answer has no 'configs'", Effect::kReads).while_doing(doing);
  }
  if (https == nullptr) co_return Json::object();
  if (!https->is_object()) {
    throw bad_shape("'https' of the answer is no object", Effect::kReads).while_doing(doing);
  }
  co_return *https;
}

Task<HuaweiCloudCdn::Rows> HuaweiCloudCdn::list_rows() {
  const std::string doing = "listing which certificates the domains of CDN at Huawei Cloud have";
  // A hundred certificates with their chains are as much as an answer may hold with safety.
  HuaweiCloudList list{
      .call = {.action = {.permission = kMayReadHttps, .carried_key = true},  // as that may
               .doing = doing,
               .path = "/v1.0/cdn/domains/https-certificate-info",
               .query = {{"enterprise_project_id", account_.enterprise_project()}}},
      .array = "https",
      .items_a_page = 100};
  const std::vector<Json> items = co_await account_.list(std::move(list));
  Rows rows;
  std::map<std::string, std::string> leaves;  // most domains have the same few certificates
  for (const Json& item : items) {
    const std::string pem = text_of(item, "certificate");
    const auto [leaf, first] = leaves.try_emplace(pem);
    if (first) leaf->second = leaf_of(pem);
    rows[canonical_of(text_of(item, "domain_name"))] = {
        .certificate = text_of(item, "cert_name"),
        .leaf = leaf->second,
        .kind = static_cast<int>(integer_of(item, "certificate_type").value_or(kOfScm)),
        .digest = sha256_hex(text_of_value(item)),
        .settings = picked(
            item, {"force_redirect_config", "force_redirect_https", "http2", "https_status"})};
  }
  co_return rows;
}

Task<HuaweiCloudCdn::BoundId> HuaweiCloudCdn::ask(Binding binding, State state) {
  const auto before = answered_.find(binding.name);
  if (before != answered_.end() && before->second.first == state.text) {
    co_return before->second.second;
  }
  const Json https = co_await https_config(binding.vendor_name);
  BoundId id;
  if (text_of(https, "https_status") == "on") {
    id = text_of(https, "scm_certificate_id");
    if (id->empty()) {
      id = own_certificate(leaf_of(text_of(https, "certificate_value")),
                           text_of(https, "certificate_name"));
    }
  }
  if (state.settled) answered_[binding.name] = {std::move(state.text), id};
  co_return id;
}

Task<std::vector<Binding>> HuaweiCloudCdn::list() {
  const std::string doing = "listing the domains of CDN at Huawei Cloud";
  HuaweiCloudList wanted{
      .call = {.action = {.permission = kMayRead},
               .doing = doing,
               .path = "/v1.0/cdn/domains",
               .query = {{"enterprise_project_id", account_.enterprise_project()}}},
      .array = "domains",
      .items_a_page = 500};
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<Binding> bindings;
  std::vector<std::size_t> with_https;
  try {
    for (const Json& item : items) {
      if (has_https(item)) with_https.push_back(bindings.size());
      bindings.push_back(read_domain(item));
    }
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  if (with_https.empty()) co_return bindings;

  const Rows rows = co_await list_rows();
  // Domains that show the same certificate under the same name are asked once: it is the same entry
  // of the store, or one with the same content. Once for good, where the name is one of ours and a
  // domain has said that it tells the id: anybody may give a name.
  std::map<Shown, BoundId> spoken;
  for (const std::size_t at : with_https) {
    Binding& binding = bindings[at];
    const auto found = rows.find(binding.name);
    const Row row = found == rows.end() ? Row{.kind = kOfScm} : found->second;
    // A list that lags behind the other is no change of settings: they are as they were seen.
    if (found != rows.end()) seen_[binding.name] = row.settings;
    binding.settings = settings_of(items[at]);
    binding.settings.insert(seen_[binding.name].begin(), seen_[binding.name].end());
    if (row.kind != kOfScm) {
      binding.stored_id = own_certificate(row.leaf, row.certificate);
      continue;
    }
    const Shown shown{row.certificate, row.leaf};
    const BoundId named = id_in_name(row.certificate);
    if (named && proven_.contains(shown)) {
      binding.stored_id = named;
      continue;
    }
    const auto known = row.leaf.empty() ? spoken.end() : spoken.find(shown);
    if (known != spoken.end()) {
      binding.stored_id = known->second;
      continue;
    }
    State state{.text = row.digest + text_of(items[at], "modify_time"),
                .settled = is_settled(items[at], account_.now())};
    const BoundId id = co_await ask(binding, std::move(state));
    if (named && named == id && !row.leaf.empty()) proven_.insert(shown);
    bindings[at].stored_id = spoken[shown] = id;
  }
  co_return bindings;
}

Task<BindDone> HuaweiCloudCdn::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of CDN at certificate " + printable(stored_id, 100) +
                            " of Huawei Cloud";
  const Json before = co_await https_config(binding.vendor_name);
  if (has_second_certificate(before)) {
    throw Error(ErrorKind::kRejected, "the domain has a certificate for SM2 as well")
        .with_code("vendor.two_certificates")
        .with_hint("a bind would take that one away: set both in the console of CDN")
        .while_doing(doing);
  }
  Json https = {{"https_status", "on"},
                {"certificate_type", "server"},
                {"certificate_source", kOfScm},
                {"scm_certificate_id", stored_id},
                {"certificate_name", std::string(kNamePrefix) + stored_id}};
  for (const char* key : {"http2_status", "tls_version", "ocsp_stapling_status"}) {
    const std::string value = text_of(before, key);
    if (!value.empty()) https[key] = value;
  }
  HuaweiCloudCall order = config_call(binding.vendor_name);
  order.action = {.permission = kMayBind, .effect = Effect::kChanges};
  order.doing = doing;
  order.method = "PUT";
  order.body = Secret(Json{{"configs", {{"https", https}}}}.dump());
  co_await account_.call(std::move(order));
  // Without a certificate before, the lists told no settings to compare with.
  co_return BindDone{.wrote_settings = binding.stored_id.has_value()};
}

}  // namespace certferry

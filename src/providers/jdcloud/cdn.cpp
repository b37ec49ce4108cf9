// CDN (v1): a domain on HTTPS names a certificate of the SSL certificate service by id.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - which certificate a domain has, only a call for that one domain says, and its answer may have
//    the private key of one that was given inline: it is never quoted .. docs: getDomainDetail
//  - a bind sets how the domain redirects as well, so that is read and sent back; where a domain on
//    HTTPS does not say it, its configuration is asked ................. docs: setHttpType,
//    queryDomainConfig
//  - a bind is a job: the domain is configuring for minutes, and served meanwhile; a setting that
//    failed leaves it configure_failed ................................... docs: status
//
// So that a daemon with a thousand domains does not make a thousand calls each time, a domain is
// asked again only after its row in the list has changed, which has the moment of its last change;
// what was changed a moment ago is always asked, for list and domain may be read at different
// places. Before a certificate is deleted every domain is asked, for that the row changes with the
// certificate was not seen.
// API: https://docs.jdcloud.com/cn/cdn/api/sethttptype

#include "providers/jdcloud/cdn.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "cdn";
constexpr std::string_view kNoRedirect = "default";

/// After which a change is taken to show wherever it is read.
constexpr minutes kSettled(1);

/// Throws `reply.shape`.
Binding read_row(const Json& row) {
  const std::string spelled = text_of(row, "domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(row, "cname"),
                  .status = words_of(row, "status")};
  // While a change is carried out, and when that failed, the domain is served as before.
  constexpr std::array<std::string_view, 3> kServed{"online", "configuring", "configure_failed"};
  binding.online = std::ranges::find(kServed, binding.status) != kServed.end();
  for (const char* key : {"type", "accelerateRegion"}) {
    if (const Json* value = member(row, key)) binding.settings.emplace(key, json_text(*value));
  }
  return binding;
}

/// Of a time in a zone that is not named a later one may be meant: then it is settled later.
bool is_settled(const Json& row, Time now) {
  std::string text = text_of(row, "modified").substr(0, 19);
  if (text.size() > 10 && text[10] == ' ') text[10] = 'T';
  const Result<Time> changed = parse_time(text + "Z");
  return changed && *changed + kSettled < now;
}

/// Where HTTPS is on; a certificate that was given inline has no id, and must not look like none.
std::optional<std::string> certificate_of(const Json& domain) {
  if (text_of(domain, "httpType") != "https") return std::nullopt;
  const Result<std::string> id = id_of(domain, "sslCertId", Effect::kReads);
  if (text_of(domain, "certFrom") == "ssl" && id) return *id;
  return "own:" + printable(text_of(domain, "certName"), 64) + " " +
         printable(text_of(domain, "sslCertEndTime"), 30);
}

}  // namespace

Task<Json> JdcloudCdn::get(std::string vendor_name) {
  JdcloudCall call{
      .service = kService,
      .action = {.permission = "cdn:getDomainDetail", .has_key = true},
      .doing = "asking CDN at JD Cloud for the settings of " + printable(vendor_name, 100),
      .path = "/v1/domain/" + url_encode(vendor_name)};
  const std::string doing = call.doing;
  Json domain = co_await account_.call(std::move(call));
  if (text_of(domain, "status").empty()) {
    throw bad_shape("the answer does not say the domain's status", Effect::kReads)
        .while_doing(doing);
  }
  co_return domain;
}

Task<std::string> JdcloudCdn::redirect_of(std::string vendor_name, Json domain) {
  if (std::string type = text_of(domain, "jumpType"); !type.empty()) co_return type;
  // Without HTTPS there is nothing to redirect to or from.
  if (text_of(domain, "httpType") != "https") co_return std::string(kNoRedirect);
  JdcloudCall call{
      .service = kService,
      .action = {.permission = "cdn:queryDomainConfig", .has_key = true},
      .doing = "asking CDN at JD Cloud how it redirects " + printable(vendor_name, 100),
      .path = "/v1/domain/" + url_encode(vendor_name) + "/config"};
  const std::string doing = call.doing;
  const Json config = co_await account_.call(std::move(call));
  std::string type = text_of(config, "httpsJumpType");
  if (type.empty()) {
    throw bad_shape("nothing says how the domain redirects", Effect::kReads).while_doing(doing);
  }
  co_return type;
}

Task<std::optional<JdcloudCdn::Details>> JdcloudCdn::ask(std::string vendor_name) {
  try {
    const Json domain = co_await get(vendor_name);
    Details details{.stored_id = certificate_of(domain), .settings = {}};
    std::string redirect = co_await redirect_of(std::move(vendor_name), domain);
    details.settings.emplace("jumpType", std::move(redirect));
    for (const char* key : {"backSourceType", "defaultSourceHost", "source", "sourceType"}) {
      if (const Json* value = member(domain, key)) details.settings.emplace(key, json_text(*value));
    }
    co_return details;
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return std::nullopt;
}

Task<std::vector<Binding>> JdcloudCdn::list(Ask which) {
  constexpr unsigned kItemsAPage = 50;
  const std::string doing = "listing the domains of CDN at JD Cloud";
  JdcloudCall call{.service = kService,
                   .action = {.permission = "cdn:getDomainList"},
                   .doing = doing,
                   .path = "/v1/domain"};
  const std::vector<Json> rows =
      co_await account_.list(std::move(call), {.items = "domains", .size = kItemsAPage});
  std::vector<Binding> bindings;
  std::set<std::string> listed;
  for (const Json& row : rows) {
    Binding binding;
    try {
      binding = read_row(row);
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
    listed.insert(binding.vendor_name);
    const std::string text = json_text(row);
    const auto before = answered_.find(binding.vendor_name);
    std::optional<Details> details;
    const bool stands = which == Ask::kChanged && before != answered_.end();
    if (stands && before->second.first == text) {
      details = before->second.second;
    } else {
      details = co_await ask(binding.vendor_name);
      if (details && is_settled(row, account_.clock().now())) {
        answered_[binding.vendor_name] = {text, *details};
      }
    }
    if (!details) continue;
    binding.stored_id = details->stored_id;
    binding.settings.merge(details->settings);
    bindings.push_back(std::move(binding));
  }
  std::erase_if(answered_, [&](const auto& one) { return !listed.contains(one.first); });
  co_return bindings;
}

Task<BindDone> JdcloudCdn::bind(Binding binding, std::string stored_id) {
  answered_.erase(binding.vendor_name);
  const Json domain = co_await get(binding.vendor_name);
  const std::string redirect = co_await redirect_of(binding.vendor_name, domain);
  JsonBody body;
  body.text("httpType", "https");
  body.text("certFrom", "ssl");
  body.text("sslCertId", stored_id);
  body.text("jumpType", redirect);
  JdcloudCall order{.service = kService,
                    .action = {.permission = "cdn:setHttpType", .effect = Effect::kChanges},
                    .doing = "pointing " + printable(binding.vendor_name, 100) +
                             " of CDN at certificate " + printable(stored_id, 100) + " of JD Cloud",
                    .method = "POST",
                    .path = "/v1/domain/" + url_encode(binding.vendor_name) + "/httpType",
                    .body = body.take()};
  co_await account_.call(std::move(order));
  co_return BindDone{.wrote_settings = true};
}

}  // namespace certferry

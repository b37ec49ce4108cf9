// Video on Demand (vod, v1): a domain takes chain and key themselves, and is told by a number.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - there is no store: a bundle goes to each domain, as a copy of what the SSL certificate service
//    has under the same id (held_copy.h) ................................... docs: setHttpSsl
//  - the settings of HTTPS come with the private key: they are never quoted  docs: getHttpSsl
//  - a bind sets jumpType as well, so that is read and sent back ............ docs: setHttpSsl
//  - the list says nothing of certificates: each domain is asked ............ docs: listDomains
// API: https://docs.jdcloud.com/cn/video-on-demand/api/sethttpssl

#include "providers/jdcloud/vod.h"

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/jdcloud/held_copy.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "vod";
constexpr std::string_view kNoRedirect = "default";

std::string path_of(const std::string& domain_id, std::string_view verb) {
  return "/v1/domains/" + url_encode(domain_id) + "%3A" + std::string(verb);
}

/// Error `reply.shape`: what must not look like nothing.
Result<bool> is_enabled(const Json& https) {
  const Json* enabled = member(https, "enabled");
  // A domain that never had a certificate may have nothing to say.
  if (enabled == nullptr && is_blank(https, "sslCert") && is_blank(https, "title")) return false;
  if (enabled != nullptr && enabled->is_boolean()) return enabled->get<bool>();
  return std::unexpected(
      bad_shape("the answer does not say whether the domain has a certificate", Effect::kReads));
}

/// Error `reply.shape`: nothing is made up.
Result<std::string> redirect_in(const Json& https, bool enabled) {
  const Json* type = member(https, "jumpType");
  if (type != nullptr && type->is_string() && *type != "") return type->get<std::string>();
  // Without HTTPS there is nothing to redirect to or from.
  if (!enabled && is_blank(https, "jumpType")) return std::string(kNoRedirect);
  return std::unexpected(
      bad_shape("the answer does not say how the domain redirects", Effect::kReads));
}

}  // namespace

Result<JdcloudVod::Https> JdcloudVod::read_https(const Json& https) {
  TRY(const bool enabled, is_enabled(https));
  TRY(std::string redirect, redirect_in(https, enabled));
  Https out{.stored_id = {}, .redirect = std::move(redirect)};
  if (enabled) out.stored_id = held_copy(text_of(https, "title"), text_of(https, "sslCert"));
  return out;
}

Task<std::vector<Binding>> JdcloudVod::list_domains() {
  constexpr unsigned kItemsAPage = 50;
  const std::string doing = "listing the domains of VOD at JD Cloud";
  JdcloudCall call{.service = kService,
                   .action = {.permission = "vod:listDomains"},
                   .doing = doing,
                   .path = "/v1/domains"};
  JdcloudPages pages{.items = "content", .size = kItemsAPage, .count = "totalElements"};
  const std::vector<Json> rows = co_await account_.list(std::move(call), std::move(pages));
  std::vector<Binding> bindings;
  std::map<std::string, std::string> ids;
  for (const Json& row : rows) {
    Result<std::string> id = id_of(row, "id", Effect::kReads);
    if (!id) throw std::move(id).error().while_doing(doing);
    const std::string spelled = text_of(row, "name");
    if (spelled.empty()) {
      throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
    }
    Binding binding{.name = canonical_of_spelled(spelled),
                    .vendor_name = spelled,
                    .edge_name = text_of(row, "cname"),
                    .status = words_of(row, "status")};
    // While a change is carried out the domain is served as before.
    binding.online = binding.status == "normal" || binding.status == "configuring";
    if (binding.status == "stopped") binding.status = "offline";  // by its owner
    ids[spelled] = *std::move(id);
    bindings.push_back(std::move(binding));
  }
  ids_ = std::move(ids);
  co_return bindings;
}

Task<JdcloudVod::Https> JdcloudVod::ask(std::string domain_id, std::string vendor_name) {
  JdcloudCall call{
      .service = kService,
      .action = {.permission = "vod:getHttpSsl", .has_key = true},
      .doing = "asking VOD at JD Cloud for the certificate of " + printable(vendor_name, 100),
      .path = path_of(domain_id, "getHttpSsl")};
  const std::string doing = call.doing;
  const std::optional<Json> told = co_await account_.find(std::move(call));
  // Of a domain that never had one the document does not say how it is told.
  Result<Https> https = read_https(told.value_or(Json::object()));
  if (!https) throw std::move(https).error().while_doing(doing);
  co_return *std::move(https);
}

Task<std::vector<Binding>> JdcloudVod::list() {
  std::vector<Binding> bindings = co_await list_domains();
  for (Binding& one : bindings) {
    if (!one.online) continue;
    const std::string domain_id = ids_.at(one.vendor_name);
    Https https = co_await ask(domain_id, one.vendor_name);
    one.stored_id = std::move(https.stored_id);
    one.settings.emplace("jumpType", std::move(https.redirect));
  }
  co_return bindings;
}

Task<std::string> JdcloudVod::id_of_domain(std::string vendor_name, std::string doing) {
  if (!ids_.contains(vendor_name)) (void)co_await list_domains();
  const auto found = ids_.find(vendor_name);
  if (found != ids_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "VOD has no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

Task<BindDone> JdcloudVod::bind(BindRequest request) {
  const std::string vendor_name = request.binding.vendor_name;
  const std::string doing = "giving certificate " + printable(request.stored_id, 100) + " to " +
                            printable(vendor_name, 100) + " of VOD at JD Cloud";
  std::string title;
  try {
    title = title_for(request, "VOD");
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  const std::string domain_id = co_await id_of_domain(vendor_name, doing);
  const Https https = co_await ask(domain_id, vendor_name);
  JsonBody body;
  body.text("source", "default");
  body.text("title", title);
  body.text("sslCert", request.bundle->chain_pem);
  body.text("sslKey", request.bundle->key_pem.reveal());
  body.text("jumpType", https.redirect);
  body.flag("enabled", true);
  JdcloudCall order{
      .service = kService,
      .action = {.permission = "vod:setHttpSsl", .effect = Effect::kChanges, .has_key = true},
      .doing = doing,
      .method = "POST",
      .path = path_of(domain_id, "setHttpSsl"),
      .body = body.take()};
  co_await account_.call(std::move(order));
  co_return BindDone{.wrote_settings = true};
}

}  // namespace certferry

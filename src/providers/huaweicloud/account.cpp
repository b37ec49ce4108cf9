// Huawei Cloud's REST services: one host a service, one way to sign.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - every header is signed; the signed path ends in a slash, the request's not .. SDK, fixtures
//  - a global service wants the account's id, a regional one its project's ....... SDK, fixtures
//  - a call is signed before it waits its turn; 15 minutes are enough ............ docs: signing
//  - pages by number at CDN and WAF, by how many come before at SCM, by a marker at ELB . docs

#include "providers/huaweicloud/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/canonical.h"
#include "signing/huawei_sdk_hmac.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The array of that name. Where the list says that it is empty it may be missing.
Result<Json> items_in(const Json& reply,
                      const std::string& name,
                      std::optional<std::int64_t> count) {
  const Json* value = member(reply, name);
  if (value == nullptr && count == 0) return Json::array();
  if (value != nullptr && value->is_array()) return *value;
  return std::unexpected(bad_shape("the answer has no list '" + name + "'", Effect::kReads));
}

}  // namespace

std::string HuaweiCloudAccount::enterprise_project() const {
  return config_.enterprise_project_id.empty() ? "all" : config_.enterprise_project_id;
}

std::pair<std::string, std::string> HuaweiCloudAccount::own_place(
    HuaweiCloudService service) const {
  if (service == HuaweiCloudService::kWaf) return {config_.waf_region, config_.waf_project_id};
  if (service == HuaweiCloudService::kElb) return {config_.elb_region, config_.elb_project_id};
  return {};
}

std::string HuaweiCloudAccount::project_id(HuaweiCloudService service) const {
  const auto [region, project] = own_place(service);
  return region.empty() ? config_.project_id : project;
}

std::string HuaweiCloudAccount::endpoint_of(HuaweiCloudService service) const {
  if (service == HuaweiCloudService::kCdn) return endpoint_of_service(config_.endpoint, "cdn");
  const std::string region = own_place(service).first;
  const std::string name = service == HuaweiCloudService::kWaf   ? "waf."
                           : service == HuaweiCloudService::kElb ? "elb."
                                                                 : "scm.";
  return endpoint_of_service(config_.endpoint, name + (region.empty() ? config_.region : region));
}

Result<HttpRequest> HuaweiCloudAccount::signed_request(const HuaweiCloudCall& call) const {
  const std::string endpoint = endpoint_of(call.service);
  HttpRequest request{.method = call.method, .url = endpoint + call.path};
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Content-Type", Secret("application/json")}};
  if (call.service == HuaweiCloudService::kCdn) {
    request.headers.emplace_back("X-Domain-Id", Secret(config_.domain_id));
  } else {
    request.headers.emplace_back("X-Project-Id", Secret(project_id(call.service)));
  }
  if (call.body) request.body = *call.body;
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_huawei({.method = call.method,
                   .host = host.substr(0, host.find('/')),
                   .path = call.path,
                   .query = call.query,
                   .headers = request.headers,
                   .body = request.body.reveal()},
                  config_.key,
                  clock_.now()));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<Json> HuaweiCloudAccount::call(HuaweiCloudCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> reply = read_huaweicloud_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> HuaweiCloudAccount::list(HuaweiCloudList list) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    const unsigned page = list.by_offset ? (walk.page() - 1) * list.items_a_page : walk.page();
    HuaweiCloudCall wanted = list.call;
    wanted.query.emplace_back(list.page, std::to_string(page));
    wanted.query.emplace_back(list.size, std::to_string(list.items_a_page));
    const Json reply = co_await call(std::move(wanted));
    const std::optional<std::int64_t> count = integer_of(reply, list.count);
    Result<Json> items = items_in(reply, list.array, count);
    if (!items) throw std::move(items).error().while_doing(list.call.doing);
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(list.call.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

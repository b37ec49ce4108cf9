// Volcengine's OpenAPI: action and version in the query, arguments as JSON in the body.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - service and region in the scope of the signature choose who answers .. docs: 6369/67269
//  - a call is signed before it waits its turn; 15 minutes are enough ..... docs: InvalidTimestamp
//  - an empty list may be null ........................................... docs: samples of CDN
// API: https://www.volcengine.com/docs/6369/67269

#include "providers/volcengine/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/canonical.h"
#include "signing/volcengine.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

QueryParameters in_query(const Json& parameters) {
  QueryParameters query;
  for (const auto& [key, value] : parameters.items()) {
    query.emplace_back(key, text_of(parameters, key));
  }
  return query;
}

}  // namespace

Result<Json> items_of_page(const Json& result,
                           std::string_view name,
                           std::optional<std::int64_t> count) {
  const Json* value = member(result, name);
  if (value == nullptr && count == 0) return Json::array();
  if (value != nullptr && value->is_array()) return *value;
  return std::unexpected(
      bad_shape("the answer has no list '" + std::string(name) + "'", Effect::kReads));
}

std::string VolcengineAccount::endpoint_of(const VolcengineService& service) const {
  return endpoint_of_service(config_.endpoint, service.host);
}

Result<HttpRequest> VolcengineAccount::signed_request(const VolcengineCall& call) {
  const VolcengineService& service = *call.action.service;
  const std::string endpoint = endpoint_of(service);
  QueryParameters query = call.query;
  query.emplace_back("Action", call.action.name);
  query.emplace_back("Version", service.version);

  HttpRequest request;
  request.method = call.action.method;
  request.url = endpoint + "/?" + canonical_query(query, QueryOrder::kAsEncoded);
  request.changes_state = call.action.effect == Effect::kChanges;
  request.body = call.body;
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_volcengine({.method = request.method,
                       .host = host.substr(0, host.find('/')),
                       .query = std::move(query),
                       .headers = {},
                       .body = request.body.reveal()},
                      config_.key,
                      service.region,
                      service.id,
                      clock_.now()));
  request.headers = std::move(signature.headers);
  if (!request.body.empty()) {
    request.headers.emplace_back("Content-Type", Secret("application/json; charset=utf-8"));
  }
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<Json> VolcengineAccount::call(VolcengineCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> result = read_volcengine_reply(response, call.action);
    if (!result) throw std::move(result).error();
    co_return *std::move(result);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> VolcengineAccount::list(VolcengineList list) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    Json parameters = list.parameters;
    parameters[list.page] = walk.page();
    parameters[list.size] = list.items_a_page;
    VolcengineCall page{.action = list.action, .doing = list.doing};
    if (list.action.method == "GET") {
      page.query = in_query(parameters);
    } else {
      page.body = Secret(parameters.dump());
    }
    const Json result = co_await call(std::move(page));
    const std::optional<std::int64_t> count = integer_of(result, list.count);
    Result<Json> items = items_of_page(result, list.items, count);
    if (!items) throw std::move(items).error().while_doing(list.doing);
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(list.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

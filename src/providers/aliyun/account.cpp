// Alibaba Cloud's OpenAPI: one address a service, and the action in a header.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - action and version are headers that are signed, not parameters ... SDK, tests/wire/fixtures
//  - the same nonce twice is refused, so a repeat is signed anew ....... docs: signature v3
//  - a call is signed before it waits its turn; 15 minutes are enough .. docs: signature v3
//  - empty arrays may be left out of an answer ......................... docs: samples of CDN's
//    lists

#include "providers/aliyun/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/alibaba_acs3.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The array at that place. Where the list says that it is empty it may be missing.
Result<Json> items_in(const Json& reply,
                      const std::vector<std::string>& place,
                      std::optional<std::int64_t> count) {
  const Json* value = &reply;
  for (const std::string& step : place) {
    value = member(*value, step);
    if (value == nullptr && count == 0) return Json::array();
    if (value == nullptr) break;
  }
  if (value != nullptr && value->is_array()) return *value;
  return std::unexpected(
      bad_shape("the answer has no list '" + place.back() + "'", Effect::kReads));
}

}  // namespace

std::string AliyunAccount::endpoint_of(const AliyunCall& call) const {
  const AliyunService& service = *call.action.service;
  std::string host(service.id);
  const std::string where = call.where      ? *call.where
                            : is_mainland() ? std::string(service.home)
                                            : config_.region;
  if (!where.empty()) host += "." + where;
  return endpoint_of_service(config_.endpoint, host);
}

Result<HttpRequest> AliyunAccount::signed_request(const AliyunCall& call) {
  const std::string endpoint = endpoint_of(call);
  HttpRequest request;
  request.method = call.action.method;
  request.url = endpoint + "/";
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"x-acs-action", Secret(std::string(call.action.name))},
                     {"x-acs-version", Secret(std::string(call.action.service->version))}};
  if (call.form) {
    request.body = *call.form;
    request.headers.emplace_back("Content-Type", Secret("application/x-www-form-urlencoded"));
  }
  const std::string nonce = random_id(random_) + random_id(random_);
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_acs3({.method = request.method,
                 .host = host.substr(0, host.find('/')),
                 .query = call.query,
                 .headers = request.headers,
                 .body = request.body.reveal()},
                config_.key,
                clock_.now(),
                nonce));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<Json> AliyunAccount::call(AliyunCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> reply = read_aliyun_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> AliyunAccount::list(AliyunList list) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    AliyunCall page = list.call;
    page.query.emplace_back(list.page, std::to_string(walk.page()));
    page.query.emplace_back(list.size, std::to_string(list.items_a_page));
    const Json reply = co_await call(std::move(page));
    const std::optional<std::int64_t> count = integer_of(reply, list.count);
    Result<Json> items = items_in(reply, list.place, count);
    if (!items) throw std::move(items).error().while_doing(list.call.doing);
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(list.call.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

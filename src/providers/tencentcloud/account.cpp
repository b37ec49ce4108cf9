// Tencent Cloud's API 3.0: one address a service, the action in a header, JSON in the body.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - HTTP says 200 whatever happened ............. replies.cpp
//  - action and version are headers that need not be signed ... SDK, tests/wire/fixtures
//  - the service is part of what is signed, and is the host's first label
//  - international accounts have hosts of their own, SERVICE.intl.tencentcloudapi.com

#include "providers/tencentcloud/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/tencent_tc3.h"

namespace certferry {

using Json = nlohmann::json;

Secret tencent_body(const Json& parameters) {
  return Secret(parameters.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string TencentAccount::endpoint_of(const TencentService& service) const {
  std::string host(service.id);
  if (!config_.site.empty()) host += "." + config_.site;
  return endpoint_of_service(config_.endpoint, host);
}

Result<HttpRequest> TencentAccount::signed_request(const TencentCall& call) const {
  const std::string endpoint = endpoint_of(*call.action.service);
  HttpRequest request;
  request.method = "POST";
  request.url = endpoint + "/";
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Content-Type", Secret("application/json")}};
  request.body = call.body;
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_tc3({.host = host.substr(0, host.find('/')),
                .query = {},
                .headers = request.headers,
                .body = request.body.reveal()},
               config_.key,
               call.action.service->id,
               clock_.now()));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  request.headers.emplace_back("X-TC-Action", Secret(std::string(call.action.name)));
  request.headers.emplace_back("X-TC-Version", Secret(std::string(call.action.service->version)));
  if (!call.region.empty()) request.headers.emplace_back("X-TC-Region", Secret(call.region));
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<Json> TencentAccount::call(TencentCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> reply = read_tencent_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> TencentAccount::list(TencentList list) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    Json parameters = list.parameters;
    parameters[list.size] = list.items_a_page;
    if (list.page.empty()) {
      // Behind what has come, should a page have had less room than was asked for.
      parameters[list.offset] = all.size();
    } else {
      parameters[list.page] = walk.page();
    }
    TencentCall page{.action = list.action,
                     .doing = list.doing,
                     .body = tencent_body(parameters),
                     .region = list.region};
    const Json reply = co_await call(std::move(page));
    const std::optional<std::int64_t> count = integer_of(reply, list.count);
    const Json* found = member(reply, list.items);
    // Where the list says that it is empty it may be null or missing.
    Json items = found == nullptr && count == 0 ? Json::array()
                 : found == nullptr             ? Json()
                                                : *found;
    if (!items.is_array()) {
      throw bad_shape("the answer has no list '" + list.items + "'", Effect::kReads)
          .while_doing(list.doing);
    }
    const Result<bool> taken = walk.take(items, count);
    if (!taken) throw Error(taken.error()).while_doing(list.doing);
    for (Json& item : items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

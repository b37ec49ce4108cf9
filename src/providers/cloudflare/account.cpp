// Cloudflare's API, version 4: a bearer token, JSON both ways, all below one zone.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the token is not a signature: whoever sees it has it ........... docs: API tokens
//  - lists take 50 a page, those of DNS records more ................ docs: custom hostnames, DNS
//  - whoever calls too often is refused for five minutes ............ docs: limits

#include "providers/cloudflare/account.h"

#include <utility>

#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

}  // namespace

HttpRequest CloudflareAccount::request_of(const CloudflareCall& call) const {
  HttpRequest request;
  request.method = call.method;
  request.url = config_.endpoint + "/client/v4/zones/" + url_encode(config_.zone_id);
  if (!call.target.empty()) request.url += "/" + call.target;
  request.changes_state = call.action.effect == Effect::kChanges;
  std::string bearer = "Bearer " + std::string(config_.api_token.reveal());
  request.headers = {{"Authorization", Secret(std::exchange(bearer, {}))}};
  if (call.body) {
    request.body = *call.body;
    request.headers.emplace_back("Content-Type", Secret("application/json"));
  }
  return request;
}

Task<Json> CloudflareAccount::call(CloudflareCall call) {
  try {
    HttpRequest request = request_of(call);
    const HttpResponse response = co_await http_.send(std::move(request));
    Result<Json> reply = read_cloudflare_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> CloudflareAccount::list(CloudflareCall list) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    CloudflareCall page = list;
    page.target += page.target.contains('?') ? '&' : '?';
    page.target +=
        "per_page=" + std::to_string(list.page_size) + "&page=" + std::to_string(walk.page());
    const Json reply = co_await call(std::move(page));
    const Json* items = member(reply, "result");
    const Json* info = member(reply, "result_info");
    if (items == nullptr || !items->is_array()) {
      throw bad_shape("the answer has no list 'result'", Effect::kReads).while_doing(list.doing);
    }
    const auto count = info == nullptr ? std::nullopt : integer_of(*info, "total_count");
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(list.doing);
    for (const Json& item : *items) all.push_back(item);
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

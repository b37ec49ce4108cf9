// CTYun's EOP gateway: a host for each service, GET with a query and POST with JSON.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the time that is signed is Beijing's, though it ends in Z; some clients send UTC ... SDKs
//  - method, host and path are not signed .............................. signing/ctyun.h
//  - an empty list may be null ......................................... Go's way to write it

#include "providers/ctyun/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The array `result`. Where the list says that it is empty it may be missing.
Result<Json> items_in(const Json& reply, std::optional<std::int64_t> count) {
  const Json* items = member(reply, "result");
  if (items == nullptr && count == 0) return Json::array();
  if (items != nullptr && items->is_array()) return *items;
  return std::unexpected(bad_shape("the answer has no list 'result'", Effect::kReads));
}

}  // namespace

Result<HttpRequest> CtyunAccount::signed_request(const CtyunCall& call) {
  const std::string endpoint = endpoint_of_service(config_.endpoint, call.service);
  const std::string path(call.action.path);
  HttpRequest request;
  request.method = call.body ? "POST" : "GET";
  request.url = endpoint + path;
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Content-Type", Secret("application/json")}};
  if (call.body) request.body = *call.body;

  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  const std::string request_id = random_id(random_) + random_id(random_);
  TRY(Signature signature,
      sign_ctyun({.method = request.method,
                  .host = host.substr(0, host.find('/')),
                  .path = path,
                  .query = call.query,
                  .headers = {},
                  .body = request.body.reveal()},
                 config_.key,
                 clock_.now(),
                 request_id,
                 clock_there_));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  return request;
}

Task<Result<Json>> CtyunAccount::send(CtyunCall call) {
  Result<HttpRequest> request = signed_request(call);
  if (!request) throw std::move(request).error();
  const HttpResponse response = co_await http_.send(*std::move(request));
  co_return read_ctyun_reply(response, call.action);
}

Task<Json> CtyunAccount::call(CtyunCall call) {
  try {
    Result<Json> reply = co_await send(call);
    // Which clock the gateway goes by is found out once: a refused signature has changed nothing.
    if (!reply && is_about_signature(reply.error()) && !clock_is_known_) {
      clock_there_ = CtyunClock::kUtc;
      Result<Json> second = co_await send(call);
      if (!second && is_about_signature(second.error())) clock_there_ = CtyunClock::kBeijing;
      reply = std::move(second);
    }
    if (!reply) throw std::move(reply).error();
    clock_is_known_ = true;
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> CtyunAccount::list(CtyunList list) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    CtyunCall page = list.call;
    page.query.emplace_back("page", std::to_string(walk.page()));
    page.query.emplace_back(list.size, std::to_string(list.items_a_page));
    const Json reply = co_await call(std::move(page));
    const std::optional<std::int64_t> count = integer_of(reply, list.count);
    Result<Json> items = items_in(reply, count);
    if (!items) throw std::move(items).error().while_doing(list.call.doing);
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(list.call.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

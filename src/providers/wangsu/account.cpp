// Wangsu's OpenAPI: one host for every product, JSON both ways.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - lists are asked for by POST ................................ SDK: wangsu-sdk-go
//  - the type of a body is signed where there is none as well ... signing/wangsu.h
//  - the time stands in the request twice, as seconds and as Date

#include "providers/wangsu/account.h"

#include <utility>

#include "signing/canonical.h"
#include "signing/wangsu.h"

namespace certferry {

using Json = nlohmann::json;

Result<HttpRequest> WangsuAccount::signed_request(const WangsuCall& call) const {
  HttpRequest request;
  request.method = call.method;
  request.url = config_.endpoint + call.path;
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Content-Type", Secret("application/json")}};
  if (call.body) request.body = *call.body;

  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = config_.endpoint.substr(config_.endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_wangsu({.method = request.method,
                   .host = host.substr(0, host.find('/')),
                   .path = call.path,
                   .query = call.query,
                   .headers = request.headers,
                   .body = request.body.reveal()},
                  config_.key,
                  call.at.value_or(clock_.now())));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<HttpResponse> WangsuAccount::send(WangsuCall call) {
  Result<HttpRequest> request = signed_request(call);
  if (!request) throw std::move(request).error();
  co_return co_await http_.send(*std::move(request));
}

Task<Json> WangsuAccount::call(WangsuCall call) {
  try {
    const HttpResponse response = co_await send(call);
    Result<Json> reply = read_wangsu_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::string> WangsuAccount::create(WangsuCall call) {
  try {
    const HttpResponse response = co_await send(call);
    Result<std::string> address = read_wangsu_address(response, call.action);
    if (!address) throw std::move(address).error();
    co_return *std::move(address);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

}  // namespace certferry

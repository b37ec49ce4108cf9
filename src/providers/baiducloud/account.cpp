// Baidu AI Cloud's REST services (BCE): one host a service, one way to sign.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the signature covers no body, so nothing but TLS protects a private key on its way: the
//    documents of the certificate service still speak of HTTP alone .... docs: 2.1.1; clients
//  - a parameter without a value is signed and sent with a `=` ......... SDK, fixtures
//  - a call is signed before it waits its turn; half an hour is enough .. docs: x-bce-date
// API: https://cloud.baidu.com/doc/Reference/s/Njwvz1wot

#include "providers/baiducloud/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "signing/baidu_bce.h"
#include "signing/canonical.h"

namespace certferry {

std::string BaiduCloudAccount::endpoint_of(std::string_view service) const {
  return endpoint_of_service(config_.endpoint, service);
}

Result<HttpRequest> BaiduCloudAccount::signed_request(const BaiduCloudCall& call) const {
  const std::string endpoint = endpoint_of(call.service);
  HttpRequest request{.method = call.method, .url = endpoint + call.path};
  if (!call.query.empty()) request.url += "?" + canonical_query(call.query);
  request.changes_state = call.action.effect == Effect::kChanges;
  if (call.body) request.body = *call.body;
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_baidu({.method = call.method,
                  .host = host.substr(0, host.find('/')),
                  .path = call.path,
                  .query = call.query,
                  .headers = {},
                  .body = {}},
                 config_.key,
                 clock_.now()));
  request.headers = std::move(signature.headers);
  request.headers.emplace_back("Content-Type", Secret("application/json; charset=utf-8"));
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<nlohmann::json> BaiduCloudAccount::call(BaiduCloudCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<nlohmann::json> reply = read_baiducloud_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

}  // namespace certferry

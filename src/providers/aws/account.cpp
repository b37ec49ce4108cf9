// AWS's APIs: a host for each service and region, and two forms of calls.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - ACM and the index of tags take JSON, with the action in a header ..... docs: common parameters
//  - CloudFront takes XML at paths that have its version in them, and is signed for us-east-1
//    wherever it serves ................................................... docs: endpoints
//  - the signature covers what says what is meant: type, target and tag ... SDK,
//  tests/wire/fixtures

#include "providers/aws/account.h"

#include <utility>

#include "providers/common/endpoint.h"
#include "signing/aws_v4.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

/// Where viewer certificates have to be, and CloudFront is called.
constexpr std::string_view kRegion = "us-east-1";

}  // namespace

/// `request` has its method, body and those headers that are signed.
Result<HttpRequest> AwsAccount::signed_request(const AwsAction& action,
                                               HttpRequest request,
                                               std::string path,
                                               QueryParameters query) const {
  const std::string endpoint = endpoint_of_service(config_.endpoint, action.service->host);
  request.url = endpoint + path;
  if (!query.empty()) request.url += "?" + canonical_query(query, QueryOrder::kAsEncoded);
  request.changes_state = action.effect == Effect::kChanges;
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_aws_v4({.method = request.method,
                   .host = host.substr(0, host.find('/')),
                   .path = std::move(path),
                   .query = std::move(query),
                   .headers = request.headers,
                   .body = request.body.reveal()},
                  config_.key,
                  kRegion,
                  action.service->scope,
                  clock_.now()));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  return request;
}

Task<nlohmann::json> AwsAccount::call(AwsAction action, std::string doing, Secret body) {
  try {
    const std::string target = std::string(action.service->target) + "." + std::string(action.name);
    HttpRequest request{.method = "POST"};
    request.headers = {{"Content-Type", Secret("application/x-amz-json-1.1")},
                       {"X-Amz-Target", Secret(target)}};
    request.body = std::move(body);
    Result<HttpRequest> ready = signed_request(action, std::move(request), "/", {});
    if (!ready) throw std::move(ready).error();
    const HttpResponse response = co_await http_.send(*std::move(ready));
    Result<nlohmann::json> reply = read_aws_json(response, action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(doing));
  }
}

Task<AwsXml> AwsAccount::call(AwsXmlCall call) {
  try {
    HttpRequest request{.method = call.body ? "PUT" : "GET"};
    if (call.body) {
      request.headers = {{"Content-Type", Secret("text/xml")}, {"If-Match", Secret(call.if_match)}};
      request.body = *call.body;
    }
    Result<HttpRequest> ready =
        signed_request(call.action, std::move(request), call.path, call.query);
    if (!ready) throw std::move(ready).error();
    HttpResponse response = co_await http_.send(*std::move(ready));
    Result<pugi::xml_document> document = read_aws_xml(response, call.action, call.root);
    if (!document) throw std::move(document).error();
    co_return AwsXml{.response = std::move(response), .document = *std::move(document)};
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

}  // namespace certferry

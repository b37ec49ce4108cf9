// AWS's APIs: a host for each service and region, and three forms of calls.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - ACM and the index of tags take JSON, with the action in a header ..... docs: common parameters
//  - CloudFront takes XML at paths that have its version in them, and is signed for us-east-1
//    wherever it serves ................................................... docs: endpoints
//  - load balancers and IAM take forms with the action and the version in them, and answer with
//    XML, whose root is called as the action is ............... docs: Query protocol; SDK
//  - China's regions have another domain, and hosts of theirs for what is one for all of the others
//    ......................................................... SDK: rules for endpoints
//  - the signature covers what says what is meant: type, target and tag ... SDK,
//  tests/wire/fixtures

#include "providers/aws/account.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "providers/common/endpoint.h"
#include "providers/common/form_body.h"
#include "signing/aws_v4.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

constexpr std::string_view kRegionMark = "{region}";
constexpr std::string_view kDomain = ".amazonaws.com";

/// "eu-west-1": it becomes part of a host's name.
bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 40 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

}  // namespace

std::string_view AwsAccount::region() const {
  return config_.region.empty() ? kAwsFirstRegion : std::string_view(config_.region);
}

/// Of a service of all regions, the one that it is signed for.
std::string_view AwsAccount::scope_of(const AwsService& service) const {
  if (service.host.contains(kRegionMark)) return region();
  return is_in_china() ? service.china : kAwsFirstRegion;
}

std::string AwsAccount::endpoint_of(const AwsService& service) const {
  std::string host(service.host);
  const auto mark = host.find(kRegionMark);
  if (mark != std::string::npos) host.replace(mark, kRegionMark.size(), region());
  if (!is_in_china()) return endpoint_of_service(config_.endpoint, host);
  if (mark == std::string::npos) host += "." + std::string(service.china);
  std::string endpoint = endpoint_of_service(config_.endpoint, host);
  if (endpoint.ends_with(kDomain)) endpoint += ".cn";
  return endpoint;
}

/// `request` has its method, body and those headers that are signed.
Result<HttpRequest> AwsAccount::signed_request(const AwsAction& action,
                                               HttpRequest request,
                                               std::string path,
                                               QueryParameters query) const {
  const std::string_view scope = scope_of(*action.service);
  if (!is_region(scope)) {
    return std::unexpected(
        Error(ErrorKind::kInvalidInput, "'" + printable(scope, 60) + "' is no region of AWS")
            .with_code("vendor.region")
            .with_hint("write it as the console does: eu-west-1"));
  }
  const std::string endpoint = endpoint_of(*action.service);
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
                  scope,
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

Task<AwsXml> AwsAccount::call(AwsFormCall call) {
  try {
    HttpRequest request{.method = "POST"};
    request.headers = {
        {"Content-Type", Secret("application/x-www-form-urlencoded; charset=utf-8")}};
    FormBody body;
    body.field("Action", call.action.name).field("Version", call.action.service->version);
    for (const auto& [name, value] : call.fields) body.field(name, value);
    for (const auto& [name, value] : call.secrets) body.field(name, value.reveal());
    request.body = body.take();
    Result<HttpRequest> ready = signed_request(call.action, std::move(request), "/", {});
    if (!ready) throw std::move(ready).error();
    HttpResponse response = co_await http_.send(*std::move(ready));
    const std::string root = std::string(call.action.name) + "Response";
    Result<pugi::xml_document> document = read_aws_xml(response, call.action, root.c_str());
    if (!document) throw std::move(document).error();
    co_return AwsXml{.response = std::move(response), .document = *std::move(document)};
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

}  // namespace certferry

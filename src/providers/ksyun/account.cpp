// Kingsoft Cloud's API: one host a service, the action in the path and in a header.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - requests are signed as AWS's are, with AWS's own words; any region will do that is the one in
//    the scope ................................................ clients
//  - action and version stand in the path and in headers, which are signed ... clients
//  - an answer may be XML unless JSON is asked for ............. docs: 82
// API: https://docs.ksyun.com/documents/40298

#include "providers/ksyun/account.h"

#include <utility>

#include "signing/aws_v4.h"
#include "signing/canonical.h"

namespace certferry {

Result<HttpRequest> KsyunAccount::signed_request(const KsyunCall& call) const {
  const KsyunAction& action = call.action;
  std::string path = "/";
  for (const std::string_view part : {action.version, action.folder}) path.append(part) += '/';
  path += action.name;
  HttpRequest request{.method = call.body ? "POST" : "GET", .url = config_.endpoint + path};
  if (!call.query.empty()) {
    request.url += "?" + canonical_query(call.query, QueryOrder::kAsEncoded);
  }
  request.changes_state = action.effect == Effect::kChanges;
  if (call.body) request.body = *call.body;
  const RequestHeaders named = {{"X-Action", Secret(std::string(action.name))},
                                {"X-Version", Secret(std::string(action.version))}};
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = config_.endpoint.substr(config_.endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_aws_v4({.method = request.method,
                   .host = host.substr(0, host.find('/')),
                   .path = path,
                   .query = call.query,
                   .headers = named,
                   .body = request.body.reveal()},
                  config_.key,
                  "cn-shanghai-2",
                  "cdn",
                  clock_.now()));
  request.headers = named;
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  request.headers.emplace_back("Accept", Secret("application/json"));
  if (call.body) request.headers.emplace_back("Content-Type", Secret("application/json"));
  return request;
}

Task<nlohmann::json> KsyunAccount::call(KsyunCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<nlohmann::json> reply = read_ksyun_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

}  // namespace certferry

// Qiniu's API: a host with paths, JSON both ways.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - two signatures are taken; the newer one, which covers the body, is used .. SDK, fixtures
//  - it holds for ever but for X-Qiniu-Date, so that is always sent ........... SDK: on by default
//  - lists go on where the answer's marker says, and end without one .......... docs; SDK
//  - a list that is empty is null .............................................. Go's way to write
//    it
//  - buckets are asked for at uc.qiniuapi.com .................................. docs: kodo

#include "providers/qiniu/account.h"

#include <utility>

#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/canonical.h"
#include "signing/qiniu.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The array of that name. A missing one is an error, since nothing may be concluded from it.
Result<Json> items_in(const Json& reply, std::string_view key) {
  if (reply.is_object() && reply.contains(key)) {
    const Json& items = reply.at(std::string(key));
    if (items.is_array()) return items;
    if (items.is_null()) return Json::array();
  }
  return std::unexpected(
      bad_shape("the answer has no list '" + std::string(key) + "'", Effect::kReads));
}

/// A gateway or a sandbox is one address for everything.
std::string endpoint_for(QiniuHost host, const std::string& endpoint) {
  const bool of_vendor = endpoint.ends_with(".qiniu.com") || endpoint.ends_with(".qiniuapi.com");
  return host == QiniuHost::kBuckets && of_vendor ? "https://uc.qiniuapi.com" : endpoint;
}

}  // namespace

Result<HttpRequest> QiniuAccount::signed_request(const QiniuCall& call) const {
  const std::string endpoint = endpoint_for(call.host, config_.endpoint);
  HttpRequest request;
  request.method = call.method;
  request.url = endpoint + call.target;
  request.changes_state = call.action.effect == Effect::kChanges;
  // A type belongs to every request here, also to those without a body.
  const std::string_view type =
      call.body ? "application/json" : "application/x-www-form-urlencoded";
  request.headers = {{"Content-Type", Secret(std::string(type))},
                     {"X-Qiniu-Date", Secret(format_basic_time(clock_.now()))}};
  if (call.body) request.body = *call.body;

  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  const auto mark = call.target.find('?');
  const std::string query = mark == std::string::npos ? "" : call.target.substr(mark + 1);
  TRY(Signature signature,
      sign_qiniu({.method = request.method,
                  .host = host.substr(0, host.find('/')),
                  .path = call.target.substr(0, mark),
                  .headers = request.headers,
                  .body = request.body.reveal()},
                 query,
                 config_.key));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  return request;
}

Task<Json> QiniuAccount::call(QiniuCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> reply = read_qiniu_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> QiniuAccount::list(QiniuList list) {
  std::vector<Json> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    QiniuCall page{.action = list.action,
                   .doing = list.doing,
                   .target = list.path + "?marker=" + url_encode(walk.marker()) +
                             "&limit=" + std::to_string(list.items_a_page)};
    const Json reply = co_await call(std::move(page));
    Result<Json> items = items_in(reply, list.key);
    if (!items) throw std::move(items).error().while_doing(list.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    if (items->empty()) break;
    const Result<bool> taken = walk.take(text_of(reply, "marker"));
    if (!taken) throw Error(taken.error()).while_doing(list.doing);
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

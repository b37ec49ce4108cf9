// BaishanCloud's API: a token in each URL and nothing else, JSON both ways.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the token is a parameter of the query, also beside a body: it goes there as a secret, so that
//    what is kept as the URL has none ......................... Terraform provider, api_client.go
//  - the list of domains is {list, total_number}, or that in a list of one; what is empty may be an
//    empty list in its place ................................... two clients differ
//  - counts come as numbers and as text ........................ Terraform provider,
//    service_en_cdn.go

#include "providers/baishan/account.h"

#include <utility>

#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The object with `list` and `total_number`.
Result<Json> page_in(Json data) {
  if (data.is_array() && data.empty()) return Json{{"list", Json::array()}, {"total_number", 0}};
  if (data.is_array() && data.size() == 1) data = Json(data.front());
  const Json* items = member(data, "list");
  if (items != nullptr && items->is_array()) return data;
  return std::unexpected(bad_shape("the answer has no list 'list'", Effect::kReads));
}

}  // namespace

Task<Json> BaishanAccount::call(BaishanCall call) {
  try {
    HttpRequest request;
    request.method = call.method;
    request.url = config_.endpoint + call.target;
    request.changes_state = call.action.effect == Effect::kChanges;
    request.secret_query = Secret("token=" + url_encode(config_.api_token.reveal()));
    if (call.body) {
      request.body = *call.body;
      request.headers.emplace_back("Content-Type", Secret("application/json"));
    }
    const HttpResponse response = co_await http_.send(std::move(request));
    Result<Json> reply = read_baishan_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> BaishanAccount::list(BaishanCall list, std::size_t items_a_page) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    BaishanCall page = list;
    page.target += "?page_number=" + std::to_string(walk.page()) +
                   "&page_size=" + std::to_string(items_a_page);
    Json data = co_await call(std::move(page));
    const Result<Json> read = page_in(std::move(data));
    if (!read) throw Error(read.error()).while_doing(list.doing);
    const Json& items = read->at("list");
    const Result<bool> taken = walk.take(items, integer_of(*read, "total_number"));
    if (!taken) throw Error(taken.error()).while_doing(list.doing);
    for (const Json& item : items) all.push_back(item);
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

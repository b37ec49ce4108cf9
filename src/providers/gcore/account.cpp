// Gcore's API: a permanent token, JSON both ways.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the word before a permanent token is APIKey, not Bearer ................. docs: API tokens
//  - a list is {count, results} when a limit is asked for, or a bare list .... docs: samples; SDK
//  - of a bare list that is as long as the limit nobody knows whether it ends: it is asked on

#include "providers/gcore/account.h"

#include <set>
#include <utility>

#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::size_t kItemsAPage = 100;

}  // namespace

Task<Json> GcoreAccount::call(GcoreCall call) {
  try {
    HttpRequest request;
    request.method = call.method;
    request.url = config_.endpoint + call.target;
    request.changes_state = call.action.effect == Effect::kChanges;
    std::string authorization = "APIKey " + std::string(config_.api_token.reveal());
    request.headers = {{"Authorization", Secret(std::exchange(authorization, {}))}};
    if (call.body) {
      request.body = *call.body;
      request.headers.emplace_back("Content-Type", Secret("application/json"));
    }
    const HttpResponse response = co_await http_.send(std::move(request));
    Result<Json> reply = read_gcore_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> GcoreAccount::list(GcoreCall list) {
  std::vector<Json> all;
  std::set<std::string> seen;
  PageWalk walk;
  for (unsigned pages = 0;; ++pages) {
    if (pages == PageWalk::kPagesMost) throw bad_paging("the list does not end");
    GcoreCall page = list;
    page.target +=
        "?limit=" + std::to_string(kItemsAPage) + "&offset=" + std::to_string(all.size());
    const Json reply = co_await call(std::move(page));
    const bool bare = reply.is_array();
    const Json* results = bare ? &reply : member(reply, "results");
    if (results == nullptr || !results->is_array()) {
      throw bad_shape("the answer has no list 'results'", Effect::kReads).while_doing(list.doing);
    }
    if (!bare) {
      const Result<bool> more = walk.take(*results, integer_of(reply, "count"));
      if (!more) throw Error(more.error()).while_doing(list.doing);
      for (const Json& item : *results) all.push_back(item);
      if (!*more) co_return all;
      continue;
    }
    // Where the limit means nothing the same list comes once more.
    const bool again = !results->empty() && seen.contains(json_text(results->front()));
    if (again) co_return all;
    for (const Json& item : *results) {
      all.push_back(item);
      seen.insert(json_text(item));
    }
    if (results->size() != kItemsAPage) co_return all;
  }
}

}  // namespace certferry

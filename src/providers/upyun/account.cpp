// UPYUN's console, as its own pages call it: cookies in, {msg, data} out.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - only the console stores and binds certificates; the API with tokens reads them .. docs
//  - a session is a cookie; without one an answer leads to the login page ............ clients
//  - buckets are counted in pages, certificates go on where the pager says ........... docs,
//    clients
//  - certificates are an object by id, in which other things stand as well ........... docs:
//    samples

#include "providers/upyun/account.h"

#include <set>
#include <utility>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// Older sessions are not relied on; how long one lasts is not known.
constexpr minutes kSessionAgeMost(20);

/// What the browser would send back of all cookies that were set.
std::string cookies_in(const HttpResponse& response) {
  std::string cookies;
  for (const auto& [name, value] : response.headers) {
    if (name != "set-cookie") continue;
    const std::string cookie(trim(value.substr(0, value.find(';'))));
    if (!cookie.contains('=') || !is_printable(cookie)) continue;
    cookies += (cookies.empty() ? "" : "; ") + cookie;
  }
  return cookies;
}

/// Where the list goes on, as parameters; empty at its end.
std::string next_page(const Json& data, const Json& result) {
  const Json* pager = member(data, "pager");
  if (pager == nullptr) pager = member(result, "pager");
  if (pager == nullptr || text_of(*pager, "max").empty()) return {};
  std::string query = "&max=" + url_encode(text_of(*pager, "max"));
  const std::string since = text_of(*pager, "since");
  return since.empty() ? query : query + "&since=" + url_encode(since);
}

}  // namespace

HttpRequest UpyunAccount::request_of(const UpyunCall& call) const {
  HttpRequest request;
  request.method = call.method;
  request.url = config_.endpoint + call.target;
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Accept", Secret("application/json")},
                     {"X-Requested-With", Secret("XMLHttpRequest")}};
  if (!session_.empty()) request.headers.emplace_back("Cookie", session_);
  if (call.body) {
    request.body = *call.body;
    request.headers.emplace_back("Content-Type", Secret("application/json"));
  }
  return request;
}

Task<void> UpyunAccount::log_in() {
  session_ = Secret();
  const std::string doing = "logging in to UPYUN's console";
  try {
    JsonBody body;
    body.text("username", config_.username);
    body.text("password", config_.password.reveal());
    UpyunCall call{.action = {.name = "POST /accounts/signin/", .carried_secret = true},
                   .doing = doing,
                   .method = "POST",
                   .target = "/accounts/signin/",
                   .body = body.take()};
    HttpRequest request = request_of(call);
    const HttpResponse response = co_await http_.send(std::move(request));
    Result<Json> said = read_upyun_login(response);
    if (!said) throw std::move(said).error();
    std::string cookies = cookies_in(response);
    if (cookies.empty()) throw bad_shape("the answer sets no session", Effect::kReads);
    session_ = Secret(std::move(cookies));
    logged_in_at_ = clock_.steady_now();
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
}

Task<Json> UpyunAccount::call(UpyunCall call) {
  try {
    const bool fresh = !session_.empty() && clock_.steady_now() < logged_in_at_ + kSessionAgeMost;
    if (!fresh) co_await log_in();
    HttpRequest request = request_of(call);
    const HttpResponse response = co_await http_.send(std::move(request));
    Result<Json> data = read_upyun_reply(response, call.action);
    if (!data && is_logged_out(data.error())) session_ = Secret();
    if (!data) throw std::move(data).error();
    co_return *std::move(data);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> UpyunAccount::buckets(std::string doing) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    UpyunCall page{.action = {.name = "GET /api/v2/buckets"},
                   .doing = doing,
                   .target =
                       "/api/v2/buckets?type=ucdn&tag=all&state=all&security_cdn=false&"
                       "with_domains=true&perPage=100&page=" +
                       std::to_string(walk.page())};
    const Json data = co_await call(std::move(page));
    const Json* pager = member(data, "pager");
    const Json* items = member(data, "buckets");
    if (items == nullptr || !items->is_array()) {
      throw bad_shape("the answer has no list 'buckets'", Effect::kReads).while_doing(doing);
    }
    const auto count = pager == nullptr ? std::nullopt : integer_of(*pager, "total");
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(doing);
    for (const Json& item : *items) all.push_back(item);
    more = *taken;
  }
  co_return all;
}

Task<std::map<std::string, Json>> UpyunAccount::certificates(std::string doing) {
  std::map<std::string, Json> all;
  std::set<std::string> places;
  for (std::string next;;) {
    UpyunCall page{.action = {.name = "GET /api/https/certificate/list/"},
                   .doing = doing,
                   .target = "/api/https/certificate/list/?limit=100" + next};
    const Json data = co_await call(std::move(page));
    const Json* result = member(data, "result");
    // An object that is empty may be written as a list.
    const bool empty = result != nullptr && result->is_array() && result->empty();
    if (result == nullptr || (!result->is_object() && !empty)) {
      throw bad_shape("the answer has no certificates", Effect::kReads).while_doing(doing);
    }
    for (const auto& [id, certificate] : result->items()) {
      if (id != "default" && id != "pager" && certificate.is_object()) all[id] = certificate;
    }
    next = next_page(data, *result);
    if (next.empty()) co_return all;
    // Whoever comes by a place again would go round for ever.
    if (!places.insert(next).second || places.size() >= PageWalk::kPagesMost) {
      throw bad_paging("the list does not end").while_doing(doing);
    }
  }
}

}  // namespace certferry

// JD Cloud's OpenAPI: one host a service, AWS's way to sign with other words.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a nonce goes with every call, and the type of the body even without one .. SDK, fixtures
//  - services that have no region are signed for one called jdcloud-api ....... docs: signature
//  - a colon in a path (sslCert:upload) is sent and signed as %3A ............. SDK, fixtures
// API: https://docs.jdcloud.com/cn/common-declaration/api/signature

#include "providers/jdcloud/account.h"

#include <array>
#include <cstdio>
#include <utility>

#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "signing/canonical.h"
#include "signing/jdcloud.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// A UUID of version 4.
std::string make_uuid(Random& random) {
  constexpr std::uint64_t kTwelveDigits = 0xffffffffffff;
  const std::uint64_t high = random.next();
  const std::uint64_t low = random.next();
  std::array<char, 40> text{};
  std::snprintf(text.data(),
                text.size(),
                "%08llx-%04llx-4%03llx-%04llx-%012llx",
                static_cast<unsigned long long>(high >> 32),
                static_cast<unsigned long long>((high >> 16) & 0xffff),
                static_cast<unsigned long long>(high & 0xfff),
                static_cast<unsigned long long>(0x8000 | ((low >> 48) & 0x3fff)),
                static_cast<unsigned long long>(low & kTwelveDigits));
  return text.data();
}

/// The array of that name. Where the list says that it is empty it may be missing.
Result<Json> items_in(const Json& result,
                      const std::string& name,
                      std::optional<std::int64_t> count) {
  const Json* value = member(result, name);
  if (value == nullptr && count == 0) return Json::array();
  if (value != nullptr && value->is_array()) return *value;
  return std::unexpected(bad_shape("the answer has no list '" + name + "'", Effect::kReads));
}

}  // namespace

std::string JdcloudAccount::endpoint_of(std::string_view service) const {
  return endpoint_of_service(config_.endpoint, service);
}

Result<HttpRequest> JdcloudAccount::signed_request(const JdcloudCall& call) {
  constexpr std::string_view kNoRegion = "jdcloud-api";
  const std::string endpoint = endpoint_of(call.service);
  HttpRequest request{.method = call.method, .url = endpoint + call.path};
  if (!call.query.empty()) {
    request.url += "?" + canonical_query(call.query, QueryOrder::kAsEncoded);
  }
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Content-Type", Secret("application/json")}};
  if (call.body) request.body = *call.body;
  // A path of the endpoint is not signed: a gateway that adds one has to take it off again.
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_jdcloud({.method = call.method,
                    .host = host.substr(0, host.find('/')),
                    .path = call.path,
                    .query = call.query,
                    .headers = request.headers,
                    .body = request.body.reveal()},
                   config_.key,
                   kNoRegion,
                   call.service,
                   clock_.now(),
                   make_uuid(random_)));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  request.headers.emplace_back("Accept", Secret("application/json"));
  return request;
}

Task<Json> JdcloudAccount::call(JdcloudCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> result = read_jdcloud_reply(response, call.action);
    if (!result) throw std::move(result).error();
    co_return *std::move(result);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::optional<Json>> JdcloudAccount::find(JdcloudCall call) {
  try {
    co_return co_await this->call(std::move(call));
  } catch (const Error& error) {
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  co_return std::nullopt;
}

Task<std::vector<Json>> JdcloudAccount::list(JdcloudCall call, JdcloudPages pages) {
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    JdcloudCall page = call;
    page.query.emplace_back("pageNumber", std::to_string(walk.page()));
    page.query.emplace_back("pageSize", std::to_string(pages.size));
    const Json result = co_await this->call(std::move(page));
    const std::optional<std::int64_t> count = integer_of(result, pages.count);
    Result<Json> items = items_in(result, pages.items, count);
    if (!items) throw std::move(items).error().while_doing(call.doing);
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(call.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

// Live Video (live, v1): a domain that plays takes chain and key themselves.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - there is no store: a bundle goes to each domain, as a copy of what the SSL certificate service
//    has under the same id (held_copy.h) ............................ docs:
//    setLiveDomainCertificate
//  - a title is letters and digits; a chain has 4,098 characters and a key 2,048 at most, and so
//    RSA keys of 3072 bits do not fit ............................... docs:
//    setLiveDomainCertificate
//  - the list is one of push domains with those that play; what totalCount counts is not said
//    ................................................................ docs: describeLiveDomains
//  - the certificate of a domain is asked for one by one ............ docs: describeLiveDomain-
//    Certificate
//  - domains for playing what is past (playType restart) take theirs by other calls
//    ................................................................ docs: setLiveRestartDomain-
//    Certificate
//  - a change takes up to half an hour .............................. docs:
//  setLiveDomainCertificate
// API: https://docs.jdcloud.com/cn/live-video/api/setlivedomaincertificate

#include "providers/jdcloud/live.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"
#include "providers/jdcloud/held_copy.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr std::string_view kService = "live";
constexpr std::size_t kChainMost = 4098;
constexpr std::size_t kKeyMost = 2048;

/// Throws `reply.shape`. Where the list says that it is empty it may be missing.
Json groups_in(const Json& result, const std::optional<std::int64_t>& count) {
  const Json* items = member(result, "domainDetails");
  if (items == nullptr && count == 0) return Json::array();
  if (items != nullptr && items->is_array()) return *items;
  throw bad_shape("the answer has no list 'domainDetails'", Effect::kReads);
}

/// Throws `reply.shape`.
std::vector<Binding> players_in(const Json& group) {
  std::vector<Binding> players;
  const Json* rows = member(group, "playDomains");
  if (rows == nullptr && group.is_object()) return players;
  if (rows == nullptr || !rows->is_array()) {
    throw bad_shape("an entry of the list has no list 'playDomains'", Effect::kReads);
  }
  for (const Json& row : *rows) {
    const std::string spelled = text_of(row, "playDomain");
    if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
    Binding binding{.name = canonical_of_spelled(spelled),
                    .vendor_name = spelled,
                    .edge_name = text_of(row, "playDomainCname"),
                    .status = words_of(row, "domainStatus")};
    // While a change is carried out, and when that failed, the domain is served as before.
    constexpr std::array<std::string_view, 3> kServed{"online", "configuring", "configure_failed"};
    binding.online = std::ranges::find(kServed, binding.status) != kServed.end();
    if (text_of(row, "playType") == "restart") {
      binding.online = false;
      binding.status = "a restart domain";
    }
    players.push_back(std::move(binding));
  }
  return players;
}

/// What a domain is bound to. Error `reply.shape`: what must not look like nothing.
Result<std::optional<std::string>> certificate_in(const Json& result) {
  const std::string status = text_of(result, "certStatus");
  if (status == "on") return held_copy(text_of(result, "title"), text_of(result, "cert"));
  const bool silent = is_blank(result, "certStatus") && is_blank(result, "cert");
  if (status == "off" || silent) return std::nullopt;
  return std::unexpected(
      bad_shape("the answer does not say whether the domain has a certificate", Effect::kReads));
}

std::optional<Error> too_long(const Bundle& bundle) {
  const auto refused = [](const std::string& what, std::size_t is, std::size_t most) {
    return Error(ErrorKind::kRejected,
                 "Live at JD Cloud takes a " + what + " of " + std::to_string(most) +
                     " characters at most, and this one has " + std::to_string(is))
        .with_code("vendor.rejected")
        .with_hint("nothing was sent. An ECDSA certificate is shorter");
  };
  if (bundle.chain_pem.size() > kChainMost)
    return refused("chain", bundle.chain_pem.size(), kChainMost);
  const std::size_t key = bundle.key_pem.reveal().size();
  if (key > kKeyMost) return refused("key", key, kKeyMost);
  return std::nullopt;
}

}  // namespace

Task<std::vector<Json>> JdcloudLive::list_groups(std::string doing) {
  constexpr std::size_t kItemsAPage = 50;
  std::vector<Json> all;
  MarkerWalk walk;
  Json before;
  int page = 1;
  for (bool more = true; more; ++page) {
    JdcloudCall call{
        .service = kService,
        .action = {.permission = "live:describeLiveDomains"},
        .doing = doing,
        .path = "/v1/domains",
        .query = {{"pageNum", std::to_string(page)}, {"pageSize", std::to_string(kItemsAPage)}}};
    const Json result = co_await account_.call(std::move(call));
    const std::optional<std::int64_t> count = integer_of(result, "totalCount");
    try {
      Json items = groups_in(result, count);
      if (page > 1 && items == before && !items.empty()) {
        throw bad_paging("page " + std::to_string(page) + " is the one before once more");
      }
      // The last page is the one that is not full, whatever the count is of.
      const bool full = items.size() >= kItemsAPage;
      for (const Json& item : items) all.push_back(item);
      const bool counted = count == static_cast<std::int64_t>(all.size());
      const Result<bool> taken =
          walk.take(full && !counted ? std::to_string(page + 1) : std::string());
      if (!taken) throw Error(taken.error());
      more = *taken;
      before = std::move(items);
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  co_return all;
}

Task<std::optional<std::string>> JdcloudLive::ask(std::string vendor_name) {
  JdcloudCall call{
      .service = kService,
      .action = {.permission = "live:describeLiveDomainCertificate", .has_key = true},
      .doing = "asking Live at JD Cloud for the certificate of " + printable(vendor_name, 100),
      .path = "/v1/liveDomainCertificate",
      .query = {{"playDomain", vendor_name}}};
  const std::string doing = call.doing;
  const std::optional<Json> result = co_await account_.find(std::move(call));
  // Of a domain that never had one the document does not say how it is told.
  if (!result) co_return std::nullopt;
  Result<std::optional<std::string>> certificate = certificate_in(*result);
  if (!certificate) throw std::move(certificate).error().while_doing(doing);
  co_return *std::move(certificate);
}

Task<std::vector<Binding>> JdcloudLive::list() {
  const std::string doing = "listing the domains of Live at JD Cloud";
  const std::vector<Json> groups = co_await list_groups(doing);
  std::vector<Binding> bindings;
  std::set<std::string> seen;
  for (const Json& group : groups) {
    std::vector<Binding> players;
    try {
      players = players_in(group);
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
    for (Binding& one : players) {
      if (!seen.insert(one.vendor_name).second) continue;
      if (one.online) one.stored_id = co_await ask(one.vendor_name);
      bindings.push_back(std::move(one));
    }
  }
  co_return bindings;
}

Task<void> JdcloudLive::bind(BindRequest request) {
  const std::string doing = "giving certificate " + printable(request.stored_id, 100) + " to " +
                            printable(request.binding.vendor_name, 100) + " of Live at JD Cloud";
  JsonBody body;
  try {
    const std::string title = title_for(request, "Live");
    if (std::optional<Error> error = too_long(*request.bundle)) throw *std::move(error);
    body.text("playDomain", request.binding.vendor_name);
    body.text("certStatus", "on");
    body.text("cert", request.bundle->chain_pem);
    body.text("key", request.bundle->key_pem.reveal());
    body.text("title", title);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  JdcloudCall order{.service = kService,
                    .action = {.permission = "live:setLiveDomainCertificate",
                               .effect = Effect::kChanges,
                               .has_key = true},
                    .doing = doing,
                    .method = "POST",
                    .path = "/v1/liveDomainCertificate",
                    .body = body.take()};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

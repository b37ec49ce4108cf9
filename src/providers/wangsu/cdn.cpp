// CDN: a domain takes a certificate of the store by its number.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the list of domains says nothing of certificates; the store's list says who uses each
//  - the call that binds takes many domains and one certificate; one domain is given to it, so that
//    an answer is about that one
//  - its yes means that the change was accepted; nodes take minutes, and no call is known that says
//    how far they are: the edge is asked
//  - a wildcard is written .example.com
// API: https://www.wangsu.com/document/api-doc/37447

#include "providers/wangsu/cdn.h"

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// As calls want it.
std::string vendor_spelling(const std::string& spelled) {
  return spelled.starts_with("*.") ? spelled.substr(1) : spelled;
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "domainName");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = vendor_spelling(spelled),
                  .edge_name = text_of(domain, "cname"),
                  .status = to_lower(words_of(domain, "domainStatus"))};
  // While a change is being deployed a domain is served as before.
  const bool there = binding.status == "enabled" || binding.status == "deploying";
  binding.online = there && text_of(domain, "isEnabled") != "N";
  if (binding.status == "disabled") binding.status = "offline";  // by its owner
  return binding;
}

/// A number where the id is one, which it is.
Secret order_for(const std::string& domain, const std::string& stored_id) {
  JsonBody body;
  body.id("certificateId", stored_id);
  body.json("domainNames", json_text(Json::array({domain})));
  return body.take();
}

}  // namespace

Task<std::vector<Json>> WangsuCdn::domains(std::string doing) {
  constexpr unsigned kItemsAPage = 100;
  std::vector<Json> all;
  PageWalk walk;
  for (bool more = true; more;) {
    const Json wanted = {{"pageNumber", walk.page()}, {"pageSize", kItemsAPage}};
    WangsuCall page{.action = {.name = "POST /api/domain/domainList"},
                    .doing = doing,
                    .path = "/api/domain/domainList",
                    .body = Secret(wanted.dump())};
    const Json reply = co_await account_.call(std::move(page));
    const auto count = integer_of(reply, "totalCount");
    const Json* items = member(reply, "resultList");
    const Json none = Json::array();
    if (items == nullptr && count == 0) items = &none;
    if (items == nullptr || !items->is_array()) {
      throw bad_shape("the answer has no list 'resultList'", Effect::kReads).while_doing(doing);
    }
    const Result<bool> taken = walk.take(*items, count);
    if (!taken) throw Error(taken.error()).while_doing(doing);
    for (const Json& item : *items) all.push_back(item);
    more = *taken;
  }
  co_return all;
}

Task<std::vector<Binding>> WangsuCdn::list() {
  const std::string doing = "listing the CDN domains at Wangsu";
  const std::vector<Json> items = co_await domains(doing);
  std::vector<Binding> bindings;
  if (items.empty()) co_return bindings;
  const std::map<std::string, std::string> uses = co_await certificates_.uses();
  for (const Json& item : items) {
    try {
      Binding binding = read_domain(item);
      const auto use = uses.find(binding.name);
      if (use != uses.end()) binding.stored_id = use->second;
      bindings.push_back(std::move(binding));
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  co_return bindings;
}

Task<void> WangsuCdn::bind(Binding binding, std::string stored_id) {
  WangsuCall order{
      .action = {.name = "PUT /api/config/certificate/batch", .effect = Effect::kChanges},
      .doing = "pointing " + printable(binding.vendor_name, 100) + " at certificate " +
               printable(stored_id, 100) + " of Wangsu",
      .method = "PUT",
      .path = "/api/config/certificate/batch",
      .body = order_for(binding.vendor_name, stored_id)};
  co_await account_.call(std::move(order));
}

}  // namespace certferry

// UCloud's API: one address for everything, an action and its parameters as a form.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the signature is a parameter too, and holds for ever, so that a request is a secret: it goes
//    in the body, for URLs are logged ............................. docs: summary/signature
//  - a failure is HTTP 200 with a RetCode ...................... docs: samples
//  - an array that is empty may be missing ..................... docs: samples

#include "providers/ucloud/account.h"

#include <utility>

#include "providers/common/form_body.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The array of that name. Where the list says that it is empty it may be missing.
Result<Json> items_in(const Json& reply,
                      const std::string& key,
                      std::optional<std::int64_t> count) {
  const Json* items = member(reply, key);
  if (items == nullptr && count == 0) return Json::array();
  if (items != nullptr && items->is_array()) return *items;
  return std::unexpected(bad_shape("the answer has no list '" + key + "'", Effect::kReads));
}

/// Whether there is another page, by the pages alone: the last one is not full.
class UncountedWalk {
 public:
  Result<bool> take(const Json& items, unsigned items_a_page) {
    if (page_ > 1 && !items.empty() && items == before_) {
      return std::unexpected(
          bad_paging("page " + std::to_string(page_) + " is the one before once more"));
    }
    const bool more = items.size() >= items_a_page;
    if (more && page_ == PageWalk::kPagesMost) {
      return std::unexpected(bad_paging("the list has no end"));
    }
    before_ = items;
    ++page_;
    return more;
  }

 private:
  unsigned page_ = 1;
  Json before_;
};

}  // namespace

UcloudList ucloud_offsets(UcloudCall call, std::string key, unsigned items_a_page) {
  return {.call = std::move(call),
          .page = "Offset",
          .items_a_page = items_a_page,
          .key = std::move(key),
          .size = "Limit",
          .from = UcloudList::From::kOffset};
}

Error no_ucloud_region(const std::string& product) {
  return Error(ErrorKind::kRejected,
               product +
                   " at UCloud is asked region by region, and the "
                   "account in the configuration names none")
      .with_code("vendor.rejected")
      .with_hint(
          "set `region:` of the account, as cn-bj2; each region takes an account of its own");
}

Result<HttpRequest> UcloudAccount::signed_request(const UcloudCall& call) const {
  UcloudParameters parameters = call.parameters;
  parameters.emplace_back("Action", Secret(std::string(call.action.name)));
  if (!config_.project.empty()) parameters.emplace_back("ProjectId", Secret(config_.project));
  if (!config_.key.session_token.empty()) {
    parameters.emplace_back("SecurityToken", config_.key.session_token);
  }
  TRY(UcloudParameters added, sign_ucloud(parameters, config_.key));
  FormBody form;
  for (const auto* part : {&std::as_const(parameters), &std::as_const(added)}) {
    for (const auto& [name, value] : *part) form.field(name, value.reveal());
  }
  HttpRequest request;
  request.method = "POST";
  request.url = config_.endpoint + "/";
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = {{"Content-Type", Secret("application/x-www-form-urlencoded")},
                     {"Accept", Secret("application/json")}};
  request.body = form.take();
  return request;
}

Task<Json> UcloudAccount::call(UcloudCall call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> reply = read_ucloud_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<Json>> UcloudAccount::list(UcloudList list) {
  const bool counted = list.ends == UcloudList::Ends::kByCount;
  std::vector<Json> all;
  PageWalk walk;
  UncountedWalk uncounted;
  unsigned pages = 0;
  for (bool more = true; more; ++pages) {
    const unsigned at =
        list.from == UcloudList::From::kPage ? pages + 1 : pages * list.items_a_page;
    UcloudCall page = list.call;
    page.parameters.emplace_back(list.page, Secret(std::to_string(at)));
    page.parameters.emplace_back(list.size, Secret(std::to_string(list.items_a_page)));
    const Json reply = co_await call(std::move(page));
    const std::optional<std::int64_t> count =
        counted ? integer_of(reply, "TotalCount") : std::optional<std::int64_t>(0);
    Result<Json> items = items_in(reply, list.key, count);
    if (!items) throw std::move(items).error().while_doing(list.call.doing);
    const Result<bool> taken =
        counted ? walk.take(*items, count) : uncounted.take(*items, list.items_a_page);
    if (!taken) throw Error(taken.error()).while_doing(list.call.doing);
    for (Json& item : *items) all.push_back(std::move(item));
    more = *taken;
  }
  co_return all;
}

}  // namespace certferry

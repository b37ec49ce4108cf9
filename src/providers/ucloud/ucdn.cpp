// UCDN: a domain takes a certificate of USSL for each of the two areas that it serves.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - one list has names and numbers of domains; their settings are asked for by number, many at
//    once
//  - a domain shows its certificates by name, not by number; a change wants both
//  - China and the rest of the world have switches and certificates of their own; a domain has
//    those of the area that it serves, and a change names no other
//  - UCDN has a store of its own as well, of an older kind
// API: https://docs.ucloud.cn/api/ucdn-api/

#include "providers/ucloud/ucdn.h"

#include <algorithm>
#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

struct Area {
  const char* status;
  const char* certificate;
};
constexpr Area kChina{.status = "HttpsStatusCn", .certificate = "CertNameCn"};
constexpr Area kAbroad{.status = "HttpsStatusAbroad", .certificate = "CertNameAbroad"};

std::vector<Area> areas_of(const Json& domain) {
  const std::string code = text_of(domain, "AreaCode");
  std::vector<Area> areas;
  if (code != "abroad") areas.push_back(kChina);
  if (code != "cn") areas.push_back(kAbroad);
  return areas;
}

/// The certificate that the domain has there, by its number in USSL or else by its name. One that
/// is being switched on, or failed to be, is set all the same.
std::optional<std::string> bound_in(const Json& domain,
                                    const Area& area,
                                    const std::map<std::string, std::string>& numbers) {
  const std::string name = text_of(domain, area.certificate);
  if (name.empty() || text_of(domain, area.status) == "disable") return std::nullopt;
  const auto number = numbers.find(name);
  return number == numbers.end() ? "named:" + printable(name, 100) : number->second;
}

/// Throws `reply.shape`.
Binding read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "Cname"),
                  .status = words_of(domain, "Status")};
  // While a change is being deployed a domain is served as before.
  binding.online = binding.status == "enable" || binding.status == "deploying";
  if (binding.status == "disable") binding.status = "offline";  // by its owner
  return binding;
}

}  // namespace

Task<std::vector<Json>> UcloudUcdn::configurations() {
  constexpr std::size_t kAskedAtOnce = 50;
  const std::string doing = "listing the domains of UCDN at UCloud";
  UcloudList wanted{.call = {.action = {.name = "GetUcdnDomainInfoList"}, .doing = doing},
                    .page = "PageIndex",
                    .items_a_page = kAskedAtOnce,
                    .key = "DomainInfoList"};
  const std::vector<Json> listed = co_await account_.list(std::move(wanted));
  std::vector<Json> all;
  std::map<std::string, Place> places;
  for (std::size_t from = 0; from < listed.size(); from += kAskedAtOnce) {
    UcloudCall question{.action = {.name = "GetUcdnDomainConfig"}, .doing = doing};
    std::set<std::string> wanting;
    for (std::size_t at = from; at < std::min(from + kAskedAtOnce, listed.size()); ++at) {
      Result<std::string> id = id_of(listed[at], "DomainId", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
      wanting.insert(*id);
      question.parameters.emplace_back("DomainId." + std::to_string(at - from),
                                       Secret(*std::move(id)));
    }
    const Json reply = co_await account_.call(std::move(question));
    const Json* domains = member(reply, "DomainList");
    if (domains == nullptr || !domains->is_array()) {
      throw bad_shape("the answer has no list 'DomainList'", Effect::kReads).while_doing(doing);
    }
    for (const Json& domain : *domains) {
      Result<std::string> id = id_of(domain, "DomainId", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
      if (wanting.erase(*id) == 0) {
        throw bad_paging("the answer has a domain that was not asked for").while_doing(doing);
      }
      const std::string code = text_of(domain, "AreaCode");
      places[text_of(domain, "Domain")] = {
          .id = *std::move(id), .in_china = code != "abroad", .abroad = code != "cn"};
      all.push_back(domain);
    }
    if (!wanting.empty()) {
      throw bad_paging("the answer lacks a domain that is in the list").while_doing(doing);
    }
  }
  places_ = std::move(places);
  co_return all;
}

Task<std::vector<Binding>> UcloudUcdn::list() {
  const std::vector<Json> domains = co_await configurations();
  std::vector<Binding> bindings;
  if (domains.empty()) co_return bindings;
  const std::map<std::string, std::string> numbers = co_await ussl_.numbers();
  for (const Json& domain : domains) {
    Binding binding = read_domain(domain);
    const std::vector<Area> areas = areas_of(domain);
    binding.stored_id = bound_in(domain, areas.front(), numbers);
    const std::optional<std::string> last = bound_in(domain, areas.back(), numbers);
    if (binding.stored_id != last) {
      // No certificate of ours is what the domain has as a whole.
      binding.stored_id =
          binding.stored_id.value_or("none") + " in China, " + last.value_or("none") + " abroad";
    }
    bindings.push_back(std::move(binding));
  }
  co_return bindings;
}

Task<void> UcloudUcdn::require_unused(std::string stored_id) {
  const std::vector<Json> domains = co_await configurations();
  if (domains.empty()) co_return;
  // It may have been given another name since it was stored.
  (void)co_await ussl_.numbers();
  const std::string name = co_await ussl_.name_of(stored_id);
  std::vector<std::string> users;
  for (const Json& domain : domains) {
    const bool uses =
        text_of(domain, kChina.certificate) == name || text_of(domain, kAbroad.certificate) == name;
    if (uses) users.push_back(text_of(domain, "Domain") + " of UCDN");
  }
  if (!users.empty()) throw still_used(stored_id, users);
}

Task<UcloudUcdn::Place> UcloudUcdn::place_of(std::string vendor_name) {
  if (!places_.contains(vendor_name)) (void)co_await configurations();
  const auto found = places_.find(vendor_name);
  if (found != places_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound,
              "UCDN has no domain " + printable(vendor_name, 100) + " in this account")
      .with_code("vendor.not_found");
}

Task<void> UcloudUcdn::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of UCDN at certificate " + printable(stored_id, 100) + " of UCloud";
  const std::string name = co_await ussl_.name_of(stored_id);
  const Place place = co_await place_of(binding.vendor_name);
  UcloudCall order{.action = {.name = "UpdateUcdnDomainHttpsConfigV2", .effect = Effect::kChanges},
                   .doing = doing,
                   .parameters = {{"DomainId", Secret(place.id)},
                                  {"CertId", Secret(stored_id)},
                                  {"CertName", Secret(name)},
                                  {"CertType", Secret("ussl")}}};
  if (place.in_china) order.parameters.emplace_back("HttpsStatusCn", Secret("enable"));
  if (place.abroad) order.parameters.emplace_back("HttpsStatusAbroad", Secret("enable"));
  co_await account_.call(std::move(order));
}

}  // namespace certferry

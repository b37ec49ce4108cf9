// UCDN: a domain takes a certificate of USSL for each of the two areas that it serves.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - one list has names and numbers of domains; their settings are asked for by number, many at
//  once
//  - a domain shows its certificates by name, not by number; a change wants both
//  - China and the rest of the world have switches and certificates of their own; a domain has
//  those
//    of the area that it serves, and a change names no other
//  - UCDN has a store of its own as well, of an older kind
// API: https://docs.ucloud.cn/api/ucdn-api/

#include "providers/ucloud/ucdn.h"

#include <algorithm>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

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

/// The certificate that the domain has there, by its number in USSL or else by its name.
std::optional<std::string> bound_in(const Json& domain,
                                    const Area& area,
                                    const std::map<std::string, std::string>& numbers) {
  const std::string name = text_of(domain, area.certificate);
  if (text_of(domain, area.status) != "enable" || name.empty()) return std::nullopt;
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
                  .status = text_of(domain, "Status")};
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
    for (std::size_t at = from; at < std::min(from + kAskedAtOnce, listed.size()); ++at) {
      Result<std::string> id = id_of(listed[at], "DomainId", Effect::kReads);
      if (!id) throw std::move(id).error().while_doing(doing);
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
      const std::string code = text_of(domain, "AreaCode");
      places[text_of(domain, "Domain")] = {
          .id = *std::move(id), .in_china = code != "abroad", .abroad = code != "cn"};
      all.push_back(domain);
    }
  }
  places_ = std::move(places);
  co_return all;
}

Task<std::vector<Binding>> UcloudUcdn::uses() {
  const std::vector<Json> domains = co_await configurations();
  std::vector<Binding> all;
  if (domains.empty()) co_return all;
  const std::map<std::string, std::string> numbers = co_await ussl_.numbers();
  for (const Json& domain : domains) {
    for (const Area& area : areas_of(domain)) {
      Binding binding = read_domain(domain);
      binding.stored_id = bound_in(domain, area, numbers);
      all.push_back(std::move(binding));
    }
  }
  co_return all;
}

Task<std::vector<Binding>> UcloudUcdn::list() {
  std::vector<Binding> bindings;
  const std::vector<Binding> all = co_await uses();
  for (const Binding& one : all) {
    const bool again = !bindings.empty() && bindings.back().vendor_name == one.vendor_name;
    if (!again) {
      bindings.push_back(one);
    } else if (bindings.back().stored_id != one.stored_id) {
      // No certificate of ours is what the domain has as a whole.
      bindings.back().stored_id = bindings.back().stored_id.value_or("none") + " in China, " +
                                  one.stored_id.value_or("none") + " abroad";
    }
  }
  co_return bindings;
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

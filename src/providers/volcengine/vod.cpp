// VOD (vod 2026-01-01): certificates lie in the certificate centre; a domain points at one by its
// id there. Its domains are CDN's, behind calls of VOD's own that say which space a domain is of.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - domains are listed space by space; spaces only by a call of an older version, without pages
//    ............................................................ docs: ListVodDomains, ListSpace
//  - calls about a domain want its type, of which its row does not say that it is spelled as they
//    want it: so each type is listed by itself .................. docs: ListVodDomains, DomainType
//  - two lists in one answer: VOD's, which pages are counted by, and CDN's, which has the status
//    and whether there is HTTPS ................................. docs: ListVodDomains; SDK
//  - which certificate a domain has only its configuration says . SDK: DescribeVodDomainConfig
//  - what is written replaces the whole HTTPS module: it is read before, and sent back with another
//    certificate in it .......................................... docs: UpdateCdnConfig
// API: https://www.volcengine.com/docs/4/2389927, https://www.volcengine.com/docs/4/2389907

#include "providers/volcengine/vod.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/page_walk.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr VolcengineService kVod{.site = &kVolcengineSite,
                                 .id = "vod",
                                 .host = "vod",
                                 .region = "cn-north-1",
                                 .version = "2026-01-01"};
constexpr VolcengineService kSpaces{.site = &kVolcengineSite,
                                    .id = "vod",
                                    .host = "vod",
                                    .region = "cn-north-1",
                                    .version = "2021-01-01"};
constexpr std::array<std::string_view, 3> kTypes = {"vod_play", "vod_image", "third"};
constexpr unsigned kDomainsAPage = 100;
constexpr const char* kSpace = "SpaceName";
constexpr const char* kType = "DomainType";

/// One page of both lists.
struct Listed {
  Json items;
  std::optional<std::int64_t> count;
  std::map<std::string, Json> rows;  ///< of CDN's, by name
};

Result<Listed> read_page(const Json& result) {
  const Json* info = member(result, "VodInfo");
  const Json none = {{"Total", 0}};
  const Json& listed = info == nullptr ? none : *info;
  Listed page{.items = {}, .count = integer_of(listed, "Total"), .rows = {}};
  TRY(page.items, items_of_page(listed, "Domains", page.count));
  const Json* of_cdn = member(result, "DomainInfo");
  const Json* rows = of_cdn == nullptr ? nullptr : member(*of_cdn, "Data");
  if (rows == nullptr) return page;
  if (!rows->is_array()) return std::unexpected(bad_shape("'Data' is no list", Effect::kReads));
  for (const Json& row : *rows) page.rows.emplace(text_of(row, "Domain"), row);
  return page;
}

std::string asking_for(const std::string& vendor_name) {
  return "asking Volcengine VOD for the certificate of " + printable(vendor_name, 100);
}

bool is_false(const Json* value) {
  return value != nullptr && value->is_boolean() && !value->get<bool>();
}

/// What else an HTTPS module says than the certificate. What may be long, or have somebody's own
/// certificates in it, goes by its digest.
void add_settings(const Json& https, std::map<std::string, std::string>& settings) {
  for (const char* key : {"DisableHttp", "ForcedRedirect", "HTTP2", "Hsts", "OCSP", "TlsVersion"}) {
    const Json* value = member(https, key);
    if (value != nullptr) settings.emplace("HTTPS." + std::string(key), json_text(*value));
  }
  for (const char* key : {"CertCheck", "Keyless"}) {
    const Json* value = member(https, key);
    if (value == nullptr) continue;
    settings.emplace("HTTPS." + std::string(key), sha256_hex(json_text(*value)).substr(0, 16));
  }
}

/// The module to write: as it was, but on and with that certificate.
Json with_certificate(const Json& https, const std::string& stored_id) {
  Json module = Json::object();
  if (https.is_object()) {
    for (const auto& [key, value] : https.items()) {
      if (!value.is_null()) module[key] = value;
    }
  }
  module.erase("CertInfoList");
  module["CertInfo"] = {{"CertId", stored_id}};
  module["Switch"] = true;
  return module;
}

}  // namespace

Result<VolcengineVod::Place> VolcengineVod::place_of(const Binding& binding) {
  const auto space = binding.settings.find(kSpace);
  const auto type = binding.settings.find(kType);
  if (space == binding.settings.end() || type == binding.settings.end()) {
    return std::unexpected(
        Error(ErrorKind::kNotFound, "no list says which space of VOD the domain is of")
            .with_code("vendor.not_found"));
  }
  return Place{.space = space->second, .type = type->second};
}

Task<std::vector<std::string>> VolcengineVod::list_spaces() {
  const std::string doing = "listing the spaces of Volcengine VOD";
  const Json result = co_await account_.call(
      {.action = {.service = &kSpaces, .name = "ListSpace", .method = "GET"}, .doing = doing});
  std::vector<std::string> spaces;
  if (result.is_null()) co_return spaces;
  if (!result.is_array()) {
    throw bad_shape("the answer is no list of spaces", Effect::kReads).while_doing(doing);
  }
  for (const Json& one : result) {
    Result<std::string> name = id_of(one, kSpace, Effect::kReads);
    if (!name) throw std::move(name).error().while_doing(doing);
    spaces.push_back(*std::move(name));
  }
  co_return spaces;
}

Task<Json> VolcengineVod::ask(Place place, std::string vendor_name) {
  const std::string doing = asking_for(vendor_name);
  JsonBody domain;
  domain.text("Domain", vendor_name);
  JsonBody body;
  body.text(kSpace, place.space).text(kType, place.type);
  body.json("DescribeCdnDomainParam", domain.take().reveal());
  const Json result =
      co_await account_.call({.action = {.service = &kVod, .name = "DescribeVodDomainConfig"},
                              .doing = doing,
                              .body = body.take()});
  const Json* info = member(result, "DomainInfo");
  if (info == nullptr) {
    throw bad_shape("the answer has no 'DomainInfo'", Effect::kReads).while_doing(doing);
  }
  co_return *info;
}

Task<Binding> VolcengineVod::read_domain(Place place, std::string vendor_name, Json row) {
  const std::string doing = asking_for(vendor_name);
  Json info;
  Json https;
  const Json* known = known_.find(vendor_name, row);
  if (known != nullptr) {
    https = *known;
  } else if (!is_false(member(row, "HTTPS"))) {
    info = co_await ask(place, vendor_name);
    Result<Json> answered = https_in_config(info);
    if (!answered) throw std::move(answered).error().while_doing(doing);
    https = *std::move(answered);
  }
  // Where CDN's list lacks it, its configuration says the same.
  Result<Binding> binding = read_cdn_domain(row.is_null() ? info.at("DomainConfig") : row);
  if (!binding) throw std::move(binding).error().while_doing(doing);
  Result<std::optional<std::string>> certificate = certificate_of_https(https);
  if (!certificate) throw std::move(certificate).error().while_doing(doing);
  binding->stored_id = *std::move(certificate);
  binding->settings[kSpace] = place.space;
  binding->settings[kType] = place.type;
  if (known == nullptr && known_.keep(vendor_name, row, https, account_.now())) {
    switched_on_.erase(vendor_name);
  }
  if (!switched_on_.contains(vendor_name)) add_settings(https, binding->settings);
  co_return *std::move(binding);
}

Task<std::vector<Binding>> VolcengineVod::list_place(Place place) {
  const std::string doing =
      "listing the domains of space " + printable(place.space, 100) + " of Volcengine VOD";
  std::vector<Binding> bindings;
  PageWalk walk;
  for (bool more = true; more;) {
    const Json page = {{"PageNum", walk.page()}, {"PageSize", kDomainsAPage}};
    const Json parameters = {
        {kSpace, place.space}, {kType, place.type}, {"ListCdnDomainsParam", page}};
    VolcengineCall call{.action = {.service = &kVod, .name = "ListVodDomains"},
                        .doing = doing,
                        .body = Secret(json_text(parameters))};
    const Json result = co_await account_.call(std::move(call));
    Result<Listed> listed = read_page(result);
    if (!listed) throw std::move(listed).error().while_doing(doing);
    const Result<bool> taken = walk.take(listed->items, listed->count);
    if (!taken) throw Error(taken.error()).while_doing(doing);
    for (const Json& item : listed->items) {
      const std::string name = text_of(item, "Domain");
      if (name.empty()) {
        throw bad_shape("a domain in the list has no name", Effect::kReads).while_doing(doing);
      }
      bindings.push_back(co_await read_domain(place, name, listed->rows[name]));
    }
    more = *taken;
  }
  co_return bindings;
}

Task<std::vector<Binding>> VolcengineVod::list() {
  const std::vector<std::string> spaces = co_await list_spaces();
  std::vector<Binding> all;
  for (const std::string& space : spaces) {
    for (const std::string_view type : kTypes) {
      std::vector<Binding> some = co_await list_place({.space = space, .type = std::string(type)});
      std::ranges::move(some, std::back_inserter(all));
    }
  }
  co_return all;
}

Task<void> VolcengineVod::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of Volcengine VOD at certificate " + printable(stored_id, 100);
  const Result<Place> place = place_of(binding);
  if (!place) throw Error(place.error()).while_doing(doing);
  known_.forget(binding.vendor_name);
  const Json info = co_await ask(*place, binding.vendor_name);
  const Result<Json> https = https_in_config(info);
  if (!https) throw Error(https.error()).while_doing(doing);
  if (has_two_certificates(*https)) throw two_certificates("VOD").while_doing(doing);
  const Json* on = member(*https, "Switch");
  if (on == nullptr || is_false(on)) switched_on_.insert(binding.vendor_name);

  JsonBody parameters;
  parameters.text("Domain", binding.vendor_name);
  parameters.json("HTTPS", json_text(with_certificate(*https, stored_id)));
  JsonBody body;
  body.text(kSpace, place->space).text(kType, place->type);
  body.json("UpdateCdnConfigParam", parameters.take().reveal());
  VolcengineCall call{
      .action = {.service = &kVod, .name = "UpdateVodDomainConfig", .effect = Effect::kChanges},
      .doing = doing,
      .body = body.take()};
  co_await account_.call(std::move(call));
}

}  // namespace certferry

// Video Live (live 2023-01-01): it keeps certificates of its own, and a domain points at one of
// them by its ChainID. So a bundle that goes there is copied from the certificate centre's into
// Live's list once, under the name that is its id in the centre; all else goes by that id.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - what is in the centre has to be uploaded to Live once more ....... docs: 6469/110084
//  - a name has 40 characters, and an id of the centre has 37 ......... docs: 6469/110084
//  - what it makes of ChainIDVolc, "the chain's id in the certificate centre", is not said; either
//    spelling of an id is taken for that ............................. docs: ListCertV2
//  - a bind sets HTTP/2 as well, and off unless told otherwise ........ docs: BindCert, HTTP2
//  - the TLS versions that it sets as well are in no list ............. docs: BindCert
//  - a domain that was deleted stays in the list ...................... docs: ListDomainDetail
// API: https://www.volcengine.com/docs/6469/1126820

#include "providers/volcengine/live.h"

#include <algorithm>
#include <array>
#include <map>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/common/still_bound.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr VolcengineService kLive{.site = &kVolcengineSite,
                                  .id = "live",
                                  .host = "live",
                                  .region = "cn-north-1",
                                  .version = "2023-01-01"};
constexpr std::string_view kCenterPrefix = "cert-";
constexpr std::int64_t kDeleted = 3;

/// By the number that is a domain's Status. "offline" is the engine's word for what its owner has
/// switched off.
constexpr std::array<std::string_view, 7> kStatuses = {
    "online", "under review", "offline", "deleted", "rejected", "in arrears", "without filing"};

std::string status_of(const Json& domain) {
  const std::optional<std::int64_t> number = integer_of(domain, "Status");
  if (!number) return {};
  if (*number < 0 || *number >= std::ssize(kStatuses)) return "status " + std::to_string(*number);
  return std::string(kStatuses[static_cast<std::size_t>(*number)]);
}

/// What else the list says of a domain, but what changes by itself or by a bind.
std::map<std::string, std::string> settings_of(const Json& domain) {
  std::map<std::string, std::string> settings;
  for (const char* key : {"Vhost", "Region", "PushDomain", "ProjectName", "HTTP2"}) {
    const Json* value = member(domain, key);
    if (value != nullptr) settings.emplace(key, json_text(*value));
  }
  return settings;
}

/// Which certificate of the centre one of Live's stands for; its own id where it stands for none.
Result<std::string> center_id(const Json& certificate) {
  if (text_of(certificate, "CertName").starts_with(kCenterPrefix)) {
    // Anybody may call one whatever he likes.
    if (Result<std::string> ours = id_of(certificate, "CertName", Effect::kReads)) return ours;
  }
  TRY(const std::optional<std::string> mirrored, reference_of(certificate, "ChainIDVolc"));
  if (mirrored) {
    return mirrored->starts_with(kCenterPrefix) ? *mirrored
                                                : std::string(kCenterPrefix) + *mirrored;
  }
  TRY(const std::string chain, id_of(certificate, "ChainID", Effect::kReads));
  return "live:" + chain;
}

/// The ids in the centre, by ChainID.
Result<std::map<std::string, std::string>> ids_in(const std::vector<Json>& certificates) {
  std::map<std::string, std::string> ids;
  for (const Json& certificate : certificates) {
    TRY(std::string chain, id_of(certificate, "ChainID", Effect::kReads));
    TRY(std::string id, center_id(certificate));
    ids.emplace(std::move(chain), std::move(id));
  }
  return ids;
}

/// Its stored_id is the ChainID as yet.
Result<Binding> read_domain(const Json& domain) {
  const std::string spelled = text_of(domain, "Domain");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  TRY(std::optional<std::string> chain, reference_of(domain, "ChainID"));
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(domain, "CNAME"),
                  .status = status_of(domain),
                  .stored_id = std::move(chain),
                  .settings = settings_of(domain)};
  binding.online = binding.status == kStatuses.front();
  return binding;
}

Error no_copy(const std::string& stored_id) {
  return Error(ErrorKind::kNotFound,
               "Volcengine Live has no copy of certificate " + printable(stored_id, 100) +
                   ", and what is in it is not here to make one of")
      .with_code("vendor.not_found");
}

}  // namespace

Task<std::vector<Json>> VolcengineLive::list_certificates() {
  const std::string doing = "listing the certificates of Volcengine Live";
  // Without a page all of them come at once.
  const Json result = co_await account_.call(
      {.action = {.service = &kLive, .name = "ListCertV2"}, .doing = doing, .body = Secret("{}")});
  const Json* list = member(result, "CertList");
  const std::optional<std::int64_t> count = integer_of(result, "Total");
  if (list == nullptr && count.value_or(0) == 0) co_return std::vector<Json>();
  if (list == nullptr || !list->is_array()) {
    throw bad_shape("the answer has no list 'CertList'", Effect::kReads).while_doing(doing);
  }
  if (count && *count != std::ssize(*list)) {
    throw bad_shape("the list does not have as many certificates as it says", Effect::kReads)
        .while_doing(doing);
  }
  co_return std::vector<Json>(list->begin(), list->end());
}

Task<std::vector<Binding>> VolcengineLive::list() {
  const std::string doing = "listing the domains of Volcengine Live";
  const std::vector<Json> items = co_await account_.list({
      .action = {.service = &kLive, .name = "ListDomainDetail"},
      .doing = doing,
      .parameters = {{"DomainTypeList", {"pull-flv"}}},
      .page = "PageNum",
      .size = "PageSize",
      .items = "DomainList",
      .count = "Total",
  });
  std::vector<Binding> bindings;
  for (const Json& item : items) {
    if (integer_of(item, "Status") == kDeleted) continue;
    Result<Binding> one = read_domain(item);
    if (!one) throw std::move(one).error().while_doing(doing);
    bindings.push_back(*std::move(one));
  }
  const auto bound = [](const Binding& one) { return one.stored_id.has_value(); };
  if (std::ranges::none_of(bindings, bound)) co_return bindings;

  const std::vector<Json> certificates = co_await list_certificates();
  const Result<std::map<std::string, std::string>> ids = ids_in(certificates);
  if (!ids) throw Error(ids.error()).while_doing(doing);
  for (Binding& one : bindings) {
    if (!one.stored_id) continue;
    const auto known = ids->find(*one.stored_id);
    one.stored_id = known == ids->end() ? "live:" + *one.stored_id : known->second;
  }
  co_return bindings;
}

Task<std::string> VolcengineLive::make_copy(std::string stored_id, BundlePtr bundle) {
  const std::string doing =
      "copying certificate " + printable(stored_id, 100) + " to Volcengine Live";
  JsonBody pair;
  pair.text("Pubkey", bundle->chain_pem).text("Prikey", bundle->key_pem.reveal());
  JsonBody body;
  body.text("CertName", stored_id).text("UseWay", "https");
  if (!project_.empty()) body.text("ProjectName", project_);
  body.json("Rsa", pair.take().reveal());
  VolcengineCall call{.action = {.service = &kLive,
                                 .name = "CreateCert",
                                 .effect = Effect::kChanges,
                                 .carried_key = true},
                      .doing = doing,
                      .body = body.take()};
  const Json result = co_await account_.call(std::move(call));
  Result<std::string> chain = id_of(result, "ChainID", Effect::kChanges);
  if (!chain) throw std::move(chain).error().while_doing(doing);
  co_return *std::move(chain);
}

Task<void> VolcengineLive::bind(BindRequest request) {
  const std::string doing = "pointing " + printable(request.binding.vendor_name, 100) +
                            " of Volcengine Live at certificate " +
                            printable(request.stored_id, 100);
  const std::vector<Json> certificates = co_await list_certificates();
  const Result<std::map<std::string, std::string>> ids = ids_in(certificates);
  if (!ids) throw Error(ids.error()).while_doing(doing);
  const auto copy = std::ranges::find(
      *ids, request.stored_id, [](const auto& one) -> const std::string& { return one.second; });
  std::string chain;
  if (copy != ids->end()) {
    chain = copy->first;
  } else if (request.bundle == nullptr || request.bundle->chain_pem.empty()) {
    throw no_copy(request.stored_id).while_doing(doing);
  } else {
    chain = co_await make_copy(request.stored_id, request.bundle);
  }

  JsonBody body;
  body.text("ChainID", chain).text("Domain", request.binding.vendor_name).flag("HTTPS", true);
  const auto http2 = request.binding.settings.find("HTTP2");
  if (http2 != request.binding.settings.end() &&
      (http2->second == "true" || http2->second == "false")) {
    body.json("HTTP2", http2->second);
  }
  VolcengineCall call{.action = {.service = &kLive, .name = "BindCert", .effect = Effect::kChanges},
                      .doing = doing,
                      .body = body.take()};
  co_await account_.call(std::move(call));
}

Task<void> VolcengineLive::remove_copies(std::string stored_id) {
  const std::string doing =
      "deleting Volcengine Live's copy of certificate " + printable(stored_id, 100);
  const std::vector<Json> certificates = co_await list_certificates();
  for (const Json& certificate : certificates) {
    // What only stands for it was not made by us.
    if (text_of(certificate, "CertName") != stored_id) continue;
    const Json* users = member(certificate, "CertDomainList");
    if (users != nullptr && !(users->is_array() && users->empty())) {
      std::vector<std::string> names;
      if (users->is_array()) {
        for (const Json& user : *users) {
          names.push_back(user.is_string() ? user.get<std::string>() : json_text(user));
        }
      }
      throw still_used(stored_id, names).while_doing(doing);
    }
    Result<std::string> chain = id_of(certificate, "ChainID", Effect::kReads);
    if (!chain) throw std::move(chain).error().while_doing(doing);
    JsonBody body;
    body.text("ChainID", *chain);
    VolcengineCall call{
        .action = {.service = &kLive, .name = "DeleteCert", .effect = Effect::kChanges},
        .doing = doing,
        .body = body.take()};
    co_await account_.call(std::move(call));
  }
}

}  // namespace certferry

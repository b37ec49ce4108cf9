// DogeCloud: certificates are separate objects with ids; a domain points at one by id.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - the same pair again is stored again under a new id ........ certd issue 568
//  - the answer to bind may have no code though it worked ...... certd, a switch to ignore it
//  - ids are JSON integers; 0 as a domain's cert_id is none .... certimate, api_list_cdn_domain.go
//  - domain/config.json binds too, with only cert_id sent; it is
//    the general settings' call, so what else it wrote is told .. docs: sdk-full-python
//  - lists are whole, there are no pages ....................... certimate, certd, allinssl
// Errors: by HTTP status, code in the body and words alike, see replies.cpp; no usable answer after
// a change is maybe_applied, so the caller reads before it sends again.
// API: https://docs.dogecloud.com/cdn/api-introduction

#include "providers/dogecloud/dogecloud.h"

#include <nlohmann/json.hpp>

#include "base/planted.h"
#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/dogecloud/metadata.h"
#include "signing/dogecloud_token.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

/// The array of that name. A missing one is an error, since nothing may be concluded from it; an
/// explicit null is how some back ends write an empty list.
Result<Json> list_in(const Json& data, std::string_view key) {
  if (data.is_object() && data.contains(key)) {
    const Json& list = data.at(std::string(key));
    if (list.is_array()) return list;
    if (list.is_null()) return Json::array();
  }
  return std::unexpected(
      bad_shape("the answer has no list '" + std::string(key) + "'", Effect::kReads));
}

/// Which certificate a domain points at. Only cert_id was ever observed; one client also looks for
/// the other spellings.
Result<std::optional<std::string>> bound_id(const Json& domain) {
  for (const char* key : {"cert_id", "certId", "certificateId"}) {
    TRY(std::optional<std::string> id, reference_of(domain, key));
    if (id) return id;
  }
  return std::nullopt;
}

/// Whether a member of a domain changes by itself, or is what a bind changes.
bool is_setting(std::string_view key) {
  const std::string name = to_lower(key);
  for (const std::string_view other : {"id", "name", "cname", "status"}) {
    if (name == other) return false;
  }
  return !name.contains("cert") && !name.contains("time") && !name.contains("expire");
}

/// Every other member by its path; lists whole. Which members the vendor may add is not known, so
/// all are kept but those that change by themselves.
void read_settings(const Json& value,
                   const std::string& path,
                   std::map<std::string, std::string>& into) {
  constexpr std::size_t kMost = 200;
  for (const auto& [key, member] : value.items()) {
    if (!is_setting(key) || into.size() >= kMost) continue;
    std::string here = path;
    if (!here.empty()) here += '.';
    here += key;
    if (member.is_object()) {
      read_settings(member, here, into);
    } else {
      into.emplace(here, member.dump(-1, ' ', false, Json::error_handler_t::replace));
    }
  }
}

Result<Binding> read_binding(const Json& domain) {
  Binding binding;
  binding.vendor_name = text_of(domain, "name");
  if (binding.vendor_name.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  // A name that is none stays in the list under its own spelling, which no target ever matches.
  binding.name = canonical_name(binding.vendor_name).value_or(to_lower(binding.vendor_name));
  binding.edge_name = text_of(domain, "cname");
  binding.status = words_of(domain, "status");
  binding.online = binding.status == "online";
  TRY(binding.stored_id, bound_id(domain));
  read_settings(domain, "", binding.settings);
  return binding;
}

/// Unix seconds up to the year 9999; anything else is left unset, for it may be a stranger's entry.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr std::int64_t kEndOf9999 = 253'402'300'799;
  const std::int64_t value = integer_of(certificate, key).value_or(0);
  return value < 0 || value > kEndOf9999 ? Time{} : Time{seconds(value)};
}

std::vector<std::string> names_of(const Json& certificate) {
  std::vector<std::string> names;
  const Json* info = member(certificate, "info");
  const Json* listed = info == nullptr ? nullptr : member(*info, "SAN");
  if (listed != nullptr && listed->is_array()) {
    for (const Json& name : *listed) {
      if (name.is_string()) names.push_back(name.get<std::string>());
    }
  } else if (std::string common_name = text_of(certificate, "name"); !common_name.empty()) {
    names.push_back(std::move(common_name));
  }
  for (std::string& name : names) name = canonical_name(name).value_or(to_lower(name));
  return names;
}

std::optional<std::size_t> use_count_of(const Json& certificate) {
  const auto count = integer_of(certificate, "domainCount");
  if (count && *count >= 0) return static_cast<std::size_t>(*count);
  const Json* domains = member(certificate, "domains");
  if (domains != nullptr && domains->is_array()) return domains->size();
  return std::nullopt;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "id", Effect::kReads));
  return StoredCertificate{.id = std::move(id),
                           .label = text_of(certificate, "note"),
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "issue"),
                           .not_after = time_of(certificate, "expire"),
                           .in_use = use_count_of(certificate)};
}

/// Reads each element of a list, or throws what is wrong with the first bad one: a list with holes
/// would say that a certificate is unused when it is not.
template <typename T>
std::vector<T> read_list(const Result<Json>& data,
                         std::string_view key,
                         Result<T> (*read)(const Json&),
                         const std::string& doing) {
  const auto fail = [&](Error error) { throw std::move(error).while_doing(doing); };
  if (!data) throw data.error();
  const Result<Json> list = list_in(*data, key);
  if (!list) fail(list.error());
  std::vector<T> out;
  out.reserve(list->size());
  for (const Json& element : *list) {
    Result<T> one = read(element);
    if (!one) fail(one.error());
    out.push_back(*std::move(one));
  }
  return out;
}

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported, "DogeCloud has no product '" + printable(product, 60) + "'")
      .with_hint("its products are: cdn");
}

}  // namespace

DogeCloud::DogeCloud(DogeCloudConfig config, HttpClient& http)
    : config_(std::move(config)), http_(http) {}

const ProviderMetadata& DogeCloud::metadata() const {
  return dogecloud_metadata();
}

Result<HttpRequest> DogeCloud::signed_request(DogeCloudCall call,
                                              const std::string& target,
                                              const std::optional<Secret>& body) const {
  HttpRequest request;
  // The path of the endpoint is not signed: a gateway that adds one has to take it off again, and
  // the vendor then sees the target that was signed.
  request.url = config_.endpoint + target;
  request.changes_state = effect_of(call) == Effect::kChanges;
  if (body) {
    request.method = "POST";
    request.body = *body;
    request.headers.emplace_back("Content-Type", Secret("application/json"));
  }
  TRY(Secret authorization,
      dogecloud_authorization(
          config_.access_key, config_.secret_key, target, request.body.reveal()));
  request.headers.emplace_back("Authorization", std::move(authorization));
  return request;
}

Task<Result<Json>> DogeCloud::call(DogeCloudCall call,
                                   std::string doing,
                                   std::string target,
                                   std::optional<Secret> body) {
  try {
    Result<HttpRequest> request = signed_request(call, target, body);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> data = read_dogecloud_reply(response, call);
    if (!data) throw std::move(data).error();
    co_return data;
  } catch (Error& error) {
    co_return std::unexpected(std::move(error).while_doing(std::move(doing)));
  }
}

Task<std::vector<Binding>> DogeCloud::list_bindings(std::string product) {
  check_product(product);
  const std::string doing = "listing the CDN domains at DogeCloud";
  const Result<Json> data =
      co_await call(DogeCloudCall::kList, doing, "/cdn/domain/list.json", std::nullopt);
  co_return read_list<Binding>(data, "domains", read_binding, doing);
}

Task<std::vector<StoredCertificate>> DogeCloud::list_stored() {
  const std::string doing = "listing the certificates at DogeCloud";
  const Result<Json> data =
      co_await call(DogeCloudCall::kList, doing, "/cdn/cert/list.json", std::nullopt);
  co_return read_list<StoredCertificate>(data, "certs", read_stored, doing);
}

Task<std::string> DogeCloud::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to DogeCloud";
  JsonBody body;
  body.text("note", label);
  body.text("cert", bundle->chain_pem);
  body.text("private", bundle->key_pem.reveal());
  Secret bytes = body.take();
  const Result<Json> data =
      co_await call(DogeCloudCall::kUpload, doing, "/cdn/cert/upload.json", std::move(bytes));
  if (!data) throw data.error();
  Result<std::string> id = id_of(*data, "id", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<BindDone> DogeCloud::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(!request.stored_id.empty());
  const std::string& domain = request.binding.vendor_name;
  const std::string doing = "pointing " + printable(domain, 100) + " at certificate " +
                            printable(request.stored_id, 100) + " of DogeCloud";
  if (planted("id_through_double")) {
    request.stored_id = std::to_string(static_cast<std::int64_t>(std::stod(request.stored_id)));
  }
  if (!bind_call_missing_) {
    Secret bytes = JsonBody().id("id", request.stored_id).text("domain", domain).take();
    const Result<Json> bound =
        co_await call(DogeCloudCall::kBind, doing, "/cdn/cert/bind.json", std::move(bytes));
    if (bound) co_return BindDone{};
    if (!is_no_such_call(bound.error())) throw bound.error();
    bind_call_missing_ = true;
  }
  std::string target = "/cdn/domain/config.json?domain=" + url_encode(domain);
  Secret bytes = JsonBody().id("cert_id", request.stored_id).take();
  const Result<Json> configured =
      co_await call(DogeCloudCall::kBind, doing, std::move(target), std::move(bytes));
  if (!configured) throw configured.error();
  co_return BindDone{.wrote_settings = true};
}

Task<void> DogeCloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::string doing = "deleting certificate " + printable(stored_id, 100) + " at DogeCloud";
  Secret bytes = JsonBody().id("id", stored_id).take();
  const Result<Json> removed =
      co_await call(DogeCloudCall::kDelete, doing, "/cdn/cert/delete.json", std::move(bytes));
  if (!removed) throw removed.error();
}

}  // namespace certferry

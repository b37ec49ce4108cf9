// TOS (object storage): a bucket is served under domains of the account's own; each points at a
// certificate of the certificate centre by its id there.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - hosts and a signature of its own; a bucket's name stands in the host . docs: 6349/74839, SDK
//  - what is sent is not signed, and answers have no ResponseMetadata ..... SDK; docs: samples
//  - one call lists the buckets of all regions, and each bucket is asked for its domains, in its
//  own
//    region ............................................................... docs: ListBuckets
//  - a bucket without such domains is not found ........................... SDK
//  - a bind is the call that adds a domain: its protocol is sent along as it is set, and compared
//    afterwards .......................................... docs: PutBucketCustomDomain, Protocol
//  - a domain that the vendor has banned stays in the list ................ docs: Forbidden
//  - a bucket may deny the call that lists its domains: it then stands in the list itself
//    ...................................................................... docs: bucket policy
// API: https://docs.byteplus.com/en/docs/tos/Putbucketcustomdomain,
// https://volcengine.com/docs/6349/74850

#include "providers/volcengine/tos.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/common/bucket_walk.h"
#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/spelled_name.h"
#include "providers/volcengine/metadata.h"
#include "signing/volcengine_tos.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr VolcengineService kTos{
    .site = &kVolcengineSite, .id = "tos", .host = "tos", .region = "cn-beijing", .version = ""};
constexpr const char* kBucket = "bucket";
constexpr const char* kRegion = "region";
constexpr const char* kProtocol = "Protocol";

/// Both a bucket's name and its region become part of a host.
bool is_label(std::string_view name) {
  return !name.empty() && name.size() <= 63 && !name.starts_with('-') && !name.ends_with('-') &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

/// Its hosts are of another domain than those of the services.
std::string endpoint_of(const std::string& endpoint, const std::string& place) {
  constexpr std::string_view kServices = "{service}.volcengineapi.";
  const auto at = endpoint.find(kServices);
  if (at == std::string::npos) return endpoint_of_service(endpoint, place);
  std::string out = endpoint;
  return out.replace(at, kServices.size(), place + ".volces.");
}

bool is_true(const Json* value) {
  return value != nullptr && value->is_boolean() && value->get<bool>();
}

std::string status_of(const Json& rule) {
  // The word that the engine knows for what nobody is served from.
  if (is_true(member(rule, "Forbidden"))) return "offline";
  const std::string certificate = words_of(rule, "CertStatus");
  const bool usual =
      certificate.empty() || certificate == "CertBound" || certificate == "CertUnbound";
  return usual ? "online" : "online, " + certificate;
}

}  // namespace

Result<HttpRequest> VolcengineTos::signed_request(const Call& call) const {
  const std::string& bucket = call.bucket.name;
  const std::string place = (bucket.empty() ? "" : bucket + ".") + "tos-" + call.bucket.region;
  const std::string endpoint = endpoint_of(config_.endpoint, place);
  // One address for everything: then the bucket stands in the path.
  const bool one_address = endpoint == config_.endpoint && !bucket.empty();
  const std::string path = one_address ? "/" + bucket + "/" : "/";
  HttpRequest request;
  request.method = call.body.empty() ? "GET" : "PUT";
  request.url = endpoint + path + (call.of_domains ? "?customdomain=" : "");
  request.changes_state = call.action.effect == Effect::kChanges;
  request.body = call.body;
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_tos(
          {.method = request.method,
           .host = host.substr(0, host.find('/')),
           .path = path,
           .query = call.of_domains ? QueryParameters{{"customdomain", ""}} : QueryParameters{}},
          config_.key,
          call.bucket.region,
          clock_.now()));
  request.headers = std::move(signature.headers);
  if (!request.body.empty()) {
    request.headers.emplace_back("Content-Type", Secret("application/json"));
    request.headers.emplace_back("Content-MD5", Secret(content_md5(request.body.reveal())));
  }
  return request;
}

Task<Json> VolcengineTos::call(Call call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    Result<Json> reply = read_tos_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<VolcengineTos::Bucket>> VolcengineTos::list_buckets() {
  const std::string doing = "listing the buckets of Volcengine TOS";
  Call question{.action = {.service = &kTos, .name = "ListBuckets"},
                .doing = doing,
                .bucket = {.name = {}, .region = std::string(kTos.region)},
                .of_domains = false};
  const Json reply = co_await call(std::move(question));
  const Json* list = member(reply, "Buckets");
  std::vector<Bucket> buckets;
  if (list == nullptr && reply.is_object()) co_return buckets;
  if (list == nullptr || !list->is_array()) {
    throw bad_shape("the answer has no list 'Buckets'", Effect::kReads).while_doing(doing);
  }
  for (const Json& one : *list) {
    Bucket bucket{.name = text_of(one, "Name"), .region = text_of(one, "Location")};
    if (!is_label(bucket.name) || !is_label(bucket.region)) {
      throw bad_shape("the list has a bucket without a name or a place", Effect::kReads)
          .while_doing(doing);
    }
    buckets.push_back(std::move(bucket));
  }
  co_return buckets;
}

Result<Binding> VolcengineTos::read_name(const Json& rule, const Bucket& bucket) {
  const std::string spelled = text_of(rule, "Domain");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  TRY(std::optional<std::string> certificate, reference_of(rule, "CertId"));
  Binding binding{.name = canonical_of_spelled(spelled),
                  .vendor_name = spelled,
                  .edge_name = text_of(rule, "Cname"),
                  .status = status_of(rule),
                  .stored_id = std::move(certificate),
                  .settings = {{kBucket, bucket.name}, {kRegion, bucket.region}}};
  binding.online = binding.status != "offline";
  const std::string protocol = words_of(rule, kProtocol);
  if (!protocol.empty()) binding.settings.emplace(kProtocol, protocol);
  return binding;
}

Task<std::vector<Binding>> VolcengineTos::list_names(Bucket bucket) {
  const std::string doing = "listing the domains of bucket " + bucket.name + " of Volcengine TOS";
  Call question{.action = {.service = &kTos, .name = "GetBucketCustomDomain"},
                .doing = doing,
                .bucket = bucket};
  Json reply;
  try {
    reply = co_await call(std::move(question));
  } catch (const Error& error) {
    // It has none, or was deleted since the list of buckets.
    if (error.kind != ErrorKind::kNotFound || error.vendor_code.empty()) throw;
    co_return std::vector<Binding>();
  }
  const Json* rules = member(reply, "CustomDomainRules");
  std::vector<Binding> bindings;
  if (rules == nullptr && reply.is_object()) co_return bindings;
  if (rules == nullptr || !rules->is_array()) {
    throw bad_shape("the answer has no list 'CustomDomainRules'", Effect::kReads)
        .while_doing(doing);
  }
  for (const Json& rule : *rules) {
    Result<Binding> one = read_name(rule, bucket);
    if (!one) throw std::move(one).error().while_doing(doing);
    bindings.push_back(*std::move(one));
  }
  co_return bindings;
}

Task<std::vector<Binding>> VolcengineTos::list() {
  std::vector<Bucket> buckets = co_await list_buckets();
  co_return co_await walk_buckets<Bucket>(
      std::move(buckets),
      [this](Bucket bucket) { return list_names(std::move(bucket)); },
      [](const Bucket& bucket) {
        return unlisted_bucket(bucket.name + ".tos-" + bucket.region + ".volces.com");
      });
}

Task<void> VolcengineTos::bind(Binding binding, std::string stored_id) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of Volcengine TOS at certificate " + printable(stored_id, 100);
  const auto bucket = binding.settings.find(kBucket);
  const auto region = binding.settings.find(kRegion);
  if (bucket == binding.settings.end() || region == binding.settings.end()) {
    throw Error(ErrorKind::kNotFound, "no list says which bucket of TOS the domain is of")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  JsonBody rule;
  rule.text("Domain", binding.vendor_name).text("CertId", stored_id);
  const auto protocol = binding.settings.find(kProtocol);
  if (protocol != binding.settings.end()) rule.text(kProtocol, protocol->second);
  JsonBody body;
  body.json("CustomDomainRule", rule.take().reveal());
  Call order{
      .action = {.service = &kTos, .name = "PutBucketCustomDomain", .effect = Effect::kChanges},
      .doing = doing,
      .bucket = {.name = bucket->second, .region = region->second},
      .body = body.take()};
  co_await call(std::move(order));
}

}  // namespace certferry

// OBS (object storage): a bucket is served under domains of the account's own; each is given a
// bundle, and the id in SCM that it goes by.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - XML, a signature of its own, and a bucket's name in the host ... docs: obs_04_0010, SDK
//  - one call lists the buckets of all regions, and each bucket is asked for its domains, in its
//    own region ..................................................... docs: obs_04_0020,
//    obs_04_0060
//  - a bind sends chain and key as well as the id: what is not here cannot be bound by its id alone
//    ................................................................ docs: obs_04_0059, SDK
//  - the same call without them would take the certificate away ..... docs: obs_04_0059
//  - newer regions list a certificate's name and not its id: then nobody can tell what it is
//    ................................................................ docs: obs_04_0060
//  - the list does not say whether a domain is served, nor where: its edge is looked for where the
//    domain itself leads
//  - a bucket may deny the call that lists its domains: it then stands in the list itself
// API: https://support.huaweicloud.com/api-obs/obs_04_0059.html

#include "providers/huaweicloud/obs.h"

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/common/bucket_walk.h"
#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/spelled_name.h"
#include "providers/common/xml_api.h"
#include "signing/canonical.h"
#include "signing/huawei_obs.h"

namespace certferry {

namespace {

constexpr HuaweiCloudAction kListBuckets{.permission = "obs:bucket:listAllMyBuckets"};
constexpr HuaweiCloudAction kListDomains{.permission =
                                             "obs:bucket:getBucketCustomDomainConfiguration"};
constexpr HuaweiCloudAction kBind{.permission = "obs:bucket:putBucketCustomDomainConfiguration",
                                  .effect = Effect::kChanges,
                                  .carried_key = true};

constexpr const char* kBucket = "bucket";
constexpr const char* kRegion = "region";
constexpr unsigned kPagesMost = 2000;

/// Both a bucket's name and its region become part of a host or a path.
bool is_label(std::string_view name) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789-.";
  return !name.empty() && name.size() <= 63 && !name.starts_with('.') && !name.starts_with('-') &&
         name.find_first_not_of(kLetters) == std::string_view::npos;
}

std::string host_in(const std::string& endpoint) {
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  return host.substr(0, host.find('/'));
}

/// A PEM has nothing that XML would have to escape.
Secret body_of(const BindRequest& request) {
  const auto [leaf, chain] = leaf_and_chain(request.bundle->chain_pem);
  const std::string id = xml_escape(request.stored_id);
  return joined({"<CustomDomainConfiguration><Name>certferry-",
                 id,
                 "</Name><CertificateId>",
                 id,
                 "</CertificateId><Certificate>",
                 leaf,
                 "</Certificate><CertificateChain>",
                 chain,
                 "</CertificateChain><PrivateKey>",
                 request.bundle->key_pem.reveal(),
                 "</PrivateKey></CustomDomainConfiguration>"});
}

}  // namespace

std::string HuaweiCloudObs::endpoint_of(const Bucket& bucket) const {
  const std::string label = bucket.name.empty() ? "" : bucket.name + ".";
  return endpoint_of_service(config_.endpoint, label + "obs." + bucket.region);
}

Result<HttpRequest> HuaweiCloudObs::signed_request(const Call& call) const {
  const std::string& bucket = call.bucket.name;
  std::string endpoint = endpoint_of(call.bucket);
  std::string path = "/";
  // The vendor's certificate is for one label before its hosts, and one address for everything has
  // no labels: then the bucket stands in the path, which is signed alike.
  if (!bucket.empty() && (endpoint == config_.endpoint || bucket.contains('.'))) {
    endpoint = endpoint_of({.name = {}, .region = call.bucket.region});
    path = "/" + bucket + "/";
  }
  std::string query;
  for (const auto& [name, value] : call.query) {
    query += (query.empty() ? "?" : "&") + percent_encode(name);
    if (!value.empty()) query += "=" + percent_encode(value);
  }
  HttpRequest request{.method = call.body.empty() ? "GET" : "PUT", .url = endpoint + path + query};
  request.changes_state = call.action.effect == Effect::kChanges;
  request.headers = call.headers;
  request.body = call.body;
  if (!call.body.empty()) {
    request.headers.emplace_back("Content-Type", Secret("application/xml"));
    request.headers.emplace_back("Content-MD5", Secret(content_md5(call.body.reveal())));
  }
  TRY(Signature signature,
      sign_obs({.method = request.method,
                .host = host_in(endpoint),
                .query = call.query,
                .headers = request.headers},
               bucket,
               config_.key,
               clock_.now()));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  return request;
}

Task<std::optional<pugi::xml_document>> HuaweiCloudObs::call(Call call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    auto reply = read_obs_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<HuaweiCloudObs::Bucket>> HuaweiCloudObs::list_buckets() {
  const std::string doing = "listing the buckets of OBS at Huawei Cloud";
  std::vector<Bucket> buckets;
  std::string marker;
  for (unsigned page = 0; page < kPagesMost; ++page) {
    Call question{.action = kListBuckets,
                  .doing = doing,
                  .bucket = {.name = {}, .region = config_.region},
                  .query = {},
                  .headers = {{"x-obs-bucket-type", Secret("OBJECT")}}};
    if (!marker.empty()) question.query.emplace_back("marker", marker);
    const auto reply = co_await call(std::move(question));
    const pugi::xml_node root = reply ? reply->child("ListAllMyBucketsResult") : pugi::xml_node();
    if (root.empty()) {
      throw bad_shape("the answer is no list of buckets", Effect::kReads).while_doing(doing);
    }
    for (const pugi::xml_node& one : root.child("Buckets").children("Bucket")) {
      Bucket bucket{.name = xml_text(one, "Name"), .region = xml_text(one, "Location")};
      if (!is_label(bucket.name) || !is_label(bucket.region)) {
        throw bad_shape("the list has a bucket without a name or a place", Effect::kReads)
            .while_doing(doing);
      }
      buckets.push_back(std::move(bucket));
    }
    if (xml_text(root, "IsTruncated") != "true") co_return buckets;
    const std::string next = xml_text(root, "NextMarker");
    if (next.empty() || next <= marker) break;
    marker = next;
  }
  throw Error(ErrorKind::kUnavailable, "the list of buckets does not go on from where it ended")
      .with_code("reply.paging")
      .while_doing(doing);
}

Result<Binding> HuaweiCloudObs::read_name(const pugi::xml_node& domain, const Bucket& bucket) {
  const std::string spelled = xml_text(domain, "DomainName");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  const nlohmann::json id = {{"id", xml_text(domain, "CertificateId")}};
  TRY(std::optional<std::string> certificate, reference_of(id, "id"));
  // What is in none of our lists must not look like nothing at all.
  const std::string name = xml_text(domain, "CertName");
  if (!certificate && !name.empty()) certificate = "own:" + printable(name, 80);
  return Binding{.name = canonical_of_spelled(spelled),
                 .vendor_name = spelled,
                 .online = true,
                 .status = "online",
                 .stored_id = std::move(certificate),
                 .settings = {{kBucket, bucket.name}, {kRegion, bucket.region}}};
}

Task<std::vector<Binding>> HuaweiCloudObs::list_names(Bucket bucket) {
  const std::string doing =
      "listing the domains of bucket " + bucket.name + " of OBS at Huawei Cloud";
  Call question{
      .action = kListDomains, .doing = doing, .bucket = bucket, .query = {{"customdomain", ""}}};
  std::optional<pugi::xml_document> reply;
  try {
    reply = co_await call(std::move(question));
  } catch (const Error& error) {
    // It has none, or was deleted since the list of buckets.
    if (error.kind != ErrorKind::kNotFound || error.vendor_code.empty()) throw;
    co_return std::vector<Binding>();
  }
  const pugi::xml_node root =
      reply ? reply->child("ListBucketCustomDomainsResult") : pugi::xml_node();
  if (root.empty()) {
    throw bad_shape("the answer is no list of domains", Effect::kReads).while_doing(doing);
  }
  std::vector<Binding> bindings;
  for (const pugi::xml_node& one : root.children("Domains")) {
    Result<Binding> binding = read_name(one, bucket);
    if (!binding) throw std::move(binding).error().while_doing(doing);
    bindings.push_back(*std::move(binding));
  }
  co_return bindings;
}

Task<std::vector<Binding>> HuaweiCloudObs::list() {
  std::vector<Bucket> buckets = co_await list_buckets();
  co_return co_await walk_buckets<Bucket>(
      std::move(buckets),
      [this](Bucket bucket) { return list_names(std::move(bucket)); },
      [this](const Bucket& bucket) { return unlisted_bucket(host_in(endpoint_of(bucket))); });
}

Task<void> HuaweiCloudObs::bind(BindRequest request) {
  const Binding& binding = request.binding;
  const std::string doing = "giving " + printable(binding.vendor_name, 100) +
                            " of OBS at Huawei Cloud certificate " +
                            printable(request.stored_id, 100);
  const auto bucket = binding.settings.find(kBucket);
  const auto region = binding.settings.find(kRegion);
  if (bucket == binding.settings.end() || region == binding.settings.end()) {
    throw Error(ErrorKind::kNotFound, "no list says which bucket of OBS the domain is of")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  if (request.bundle == nullptr || request.bundle->chain_pem.empty()) {
    throw Error(ErrorKind::kNotFound,
                "a domain of OBS takes chain and key themselves, and those of certificate " +
                    printable(request.stored_id, 100) + " are not here")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  Call order{.action = kBind,
             .doing = doing,
             .bucket = {.name = bucket->second, .region = region->second},
             .query = {{"customdomain", binding.vendor_name}},
             .headers = {},
             .body = body_of(request)};
  co_await call(std::move(order));
}

}  // namespace certferry

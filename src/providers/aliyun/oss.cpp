// OSS (object storage): a bucket is served under domains of the account's own; each points at a
// certificate of CAS.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - XML, its own signature, and a bucket's name in the host ... docs: signature version 4
//  - domains can be listed only bucket by bucket, without pages  docs: ListCname
//  - a certificate goes by its id and its store's region ....... docs: PutCname, CertId
//  - a bind is the call that adds a domain, so one that somebody has just taken away comes back, if
//    its owner still proves it ................................. docs: PutCname
//  - it replaces what is bound only if told to, by Force ........ docs: PutCname, PreviousCertId
//  - a bucket may deny the call that lists its domains: it then stands in the list itself, so that
//    nothing is deleted that its domains may have ............... docs: bucket policy
//  - OSS fetches the key from CAS with the rights of the caller . docs: PutCname, permissions
//  - a wildcard is listed without its '*.'; how one takes a certificate nobody says, so it is shown
//    and left alone ............................................. docs: ListCname, IsWildCard
// API: https://help.aliyun.com/zh/oss/developer-reference/putcname

#include "providers/aliyun/oss.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/aliyun/identifier.h"
#include "providers/common/bucket_walk.h"
#include "providers/common/endpoint.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"
#include "signing/alibaba_oss4.h"
#include "signing/canonical.h"

namespace certferry {

namespace {

constexpr AliyunService kOss{.id = "oss", .version = {}, .ram = "oss"};
constexpr AliyunAction kListBuckets{.service = &kOss, .name = "ListBuckets"};
constexpr AliyunAction kListCname{.service = &kOss, .name = "ListCname"};
constexpr AliyunAction kPutCname{.service = &kOss, .name = "PutCname", .effect = Effect::kChanges};

constexpr unsigned kBucketsAPage = 100;
constexpr unsigned kPagesMost = 2000;

bool is_bucket_name(std::string_view name) {
  return !name.empty() && name.size() <= 63 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

}  // namespace

Result<std::optional<pugi::xml_document>> read_oss_reply(const HttpResponse& response,
                                                         const AliyunAction& action) {
  const bool success = is_success(response.status);
  const std::string request_id = response.header("x-oss-request-id");
  if (success && response.body.empty()) {
    if (!request_id.empty()) return std::nullopt;
    return std::unexpected(bad_shape("the answer has no x-oss-request-id", action.effect));
  }
  Result<pugi::xml_document> read = read_xml(response, action.effect, Quoting::kAllowed);
  if (!read && success) return std::unexpected(std::move(read).error());
  pugi::xml_document document = read ? *std::move(read) : pugi::xml_document();
  const pugi::xml_node error = document.child("Error");
  if (!success || !error.empty()) {
    const std::string named = xml_text(error, "RequestId");
    const AliyunFailure failure = {.code = xml_text(error, "Code"),
                                   .message = xml_text(error, "Message"),
                                   .request_id = named.empty() ? request_id : named};
    return std::unexpected(aliyun_error(response, failure, action));
  }
  if (request_id.empty()) {
    return std::unexpected(bad_shape("the answer has no x-oss-request-id", action.effect));
  }
  return document;
}

Result<HttpRequest> AliyunOss::signed_request(const Call& call) const {
  const std::string& bucket = call.bucket.name;
  const std::string place = (bucket.empty() ? "" : bucket + ".") + "oss-" + call.bucket.region;
  const std::string endpoint = endpoint_of_service(config_.endpoint, place);
  std::string path = "/";
  if (endpoint == config_.endpoint && !bucket.empty()) {
    // One address for everything: then the bucket stands in the path, as the vendor's own clients
    // have it where a host cannot have another label.
    path = "/" + bucket + "/";
  }
  HttpRequest request;
  request.method = call.body.empty() ? "GET" : "POST";
  request.url = endpoint + path;
  request.changes_state = call.action.effect == Effect::kChanges;
  std::vector<std::string> query;
  for (const auto& [name, value] : call.query) {
    query.push_back(percent_encode(name) + (value.empty() ? "" : "=" + percent_encode(value)));
  }
  if (!query.empty()) request.url += "?" + join(query, "&");
  if (!call.body.empty()) {
    request.headers = {{"Content-Type", Secret("application/xml")},
                       {"Content-MD5", Secret(content_md5(call.body))}};
    request.body = Secret(call.body);
  }
  const std::string host = endpoint.substr(endpoint.find("//") + 2);
  TRY(Signature signature,
      sign_oss4({.method = request.method,
                 .host = host.substr(0, host.find('/')),
                 .query = call.query,
                 .headers = request.headers},
                bucket,
                config_.key,
                call.bucket.region,
                clock_.now()));
  for (auto& header : signature.headers) request.headers.push_back(std::move(header));
  return request;
}

Task<std::optional<pugi::xml_document>> AliyunOss::call(Call call) {
  try {
    Result<HttpRequest> request = signed_request(call);
    if (!request) throw std::move(request).error();
    const HttpResponse response = co_await http_.send(*std::move(request));
    auto reply = read_oss_reply(response, call.action);
    if (!reply) throw std::move(reply).error();
    co_return *std::move(reply);
  } catch (Error& error) {
    throw std::move(error).while_doing(std::move(call.doing));
  }
}

Task<std::vector<AliyunOss::Bucket>> AliyunOss::list_buckets(std::string doing) {
  std::vector<Bucket> buckets;
  std::string marker;
  for (unsigned page = 0; page < kPagesMost; ++page) {
    Call question{.action = kListBuckets,
                  .doing = doing,
                  .bucket = {.name = {}, .region = config_.region, .endpoint = {}},
                  .query = {{"max-keys", std::to_string(kBucketsAPage)}}};
    if (!marker.empty()) question.query.emplace_back("marker", marker);
    const auto reply = co_await call(std::move(question));
    const pugi::xml_node root = reply ? reply->child("ListAllMyBucketsResult") : pugi::xml_node();
    if (root.empty()) {
      throw bad_shape("the answer is no list of buckets", Effect::kReads).while_doing(doing);
    }
    for (const pugi::xml_node& one : root.child("Buckets").children("Bucket")) {
      std::string where = xml_text(one, "Location");
      if (where.starts_with("oss-")) where = where.substr(4);
      Bucket bucket{.name = xml_text(one, "Name"),
                    .region = std::move(where),
                    .endpoint = xml_text(one, "ExtranetEndpoint")};
      // Both become part of a host.
      if (!is_bucket_name(bucket.name) || !is_bucket_name(bucket.region)) {
        throw bad_shape("the list has a bucket without a name or a place", Effect::kReads)
            .while_doing(std::move(doing));
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
      .while_doing(std::move(doing));
}

Result<Binding> AliyunOss::read_name(const pugi::xml_node& cname, const Bucket& bucket) const {
  const std::string spelled = xml_text(cname, "Domain");
  if (spelled.empty()) {
    return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
  }
  const bool wildcard = xml_text(cname, "IsWildCard") == "true";
  Binding binding{.name = canonical_of_spelled(wildcard ? "*." + spelled : spelled),
                  .vendor_name = spelled,
                  .edge_name = bucket.name + "." + bucket.endpoint,
                  .status = printable(xml_text(cname, "Status"), 60),
                  .settings = {{"bucket", bucket.name}}};
  binding.online = binding.status == "Enabled" && !wildcard;
  if (binding.status == "Disabled") binding.status = "offline";  // as every product here says it
  if (wildcard) binding.status = "a wildcard, which takes no certificate here";
  const pugi::xml_node certificate = cname.child("Certificate");
  const std::string identifier = xml_text(certificate, "CertId");
  if (certificate.empty() || xml_text(certificate, "Status") == "Disabled") return binding;
  // What is in none of our lists must not look like nothing at all.
  const bool stored = !identifier.empty() && xml_text(certificate, "Type") != "Upload";
  binding.stored_id =
      stored ? id_in_store(identifier, config_.region) : "uploaded:" + printable(identifier, 80);
  return binding;
}

Binding AliyunOss::unlisted(const Bucket& bucket) {
  Binding binding = unlisted_bucket(bucket.name + "." + bucket.endpoint);
  binding.stored_id = std::string(kUnknownInCas) + "domains that may not be listed";
  return binding;
}

Task<std::vector<Binding>> AliyunOss::list_names(Bucket bucket, std::string doing) {
  Call question{.action = kListCname, .doing = doing, .bucket = bucket, .query = {{"cname", ""}}};
  std::optional<pugi::xml_document> reply;
  try {
    reply = co_await call(std::move(question));
  } catch (const Error& error) {
    // It was deleted since the list of buckets.
    if (error.vendor_code != "NoSuchBucket") throw;
    co_return std::vector<Binding>();
  }
  const pugi::xml_node root = reply ? reply->child("ListCnameResult") : pugi::xml_node();
  if (root.empty()) {
    throw bad_shape("the answer is no list of domains", Effect::kReads).while_doing(doing);
  }
  std::vector<Binding> bindings;
  for (const pugi::xml_node& one : root.children("Cname")) {
    Result<Binding> binding = read_name(one, bucket);
    if (!binding) throw std::move(binding).error().while_doing(doing);
    // A wildcard is spelled as the name above it, which may be another bucket's.
    if (!binding->name.starts_with("*.")) buckets_.insert_or_assign(binding->vendor_name, bucket);
    bindings.push_back(*std::move(binding));
  }
  co_return bindings;
}

Task<std::vector<Binding>> AliyunOss::list() {
  const std::string doing = "listing the domains of OSS's buckets at Alibaba Cloud";
  std::vector<Bucket> buckets;
  try {
    buckets = co_await list_buckets(doing);
  } catch (const Error& error) {
    if (!never_opened(error)) throw;
  }
  co_return co_await walk_buckets<Bucket>(
      std::move(buckets),
      [this, doing](Bucket bucket) { return list_names(std::move(bucket), doing); },
      unlisted);
}

Task<BindDone> AliyunOss::bind(BindRequest request) {
  const std::string doing = doing_bind(request, name());
  if (!buckets_.contains(request.binding.vendor_name)) (void)co_await list();
  const auto bucket = buckets_.find(request.binding.vendor_name);
  if (bucket == buckets_.end()) {
    throw Error(ErrorKind::kNotFound, "Alibaba Cloud knows no such domain in this account")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  const std::string identifier = identifier_of(request.stored_id, config_.region);
  Call order{.action = kPutCname,
             .doing = doing,
             .bucket = bucket->second,
             .query = {{"cname", ""}, {"comp", "add"}}};
  order.body = "<BucketCnameConfiguration><Cname><Domain>" +
               xml_escape(request.binding.vendor_name) +
               "</Domain><CertificateConfiguration><CertId>" + xml_escape(identifier) +
               "</CertId><Force>true</Force></CertificateConfiguration></Cname>"
               "</BucketCnameConfiguration>";
  (void)co_await call(std::move(order));
  co_return BindDone{};
}

}  // namespace certferry

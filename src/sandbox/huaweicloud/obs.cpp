#include "sandbox/huaweicloud/obs.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <pugixml.hpp>
#include <sstream>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"
#include "sandbox/fields.h"
#include "sandbox/huaweicloud/services.h"
#include "sandbox/pair.h"

namespace certferry::sandbox {

namespace {

constexpr std::size_t kDomainsABucket = 30;
constexpr minutes kTolerance(15);

HuaweiCloudRefusal invalid(std::string message) {
  return {.status = 400, .code = "InvalidArgument", .message = std::move(message)};
}

std::string xml(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return out.str();
}

void add(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
}

std::string bucket_name(std::size_t number) {
  return "bucket-" + std::to_string(number);
}

std::string region_of(std::size_t number) {
  return number % 2 == 0 ? "cn-north-4" : "cn-east-3";
}

std::vector<const Domain*> domains_of(const World& world) {
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "obs") all.push_back(&domain);
  }
  return all;
}

std::size_t count_buckets(const World& world) {
  return (domains_of(world).size() + kDomainsABucket - 1) / kDomainsABucket + 1;
}

bool is_near(const std::string& date, Time now) {
  const Result<Time> at = parse_http_date(date);
  return at && *at >= now - kTolerance && *at <= now + kTolerance;
}

std::string signed_text(const Request& request, const ObsRequest& call) {
  std::map<std::string, std::string> own;
  for (const auto& [name, value] : request.headers) {
    if (name.starts_with("x-obs-")) own[name] = std::string(trim(value));
  }
  std::string lines;
  for (const auto& [name, value] : own) lines.append(name).append(":").append(value).append("\n");
  std::string resource = call.bucket.empty() ? "/" : "/" + call.bucket + "/";
  if (const auto found = call.query.find("customdomain"); found != call.query.end()) {
    resource += "?customdomain" + (found->second.empty() ? "" : "=" + found->second);
  }
  return request.method + "\n" + request.header("content-md5") + "\n" +
         request.header("content-type") + "\n" + request.header("date") + "\n" + lines + resource;
}

void read_bind(ObsRequest& call, const Request& request) {
  pugi::xml_document document;
  const bool parsed = document.load_buffer(request.body.data(), request.body.size());
  const pugi::xml_node sent = document.child("CustomDomainConfiguration");
  call.domain = canonical_name(call.query.at("customdomain")).value_or("");
  call.name = sent.child_value("Name");
  call.certificate_id = sent.child_value("CertificateId");
  call.chain_pem =
      std::string(sent.child_value("Certificate")) + sent.child_value("CertificateChain");
  call.key_pem = Secret(std::string(sent.child_value("PrivateKey")));
  call.readable = parsed && !sent.empty() && !call.domain.empty();
}

ObsAnswer list_buckets(const World& world) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("ListAllMyBucketsResult");
  add(root.append_child("Owner"), "ID", "1");
  pugi::xml_node list = root.append_child("Buckets");
  for (std::size_t number = 0; number < count_buckets(world); ++number) {
    pugi::xml_node one = list.append_child("Bucket");
    add(one, "Name", bucket_name(number));
    add(one, "CreationDate", "2026-01-01T00:00:00.000Z");
    add(one, "Location", region_of(number));
    add(one, "BucketType", "OBJECT");
  }
  return xml(document);
}

ObsAnswer list_domains(const std::vector<const Domain*>& domains, SteadyTime moment) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("ListBucketCustomDomainsResult");
  for (const Domain* domain : domains) {
    pugi::xml_node one = root.append_child("Domains");
    add(one, "DomainName", domain->name);
    add(one, "CreateTime", format_time(domain->created_at));
    const EntryPtr entry = domain->bound_at(moment);
    if (entry) add(one, "CertificateId", huaweicloud_certificate_id(entry->id));
  }
  return xml(document);
}

ObsAnswer set_domain(World& world, const ObsRequest& call) {
  const bool named = call.name.size() >= 3 && call.name.size() <= 63;
  if (!named) return invalid("The name of the certificate has 3 to 63 characters.");
  const PairReader& reader = world.pair_reader();
  Result<UploadedPair> pair =
      reader ? reader(call.chain_pem, call.key_pem) : read_pair(call.chain_pem, call.key_pem);
  if (!pair) return invalid("The certificate cannot be read: " + pair.error().message);
  const auto id = huaweicloud::certificate_number(call.certificate_id);
  const auto stored = id ? world.entries().find(*id) : world.entries().end();
  if (stored == world.entries().end()) return invalid("CCM has no such certificate.");
  if (stored->second->pair.leaf.fingerprint != pair->leaf.fingerprint) {
    return invalid("The certificate is not that of the id.");
  }
  if (world.bind(*id, call.domain) == Outcome::kDone) return "";
  return invalid("The certificate is not for this domain.");
}

}  // namespace

std::string ObsRequest::permission() const {
  if (action == "ListBuckets") return "obs:bucket:listAllMyBuckets";
  return changes() ? "obs:bucket:putBucketCustomDomainConfiguration"
                   : "obs:bucket:getBucketCustomDomainConfiguration";
}

CallShape ObsRequest::shape() const {
  return {.endpoint = action,
          .domain = domain,
          .changes = changes(),
          .lists = !action.empty() && !changes(),
          .binds = changes()};
}

bool is_for_obs(const Request& request) {
  return request.authorization.starts_with("OBS ");
}

ObsRequest read_obs_request(const Request& request) {
  ObsRequest call;
  const auto mark = request.target.find('?');
  const std::string path = request.target.substr(0, mark);
  const std::vector<std::string> labels = split(request.header("host"), '.');
  const auto obs = std::ranges::find(labels, "obs");
  if (obs != labels.end() && obs + 1 != labels.end()) {
    call.region = *(obs + 1);
    if (obs != labels.begin()) call.bucket = labels.front();
  }
  if (call.bucket.empty() && path.size() > 1) {
    call.bucket = path.substr(1, path.find('/', 1) - 1);
    call.readable = path == "/" + call.bucket || path == "/" + call.bucket + "/";
  } else {
    call.readable = path == "/";
  }
  if (mark != std::string::npos) {
    for (const std::string& pair : split(std::string_view(request.target).substr(mark + 1), '&')) {
      const Result<Fields> one = parse_form(pair.contains('=') ? pair : pair + "=");
      call.readable = call.readable && one && one->size() == 1;
      if (one) call.query.insert(one->begin(), one->end());
    }
  }
  const auto domain = call.query.find("customdomain");
  if (request.method == "GET" && call.bucket.empty()) call.action = "ListBuckets";
  if (domain == call.query.end() || call.bucket.empty()) return call;
  if (request.method == "GET" && domain->second.empty()) call.action = "GetBucketCustomdomain";
  if (request.method != "PUT" || !call.readable) return call;
  call.action = "SetBucketCustomdomain";
  read_bind(call, request);
  return call;
}

std::optional<HuaweiCloudRefusal> refuse_obs_signature(const Request& request,
                                                       const ObsRequest& call,
                                                       const HuaweiCloudCredentials& credentials,
                                                       Time now) {
  const auto refused = [](std::string code, std::string message) {
    return HuaweiCloudRefusal{
        .status = 403, .code = std::move(code), .message = std::move(message)};
  };
  const std::string beginning = "OBS " + credentials.access_key_id + ":";
  if (!request.authorization.starts_with(beginning)) {
    return refused("InvalidAccessKeyId", "The OBS Access Key Id does not exist in our records.");
  }
  if (!is_near(request.header("date"), now)) {
    return refused("RequestTimeTooSkewed", "The request's time and ours differ too much.");
  }
  const std::string token = request.header("x-obs-security-token");
  if (token != credentials.security_token) {
    return refused("InvalidSecurity", "The security token is not that of the key.");
  }
  const std::string expected =
      base64_encode(hmac_sha1(credentials.secret_access_key, signed_text(request, call)));
  const std::string given = request.authorization.substr(beginning.size());
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return refused("SignatureDoesNotMatch", "The signature we calculated does not match.");
  }
  if (call.changes() && request.header("content-md5") != content_md5(request.body)) {
    return HuaweiCloudRefusal{
        .status = 400, .code = "BadDigest", .message = "Content-MD5 is not that of the body."};
  }
  return std::nullopt;
}

ObsAnswer run_obs_call(World& world, const ObsRequest& call, milliseconds view_age) {
  if (call.action == "ListBuckets") return list_buckets(world);
  const std::vector<const Domain*> all = domains_of(world);
  for (std::size_t number = 0; number < count_buckets(world); ++number) {
    if (call.bucket != bucket_name(number)) continue;
    if (!call.region.empty() && call.region != region_of(number)) {
      return HuaweiCloudRefusal{.status = 301,
                                .code = "PermanentRedirect",
                                .message = "The bucket must be addressed in its own region."};
    }
    const std::size_t from = std::min(number * kDomainsABucket, all.size());
    const std::size_t to = std::min(from + kDomainsABucket, all.size());
    const std::vector<const Domain*> own(all.begin() + static_cast<std::ptrdiff_t>(from),
                                         all.begin() + static_cast<std::ptrdiff_t>(to));
    if (!call.changes()) return list_domains(own, world.steady_now() - view_age);
    // A domain that is not there would be added, which is not emulated.
    const auto is_own = [&](const Domain* one) { return one->name == call.domain; };
    if (std::ranges::none_of(own, is_own)) return invalid("The domain is not this bucket's.");
    return set_domain(world, call);
  }
  return HuaweiCloudRefusal{
      .status = 404, .code = "NoSuchBucket", .message = "The specified bucket does not exist"};
}

std::string obs_error_body(const HuaweiCloudRefusal& refusal, const std::string& request_id) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Error");
  add(root, "Code", refusal.code);
  add(root, "Message", refusal.message);
  add(root, "RequestId", request_id);
  add(root, "HostId", "sandbox");
  return xml(document);
}

}  // namespace certferry::sandbox

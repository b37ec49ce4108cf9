#include "sandbox/aliyun/oss.h"

#include <openssl/crypto.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <pugixml.hpp>
#include <span>
#include <sstream>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"

namespace certferry::sandbox {

namespace {

constexpr std::size_t kDomainsABucket = 100;
constexpr std::string_view kRegion = "cn-hangzhou";  // of the buckets
constexpr minutes kTolerance(15);

std::string encoded(std::string_view text, std::string_view kept) {
  std::string out;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0;
    if (plain || std::string_view("-_.~").contains(c) || kept.contains(c)) {
      out += c;
    } else {
      std::array<char, 4> escape{};
      std::snprintf(escape.data(), escape.size(), "%%%02X", static_cast<unsigned char>(c));
      out += escape.data();
    }
  }
  return out;
}

std::string hex_of(const std::string& bytes) {
  const auto* data = reinterpret_cast<const unsigned char*>(bytes.data());
  return to_hex(std::span(data, bytes.size()));
}

/// "20260102T030405Z".
std::optional<Time> basic_time(const std::string& text) {
  if (text.size() != 16) return std::nullopt;
  const Result<Time> time =
      parse_time(text.substr(0, 4) + "-" + text.substr(4, 2) + "-" + text.substr(6, 5) + ":" +
                 text.substr(11, 2) + ":" + text.substr(13));
  return time ? std::optional(*time) : std::nullopt;
}

AliyunRefusal denied(std::string message) {
  return {.status = 403, .code = "AccessDenied", .message = std::move(message)};
}

AliyunRefusal malformed(std::string message) {
  return {.code = "InvalidArgument", .message = std::move(message)};
}

struct Scope {
  std::string key_id;
  std::string day;
  std::string region;
  std::string signature;
};

/// `Credential=id/day/region/oss/aliyun_v4_request,Signature=hex`, with or without a blank.
std::optional<Scope> scope_of(std::string_view authorization) {
  constexpr std::string_view kScheme = "OSS4-HMAC-SHA256 ";
  if (!authorization.starts_with(kScheme)) return std::nullopt;
  Scope scope;
  for (const std::string& part : split(authorization.substr(kScheme.size()), ',')) {
    const std::string_view text = trim(part);
    if (text.starts_with("Signature=")) scope.signature = text.substr(10);
    if (!text.starts_with("Credential=")) continue;
    const std::vector<std::string> pieces = split(text.substr(11), '/');
    if (pieces.size() != 5 || pieces[3] != "oss" || pieces[4] != "aliyun_v4_request") {
      return std::nullopt;
    }
    scope.key_id = pieces[0];
    scope.day = pieces[1];
    scope.region = pieces[2];
  }
  return scope.key_id.empty() || scope.signature.empty() ? std::nullopt : std::optional(scope);
}

std::string canonical_text(const Request& request, const OssRequest& call) {
  std::string query;
  for (const auto& [name, value] : call.query) {
    if (!query.empty()) query += "&";
    query += encoded(name, "");
    if (!value.empty()) query += "=" + encoded(value, "");
  }
  std::map<std::string, std::string> covered;
  for (const auto& [name, value] : request.headers) {
    const bool is = name == "content-type" || name == "content-md5" || name.starts_with("x-oss-");
    if (is) covered[name] = std::string(trim(value));
  }
  std::string lines;
  for (const auto& [name, value] : covered) {
    lines.append(name).append(":").append(value).append("\n");
  }
  const std::string path = call.bucket.empty() ? "/" : "/" + call.bucket + "/";
  return request.method + "\n" + path + "\n" + query + "\n" + lines + "\n\nUNSIGNED-PAYLOAD";
}

std::string signature_of(const std::string& canonical,
                         const std::string& time,
                         const Scope& scope,
                         const Secret& secret) {
  std::string key = "aliyun_v4" + std::string(secret.reveal());
  for (const std::string& link :
       {scope.day, scope.region, std::string("oss"), std::string("aliyun_v4_request")}) {
    key = hmac_sha256(Secret(key), link);
  }
  return hex_of(hmac_sha256(Secret(key),
                            "OSS4-HMAC-SHA256\n" + time + "\n" + scope.day + "/" + scope.region +
                                "/oss/aliyun_v4_request\n" + sha256_hex(canonical)));
}

/// The bucket that a host or a path names.
std::string bucket_of(const Request& request, std::string_view path) {
  const std::string host = request.header("host");
  const auto mark = host.find(".oss-");
  if (mark != std::string::npos) return host.substr(0, mark);
  if (host.starts_with("oss-") || path.size() < 2) return {};
  return std::string(path.substr(1, path.find('/', 1) - 1));
}

void read_bind(OssRequest& call, const std::string& body) {
  pugi::xml_document document;
  call.readable = static_cast<bool>(document.load_buffer(body.data(), body.size()));
  const pugi::xml_node cname = document.child("BucketCnameConfiguration").child("Cname");
  const pugi::xml_node certificate = cname.child("CertificateConfiguration");
  const std::string spelled = cname.child_value("Domain");
  call.domain = canonical_name(spelled).value_or(spelled);
  call.identifier = certificate.child_value("CertId");
  call.previous = certificate.child_value("PreviousCertId");
  call.force = std::string_view(certificate.child_value("Force")) == "true";
  call.readable = call.readable && !spelled.empty() && !certificate.empty();
}

std::string xml(const pugi::xml_document& document) {
  std::ostringstream out;
  document.save(out, "", pugi::format_raw, pugi::encoding_utf8);
  return out.str();
}

void add(pugi::xml_node parent, const char* name, const std::string& text) {
  parent.append_child(name).text().set(text.c_str());
}

std::vector<const Domain*> domains_of(const World& world) {
  std::vector<const Domain*> out;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "oss") out.push_back(&domain);
  }
  return out;
}

/// Their names are in order, as the list of buckets is.
std::string bucket_name(std::size_t number) {
  std::string digits = std::to_string(number);
  digits.insert(0, 4 - std::min<std::size_t>(4, digits.size()), '0');
  return "bucket-" + digits;
}

std::vector<std::string> buckets_of(const World& world) {
  std::vector<std::string> out;
  const std::size_t domains = domains_of(world).size();
  for (std::size_t at = 0; at < domains; at += kDomainsABucket) {
    out.push_back(bucket_name(at / kDomainsABucket + 1));
  }
  return out;
}

std::string_view text_of(const OssRequest& call, std::string_view name) {
  const auto found = call.query.find(name);
  return found == call.query.end() ? std::string_view() : std::string_view(found->second);
}

OssAnswer list_buckets(const World& world, const OssRequest& call) {
  std::size_t most = 100;
  const std::string_view wanted = text_of(call, "max-keys");
  if (!wanted.empty()) {
    const auto [rest, failed] = std::from_chars(wanted.data(), wanted.data() + wanted.size(), most);
    const bool whole = failed == std::errc() && rest == wanted.data() + wanted.size();
    if (!whole || most < 1 || most > 1000) return malformed("max-keys is from 1 to 1000");
  }
  const std::string_view marker = text_of(call, "marker");
  std::vector<std::string> all = buckets_of(world);
  std::erase_if(all, [&](const std::string& one) { return one <= marker; });
  const bool truncated = all.size() > most;
  if (truncated) all.resize(most);
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("ListAllMyBucketsResult");
  pugi::xml_node owner = root.append_child("Owner");
  add(owner, "ID", "1");
  add(owner, "DisplayName", "sandbox");
  add(root, "IsTruncated", truncated ? "true" : "false");
  if (truncated) add(root, "NextMarker", all.back());
  pugi::xml_node list = root.append_child("Buckets");
  for (const std::string& name : all) {
    pugi::xml_node one = list.append_child("Bucket");
    add(one, "Name", name);
    add(one, "CreationDate", "2026-01-01T00:00:00.000Z");
    add(one, "StorageClass", "Standard");
    add(one, "Location", "oss-" + std::string(kRegion));
    add(one, "Region", std::string(kRegion));
    add(one, "ExtranetEndpoint", "oss-" + std::string(kRegion) + ".sandbox-edge.test");
  }
  return xml(document);
}

OssAnswer no_such_bucket() {
  return AliyunRefusal{
      .status = 404, .code = "NoSuchBucket", .message = "The specified bucket does not exist."};
}

/// The domains of a bucket; nothing when there is no such bucket.
std::optional<std::vector<const Domain*>> in_bucket(const World& world, const std::string& bucket) {
  const std::vector<std::string> buckets = buckets_of(world);
  const auto found = std::ranges::find(buckets, bucket);
  if (found == buckets.end()) return std::nullopt;
  std::vector<const Domain*> all = domains_of(world);
  const auto from = static_cast<std::size_t>(found - buckets.begin()) * kDomainsABucket;
  const std::size_t to = std::min(from + kDomainsABucket, all.size());
  return std::vector<const Domain*>(all.begin() + static_cast<std::ptrdiff_t>(from),
                                    all.begin() + static_cast<std::ptrdiff_t>(to));
}

OssAnswer list_cname(const World& world,
                     const OssRequest& call,
                     const std::string& region,
                     SteadyTime moment) {
  const auto domains = in_bucket(world, call.bucket);
  if (!domains) return no_such_bucket();
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("ListCnameResult");
  add(root, "Bucket", call.bucket);
  add(root, "Owner", "sandbox");
  for (const Domain* domain : *domains) {
    const bool wildcard = domain->name.starts_with("*.");
    pugi::xml_node one = root.append_child("Cname");
    add(one, "Domain", wildcard ? domain->name.substr(2) : domain->name);
    add(one, "LastModified", format_time(domain->created_at));
    add(one, "Status", domain->online ? "Enabled" : "Disabled");
    if (wildcard) add(one, "IsWildCard", "true");
    const EntryPtr entry = domain->bound_at(moment);
    if (!entry) continue;
    pugi::xml_node certificate = one.append_child("Certificate");
    add(certificate, "Type", "CAS");
    add(certificate, "CertId", std::to_string(entry->id) + "-" + region);
    add(certificate, "Status", "Enabled");
    add(certificate, "ValidEndDate", format_time(entry->pair.leaf.not_after));
  }
  return xml(document);
}

OssAnswer put_cname(World& world, const OssRequest& call, const std::string& region) {
  const auto domains = in_bucket(world, call.bucket);
  if (!domains) return no_such_bucket();
  const auto found = std::ranges::find(*domains, call.domain, &Domain::name);
  // To add one takes a proof that nobody has given here.
  if (found == domains->end()) {
    return AliyunRefusal{.status = 403,
                         .code = "NeedVerifyDomainOwnership",
                         .message = "The domain is not yours as far as is known."};
  }
  const EntryPtr bound = (*found)->bound();
  const std::string now = bound ? std::to_string(bound->id) + "-" + region : "";
  if (!call.force && call.previous != now) return malformed("PreviousCertId is not what is bound");
  const std::string end = "-" + region;
  std::int64_t id = 0;
  const char* last = call.identifier.data() + call.identifier.size();
  const auto [rest, failed] = std::from_chars(call.identifier.data(), last, id);
  if (failed != std::errc() || std::string_view(rest, last) != end) {
    return malformed("CertId is no identifier of a certificate");
  }
  switch (world.bind(id, call.domain)) {
    case Outcome::kUnknownCertificate:
      return malformed("The certificate does not exist.");
    case Outcome::kNotCovered:
      return malformed("The certificate does not match the domain.");
    default:
      return "";
  }
}

}  // namespace

CallShape OssRequest::shape() const {
  return {.endpoint = action,
          .domain = domain,
          .changes = changes(),
          .lists = !changes(),
          .binds = changes()};
}

bool is_for_oss(const Request& request) {
  const std::string host = request.header("host");
  return host.starts_with("oss-") || host.contains(".oss-") ||
         request.authorization.starts_with("OSS4-");
}

OssRequest read_oss_request(const Request& request) {
  OssRequest call;
  const auto mark = request.target.find('?');
  const std::string_view path = std::string_view(request.target).substr(0, mark);
  call.bucket = bucket_of(request, path);
  if (mark != std::string::npos) {
    for (const std::string& pair : split(std::string_view(request.target).substr(mark + 1), '&')) {
      const auto equals = pair.find('=');
      // A name alone is no pair to the reader of forms.
      const auto one = read_parameters(equals == std::string::npos ? pair + "=" : pair);
      if (!one || one->size() != 1) {
        call.readable = false;
        return call;
      }
      call.query.insert(one->front());
    }
  }
  const bool of_names = call.query.contains("cname") && !call.bucket.empty();
  if (request.method == "GET" && call.bucket.empty()) call.action = "ListBuckets";
  if (request.method == "GET" && of_names) call.action = "ListCname";
  if (request.method == "POST" && of_names && text_of(call, "comp") == "add") {
    call.action = "PutCname";
    read_bind(call, request.body);
  }
  return call;
}

std::optional<AliyunRefusal> refuse_oss_signature(const Request& request,
                                                  const OssRequest& call,
                                                  const AliyunCredentials& credentials,
                                                  Time now) {
  const auto scope = scope_of(request.authorization);
  if (!scope) return denied("Authorization is of another form.");
  if (scope->key_id != credentials.access_key_id) {
    return AliyunRefusal{.status = 403,
                         .code = "InvalidAccessKeyId",
                         .message = "The OSS Access Key Id you provided does not exist."};
  }
  const std::string time = request.header("x-oss-date");
  const std::optional<Time> date = basic_time(time);
  if (!date || time.substr(0, 8) != scope->day) return denied("x-oss-date is missing or wrong.");
  if (*date < now - kTolerance || *date > now + kTolerance) {
    return AliyunRefusal{
        .status = 403,
        .code = "RequestTimeTooSkewed",
        .message = "The difference between the request time and now is too large."};
  }
  const bool of_bucket = !call.bucket.empty();
  if (of_bucket && scope->region != kRegion) {
    return AliyunRefusal{.status = 403,
                         .code = "AccessDenied",
                         .message = "The bucket is not in the region that was signed for."};
  }
  if (request.header("x-oss-content-sha256") != "UNSIGNED-PAYLOAD") {
    return denied("x-oss-content-sha256 is missing or wrong.");
  }
  const std::string md5 = request.header("content-md5");
  if (!md5.empty() && md5 != content_md5(request.body)) {
    return AliyunRefusal{.code = "InvalidDigest", .message = "Content-MD5 is not the body's."};
  }
  if (request.header("x-oss-security-token") != credentials.security_token) {
    return AliyunRefusal{.status = 403,
                         .code = "InvalidSecurityToken",
                         .message = "The security token is not that of the key."};
  }
  const std::string expected =
      signature_of(canonical_text(request, call), time, *scope, credentials.access_key_secret);
  const bool same = expected.size() == scope->signature.size() &&
                    CRYPTO_memcmp(expected.data(), scope->signature.data(), expected.size()) == 0;
  if (same) return std::nullopt;
  return AliyunRefusal{.status = 403,
                       .code = "SignatureDoesNotMatch",
                       .message = "The request signature we calculated does not match."};
}

OssAnswer run_oss_call(World& world,
                       const OssRequest& call,
                       const std::string& region,
                       milliseconds view_age) {
  if (!call.readable) {
    return AliyunRefusal{.code = "MalformedXML", .message = "The request cannot be read."};
  }
  if (call.action == "ListBuckets") return list_buckets(world, call);
  if (call.action == "ListCname") {
    return list_cname(world, call, region, world.steady_now() - view_age);
  }
  if (call.action == "PutCname") return put_cname(world, call, region);
  return AliyunRefusal{
      .status = 405, .code = "MethodNotAllowed", .message = "There is no such call here."};
}

std::string oss_error_body(const AliyunRefusal& refusal, const std::string& request_id) {
  pugi::xml_document document;
  pugi::xml_node root = document.append_child("Error");
  add(root, "Code", refusal.code);
  add(root, "Message", refusal.message);
  add(root, "RequestId", request_id);
  add(root, "HostId", "sandbox.aliyuncs.test");
  return xml(document);
}

}  // namespace certferry::sandbox

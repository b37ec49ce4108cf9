#include "sandbox/volcengine/tos.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "sandbox/volcengine/volcengine_support.h"

namespace certferry::sandbox {

using namespace volcengine;

namespace {

constexpr std::size_t kDomainsABucket = 20;

std::string bucket_of(std::size_t number) {
  return "bucket-" + std::to_string(number);
}

std::string_view region_of(std::size_t number) {
  return number % 2 == 0 ? "cn-beijing" : "cn-shanghai";
}

/// The number of a bucket of that name.
std::optional<std::size_t> number_of(const std::string& bucket, std::size_t buckets) {
  for (std::size_t number = 0; number < buckets; ++number) {
    if (bucket == bucket_of(number)) return number;
  }
  return std::nullopt;
}

TosAnswer list_buckets(std::size_t count) {
  Json buckets = Json::array();
  for (std::size_t number = 0; number < count; ++number) {
    const std::string host = "tos-" + std::string(region_of(number)) + ".volces.com";
    buckets.push_back({{"Name", bucket_of(number)},
                       {"Location", region_of(number)},
                       {"CreationDate", "2021-08-19T09:16:05.000Z"},
                       {"ExtranetEndpoint", host},
                       {"ProjectName", "default"}});
  }
  return Json{{"Buckets", buckets}, {"Owner", {{"ID", "2100000000"}}}};
}

TosAnswer list_names(const std::vector<const Domain*>& domains,
                     const TosProtocols& protocols,
                     SteadyTime at) {
  if (domains.empty()) {
    return VolcengineRefusal{.status = 404,
                             .code = "NoSuchCustomDomain",
                             .message = "The custom domain does not exist."};
  }
  Json rules = Json::array();
  for (const Domain* one : domains) {
    const EntryPtr entry = one->bound_at(at);
    const auto protocol = protocols.find(one->name);
    rules.push_back({{"Domain", one->name},
                     {"Cname", one->cname},
                     {"Forbidden", !one->online},
                     {"ForbiddenReason", one->online ? "" : "DomainUnregistered"},
                     {"CertId", entry ? volcengine_id(entry->id) : ""},
                     {"CertStatus", entry ? "CertBound" : "CertUnbound"},
                     {"Protocol", protocol == protocols.end() ? "tos" : protocol->second}});
  }
  return Json{{"CustomDomainRules", rules}};
}

TosAnswer put_name(World& world, TosProtocols& protocols, const TosRequest& call) {
  const std::string certificate = text_of(call.rule, "CertId");
  if (call.domain.empty() || certificate.empty()) return invalid("CustomDomainRule");
  std::string protocol = text_of(call.rule, "Protocol");
  if (protocol.empty()) protocol = "tos";
  if (protocol != "tos" && protocol != "s3") return invalid("Protocol");
  const auto id = read_id(certificate);
  if (!id || !world.entries().contains(*id)) {
    return VolcengineRefusal{.code = "InvalidCertID", .message = "The certificate is unknown."};
  }
  if (world.bind(*id, call.domain) != Outcome::kDone) {
    return VolcengineRefusal{.code = "CertNotMatch",
                             .message = "The certificate is not for this domain."};
  }
  protocols[call.domain] = protocol;
  return Json();
}

}  // namespace

CallShape TosRequest::shape() const {
  return {.endpoint = action,
          .domain = domain,
          .changes = changes(),
          .lists = !action.empty() && !changes(),
          .binds = changes()};
}

bool is_for_tos(const Request& request) {
  return request.authorization.starts_with("TOS4-");
}

TosRequest read_tos_request(const Request& request) {
  TosRequest call;
  const std::string path = request.target.substr(0, request.target.find('?'));
  const std::string host = request.header("host");
  const auto label = host.find(".tos-");
  if (label != std::string::npos) {
    call.bucket = host.substr(0, label);
    call.readable = path == "/";
  } else if (path.size() > 2 && path.ends_with('/')) {
    call.bucket = path.substr(1, path.size() - 2);
  }
  if (const auto scope = scope_of(request)) call.region = scope->region;
  const auto query = read_volcengine_query(request).value_or(VolcengineQuery());
  const bool of_domains = query == VolcengineQuery{{"customdomain", ""}};
  if (request.method == "GET" && query.empty() && call.bucket.empty()) call.action = "ListBuckets";
  if (request.method == "GET" && of_domains) call.action = "GetBucketCustomDomain";
  if (request.method == "PUT" && of_domains) call.action = "PutBucketCustomDomain";
  if (!call.changes()) return call;
  const Json body = Json::parse(request.body, nullptr, false);
  const Json* rule = body.is_object() ? member(body, "CustomDomainRule") : nullptr;
  const std::string hash = request.header("content-md5");
  call.readable = call.readable && rule != nullptr && rule->is_object() &&
                  (hash.empty() || hash == content_md5(request.body));
  if (!call.readable) return call;
  call.rule = *rule;
  call.domain = canonical_of(text_of(*rule, "Domain"));
  return call;
}

TosAnswer run_tos_call(World& world,
                       TosProtocols& protocols,
                       const TosRequest& call,
                       milliseconds view_age) {
  const std::vector<const Domain*> all = domains_of(world, "tos");
  const std::size_t count = (all.size() + kDomainsABucket - 1) / kDomainsABucket + 1;
  if (call.action == "ListBuckets") return list_buckets(count);
  const auto number = number_of(call.bucket, count);
  if (!number) {
    return VolcengineRefusal{
        .status = 404, .code = "NoSuchBucket", .message = "The bucket does not exist."};
  }
  if (call.region != region_of(*number)) {
    return VolcengineRefusal{.status = 403,
                             .code = "AuthorizationHeaderMalformed",
                             .message = "The region is not that of the bucket."};
  }
  const auto page = Page{.number = static_cast<std::int64_t>(*number) + 1,
                         .size = static_cast<std::int64_t>(kDomainsABucket)};
  const std::vector<const Domain*> own = page.of(all);
  if (!call.changes()) return list_names(own, protocols, world.steady_now() - view_age);
  const auto domain = std::ranges::find(
      own, call.domain, [](const Domain* one) -> const std::string& { return one->name; });
  // It would be added, which is not emulated.
  if (domain == own.end() || !(*domain)->online) return invalid("Domain");
  return put_name(world, protocols, call);
}

}  // namespace certferry::sandbox

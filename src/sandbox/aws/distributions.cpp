#include "sandbox/aws/distributions.h"

#include <algorithm>
#include <optional>
#include <pugixml.hpp>
#include <vector>

#include "base/text.h"
#include "crypto/digest.h"

namespace certferry::sandbox {

namespace {

constexpr std::string_view kNamespace =
    " xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"";
constexpr std::string_view kHead = "<?xml version=\"1.0\"?>\n";
constexpr seconds kDeploys(20);

AwsRefusal refusal(std::string code, std::string message, int status = 400) {
  return {.status = status, .code = std::move(code), .message = std::move(message)};
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : std::string(1, c);
  }
  return out;
}

std::string leaf(std::string_view name, std::string_view text) {
  const std::string tag(name);
  // As the vendor writes what is empty.
  return text.empty() ? "<" + tag + "/>" : "<" + tag + ">" + escaped(text) + "</" + tag + ">";
}

std::string node(std::string_view name, std::string_view inside) {
  return "<" + std::string(name) + ">" + std::string(inside) + "</" + std::string(name) + ">";
}

/// The only item of a list.
std::string list_of_one(std::string_view name, std::string_view item) {
  return node(name, leaf("Quantity", "1") + node("Items", item));
}

std::string text_at(const pugi::xml_node& root, const char* path) {
  return root.first_element_by_path(path).text().get();
}

std::string id_of(const Domain& domain) {
  return "E2SANDBOX" + std::to_string(domain.id);
}

std::string etag_of(std::string_view config) {
  std::string digest = sha256_hex(config).substr(0, 13);
  std::ranges::transform(digest, digest.begin(), [](char c) {
    return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return "E" + digest;
}

/// `which` is an ARN of ACM, or the id of a server certificate.
std::string viewer_xml(const std::string& which, const AwsSettings& settings) {
  const bool of_acm = which.starts_with("arn:");
  return node("ViewerCertificate",
              leaf("CloudFrontDefaultCertificate", "false") +
                  leaf(of_acm ? "ACMCertificateArn" : "IAMCertificateId", which) +
                  leaf("SSLSupportMethod", settings.method) +
                  leaf("MinimumProtocolVersion", settings.protocol) + leaf("Certificate", which) +
                  leaf("CertificateSource", of_acm ? "acm" : "iam"));
}

/// A count that its items do not add up to, anywhere.
bool is_inconsistent(const pugi::xml_node& parent) {
  for (const pugi::xml_node& one : parent.children()) {
    const pugi::xml_node quantity = one.child("Quantity");
    const auto items = one.child("Items").children();
    if (quantity && quantity.text().as_llong(-1) != std::distance(items.begin(), items.end())) {
      return true;
    }
    if (is_inconsistent(one)) return true;
  }
  return false;
}

}  // namespace

std::string AwsSettings::text() const {
  const std::vector<std::string> all = {default_root_object,
                                        header_value,
                                        protocol_policy,
                                        comment,
                                        price_class,
                                        web_acl,
                                        http_version,
                                        newer,
                                        method,
                                        protocol};
  return join(all, "\n");
}

const Domain* AwsDistributions::find(const std::string& id) const {
  const auto& all = world_.domains();
  const auto found = std::ranges::find_if(
      all, [&](const Domain& one) { return one.product == "cloudfront" && id_of(one) == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string AwsDistributions::name_of(const AwsRequest& call) const {
  const Domain* domain = find(call.distribution);
  return domain == nullptr ? "" : domain->name;
}

AwsSettings AwsDistributions::settings_of(const Domain& domain) const {
  const auto found = settings_.find(domain.name);
  return found == settings_.end() ? AwsSettings() : found->second;
}

std::string AwsDistributions::certificate_xml(const Domain& domain, SteadyTime moment) const {
  if (const EntryPtr entry = domain.bound_at(moment)) {
    const bool of_iam = certificates_.has(entry->id);
    return viewer_xml(of_iam ? AwsServerCertificates::id_text(entry->id) : aws_arn_of(entry->id),
                      settings_of(domain));
  }
  return node("ViewerCertificate",
              leaf("CloudFrontDefaultCertificate", "true") + leaf("SSLSupportMethod", "vip") +
                  leaf("MinimumProtocolVersion", "TLSv1") +
                  leaf("CertificateSource", "cloudfront"));
}

/// What the list and the settings both have.
std::string AwsDistributions::common_xml(const Domain& domain) const {
  const AwsSettings settings = settings_of(domain);
  const std::string header =
      node("OriginCustomHeader",
           leaf("HeaderName", "X-Origin-Secret") + leaf("HeaderValue", settings.header_value));
  const std::string origin =
      node("Origin",
           leaf("Id", "origin") + leaf("DomainName", domain.origin) + leaf("OriginPath", "") +
               list_of_one("CustomHeaders", header));
  return list_of_one("Aliases", leaf("CNAME", domain.name)) + list_of_one("Origins", origin) +
         node("DefaultCacheBehavior",
              leaf("TargetOriginId", "origin") +
                  leaf("ViewerProtocolPolicy", settings.protocol_policy)) +
         node("CacheBehaviors", leaf("Quantity", "0")) + leaf("Comment", settings.comment) +
         leaf("PriceClass", settings.price_class) +
         leaf("Enabled", domain.online ? "true" : "false") + leaf("WebACLId", settings.web_acl) +
         leaf("HttpVersion", settings.http_version) + leaf("IsIPV6Enabled", "true") +
         leaf("Staging", "false") +
         (settings.newer.empty() ? "" : node("NewerThanClients", leaf("Mode", settings.newer)));
}

std::string AwsDistributions::config_xml(const Domain& domain,
                                         const std::string& certificate) const {
  return leaf("CallerReference", "by hand " + std::to_string(domain.id)) +
         leaf("DefaultRootObject", settings_of(domain).default_root_object) + common_xml(domain) +
         certificate;
}

AwsXmlBody AwsDistributions::distribution_xml(const Domain& domain,
                                              const std::string& certificate) const {
  const std::string config = config_xml(domain, certificate);
  return {.text = std::string(kHead) + "<Distribution" + std::string(kNamespace) + ">" +
                  leaf("Id", id_of(domain)) + leaf("Status", "InProgress") +
                  leaf("DomainName", domain.cname) + node("DistributionConfig", config) +
                  "</Distribution>",
          .etag = etag_of(config)};
}

AwsAnswer AwsDistributions::list(const AwsRequest& call, SteadyTime moment) const {
  std::size_t most = 100;
  if (call.query.contains("MaxItems")) {
    const auto wanted = integer_field(call.query, "MaxItems");
    if (!wanted || *wanted < 1 || *wanted > 100) {
      return refusal("InvalidArgument", "MaxItems is from 1 to 100.");
    }
    most = static_cast<std::size_t>(*wanted);
  }
  const std::string marker(text_field(call.query, "Marker"));
  std::vector<const Domain*> all;
  for (const Domain& one : world_.domains()) {
    if (one.product == "cloudfront") all.push_back(&one);
  }
  const auto after =
      std::ranges::find_if(all, [&](const Domain* one) { return id_of(*one) == marker; });
  if (after == all.end() && !marker.empty()) return refusal("InvalidArgument", "Marker is none.");
  if (after != all.end()) all.erase(all.begin(), after + 1);
  const bool truncated = all.size() > most;
  if (truncated) all.resize(most);
  std::string items;
  for (const Domain* one : all) {
    const bool deploys = !one->changes.empty() && one->changes.back().at > moment - kDeploys;
    items +=
        node("DistributionSummary",
             leaf("Id", id_of(*one)) +
                 leaf("ARN", "arn:aws:cloudfront::123456789012:distribution/" + id_of(*one)) +
                 leaf("Status", deploys ? "InProgress" : "Deployed") +
                 leaf("LastModifiedTime", format_time(world_.now())) +
                 leaf("DomainName", one->cname) + common_xml(*one) + certificate_xml(*one, moment));
  }
  return AwsXmlBody{.text = std::string(kHead) + "<DistributionList" + std::string(kNamespace) +
                            ">" + leaf("Marker", marker) +
                            (truncated ? leaf("NextMarker", id_of(*all.back())) : std::string()) +
                            leaf("MaxItems", std::to_string(most)) +
                            leaf("IsTruncated", truncated ? "true" : "false") +
                            leaf("Quantity", std::to_string(all.size())) +
                            (items.empty() ? std::string() : node("Items", items)) +
                            "</DistributionList>"};
}

std::optional<std::int64_t> AwsDistributions::certificate_in(const pugi::xml_node& viewer) const {
  const std::string of_iam = viewer.child_value("IAMCertificateId");
  if (of_iam.empty()) {
    const auto id = aws_id_in(viewer.child_value("ACMCertificateArn"));
    return id && certificates_.has(*id) ? std::nullopt : id;
  }
  const auto id = certificates_.find_id(of_iam);
  return id && certificates_.is_for_cloudfront(*id) ? id : std::nullopt;
}

/// What is wrong with the certificate that an update asks for.
std::optional<AwsRefusal> AwsDistributions::refuse_certificate(const pugi::xml_node& viewer,
                                                               const std::string& name) const {
  const auto invalid = [](std::string message) {
    return refusal("InvalidViewerCertificate", std::move(message));
  };
  const std::string arn = viewer.child_value("ACMCertificateArn");
  const std::string of_iam = viewer.child_value("IAMCertificateId");
  const std::string older = viewer.child_value("Certificate");
  const std::string source = viewer.child_value("CertificateSource");
  if (std::string_view(viewer.child_value("CloudFrontDefaultCertificate")) == "true") {
    return invalid("To have an alternate domain name a certificate has to be attached.");
  }
  if ((!arn.empty() && !of_iam.empty()) || (!older.empty() && older != arn + of_iam)) {
    return invalid("Only one certificate can be attached.");
  }
  if (!of_iam.empty() && !source.empty() && source != "iam") {
    return invalid("Cannot specify IAMCertificateId and a CertificateSource not equal to \"iam\".");
  }
  const std::string_view method = viewer.child_value("SSLSupportMethod");
  if ((method != "sni-only" && method != "vip") || !viewer.child("MinimumProtocolVersion")) {
    return refusal("InvalidArgument", "SSLSupportMethod and MinimumProtocolVersion are missing.");
  }
  const std::int64_t id = certificate_in(viewer).value_or(0);
  switch (world_.check_bind(id, name)) {
    case Outcome::kDone:
      break;
    case Outcome::kNotCovered:
      return invalid("The certificate doesn't cover the alternate domain name (CNAME).");
    default:
      return invalid(
          "The specified SSL certificate doesn't exist, isn't in us-east-1 region, isn't valid, or "
          "doesn't include a valid certificate chain.");
  }
  const KeyType key = world_.entries().at(id)->pair.leaf.key;
  if (key.algorithm == KeyType::Algorithm::kEcdsa && key.bits != 256) {
    return invalid("The key of the certificate is not supported.");
  }
  return std::nullopt;
}

AwsAnswer AwsDistributions::update(const AwsRequest& call, const Domain& domain) {
  const std::string before = config_xml(domain, certificate_xml(domain, world_.steady_now()));
  if (call.if_match.empty()) {
    return refusal("InvalidIfMatchVersion",
                   "The If-Match version is missing or not valid for the resource.");
  }
  if (call.if_match != etag_of(before)) {
    return refusal("PreconditionFailed",
                   "The request failed because it didn't meet the preconditions in one or more "
                   "request-header fields.",
                   412);
  }
  pugi::xml_document document;
  if (!document.load_buffer(call.text.data(), call.text.size())) {
    return refusal("MalformedXML", "The XML you provided was not well-formed.");
  }
  const pugi::xml_node config = document.child("DistributionConfig");
  const std::string_view space = config.attribute("xmlns").value();
  if (space != "http://cloudfront.amazonaws.com/doc/2020-05-31/") {
    return refusal("MalformedXML", "The root or its namespace is another one.");
  }
  if (text_at(config, "CallerReference") != "by hand " + std::to_string(domain.id)) {
    return refusal("IllegalUpdate", "CallerReference cannot be changed.");
  }
  for (const char* required : {"Origins/Items/Origin/DomainName",
                               "DefaultCacheBehavior/TargetOriginId",
                               "Comment",
                               "Enabled",
                               "ViewerCertificate"}) {
    if (!config.first_element_by_path(required)) {
      return refusal("IllegalUpdate", std::string(required) + " is required for updates.");
    }
  }
  if (is_inconsistent(config)) {
    return refusal("InconsistentQuantities", "Quantity and the number of Items do not match.");
  }
  if (text_at(config, "Aliases/Items/CNAME") != domain.name) {
    return refusal("IllegalUpdate", "To change aliases is not emulated.");
  }
  const pugi::xml_node viewer = config.child("ViewerCertificate");
  const std::string name = domain.name;
  if (auto no = refuse_certificate(viewer, name)) return *no;
  constexpr const char* kHeader =
      "Origins/Items/Origin/CustomHeaders/Items/OriginCustomHeader/HeaderValue";
  settings_[name] = {
      .default_root_object = text_at(config, "DefaultRootObject"),
      .header_value = text_at(config, kHeader),
      .protocol_policy = text_at(config, "DefaultCacheBehavior/ViewerProtocolPolicy"),
      .comment = text_at(config, "Comment"),
      .price_class = text_at(config, "PriceClass"),
      .web_acl = text_at(config, "WebACLId"),
      .http_version = text_at(config, "HttpVersion"),
      .newer = text_at(config, "NewerThanClients/Mode"),
      .method = viewer.child_value("SSLSupportMethod"),
      .protocol = viewer.child_value("MinimumProtocolVersion")};
  world_.set_origin(name, text_at(config, "Origins/Items/Origin/DomainName"));
  world_.set_online(name, text_at(config, "Enabled") == "true");
  world_.bind(certificate_in(viewer).value_or(0), name);
  const Domain& now = *world_.find_domain(name);
  return distribution_xml(now, certificate_xml(now, world_.steady_now()));
}

AwsAnswer AwsDistributions::run(const AwsRequest& call, SteadyTime moment) {
  if (call.verb == AwsVerb::kListDistributions) return list(call, moment);
  const Domain* domain = find(call.distribution);
  if (domain == nullptr) {
    return refusal("NoSuchDistribution", "The specified distribution does not exist.", 404);
  }
  if (call.verb == AwsVerb::kUpdate) return update(call, *domain);
  const std::string config = config_xml(*domain, certificate_xml(*domain, world_.steady_now()));
  return AwsXmlBody{.text = std::string(kHead) + "<DistributionConfig" + std::string(kNamespace) +
                            ">" + config + "</DistributionConfig>",
                    .etag = etag_of(config)};
}

AwsAnswer AwsDistributions::pretend(const AwsRequest& call) const {
  const Domain* domain = find(call.distribution);
  pugi::xml_document document;
  if (domain == nullptr || !document.load_buffer(call.text.data(), call.text.size())) {
    return refusal("NoSuchDistribution", "The specified distribution does not exist.", 404);
  }
  const pugi::xml_node viewer = document.child("DistributionConfig").child("ViewerCertificate");
  const std::string which =
      std::string(viewer.child_value("ACMCertificateArn")) + viewer.child_value("IAMCertificateId");
  return distribution_xml(*domain, viewer_xml(which, settings_of(*domain)));
}

}  // namespace certferry::sandbox

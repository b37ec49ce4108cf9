// Amazon CloudFront (2020-05-31): a distribution has one certificate for all its alternate names.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - whoever binds one name of a distribution binds all: a certificate that does not cover each of
//    them is refused before anything is sent .................... docs: alternate domain names
//  - a write replaces all of the settings, and what it leaves out is reset: they are read, the one
//    element is exchanged in the text that came, and everything else goes back byte by byte
//  - and only if nobody wrote meanwhile: ETag, If-Match ......... docs: UpdateDistribution
//  - the list says which certificate each distribution has; one of IAM's store is shown by a name
//    that none of ACM's has .................................... docs: ViewerCertificate
//  - a distribution can be changed while an earlier change is on its way (InProgress), and serves
//    meanwhile ................................................. docs: UpdateDistribution
//  - its settings hold headers for the origin, which are often secrets: no answer is quoted, and of
//    what has more than one value only a digest is compared
// API: https://docs.aws.amazon.com/cloudfront/latest/APIReference/Welcome.html

#include "providers/aws/cloudfront.h"

#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"
#include "providers/common/xml_api.h"

namespace certferry {

namespace {

constexpr AwsService kCloudFront{
    .host = "cloudfront", .scope = "cloudfront", .iam = "cloudfront", .china = "cn-northwest-1"};
constexpr AwsAction kList{.service = &kCloudFront, .name = "ListDistributions"};
constexpr AwsAction kGetConfig{.service = &kCloudFront, .name = "GetDistributionConfig"};
constexpr AwsAction kUpdate{
    .service = &kCloudFront, .name = "UpdateDistribution", .effect = Effect::kChanges};

constexpr const char* kDistributions = "/2020-05-31/distribution";
/// A distribution may take 50 KB here, and an answer no more than 4 MiB.
constexpr const char* kDistributionsAPage = "25";

/// What a first certificate comes with: the console's own choice.
constexpr std::string_view kFirstMethod = "sni-only";
constexpr std::string_view kFirstProtocol = "TLSv1.2_2021";

bool is_id(std::string_view text) {
  return !text.empty() && text.size() <= 128 && is_printable(text) &&
         text.find(' ') == std::string_view::npos;
}

Error no_id(const std::string& what) {
  return Error(ErrorKind::kUnavailable, "the list has " + what + " without a usable id")
      .with_code("reply.no_id");
}

/// The certificate that viewers get; nothing for CloudFront's own. Throws `reply.shape` or
/// `reply.no_id`: what is not understood must not look like none.
std::optional<AwsViewerCertificate> certificate_of(const pugi::xml_node& viewer) {
  std::string arn = xml_text(viewer, kAwsOfAcm);
  if (is_id(arn)) return AwsViewerCertificate{.element = kAwsOfAcm, .value = std::move(arn)};
  std::string of_iam = xml_text(viewer, kAwsOfIam);
  if (arn.empty() && is_id(of_iam)) {
    return AwsViewerCertificate{.element = kAwsOfIam, .value = std::move(of_iam)};
  }
  if (!arn.empty() || !of_iam.empty()) throw no_id("a certificate");
  if (xml_text(viewer, "CloudFrontDefaultCertificate") == "true") return std::nullopt;
  throw bad_shape("a distribution does not say which certificate it has", Effect::kReads);
}

/// What begins the id of one that only IAM could tell the ARN of.
constexpr std::string_view kById = "IAM:";

std::string stored_id_of(const AwsViewerCertificate& certificate) {
  const bool is_arn = certificate.element == kAwsOfAcm;
  return is_arn ? certificate.value : std::string(kById) + certificate.value;
}

std::vector<std::string> names_in(const pugi::xml_node& distribution) {
  std::vector<std::string> names;
  for (const pugi::xml_node& one : distribution.child("Aliases").child("Items").children("CNAME")) {
    std::string name(trim(one.text().get()));
    if (name.empty()) throw bad_shape("a distribution has an alias without a name", Effect::kReads);
    names.push_back(std::move(name));
  }
  return names;
}

/// What a bind is to leave alone. Of what holds several values, secrets maybe, it is of interest
/// only whether it is the same.
std::map<std::string, std::string> settings_of(const pugi::xml_node& distribution,
                                               const std::vector<std::string>& names) {
  constexpr std::array<std::string_view, 7> kOwnAffair{"ARN",
                                                       "ETag",
                                                       "Status",
                                                       "LastModifiedTime",
                                                       "Aliases",
                                                       "AliasICPRecordals",
                                                       "ViewerCertificate"};
  std::map<std::string, std::string> settings = {{"names", join(names, " ")}};
  for (const pugi::xml_node& one : distribution.children()) {
    if (std::ranges::find(kOwnAffair, one.name()) != kOwnAffair.end()) continue;
    const bool plain = !one.first_child() || one.first_child().type() == pugi::node_pcdata;
    if (plain) {
      settings[one.name()] = one.text().get();
      continue;
    }
    std::ostringstream text;
    one.print(text, "", pugi::format_raw);
    settings[std::string(one.name()) + ", by SHA-256"] = sha256_hex(text.str()).substr(0, 16);
  }
  const pugi::xml_node viewer = distribution.child("ViewerCertificate");
  if (xml_text(viewer, "CloudFrontDefaultCertificate") == "true") {
    settings.insert(kHttpsOff);
    return settings;
  }
  for (const char* key : {"SSLSupportMethod", "MinimumProtocolVersion"}) {
    settings["https." + std::string(key)] = xml_text(viewer, key);
  }
  return settings;
}

void read_distribution(const pugi::xml_node& distribution, std::vector<Binding>& into) {
  const std::vector<std::string> names = names_in(distribution);
  if (names.empty()) return;
  if (!is_id(xml_text(distribution, "Id"))) throw no_id("a distribution");
  const bool enabled = xml_text(distribution, "Enabled") == "true";
  const auto certificate = certificate_of(distribution.child("ViewerCertificate"));
  const auto stored_id = certificate ? std::optional(stored_id_of(*certificate)) : std::nullopt;
  const std::map<std::string, std::string> settings = settings_of(distribution, names);
  for (const std::string& name : names) {
    into.push_back({.name = canonical_of_spelled(name),
                    .vendor_name = name,
                    .edge_name = xml_text(distribution, "DomainName"),
                    .online = enabled,
                    .status = enabled ? printable(xml_text(distribution, "Status"), 60) : "offline",
                    .stored_id = stored_id,
                    .settings = settings});
  }
}

/// Throws rejected: one of the distribution's names would be served what is not for it.
void require_all_covered(const std::vector<std::string>& names, const Certificate& leaf) {
  for (const std::string& name : names) {
    const std::string canonical = canonical_of_spelled(name);
    if (any_covers(leaf.dns_names, leaf.ip_addresses, canonical)) continue;
    throw Error(ErrorKind::kRejected,
                "the distribution serves " + printable(name, 100) +
                    " as well, which the certificate does not cover")
        .with_code("vendor.rejected")
        .with_hint(
            "a distribution has one certificate for all its names: renew one that covers them");
  }
}

Error no_settings() {
  return bad_shape("the answer is not the settings of a distribution", Effect::kReads);
}

std::string tag(std::string_view name, std::string_view text) {
  return "<" + std::string(name) + ">" + xml_escape(text) + "</" + std::string(name) + ">";
}

/// The children of an element as they stand in the text, in their order, by name.
std::vector<std::pair<std::string, std::string>> children_of(const pugi::xml_node& element,
                                                             const std::string& text,
                                                             std::size_t end) {
  std::vector<std::pair<std::string, std::string>> out;
  for (pugi::xml_node one = element.first_child(); one; one = one.next_sibling()) {
    if (one.type() != pugi::node_element) continue;
    pugi::xml_node next = one.next_sibling();
    while (next && next.type() != pugi::node_element) next = next.next_sibling();
    const auto from = static_cast<std::size_t>(one.offset_debug()) - 1;
    const std::size_t to = next ? static_cast<std::size_t>(next.offset_debug()) - 1 : end;
    out.emplace_back(one.name(), trim(std::string_view(text).substr(from, to - from)));
  }
  return out;
}

}  // namespace

Result<std::string> with_certificate(const std::string& config_xml,
                                     const AwsViewerCertificate& certificate) {
  constexpr std::string_view kOpened = "<ViewerCertificate>";
  constexpr std::string_view kClosed = "</ViewerCertificate>";
  pugi::xml_document document;
  const auto parsed = document.load_buffer(config_xml.data(), config_xml.size());
  const pugi::xml_node viewer = document.child("DistributionConfig").child("ViewerCertificate");
  const std::ptrdiff_t found = parsed ? viewer.offset_debug() : -1;
  if (found < 1 || viewer.next_sibling("ViewerCertificate")) return std::unexpected(no_settings());
  const std::size_t from = static_cast<std::size_t>(found) - 1;
  const std::size_t end = config_xml.find(kClosed, from);
  const bool whole = config_xml.compare(from, kOpened.size(), kOpened) == 0 &&
                     end != std::string::npos && viewer.first_child();
  if (!whole) return std::unexpected(no_settings());

  const bool first = xml_text(viewer, "CloudFrontDefaultCertificate") == "true";
  std::string inside =
      tag("CloudFrontDefaultCertificate", "false") + tag(certificate.element, certificate.value);
  if (first) {
    inside += tag("SSLSupportMethod", kFirstMethod) + tag("MinimumProtocolVersion", kFirstProtocol);
  }
  // The last two are an older way to say the first three.
  constexpr std::array<std::string_view, 5> kReplaced{"CloudFrontDefaultCertificate",
                                                      "ACMCertificateArn",
                                                      "IAMCertificateId",
                                                      "Certificate",
                                                      "CertificateSource"};
  for (const auto& [name, text] : children_of(viewer, config_xml, end)) {
    const bool said = first && (name == "SSLSupportMethod" || name == "MinimumProtocolVersion");
    if (said || std::ranges::find(kReplaced, name) != kReplaced.end()) continue;
    inside += text;
  }
  return config_xml.substr(0, from + kOpened.size()) + inside + config_xml.substr(end);
}

Task<std::vector<Binding>> AwsCloudFront::list() {
  const std::string doing = "listing the distributions of CloudFront at AWS";
  std::vector<Binding> all;
  std::map<std::string, std::string> ids;
  MarkerWalk walk;
  for (bool more = true; more;) {
    AwsXmlCall page{.action = kList,
                    .doing = doing,
                    .path = kDistributions,
                    .root = "DistributionList",
                    .query = {{"MaxItems", kDistributionsAPage}}};
    if (!walk.marker().empty()) page.query.emplace_back("Marker", walk.marker());
    const AwsXml reply = co_await account_.call(std::move(page));
    try {
      const pugi::xml_node root = reply.document.child("DistributionList");
      for (const pugi::xml_node& one : root.child("Items").children("DistributionSummary")) {
        const std::size_t before = all.size();
        read_distribution(one, all);
        for (std::size_t i = before; i < all.size(); ++i) {
          ids[all[i].vendor_name] = xml_text(one, "Id");
        }
      }
      const std::string truncated = xml_text(root, "IsTruncated");
      std::string next = xml_text(root, "NextMarker");
      if (truncated != "true" && truncated != "false") {
        throw bad_shape("the answer does not say whether the list goes on", Effect::kReads);
      }
      if (truncated == "false") next.clear();
      if (truncated == "true" && next.empty()) {
        throw bad_paging("the list does not say where it goes on");
      }
      const Result<bool> taken = walk.take(std::move(next));
      if (!taken) throw Error(taken.error());
      more = *taken;
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  ids_ = std::move(ids);
  co_await name_by_arn(&all, doing);
  co_return all;
}

/// Puts ARNs in the place of the ids that the store knows.
Task<void> AwsCloudFront::name_by_arn(std::vector<Binding>* all, std::string doing) {
  const auto is_by_id = [](const Binding& one) {
    return one.stored_id && one.stored_id->starts_with(kById);
  };
  std::set<std::string> ids;
  for (const Binding& one : *all) {
    if (is_by_id(one)) ids.insert(one.stored_id->substr(kById.size()));
  }
  if (ids.empty()) co_return;
  const std::map<std::string, std::string> arns = co_await store_.arns_of(std::move(ids), doing);
  for (Binding& one : *all) {
    if (!is_by_id(one)) continue;
    const auto found = arns.find(one.stored_id->substr(kById.size()));
    if (found != arns.end()) one.stored_id = found->second;
  }
}

Task<std::string> AwsCloudFront::id_of_distribution(std::string vendor_name, std::string doing) {
  if (!ids_.contains(vendor_name)) (void)co_await list();
  const auto found = ids_.find(vendor_name);
  if (found != ids_.end()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "no distribution of the account has this name")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

Task<void> AwsCloudFront::bind(Binding binding, std::string stored_id, BundlePtr bundle) {
  const std::string doing = "pointing " + printable(binding.vendor_name, 100) +
                            " of CloudFront at certificate " + printable(stored_id, 100) +
                            " of AWS";
  const std::string id = co_await id_of_distribution(binding.vendor_name, doing);
  const std::string path = std::string(kDistributions) + "/" + url_encode(id) + "/config";
  const AwsViewerCertificate wanted = co_await store_.viewer_certificate(stored_id, doing);
  AwsXmlCall question{
      .action = kGetConfig, .doing = doing, .path = path, .root = "DistributionConfig"};
  const AwsXml read = co_await account_.call(std::move(question));
  AwsXmlCall order{.action = kUpdate, .doing = doing, .path = path, .root = "Distribution"};
  try {
    const pugi::xml_node config = read.document.child("DistributionConfig");
    const std::vector<std::string> names = names_in(config);
    if (std::ranges::find(names, binding.vendor_name) == names.end()) {
      throw Error(ErrorKind::kNotFound, "the distribution has this name no more")
          .with_code("vendor.not_found");
    }
    // Of what goes back to an earlier certificate only that is known which served before.
    if (bundle) require_all_covered(names, bundle->leaf);
    // Whoever bound another name of the distribution has bound this one.
    if (certificate_of(config.child("ViewerCertificate")) == wanted) co_return;
    order.if_match = read.response.header("etag");
    if (!is_id(order.if_match)) {
      throw bad_shape("the answer does not say which version of the settings it is",
                      Effect::kReads);
    }
    Result<std::string> changed = with_certificate(read.response.body, wanted);
    if (!changed) throw std::move(changed).error();
    order.body = Secret(*std::move(changed));
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  const AwsXml reply = co_await account_.call(std::move(order));
  const pugi::xml_node viewer =
      reply.document.child("Distribution").child("DistributionConfig").child("ViewerCertificate");
  if (xml_text(viewer, wanted.element.c_str()) != wanted.value) {
    throw bad_shape("the answer does not name the certificate", Effect::kChanges)
        .while_doing(doing);
  }
}

}  // namespace certferry

// AWS Certificate Manager (ACM, 2015-12-08): certificates by ARN, with tags.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a list has RSA keys of up to 2048 bits alone, unless every kind is asked for .. SDK: Filters
//  - leaf, chain and key go in a field each, PEM in base64 ......................... SDK; docs
//  - a certificate has no name: our label is a tag, which lists do not tell, and one call to the
//    index of tags tells of all ............................ docs: Resource Groups Tagging API
//  - that index goes on naming what was deleted, so only ACM's own list counts ..... aws-sdk 676
//  - an import onto an ARN that is there replaces it for everybody at once, with nothing to go back
//    to: it is not done, and each import gets an ARN of its own ................. docs: reimport
//  - a list names a certificate's first hundred names, and leaves out those of private CAs: such a
//    one is asked for by its ARN, where it matters ........... SDK: CertificateSummary, Filters
//  - the kind of a key is RSA_2048 in lists and RSA-2048 of one alone ............ docs: samples
//  - times are numbers, which may have a point in them ............................. docs: samples
//  - what is in use is kept from being deleted ................ docs: DeleteCertificate, errors
// API: https://docs.aws.amazon.com/acm/latest/APIReference/Welcome.html

#include "providers/aws/acm.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/digest.h"
#include "providers/common/json_api.h"
#include "providers/common/json_body.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/page_walk.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr AwsService kAcm{
    .host = "acm.{region}", .scope = "acm", .iam = "acm", .target = "CertificateManager"};
constexpr AwsService kTagging{.host = "tagging.{region}",
                              .scope = "tagging",
                              .iam = "tag",
                              .target = "ResourceGroupsTaggingAPI_20170126"};
constexpr AwsAction kListCertificates{.service = &kAcm, .name = "ListCertificates"};
constexpr AwsAction kDescribe{.service = &kAcm, .name = "DescribeCertificate"};
constexpr AwsAction kGetResources{.service = &kTagging, .name = "GetResources"};
constexpr AwsAction kImport{.service = &kAcm,
                            .name = "ImportCertificate",
                            .effect = Effect::kChanges,
                            .carries_key = true,
                            .also_needed = "acm:AddTagsToCertificate"};
constexpr AwsAction kDelete{
    .service = &kAcm, .name = "DeleteCertificate", .effect = Effect::kChanges};

constexpr std::string_view kTag = "certferry";

constexpr std::string_view kEveryKind =
    R"({"keyTypes":["RSA_1024","RSA_2048","RSA_3072","RSA_4096","EC_prime256v1","EC_secp384r1",)"
    R"("EC_secp521r1"]})";

/// Seconds since 1970; unset when it is none, or of no era of ours.
Time time_of(const Json& certificate, std::string_view key) {
  constexpr double kLast = 253'370'764'800;  // 9999-01-01
  const Json* value = member(certificate, key);
  if (value == nullptr || !value->is_number()) return {};
  const auto seconds_since = value->get<double>();
  if (!(seconds_since >= 0 && seconds_since < kLast)) return {};
  return Time(seconds(static_cast<std::int64_t>(seconds_since)));
}

std::vector<std::string> names_of(const Json& certificate,
                                  std::string_view key = "SubjectAlternativeNameSummaries") {
  std::vector<std::string> names;
  const Json* listed = member(certificate, key);
  if (listed != nullptr && listed->is_array()) {
    for (const Json& one : *listed) {
      if (one.is_string()) names.push_back(canonical_of_spelled(one.get<std::string>()));
    }
  }
  const std::string first = text_of(certificate, "DomainName");
  if (names.empty() && !first.empty()) names.push_back(canonical_of_spelled(first));
  return names;
}

Result<StoredCertificate> read_stored(const Json& certificate) {
  TRY(std::string id, id_of(certificate, "CertificateArn", Effect::kReads));
  StoredCertificate stored{.id = std::move(id),
                           .label = {},
                           .names = names_of(certificate),
                           .not_before = time_of(certificate, "NotBefore"),
                           .not_after = time_of(certificate, "NotAfter")};
  const Json* used = member(certificate, "InUse");
  if (used != nullptr && used->is_boolean()) stored.in_use = used->get<bool>() ? 1U : 0U;
  return stored;
}

/// "RSA_2048", "RSA-2048", "EC_prime256v1".
KeyType::Algorithm algorithm_of(const Json& certificate) {
  const std::string said = text_of(certificate, "KeyAlgorithm");
  if (said.starts_with("RSA")) return KeyType::Algorithm::kRsa;
  return said.starts_with("EC") ? KeyType::Algorithm::kEcdsa : KeyType::Algorithm::kOther;
}

/// Unless it says outright that it has no more names than are listed here.
bool has_more_names(const Json& summary) {
  const Json* more = member(summary, "HasAdditionalSubjectAlternativeNames");
  const Json* listed = member(summary, "SubjectAlternativeNameSummaries");
  const bool whole = more != nullptr && *more == false;
  return !whole || listed == nullptr || !listed->is_array() || listed->empty();
}

AwsCertificate certificate_in(const Json& certificate, std::string_view names_key) {
  return {.names = names_of(certificate, names_key),
          .algorithm = algorithm_of(certificate),
          .not_after = time_of(certificate, "NotAfter"),
          .label = {}};
}

/// Throws `reply.shape`.
const Json& array_in(const Json& reply, const std::string& key) {
  const Json* items = member(reply, key);
  if (items != nullptr && items->is_array()) return *items;
  throw bad_shape("the answer has no list '" + key + "'", Effect::kReads);
}

/// Where the next page begins; empty: there is none. Throws `reply.shape`: it must not look like
/// the end.
std::string next_of(const Json& reply, const std::string& key) {
  const Json* next = member(reply, key);
  if (next == nullptr) return {};
  if (next->is_string()) return next->get<std::string>();
  throw bad_shape("the answer does not say whether the list goes on", Effect::kReads);
}

std::string label_in(const Json& resource) {
  const Json* tags = member(resource, "Tags");
  if (tags == nullptr || !tags->is_array()) return {};
  for (const Json& tag : *tags) {
    if (text_of(tag, "Key") == kTag) return text_of(tag, "Value");
  }
  return {};
}

}  // namespace

Task<std::map<std::string, std::string>> AwsAcm::labels(std::string doing) {
  std::map<std::string, std::string> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    JsonBody body;
    body.json("ResourceTypeFilters", R"(["acm:certificate"])");
    body.json("TagFilters", R"([{"Key":")" + std::string(kTag) + R"("}])");
    body.json("ResourcesPerPage", "100");
    if (!walk.marker().empty()) body.text("PaginationToken", walk.marker());
    const Json reply = co_await account_.call(kGetResources, doing, body.take());
    try {
      for (const Json& one : array_in(reply, "ResourceTagMappingList")) {
        all.insert_or_assign(text_of(one, "ResourceARN"), label_in(one));
      }
      const Result<bool> taken = walk.take(next_of(reply, "PaginationToken"));
      if (!taken) throw Error(taken.error());
      more = *taken;
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  co_return all;
}

Task<std::vector<Json>> AwsAcm::summaries(std::string doing) {
  std::vector<Json> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    JsonBody body;
    body.json("Includes", kEveryKind).json("MaxItems", "1000");
    if (!walk.marker().empty()) body.text("NextToken", walk.marker());
    const Json reply = co_await account_.call(kListCertificates, doing, body.take());
    try {
      const Json& page = array_in(reply, "CertificateSummaryList");
      all.insert(all.end(), page.begin(), page.end());
      const Result<bool> taken = walk.take(next_of(reply, "NextToken"));
      if (!taken) throw Error(taken.error());
      more = *taken;
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
  }
  co_return all;
}

Task<std::vector<StoredCertificate>> AwsAcm::list() {
  const std::string doing = "listing the certificates in ACM at AWS";
  const std::vector<Json> summaries_now = co_await summaries(doing);
  std::vector<StoredCertificate> all;
  for (const Json& one : summaries_now) {
    Result<StoredCertificate> stored = read_stored(one);
    if (!stored) throw std::move(stored).error().while_doing(doing);
    all.push_back(*std::move(stored));
  }
  // Afterwards, so that what is imported meanwhile has its label when it is listed.
  std::map<std::string, std::string> known = co_await labels(doing);
  for (StoredCertificate& one : all) one.label = std::move(known[one.id]);
  co_return all;
}

Task<std::map<std::string, AwsCertificate>> AwsAcm::certificates_of(std::set<std::string> arns,
                                                                    std::string doing) {
  std::map<std::string, AwsCertificate> all;
  std::erase_if(arns, [](const std::string& arn) { return !arn.contains(":acm:"); });
  if (arns.empty()) co_return all;
  const std::vector<Json> summaries_now = co_await summaries(doing);
  for (const Json& one : summaries_now) {
    const std::string arn = text_of(one, "CertificateArn");
    if (!arns.contains(arn) || has_more_names(one)) continue;
    all.emplace(arn, certificate_in(one, "SubjectAlternativeNameSummaries"));
  }
  for (const std::string& arn : arns) {
    if (all.contains(arn)) continue;
    JsonBody body;
    body.text("CertificateArn", arn);
    try {
      const Json reply = co_await account_.call(kDescribe, doing, body.take());
      const Json* certificate = member(reply, "Certificate");
      if (certificate == nullptr) {
        throw bad_shape("the answer has no certificate", Effect::kReads).while_doing(doing);
      }
      all.emplace(arn, certificate_in(*certificate, "SubjectAlternativeNames"));
    } catch (const Error& error) {
      if (error.kind != ErrorKind::kNotFound) throw;
    }
  }
  const std::map<std::string, std::string> known = co_await labels(doing);
  for (auto& [arn, certificate] : all) {
    const auto label = known.find(arn);
    if (label != known.end()) certificate.label = label->second;
  }
  co_return all;
}

/// Distributions name what is in ACM by its ARN.
Task<std::map<std::string, std::string>> AwsAcm::arns_of(std::set<std::string> /*ids*/,
                                                         std::string /*doing*/) {
  co_return std::map<std::string, std::string>();
}

Task<AwsViewerCertificate> AwsAcm::viewer_certificate(std::string stored_id,
                                                      std::string /*doing*/) {
  co_return AwsViewerCertificate{.element = kAwsOfAcm, .value = std::move(stored_id)};
}

Task<std::string> AwsAcm::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "importing the certificate into ACM at AWS";
  const auto [leaf, chain] = leaf_and_chain(bundle->chain_pem);
  const Secret key(base64_encode(bundle->key_pem.reveal()));
  JsonBody body;
  body.text("Certificate", base64_encode(leaf));
  body.text("PrivateKey", key.reveal());
  if (!chain.empty()) body.text("CertificateChain", base64_encode(chain));
  JsonBody tag;
  tag.text("Key", kTag).text("Value", label);
  const Secret tags = tag.take();
  body.json("Tags", "[" + std::string(tags.reveal()) + "]");
  const Json reply = co_await account_.call(kImport, doing, body.take());
  Result<std::string> id = id_of(reply, "CertificateArn", Effect::kChanges);
  if (!id) throw std::move(id).error().while_doing(doing);
  co_return *std::move(id);
}

Task<void> AwsAcm::remove(std::string stored_id) {
  JsonBody body;
  body.text("CertificateArn", stored_id);
  co_await account_.call(
      kDelete, "deleting certificate " + printable(stored_id, 100) + " in ACM at AWS", body.take());
}

}  // namespace certferry

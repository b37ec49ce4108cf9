// IAM's server certificates (2010-05-08): one store for all regions of an account.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a certificate has a name of the caller's, which is our label, and never other contents under
//    it; an id, by which distributions have it; and an ARN, made of its path and its name, by which
//    load balancers have it. Here it goes by its ARN ......... docs: IAM identifiers; SDK
//  - CloudFront takes those alone whose path begins with /cloudfront/ ........ docs: CloudFront
//  - lists tell neither names nor what a certificate is: each is read once, by its id, for contents
//    never change .......................................... docs: ListServerCertificates
//  - a name that is taken is refused: ours is, when an upload had arrived after all. It is read,
//  and
//    is the answer if it is what was to be stored .......... docs: UploadServerCertificate
//  - leaf, chain and key go in a field each, PEM as it is ... docs: UploadServerCertificate
//  - that what a load balancer has is kept from being deleted is what is seen, and what AWS's own
//    page puts in doubt: the account's products are asked before ..... docs:
//    DeleteServerCertificate
//  - what is new other services know within minutes ......... docs: eventual consistency
// API: https://docs.aws.amazon.com/IAM/latest/APIReference/API_UploadServerCertificate.html

#include "providers/aws/iam.h"

#include <algorithm>

#include "base/text.h"
#include "crypto/pem.h"
#include "model/label.h"
#include "providers/common/json_api.h"
#include "providers/common/leaf_and_chain.h"
#include "providers/common/page_walk.h"
#include "providers/common/xml_api.h"

namespace certferry {

namespace {

constexpr AwsService kIam{
    .host = "iam", .scope = "iam", .iam = "iam", .version = "2010-05-08", .china = "cn-north-1"};
constexpr AwsAction kListAll{.service = &kIam, .name = "ListServerCertificates"};
constexpr AwsAction kGet{.service = &kIam, .name = "GetServerCertificate"};
constexpr AwsAction kUpload{.service = &kIam,
                            .name = "UploadServerCertificate",
                            .effect = Effect::kChanges,
                            .carries_key = true};
constexpr AwsAction kRemove{
    .service = &kIam, .name = "DeleteServerCertificate", .effect = Effect::kChanges};

constexpr std::string_view kMark = ":server-certificate/";

pugi::xml_node result_of(const AwsXml& reply, const AwsAction& action) {
  const std::string name(action.name);
  return reply.document.child((name + "Response").c_str()).child((name + "Result").c_str());
}

bool is_whole(const AwsIam::Entry& entry) {
  const bool usable = entry.arn.starts_with("arn:") && entry.arn.size() <= 2048 &&
                      entry.arn.contains(kMark) && is_printable(entry.arn) &&
                      !entry.arn.contains(' ');
  return usable && !entry.name.empty() && entry.name.size() <= 128 && !entry.id.empty() &&
         entry.id.size() <= 128 && is_printable(entry.id) && !entry.id.contains(' ');
}

/// Throws `reply.no_id`: what cannot be named must not look like none.
AwsIam::Entry entry_in(const pugi::xml_node& metadata, Effect effect) {
  AwsIam::Entry entry{.id = xml_text(metadata, "ServerCertificateId"),
                      .arn = xml_text(metadata, "Arn"),
                      .name = xml_text(metadata, "ServerCertificateName"),
                      .path = xml_text(metadata, "Path")};
  if (!is_whole(entry)) {
    throw Error(unusable(effect), "the answer has a certificate without a usable name, ARN or id")
        .with_code("reply.no_id");
  }
  const Result<Time> ends = parse_time(xml_text(metadata, "Expiration"));
  if (ends && *ends > Time{}) entry.not_after = *ends;
  return entry;
}

/// Which of IAM's certificates CloudFront takes.
bool is_for_cloudfront(std::string_view path) {
  return path.starts_with(kAwsIamPath);
}

std::string name_in(const std::string& arn) {
  return arn.contains(kMark) ? arn.substr(arn.rfind('/') + 1) : "";
}

Error not_here(const std::string& doing) {
  return Error(ErrorKind::kNotFound, "IAM has no such certificate")
      .with_code("vendor.not_found")
      .while_doing(doing);
}

/// Ours by its name, or by what it is. Of other contents than its name says the name does not
/// count.
std::string label_of(const AwsIam::Entry& entry, const std::optional<Certificate>& leaf) {
  const auto said = fingerprint_in_label(entry.name);
  if (!leaf || said == leaf->fingerprint) return entry.name;
  return "certferry-" + leaf->fingerprint;
}

}  // namespace

void AwsIam::remember(const Entry& entry) {
  ids_.insert_or_assign(entry.arn, entry.id);
}

Task<std::vector<AwsIam::Entry>> AwsIam::entries(std::string doing) {
  std::vector<Entry> all;
  MarkerWalk walk;
  for (bool more = true; more;) {
    AwsFormCall page{.action = kListAll, .doing = doing, .fields = {{"MaxItems", "1000"}}};
    if (!walk.marker().empty()) page.fields.emplace_back("Marker", walk.marker());
    const AwsXml reply = co_await account_.call(std::move(page));
    try {
      const pugi::xml_node result = result_of(reply, kListAll);
      const pugi::xml_node list = result.child("ServerCertificateMetadataList");
      const std::string truncated = xml_text(result, "IsTruncated");
      if (!list || (truncated != "true" && truncated != "false")) {
        throw bad_shape("the answer has no list, or does not say whether it goes on",
                        Effect::kReads);
      }
      for (const pugi::xml_node& one : list.children("member")) {
        all.push_back(entry_in(one, Effect::kReads));
      }
      std::string next = truncated == "true" ? xml_text(result, "Marker") : "";
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
  ids_.clear();
  for (const Entry& one : all) remember(one);
  co_return all;
}

Task<std::optional<Certificate>> AwsIam::leaf_of(Entry entry, std::string doing) {
  const auto known = leaves_.find(entry.id);
  if (known != leaves_.end()) co_return known->second;
  std::optional<AwsXml> reply;
  try {
    AwsFormCall question{
        .action = kGet, .doing = doing, .fields = {{"ServerCertificateName", entry.name}}};
    reply = co_await account_.call(std::move(question));
  } catch (const Error& error) {
    // It was deleted since the list.
    if (error.kind != ErrorKind::kNotFound) throw;
  }
  if (!reply) co_return std::nullopt;
  const pugi::xml_node said = result_of(*reply, kGet).child("ServerCertificate");
  const pugi::xml_node metadata = said.child("ServerCertificateMetadata");
  if (xml_text(metadata, "ServerCertificateId") != entry.id) co_return std::nullopt;
  const std::string pem = xml_text(said, "CertificateBody");
  const auto chain = read_certificates(pem, "a certificate of IAM");
  if (!chain || chain->empty()) co_return std::nullopt;
  leaves_.emplace(entry.id, chain->front());
  co_return chain->front();
}

Task<std::vector<StoredCertificate>> AwsIam::list() {
  const std::string doing = "listing the server certificates in IAM at AWS";
  const std::vector<Entry> listed = co_await entries(doing);
  std::vector<StoredCertificate> all;
  for (const Entry& one : listed) {
    const std::optional<Certificate> leaf = co_await leaf_of(one, doing);
    StoredCertificate stored{.id = one.arn, .not_after = one.not_after};
    // One that the account's products may not take is none that could be used in place of ours.
    const bool same_use = is_for_cloudfront(one.path) == is_for_cloudfront(path_);
    stored.label = same_use ? label_of(one, leaf) : "at another path: " + one.name;
    if (leaf) {
      stored.names = leaf->dns_names;
      stored.not_before = leaf->not_before;
      stored.not_after = leaf->not_after;
    }
    all.push_back(std::move(stored));
  }
  co_return all;
}

Task<std::map<std::string, AwsCertificate>> AwsIam::certificates_of(std::set<std::string> arns,
                                                                    std::string doing) {
  std::map<std::string, AwsCertificate> all;
  std::erase_if(arns, [](const std::string& arn) { return !arn.contains(kMark); });
  if (arns.empty()) co_return all;
  const std::vector<Entry> listed = co_await entries(doing);
  for (const Entry& one : listed) {
    if (!arns.contains(one.arn)) continue;
    const std::optional<Certificate> leaf = co_await leaf_of(one, doing);
    if (!leaf) continue;
    all.emplace(one.arn,
                AwsCertificate{.names = leaf->dns_names,
                               .algorithm = leaf->key.algorithm,
                               .not_after = leaf->not_after,
                               .label = label_of(one, leaf)});
  }
  co_return all;
}

Task<std::map<std::string, std::string>> AwsIam::arns_of(std::set<std::string> ids,
                                                         std::string doing) {
  std::map<std::string, std::string> all;
  const auto gather = [&] {
    for (const auto& [arn, id] : ids_) {
      if (ids.contains(id)) all.insert_or_assign(id, arn);
    }
  };
  gather();
  if (all.size() == ids.size()) co_return all;
  (void)co_await entries(doing);
  all.clear();
  gather();
  co_return all;
}

Task<AwsViewerCertificate> AwsIam::viewer_certificate(std::string stored_id, std::string doing) {
  if (!ids_.contains(stored_id)) (void)co_await entries(doing);
  const auto found = ids_.find(stored_id);
  if (found == ids_.end()) throw not_here(doing);
  co_return AwsViewerCertificate{.element = kAwsOfIam, .value = found->second};
}

/// The ARN of what has the name already, if it is the leaf.
Task<std::string> AwsIam::adopt(Certificate leaf,
                                std::string name,
                                Error refused,
                                std::string doing) {
  AwsFormCall question{.action = kGet, .doing = doing, .fields = {{"ServerCertificateName", name}}};
  const AwsXml reply = co_await account_.call(std::move(question));
  const pugi::xml_node said = result_of(reply, kGet).child("ServerCertificate");
  Entry entry;
  try {
    entry = entry_in(said.child("ServerCertificateMetadata"), Effect::kReads);
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
  const std::string pem = xml_text(said, "CertificateBody");
  const auto chain = read_certificates(pem, "a certificate of IAM");
  const bool is_it =
      entry.name == name && chain && !chain->empty() && chain->front().der == leaf.der;
  if (!is_it) throw std::move(refused);
  remember(entry);
  co_return entry.arn;
}

Task<std::string> AwsIam::upload(BundlePtr bundle, std::string label) {
  const std::string doing = "uploading the certificate to IAM at AWS";
  const auto [leaf, chain] = leaf_and_chain(bundle->chain_pem);
  AwsFormCall order{.action = kUpload,
                    .doing = doing,
                    .fields = {{"ServerCertificateName", label},
                               {"Path", path_},
                               {"CertificateBody", std::string(leaf)}},
                    .secrets = {{"PrivateKey", bundle->key_pem}}};
  if (!chain.empty()) order.fields.emplace_back("CertificateChain", std::string(chain));
  std::optional<AwsXml> reply;
  std::optional<Error> taken;
  try {
    reply = co_await account_.call(std::move(order));
  } catch (const Error& error) {
    if (error.vendor_code != "EntityAlreadyExists") throw;
    taken = error;
  }
  if (taken) {
    const std::string arn =
        co_await adopt(bundle->leaf, std::move(label), *std::move(taken), doing);
    co_return arn;
  }
  try {
    const pugi::xml_node metadata = result_of(*reply, kUpload).child("ServerCertificateMetadata");
    const Entry entry = entry_in(metadata, Effect::kChanges);
    remember(entry);
    co_return entry.arn;
  } catch (Error& error) {
    throw std::move(error).while_doing(doing);
  }
}

Task<void> AwsIam::remove(std::string stored_id) {
  const std::string doing = "deleting certificate " + printable(stored_id, 100) + " in IAM at AWS";
  const std::string name = name_in(stored_id);
  if (name.empty()) throw not_here(doing);
  AwsFormCall order{.action = kRemove, .doing = doing, .fields = {{"ServerCertificateName", name}}};
  co_await account_.call(std::move(order));
  ids_.erase(stored_id);
}

}  // namespace certferry

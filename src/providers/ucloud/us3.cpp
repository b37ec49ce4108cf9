// US3 (object storage): a bucket is served under domains of the account's own; each holds a copy of
// a certificate, under the name that this has in USSL.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a bucket says its domains itself, and one call for the bucket what certificates they have,
//  with
//    their private keys: its answer is never quoted ....... docs: describe_bucket,
//    describe_ufile_ssl_cert
//  - a domain that has none is given a number of USSL; one that has one is given PEM, for the call
//    that replaces it takes no number .......... docs: add_ufile_ssl_cert, update_ufile_ssl_cert
//  - which of the two it has to be, the vendor says as well: 15081, 15082
//  - keys are shown in the form of PKCS#1 in the documents, and sent so
//  - the list of buckets does not count them: its last page is the one that is not full
//  - a domain of the CDN stands there too, and is UCDN's
//  - a bucket may deny its certificates: it then stands in the list itself
//  - no call says whether a domain is served, nor where: its edge is looked for where the domain
//    itself leads
// API: https://docs.ucloud.cn/api/ufile-api/

#include "providers/ucloud/us3.h"

#include <map>
#include <utility>

#include "base/text.h"
#include "crypto/keys.h"
#include "providers/common/bucket_walk.h"
#include "providers/common/json_api.h"
#include "providers/common/spelled_name.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr const char* kBucket = "bucket";
constexpr const char* kRegion = "region";
constexpr const char* kHasOne = "15081";
constexpr const char* kHasNone = "15082";

/// Error `reply.shape`.
Result<std::vector<std::string>> own_domains(const Json& bucket) {
  std::vector<std::string> domains;
  const Json* kinds = member(bucket, "Domain");
  if (kinds == nullptr) return domains;
  // The document calls it an array and shows an object.
  for (const Json& kind : kinds->is_array() ? *kinds : Json::array({*kinds})) {
    const Json* own = member(kind, "CustomSrc");
    if (own == nullptr) continue;
    if (!own->is_array()) {
      return std::unexpected(bad_shape("a bucket has no list 'CustomSrc'", Effect::kReads));
    }
    for (const Json& domain : *own) {
      if (!domain.is_string() || domain.get<std::string>().empty()) {
        return std::unexpected(bad_shape("a domain in the list has no name", Effect::kReads));
      }
      domains.push_back(domain.get<std::string>());
    }
  }
  return domains;
}

Error no_pair(const std::string& stored_id) {
  return Error(ErrorKind::kNotFound,
               "a domain of US3 that has a certificate takes chain and key themselves, and those "
               "of certificate " +
                   printable(stored_id, 100) + " are not here")
      .with_code("vendor.not_found");
}

}  // namespace

Task<std::vector<UcloudUs3::Bucket>> UcloudUs3::list_buckets() {
  const std::string doing = "listing the buckets of US3 at UCloud";
  if (account_.region().empty()) throw no_ucloud_region("US3").while_doing(doing);
  UcloudList wanted = ucloud_offsets({.action = {.name = "DescribeBucket"},
                                      .doing = doing,
                                      .parameters = {{"Region", Secret(account_.region())}}},
                                     "DataSet",
                                     100);
  wanted.ends = UcloudList::Ends::kByPageNotFull;
  const std::vector<Json> items = co_await account_.list(std::move(wanted));
  std::vector<Bucket> buckets;
  for (const Json& item : items) {
    Bucket bucket{.name = text_of(item, "BucketName"), .region = text_of(item, "Region")};
    if (bucket.region.empty()) bucket.region = account_.region();
    if (bucket.name.empty() || !is_printable(bucket.name) || !is_printable(bucket.region)) {
      throw bad_shape("the list has a bucket without a name", Effect::kReads).while_doing(doing);
    }
    Result<std::vector<std::string>> domains = own_domains(item);
    if (!domains) throw std::move(domains).error().while_doing(doing);
    bucket.domains = *std::move(domains);
    if (!bucket.domains.empty()) buckets.push_back(std::move(bucket));
  }
  co_return buckets;
}

Task<std::vector<UcloudUs3::Held>> UcloudUs3::list_names(Bucket bucket) {
  const std::string doing =
      "listing the certificates of bucket " + printable(bucket.name, 100) + " of US3 at UCloud";
  UcloudCall question{
      .action = {.name = "DescribeUFileSSLCert", .answers_key = true},
      .doing = doing,
      .parameters = {{"Region", Secret(bucket.region)}, {"BucketName", Secret(bucket.name)}}};
  Json reply;
  try {
    reply = co_await account_.call(std::move(question));
  } catch (const Error& error) {
    const bool none = error.vendor_code == kHasNone;
    if (!none && (error.kind != ErrorKind::kNotFound || error.vendor_code.empty())) throw;
    // It was deleted since the list of buckets.
    if (!none) co_return std::vector<Held>();
  }
  const Json* rows = member(reply, "DataSet");
  if (rows != nullptr && !rows->is_array()) {
    throw bad_shape("the answer has no list 'DataSet'", Effect::kReads).while_doing(doing);
  }
  std::map<std::string, const Json*> certificates;
  for (std::size_t at = 0; rows != nullptr && at < rows->size(); ++at) {
    const Json& row = (*rows)[at];
    const std::string spelled = text_of(row, "Domain");
    if (spelled.empty()) {
      throw bad_shape("a certificate in the list has no domain", Effect::kReads).while_doing(doing);
    }
    certificates[canonical_of_spelled(spelled)] = &row;
  }
  std::vector<Held> names;
  for (const std::string& spelled : bucket.domains) {
    Held held{.binding = {.name = canonical_of_spelled(spelled),
                          .vendor_name = spelled,
                          .online = true,
                          .status = "online",
                          .settings = {{kBucket, bucket.name}, {kRegion, bucket.region}}}};
    const auto found = certificates.find(held.binding.name);
    if (found != certificates.end()) {
      const std::string pem = text_of(*found->second, "Certificate");
      held.certificate = text_of(*found->second, "CertificateName");
      held.leaf = ucloud_leaf_in(pem);
      held.has = !pem.empty() || !held.certificate.empty();
    }
    names.push_back(std::move(held));
  }
  co_return names;
}

Task<std::vector<Binding>> UcloudUs3::list() {
  std::vector<Bucket> buckets = co_await list_buckets();
  std::vector<Held> all = co_await walk_buckets<Bucket, Held>(
      std::move(buckets),
      [this](Bucket bucket) { return list_names(std::move(bucket)); },
      [](const Bucket& bucket) { return Held{.binding = unlisted_bucket(bucket.name)}; });
  UcloudOriginals originals;
  if (std::ranges::any_of(all, &Held::has)) originals = co_await ussl_.originals();
  std::vector<Binding> bindings;
  for (Held& one : all) {
    if (one.has) {
      one.binding.stored_id = originals.number_of(one.leaf, one.certificate);
      // What is none of USSL's must not look like nothing at all.
      if (!one.binding.stored_id) {
        const std::string leaf = one.leaf.empty() ? "" : " " + short_fingerprint(one.leaf);
        one.binding.stored_id = "own:" + printable(one.certificate, 60) + leaf;
      }
    }
    bindings.push_back(std::move(one.binding));
  }
  co_return bindings;
}

Task<bool> UcloudUs3::send(UcloudCall call, std::string unless) {
  try {
    (void)co_await account_.call(std::move(call));
  } catch (const Error& error) {
    if (error.vendor_code != unless) throw;
    co_return false;
  }
  co_return true;
}

Task<void> UcloudUs3::bind(BindRequest request) {
  const Binding& binding = request.binding;
  const std::string doing = "giving " + printable(binding.vendor_name, 100) +
                            " of US3 at UCloud certificate " + printable(request.stored_id, 100);
  const auto bucket = binding.settings.find(kBucket);
  const auto region = binding.settings.find(kRegion);
  if (bucket == binding.settings.end() || region == binding.settings.end()) {
    throw Error(ErrorKind::kNotFound, "no list says which bucket of US3 the domain is of")
        .with_code("vendor.not_found")
        .while_doing(doing);
  }
  const bool here = request.bundle != nullptr && !request.bundle->chain_pem.empty();
  Secret key;
  if (here) {
    Result<Secret> written = write_key(request.bundle->key_pem, KeyForm::kTraditional);
    if (!written) throw std::move(written).error().while_doing(doing);
    key = *std::move(written);
  }
  const std::string name = co_await ussl_.name_of(request.stored_id);
  const UcloudParameters place = {{"Region", Secret(region->second)},
                                  {"BucketName", Secret(bucket->second)},
                                  {"Domain", Secret(binding.vendor_name)},
                                  {"CertificateName", Secret(name)}};
  UcloudCall add{.action = {.name = "AddUFileSSLCert", .effect = Effect::kChanges},
                 .doing = doing,
                 .parameters = place};
  add.parameters.emplace_back("USSLId", Secret(request.stored_id));
  UcloudCall update{
      .action = {.name = "UpdateUFileSSLCert", .effect = Effect::kChanges, .carried_key = true},
      .doing = doing,
      .parameters = place};
  if (here) {
    update.parameters.emplace_back("Certificate", Secret(request.bundle->chain_pem));
    update.parameters.emplace_back("CertificateKey", key);
  }
  // By the list it has one, or none; the vendor's own word for the contrary counts.
  if (!binding.stored_id) {
    const bool done = co_await send(add, kHasOne);
    if (done) co_return;
  }
  if (!here) throw no_pair(request.stored_id).while_doing(doing);
  const bool replaced = co_await send(std::move(update), kHasNone);
  if (replaced) co_return;
  (void)co_await account_.call(std::move(add));
}

}  // namespace certferry

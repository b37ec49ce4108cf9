#include "sandbox/ucloud/ucloud_us3.h"

#include <algorithm>

#include "sandbox/ucloud/ucloud_answers.h"

namespace certferry::sandbox {

using namespace ucloud;

namespace {

using Json = nlohmann::json;

constexpr std::size_t kDomainsABucket = 20;

std::vector<const Domain*> domains_of(const World& world) {
  std::vector<const Domain*> all;
  for (const Domain& domain : world.domains()) {
    if (domain.product == "us3") all.push_back(&domain);
  }
  return all;
}

std::string bucket_name(std::size_t number) {
  return "bucket-" + std::to_string(number);
}

/// With one at the end that has no domain.
std::size_t count_buckets(const World& world) {
  return (domains_of(world).size() + kDomainsABucket - 1) / kDomainsABucket + 1;
}

std::vector<const Domain*> domains_in(const World& world, std::size_t bucket) {
  const std::vector<const Domain*> all = domains_of(world);
  const std::size_t from = std::min(bucket * kDomainsABucket, all.size());
  const std::size_t to = std::min(from + kDomainsABucket, all.size());
  return {all.begin() + static_cast<std::ptrdiff_t>(from),
          all.begin() + static_cast<std::ptrdiff_t>(to)};
}

std::variant<std::vector<const Domain*>, UcloudRefusal> bucket_of(const World& world,
                                                                  const UcloudRequest& call) {
  if (auto no = refuse_region(call)) return *no;
  if (auto no = require(call.parameters, {"BucketName"})) return *no;
  for (std::size_t number = 0; number < count_buckets(world); ++number) {
    if (text_field(call.parameters, "BucketName") == bucket_name(number)) {
      return domains_in(world, number);
    }
  }
  return UcloudRefusal{.code = 15010, .message = "请求空间不存在，请重新输入。"};
}

/// The domain that a change is for, which is one of the bucket's.
std::variant<const Domain*, UcloudRefusal> place_of(const World& world, const UcloudRequest& call) {
  const auto bucket = bucket_of(world, call);
  if (const auto* no = std::get_if<UcloudRefusal>(&bucket)) return *no;
  if (auto no = require(call.parameters, {"Domain", "CertificateName"})) return *no;
  for (const Domain* one : std::get<std::vector<const Domain*>>(bucket)) {
    if (one->name == call.domain) return one;
  }
  return UcloudRefusal{.code = 15024, .message = "域名/ID与系统记录不一致，请重新输入。"};
}

UcloudAnswer give(World& world,
                  UcloudUs3Copies& copies,
                  const UcloudRequest& call,
                  const std::string& domain,
                  std::int64_t id) {
  if (world.bind(id, domain) != Outcome::kDone) {
    return UcloudRefusal{.code = 15084, .message = "certificate does not match the domain"};
  }
  copies[domain] = {.name = std::string(text_field(call.parameters, "CertificateName")),
                    .fingerprint = world.entries().at(id)->pair.leaf.fingerprint};
  return Json::object();
}

}  // namespace

UcloudAnswer list_us3_buckets(const World& world, const UcloudRequest& call) {
  if (auto no = refuse_region(call)) return *no;
  const auto slice = slice_of(call);
  if (const auto* no = std::get_if<UcloudRefusal>(&slice)) return *no;
  std::vector<std::size_t> numbers;
  for (std::size_t i = 0; i < count_buckets(world); ++i) numbers.push_back(i);
  Json items = Json::array();
  for (const std::size_t number : std::get<Slice>(slice).of(numbers)) {
    Json own = Json::array();
    for (const Domain* domain : domains_in(world, number)) own.push_back(domain->name);
    const std::string name = bucket_name(number);
    items.push_back({{"BucketName", name},
                     {"BucketId", "ufile-" + std::to_string(number)},
                     {"Region", kRegion},
                     {"Type", "public"},
                     {"Biz", "general"},
                     {"HasUserDomain", own.empty() ? 0 : 1},
                     {"Domain",
                      {{"Src", {name + ".cn-bj.ufileos.com"}},
                       {"Cdn", Json::array()},
                       {"CustomSrc", own},
                       {"CustomCdn", {"cdn-of-" + name + ".example.com"}}}}});
  }
  // It does not say how many there are.
  return Json{{"DataSet", items}};
}

UcloudAnswer list_us3_certificates(const World& world,
                                   const UcloudUs3Copies& copies,
                                   const UcloudRequest& call,
                                   SteadyTime moment) {
  const auto bucket = bucket_of(world, call);
  if (const auto* no = std::get_if<UcloudRefusal>(&bucket)) return *no;
  Json items = Json::array();
  for (const Domain* domain : std::get<std::vector<const Domain*>>(bucket)) {
    const EntryPtr entry = domain->bound_at(moment);
    if (!entry) continue;
    // What the console gave it goes by the name that it has in USSL.
    const auto copy = copies.find(domain->name);
    const bool named =
        copy != copies.end() && copy->second.fingerprint == entry->pair.leaf.fingerprint;
    items.push_back({{"Domain", domain->name},
                     {"CertificateName", named ? copy->second.name : entry->note},
                     {"Certificate", entry->pair.chain_pem},
                     {"CertificateKey", std::string(entry->pair.key_pem.reveal())}});
  }
  Json answer = Json::object();
  if (!items.empty()) answer["DataSet"] = items;
  return answer;
}

UcloudAnswer add_us3_certificate(World& world, UcloudUs3Copies& copies, const UcloudRequest& call) {
  const auto place = place_of(world, call);
  if (const auto* no = std::get_if<UcloudRefusal>(&place)) return *no;
  const Domain& domain = *std::get<const Domain*>(place);
  if (domain.bound())
    return UcloudRefusal{.code = 15081, .message = "the domain has a certificate"};
  const auto id = integer_field(call.parameters, "USSLId");
  if (!id || !world.entries().contains(*id)) return invalid("USSLId");
  return give(world, copies, call, domain.name, *id);
}

UcloudAnswer update_us3_certificate(World& world,
                                    UcloudUs3Copies& copies,
                                    const UcloudRequest& call) {
  const auto place = place_of(world, call);
  if (const auto* no = std::get_if<UcloudRefusal>(&place)) return *no;
  const Domain& domain = *std::get<const Domain*>(place);
  if (call.parameters.contains("USSLId")) return invalid("USSLId");
  if (auto no = require(call.parameters, {"Certificate", "CertificateKey"})) return *no;
  if (!domain.bound()) return UcloudRefusal{.code = 15082, .message = "the domain has none"};
  const auto pair = pair_of(world,
                            std::string(text_field(call.parameters, "Certificate")),
                            std::string(text_field(call.parameters, "CertificateKey")),
                            {.code = 15084, .message = "certificate and key do not match"});
  if (const auto* no = std::get_if<UcloudRefusal>(&pair)) return *no;
  const auto id = stored_like(world, std::get<UploadedPair>(pair).leaf.fingerprint);
  // A copy of what is not in USSL is not emulated.
  if (!id) return invalid("Certificate");
  return give(world, copies, call, domain.name, *id);
}

}  // namespace certferry::sandbox

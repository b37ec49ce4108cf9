// COS (object storage): a bucket is served under domains of the account's own. SSL Certificates
// lists them and carries certificates to them, by jobs; COS itself is not called.
//
// What is odd here, each with its evidence (all of it in metadata.cpp):
//  - a list that names a certificate leaves domains out: those that it does not cover, and those
//    that have it already. None is named .......... docs: DescribeHostCosInstanceList, Filters
//  - what is listed is up to half an hour old, unless told not to be . docs: IsCache
//  - a bind is a job, and jobs have oddities of their own ............ deploy_jobs.cpp
//  - a bind names the bucket's region twice, in a header and in what it is for . docs
//  - the names of regions come with the list; the account need not know any
// API: https://cloud.tencent.com/document/api/400/91667

#include <algorithm>
#include <map>
#include <utility>

#include "providers/common/json_api.h"
#include "providers/tencentcloud/deploy_jobs.h"
#include "providers/tencentcloud/products.h"

namespace certferry {

namespace {

using Json = nlohmann::json;

constexpr TencentService kSsl{.id = "ssl", .version = "2019-12-05"};
constexpr TencentAction kList{.service = &kSsl, .name = "DescribeHostCosInstanceList"};

/// Where a domain is; both become part of what a bind is for.
struct Place {
  std::string region;
  std::string bucket;

  bool known() const { return is_word(region) && is_word(bucket); }

 private:
  static bool is_word(std::string_view text) {
    constexpr std::string_view kTaken = "abcdefghijklmnopqrstuvwxyz0123456789-.";
    return !text.empty() && text.find_first_not_of(kTaken) == std::string_view::npos;
  }
};

Place place_in(const Json& row) {
  return {.region = text_of(row, "Region"), .bucket = text_of(row, "Bucket")};
}

TencentDomain read_domain(const Json& row) {
  const std::string spelled = text_of(row, "Domain");
  if (spelled.empty()) throw bad_shape("a domain in the list has no name", Effect::kReads);
  const Place place = place_in(row);
  TencentDomain out;
  Binding& binding = out.binding;
  binding = {.name = tencent_name(spelled),
             .vendor_name = spelled,
             .status = words_of(row, "Status"),
             .settings = {{"bucket", place.bucket}, {"region", place.region}}};
  binding.online = binding.status == "ENABLED" && place.known();
  if (binding.status == "ENABLED") {
    binding.status = binding.online ? "online" : "in a bucket that the list does not name";
  } else if (binding.status == "DISABLED") {
    binding.status = "offline";
  }
  const std::string id = tencent_reference(row, "CertId");
  if (!id.empty()) {
    out.certificates.push_back(id);
    binding.stored_id = id;
  }
  return out;
}

std::string instance_of(const Place& place, const std::string& domain) {
  return place.region + "|" + place.bucket + "|" + domain;
}

class TencentCos final : public TencentProduct {
 public:
  TencentCos(TencentAccount& account, Sleeper* sleeper)
      : account_(account), jobs_(account, sleeper) {}

  std::string_view id() const override { return "cos"; }
  std::string_view name() const override { return "COS"; }
  bool may_be_unopened() const override { return !listed_; }
  Task<std::vector<TencentDomain>> list() override;
  Task<BindDone> bind(BindRequest request) override;

 private:
  Task<Place> place_of(BindRequest request);
  Task<bool> is_there(BindRequest request);

  TencentAccount& account_;
  DeployJobs jobs_;
  std::map<std::string, Place> places_;  ///< by the vendor's spelling of the domain
  bool listed_ = false;
};

Task<std::vector<TencentDomain>> TencentCos::list() {
  const std::string doing = "listing the domains of COS at Tencent Cloud";
  TencentList wanted{.action = kList,
                     .doing = doing,
                     .parameters = {{"ResourceType", "cos"}, {"IsCache", 0}},
                     .items = "InstanceList"};
  const std::vector<Json> rows = co_await account_.list(std::move(wanted));
  listed_ = true;
  std::vector<TencentDomain> all;
  std::map<std::string, std::size_t> seen;
  for (const Json& row : rows) {
    TencentDomain one;
    try {
      one = read_domain(row);
    } catch (Error& error) {
      throw std::move(error).while_doing(doing);
    }
    const auto [before, first] = seen.emplace(one.binding.name, all.size());
    if (first) {
      places_.insert_or_assign(one.binding.vendor_name, place_in(row));
      all.push_back(std::move(one));
      continue;
    }
    // It has moved to another bucket: one of them serves it, and both may refer to a certificate.
    TencentDomain& other = all[before->second];
    if (one.binding.online && !other.binding.online) {
      places_.insert_or_assign(one.binding.vendor_name, place_in(row));
      std::swap(one, other);
    }
    std::ranges::move(one.certificates, std::back_inserter(other.certificates));
  }
  for (TencentDomain& one : all) {
    Binding& binding = one.binding;
    const OnItsWay way =
        co_await jobs_.on_its_way(instance_of(places_[binding.vendor_name], binding.vendor_name),
                                  binding.name,
                                  binding.stored_id.value_or(""),
                                  doing);
    if (way.failed) binding.status += ", certificate failed";
    if (!way.certificate) continue;
    one.certificates.push_back(*way.certificate);
    binding.stored_id = way.certificate;
    binding.status += ", certificate deploying";
  }
  co_return all;
}

/// A bind names the bucket and its region, which a binding has no place for.
Task<Place> TencentCos::place_of(BindRequest request) {
  if (!places_.contains(request.binding.vendor_name)) (void)co_await list();
  const auto found = places_.find(request.binding.vendor_name);
  if (found != places_.end() && found->second.known()) co_return found->second;
  throw Error(ErrorKind::kNotFound, "Tencent Cloud knows no such domain in this account")
      .with_code("vendor.not_found")
      .while_doing(tencent_binding(request, name()));
}

Task<bool> TencentCos::is_there(BindRequest request) {
  const std::vector<TencentDomain> domains = co_await list();
  co_return std::ranges::any_of(domains, [&](const TencentDomain& one) {
    return one.binding.vendor_name == request.binding.vendor_name &&
           one.binding.stored_id == request.stored_id;
  });
}

Task<BindDone> TencentCos::bind(BindRequest request) {
  const std::string& domain = request.binding.vendor_name;
  const Place place = co_await place_of(request);
  DeployOrder order{.kind = "cos",
                    .certificate = request.stored_id,
                    .region = place.region,
                    .name = tencent_name(domain),
                    .instances = {instance_of(place, domain)},
                    .doing = tencent_binding(request, name())};
  std::optional<Error> refused;
  try {
    co_await jobs_.carry(std::move(order));
  } catch (const Error& error) {
    if (!may_be_there(error)) throw;
    refused = error;
  }
  if (refused) {
    const bool there = co_await is_there(request);
    if (!there) throw *std::move(refused);
  }
  co_return BindDone{};
}

}  // namespace

std::unique_ptr<TencentProduct> make_tencent_cos(TencentAccount& account, Sleeper* sleeper) {
  return std::make_unique<TencentCos>(account, sleeper);
}

}  // namespace certferry

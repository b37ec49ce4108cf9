// What is odd about the account as a whole: SCM deletes a certificate though CDN uses it, which
// keeps a copy, so that an edge goes on serving; but nobody could bind it again. OBS has a copy as
// well. WAF and ELB have copies of their own in lists of their own, which nobody else would delete.
// Evidence in metadata.cpp.

#include "providers/huaweicloud/huaweicloud.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "providers/common/still_bound.h"
#include "providers/huaweicloud/metadata.h"

namespace certferry {

namespace {

constexpr std::array<std::string_view, 3> kRegions{
    "cn-north-4", "ap-southeast-1", "my-kualalumpur-1"};

Error wrong_field(const std::string& what, const std::string& hint) {
  return Error(ErrorKind::kInvalidInput, what).with_code("provider.field").with_hint(hint);
}

/// A region of a product's own comes with its project, and becomes part of a host.
void check_place(std::string_view product, const std::string& region, const std::string& project) {
  const std::string field = to_lower(product) + "_region";
  constexpr std::string_view kInRegions = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (region.find_first_not_of(kInRegions) != std::string::npos) {
    throw wrong_field("'" + printable(region, 60) + "' is no region of " + std::string(product),
                      "`" + field +
                          ":` is one region, such as cn-east-3; what is in another one takes an "
                          "account of its own");
  }
  if (region.empty() != project.empty()) {
    throw wrong_field(
        std::string(product) + " was given a region without its project, or the other way round",
        "give both `" + field + ":` and `" + to_lower(product) +
            "_project_id:`, or neither where it is in the region of the certificate store");
  }
}

HuaweiCloudConfig checked(HuaweiCloudConfig config) {
  check_place("WAF", config.waf_region, config.waf_project_id);
  check_place("ELB", config.elb_region, config.elb_project_id);
  if (config.region.empty()) config.region = kRegions.front();
  if (std::ranges::find(kRegions, config.region) != kRegions.end()) return config;
  throw wrong_field(
      "Huawei Cloud has no certificate store in region '" + printable(config.region, 60) + "'",
      "`region:` is cn-north-4 for mainland China's site, which it is when left out, "
      "ap-southeast-1 or my-kualalumpur-1, wherever the domains are");
}

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "Huawei Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, obs, waf, elb");
}

}  // namespace

HuaweiCloud::HuaweiCloud(HuaweiCloudConfig config,
                         HttpClient& http,
                         const Clock& clock,
                         Sleeper* sleeper)
    : account_(checked(config), http, clock),
      obs_(checked(config), http, clock),
      waf_(account_, sleeper),
      elb_(account_, sleeper) {}

const ProviderMetadata& HuaweiCloud::metadata() const {
  return huaweicloud_metadata();
}

Task<std::vector<Binding>> HuaweiCloud::list_bindings(std::string product) {
  if (product == "cdn") co_return co_await cdn_.list();
  if (product == "obs") co_return co_await obs_.list();
  if (product == "waf") co_return co_await waf_.list();
  if (product == "elb") co_return co_await elb_.list();
  throw no_such_product(product);
}

Task<std::vector<StoredCertificate>> HuaweiCloud::list_stored() {
  return scm_.list();
}

Task<std::string> HuaweiCloud::upload(BundlePtr bundle, std::string label) {
  return scm_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> HuaweiCloud::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  if (request.product == "cdn") {
    co_return co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  }
  if (request.product == "elb") co_return co_await elb_.bind(std::move(request));
  if (request.product == "obs") {
    co_await obs_.bind(std::move(request));
  } else if (request.product == "waf") {
    co_await waf_.bind(std::move(request));
  } else {
    throw no_such_product(request.product);
  }
  co_return BindDone{};
}

Task<void> HuaweiCloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::vector<Binding> domains = co_await cdn_.list();
  require_unbound(domains, stored_id, "CDN");
  const std::vector<Binding> of_buckets = co_await obs_.list();
  require_unbound(of_buckets, stored_id, "OBS");
  require_known(of_buckets,
                "OBS",
                "SCM",
                "give that bucket a policy that allows "
                "obs:bucket:getBucketCustomDomainConfiguration");
  // Keys for CDN alone need no rights at WAF and ELB, which are not in every region. What SCM put
  // there itself it knows of.
  if (waf_.is_used()) {
    const std::vector<Binding> hosts = co_await waf_.list();
    require_unbound(hosts, stored_id, "WAF");
    co_await waf_.remove_copies(stored_id);
  }
  if (elb_.is_used()) {
    const std::vector<Binding> names = co_await elb_.list();
    require_unbound(names, stored_id, "ELB");
    co_await elb_.remove_copies(stored_id);
  }
  co_await scm_.remove(std::move(stored_id));
}

}  // namespace certferry

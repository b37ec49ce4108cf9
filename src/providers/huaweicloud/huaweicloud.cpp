// What is odd about the account as a whole: SCM deletes a certificate though CDN uses it, which
// keeps a copy, so that an edge goes on serving; but nobody could bind it again. OBS has a copy as
// well. Evidence in metadata.cpp.

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

HuaweiCloudConfig checked(HuaweiCloudConfig config) {
  if (config.region.empty()) config.region = kRegions.front();
  if (std::ranges::find(kRegions, config.region) != kRegions.end()) return config;
  throw Error(
      ErrorKind::kInvalidInput,
      "Huawei Cloud has no certificate store in region '" + printable(config.region, 60) + "'")
      .with_code("provider.field")
      .with_hint(
          "`region:` is cn-north-4 for mainland China's site, which it is when left out, "
          "ap-southeast-1 or my-kualalumpur-1, wherever the domains are");
}

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "Huawei Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, obs");
}

}  // namespace

HuaweiCloud::HuaweiCloud(HuaweiCloudConfig config, HttpClient& http, const Clock& clock)
    : account_(checked(config), http, clock), obs_(checked(config), http, clock) {}

const ProviderMetadata& HuaweiCloud::metadata() const {
  return huaweicloud_metadata();
}

Task<std::vector<Binding>> HuaweiCloud::list_bindings(std::string product) {
  if (product == "cdn") co_return co_await cdn_.list();
  if (product == "obs") co_return co_await obs_.list();
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
  if (request.product != "obs") throw no_such_product(request.product);
  co_await obs_.bind(std::move(request));
  co_return BindDone{};
}

Task<void> HuaweiCloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::vector<Binding> domains = co_await cdn_.list();
  require_unbound(domains, stored_id, "CDN");
  const std::vector<Binding> of_buckets = co_await obs_.list();
  require_unbound(of_buckets, stored_id, "OBS");
  co_await scm_.remove(std::move(stored_id));
}

}  // namespace certferry

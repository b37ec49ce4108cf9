// What is odd about the account as a whole: whether the store deletes a certificate that CDN uses
// is not said, so both are asked before. Evidence in metadata.cpp.

#include "providers/baiducloud/baiducloud.h"

#include <utility>

#include "base/text.h"
#include "providers/baiducloud/metadata.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "Baidu AI Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& BaiduCloud::metadata() const {
  return baiducloud_metadata();
}

Task<std::vector<Binding>> BaiduCloud::list_bindings(std::string product) {
  check_product(product);
  BaiduCloudUses uses = co_await certificates_.list_uses();
  co_return co_await cdn_.list(std::move(uses));
}

Task<std::vector<StoredCertificate>> BaiduCloud::list_stored() {
  return certificates_.list();
}

Task<std::string> BaiduCloud::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> BaiduCloud::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(!request.stored_id.empty());
  co_return co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
}

Task<void> BaiduCloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::vector<Binding> bindings = co_await cdn_.list(std::nullopt);
  require_unbound(bindings, stored_id, "CDN");
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

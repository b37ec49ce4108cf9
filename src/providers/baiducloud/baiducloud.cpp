// What is odd about the account as a whole: whether the store deletes a certificate that is used is
// not said, so CDN, BLB and the store's own list of uses are asked before. Evidence in
// metadata.cpp.

#include "providers/baiducloud/baiducloud.h"

#include <utility>

#include "base/text.h"
#include "providers/baiducloud/metadata.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "Baidu AI Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, blb");
}

/// An account that never opened a product, or whose keys are not for it, has bound nothing there.
bool may_be_closed(const Error& error) {
  return error.kind == ErrorKind::kUnauthorized || error.kind == ErrorKind::kRejected;
}

}  // namespace

const ProviderMetadata& BaiduCloud::metadata() const {
  return baiducloud_metadata();
}

Task<std::vector<Binding>> BaiduCloud::list_bindings(std::string product) {
  if (product == "blb") co_return co_await blb_.list();
  if (product != "cdn") throw no_such_product(product);
  cdn_listed_ = true;
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
  ASSERT(!request.stored_id.empty());
  if (request.product == "blb") {
    co_return co_await blb_.bind(std::move(request.binding), std::move(request.stored_id));
  }
  if (request.product != "cdn") throw no_such_product(request.product);
  co_return co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
}

Task<void> BaiduCloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  try {
    const std::vector<Binding> bindings = co_await cdn_.list(std::nullopt);
    require_unbound(bindings, stored_id, "CDN");
  } catch (const Error& error) {
    if (cdn_listed_ || !may_be_closed(error)) throw;
  }
  co_await blb_.require_unused(stored_id);
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

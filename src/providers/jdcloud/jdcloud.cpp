// What is odd about the account as a whole: what a delete of a certificate in use does is not said,
// so CDN and the store's own details are asked before. Evidence in metadata.cpp.

#include "providers/jdcloud/jdcloud.h"

#include <utility>

#include "base/text.h"
#include "providers/common/still_bound.h"
#include "providers/jdcloud/metadata.h"

namespace certferry {

namespace {

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "JD Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, live, vod");
}

}  // namespace

const ProviderMetadata& Jdcloud::metadata() const {
  return jdcloud_metadata();
}

Task<std::vector<Binding>> Jdcloud::list_bindings(std::string product) {
  if (product == "cdn") co_return co_await cdn_.list(JdcloudCdn::Ask::kChanged);
  if (product == "live") co_return co_await live_.list();
  if (product == "vod") co_return co_await vod_.list();
  throw no_such_product(product);
}

Task<std::vector<StoredCertificate>> Jdcloud::list_stored() {
  return certificates_.list();
}

Task<std::string> Jdcloud::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Jdcloud::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  if (request.product == "cdn") {
    co_return co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  }
  if (request.product == "vod") co_return co_await vod_.bind(std::move(request));
  if (request.product != "live") throw no_such_product(request.product);
  co_await live_.bind(std::move(request));
  co_return BindDone{};
}

Task<void> Jdcloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::vector<Binding> bindings = co_await cdn_.list(JdcloudCdn::Ask::kEvery);
  require_unbound(bindings, stored_id, "CDN");
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

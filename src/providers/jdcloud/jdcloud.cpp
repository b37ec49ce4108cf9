// What is odd about the account as a whole: what a delete of a certificate in use does is not said,
// so CDN and the store's own details are asked before. Evidence in metadata.cpp.

#include "providers/jdcloud/jdcloud.h"

#include <utility>

#include "base/text.h"
#include "providers/common/still_bound.h"
#include "providers/jdcloud/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "JD Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Jdcloud::metadata() const {
  return jdcloud_metadata();
}

Task<std::vector<Binding>> Jdcloud::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list(JdcloudCdn::Ask::kChanged);
}

Task<std::vector<StoredCertificate>> Jdcloud::list_stored() {
  return certificates_.list();
}

Task<std::string> Jdcloud::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Jdcloud::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(!request.stored_id.empty());
  co_return co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
}

Task<void> Jdcloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  const std::vector<Binding> bindings = co_await cdn_.list(JdcloudCdn::Ask::kEvery);
  require_unbound(bindings, stored_id, "CDN");
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

// What is odd about the account as a whole: one upload serves every product, and the store itself
// refuses to delete what is bound.

#include "providers/qiniu/qiniu.h"

#include "base/text.h"
#include "providers/qiniu/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported, "Qiniu has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Qiniu::metadata() const {
  return qiniu_metadata();
}

Task<std::vector<Binding>> Qiniu::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Qiniu::list_stored() {
  return certificates_.list();
}

Task<std::string> Qiniu::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Qiniu::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Qiniu::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  return certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

#include "providers/gcore/gcore.h"

#include "base/text.h"
#include "providers/gcore/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported, "Gcore has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Gcore::metadata() const {
  return gcore_metadata();
}

Task<std::vector<Binding>> Gcore::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Gcore::list_stored() {
  return certificates_.list();
}

Task<std::string> Gcore::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Gcore::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  co_await cdn_.bind(
      std::move(request.binding), std::move(request.stored_id), std::move(request.bundle));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Gcore::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  // That a certificate in use is kept from being deleted is not certain.
  co_await cdn_.require_unused(stored_id);
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

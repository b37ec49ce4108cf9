// What is odd about the account as a whole: it is the store that says which domain has which
// certificate, and the store refuses to delete what is in use. Evidence in metadata.cpp.

#include "providers/wangsu/wangsu.h"

#include "base/text.h"
#include "providers/wangsu/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "Wangsu has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Wangsu::metadata() const {
  return wangsu_metadata();
}

Task<std::vector<Binding>> Wangsu::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Wangsu::list_stored() {
  return certificates_.list();
}

Task<std::string> Wangsu::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Wangsu::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{};
}

Task<void> Wangsu::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  return certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

// What is odd about the account as a whole: certificates lie in USSL under a number, and domains
// show theirs by name alone. Evidence in metadata.cpp.

#include "providers/ucloud/ucloud.h"

#include "base/text.h"
#include "providers/ucloud/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "ucdn") return;
  throw Error(ErrorKind::kUnsupported,
              "UCloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: ucdn");
}

}  // namespace

const ProviderMetadata& Ucloud::metadata() const {
  return ucloud_metadata();
}

Task<std::vector<Binding>> Ucloud::list_bindings(std::string product) {
  check_product(product);
  co_return co_await ucdn_.list();
}

Task<std::vector<StoredCertificate>> Ucloud::list_stored() {
  return ussl_.list();
}

Task<std::string> Ucloud::upload(BundlePtr bundle, std::string label) {
  return ussl_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Ucloud::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  co_await ucdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{};
}

Task<void> Ucloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  co_await ucdn_.require_unused(stored_id);
  co_await ussl_.remove(std::move(stored_id));
}

}  // namespace certferry

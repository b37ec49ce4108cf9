#include "providers/baishan/baishan.h"

#include "base/text.h"
#include "providers/baishan/metadata.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "BaishanCloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Baishan::metadata() const {
  return baishan_metadata();
}

Task<std::vector<Binding>> Baishan::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Baishan::list_stored() {
  return certificates_.list();
}

Task<std::string> Baishan::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Baishan::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Baishan::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  // That a certificate in use is kept from being deleted is not known.
  const std::vector<Binding> bindings = co_await cdn_.list();
  require_unbound(bindings, stored_id, "CDN");
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

// What is odd about the account as a whole: it is a person's, or a sub-account's, and logs in as
// they do.

#include "providers/upyun/upyun.h"

#include "base/text.h"
#include "providers/upyun/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported, "UPYUN has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Upyun::metadata() const {
  return upyun_metadata();
}

Task<std::vector<Binding>> Upyun::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Upyun::list_stored() {
  return certificates_.list();
}

Task<std::string> Upyun::upload(BundlePtr bundle, std::string /*label*/) {
  return certificates_.upload(std::move(bundle));
}

Task<BindDone> Upyun::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Upyun::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  return certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

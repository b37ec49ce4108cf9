#include "providers/ksyun/ksyun.h"

#include "base/text.h"
#include "providers/common/in_place.h"
#include "providers/ksyun/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cdn") return;
  throw Error(ErrorKind::kUnsupported,
              "Kingsoft Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn");
}

}  // namespace

const ProviderMetadata& Ksyun::metadata() const {
  return ksyun_metadata();
}

Task<std::vector<Binding>> Ksyun::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Ksyun::list_stored() {
  return cdn_.list_stored();
}

Task<std::string> Ksyun::upload(BundlePtr /*bundle*/, std::string /*label*/) {
  throw no_store("Kingsoft Cloud's CDN");
  co_return std::string();
}

Task<BindDone> Ksyun::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(request.bundle != nullptr);
  co_await cdn_.bind(std::move(request.binding), std::move(request.bundle));
  co_return BindDone{};
}

Task<void> Ksyun::remove(std::string /*stored_id*/) {
  throw no_store("Kingsoft Cloud's CDN");
  co_return;
}

}  // namespace certferry

#include "providers/cloudflare/cloudflare.h"

#include "base/text.h"
#include "providers/cloudflare/metadata.h"
#include "providers/common/in_place.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "saas") return;
  throw Error(ErrorKind::kUnsupported,
              "Cloudflare has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: saas");
}

}  // namespace

const ProviderMetadata& Cloudflare::metadata() const {
  return cloudflare_metadata();
}

Task<std::vector<Binding>> Cloudflare::list_bindings(std::string product) {
  check_product(product);
  co_return co_await hostnames_.list();
}

Task<std::vector<StoredCertificate>> Cloudflare::list_stored() {
  return hostnames_.list_stored();
}

Task<std::string> Cloudflare::upload(BundlePtr /*bundle*/, std::string /*label*/) {
  throw no_store("Cloudflare");
  co_return std::string();
}

Task<BindDone> Cloudflare::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(request.bundle != nullptr);
  co_await hostnames_.bind(std::move(request.binding), std::move(request.bundle));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Cloudflare::remove(std::string /*stored_id*/) {
  throw no_store("Cloudflare");
  co_return;
}

}  // namespace certferry

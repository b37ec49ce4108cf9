#include "providers/cloudflare/cloudflare.h"

#include "base/text.h"
#include "providers/cloudflare/metadata.h"
#include "providers/common/in_place.h"

namespace certferry {

namespace {

constexpr std::string_view kZone = "zone";
constexpr std::string_view kSaas = "saas";

void check_product(const std::string& product) {
  if (product == kZone || product == kSaas) return;
  throw Error(ErrorKind::kUnsupported,
              "Cloudflare has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: zone, saas");
}

}  // namespace

const ProviderMetadata& Cloudflare::metadata() const {
  return cloudflare_metadata();
}

Task<std::vector<Binding>> Cloudflare::list_bindings(std::string product) {
  check_product(product);
  asked_for_.insert(product);
  if (product == kZone) co_return co_await zone_.list();
  co_return co_await hostnames_.list();
}

Task<std::vector<StoredCertificate>> Cloudflare::list_stored_of(std::string product) {
  const std::vector<StoredCertificate> nothing;
  // Which are used shows when their names are asked for, which may be beside the first list.
  if (!asked_for_.empty() && !asked_for_.contains(product)) co_return nothing;
  try {
    if (product == kZone) co_return co_await zone_.list_stored();
    co_return co_await hostnames_.list_stored();
  } catch (const Error& error) {
    const bool used = asked_for_.empty() || asked_for_.contains(product);
    const bool may_not = error.kind == ErrorKind::kUnauthorized ||
                         error.kind == ErrorKind::kRejected || error.kind == ErrorKind::kNotFound;
    if (used || !may_not) throw;
  }
  co_return nothing;
}

Task<std::vector<StoredCertificate>> Cloudflare::list_stored() {
  std::vector<StoredCertificate> all = co_await list_stored_of(std::string(kZone));
  const std::vector<StoredCertificate> more = co_await list_stored_of(std::string(kSaas));
  all.insert(all.end(), more.begin(), more.end());
  co_return all;
}

Task<std::string> Cloudflare::upload(BundlePtr /*bundle*/, std::string /*label*/) {
  throw no_store("Cloudflare");
  co_return std::string();
}

Task<BindDone> Cloudflare::bind(BindRequest request) {
  check_product(request.product);
  ASSERT(request.bundle != nullptr);
  if (request.product == kZone) {
    co_return co_await zone_.bind(std::move(request.binding), std::move(request.bundle));
  }
  co_await hostnames_.bind(std::move(request.binding), std::move(request.bundle));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Cloudflare::remove(std::string /*stored_id*/) {
  throw no_store("Cloudflare");
  co_return;
}

}  // namespace certferry

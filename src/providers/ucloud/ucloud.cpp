// What is odd about the account as a whole: certificates lie in USSL under a number. UCDN's domains
// show theirs by name alone; US3 and ULB hold copies, and are asked region by region. Evidence in
// metadata.cpp.

#include "providers/ucloud/ucloud.h"

#include "base/text.h"
#include "providers/common/still_bound.h"
#include "providers/ucloud/metadata.h"

namespace certferry {

namespace {

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "UCloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: ucdn, us3, ulb");
}

}  // namespace

const ProviderMetadata& Ucloud::metadata() const {
  return ucloud_metadata();
}

Task<std::vector<Binding>> Ucloud::list_bindings(std::string product) {
  if (product == "ucdn") co_return co_await ucdn_.list();
  if (product == "us3") co_return co_await us3_.list();
  if (product == "ulb") co_return co_await ulb_.list();
  throw no_such_product(product);
}

Task<std::vector<StoredCertificate>> Ucloud::list_stored() {
  return ussl_.list();
}

Task<std::string> Ucloud::upload(BundlePtr bundle, std::string label) {
  return ussl_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Ucloud::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  if (request.product == "ucdn") {
    co_await ucdn_.bind(std::move(request.binding), std::move(request.stored_id));
  } else if (request.product == "us3") {
    co_await us3_.bind(std::move(request));
  } else if (request.product == "ulb") {
    co_await ulb_.bind(std::move(request));
  } else {
    throw no_such_product(request.product);
  }
  co_return BindDone{};
}

Task<void> Ucloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  co_await ucdn_.require_unused(stored_id);
  if (!account_.region().empty()) {
    const std::vector<Binding> domains = co_await us3_.list();
    require_unbound(domains, stored_id, "US3");
    require_known(
        domains, "US3", "USSL", "let the keys call DescribeUFileSSLCert in the bucket's project");
    const std::vector<Binding> listeners = co_await ulb_.list();
    require_unbound(listeners, stored_id, "ULB");
    co_await ulb_.remove_copies(stored_id);
  }
  co_await ussl_.remove(std::move(stored_id));
}

}  // namespace certferry

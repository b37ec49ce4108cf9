// What is odd about the account as a whole: one upload serves every product, and the store itself
// refuses to delete what is bound.

#include "providers/qiniu/qiniu.h"

#include "base/text.h"
#include "providers/qiniu/metadata.h"

namespace certferry {

namespace {

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "Qiniu has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, kodo");
}

}  // namespace

const ProviderMetadata& Qiniu::metadata() const {
  return qiniu_metadata();
}

Task<std::vector<Binding>> Qiniu::list_bindings(std::string product) {
  if (product == "cdn") co_return co_await cdn_.list();
  if (product == "kodo") co_return co_await kodo_.list();
  throw no_such_product(product);
}

Task<std::vector<StoredCertificate>> Qiniu::list_stored() {
  return certificates_.list();
}

Task<std::string> Qiniu::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Qiniu::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  if (request.product == "cdn") {
    co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
    co_return BindDone{.wrote_settings = true};
  }
  if (request.product != "kodo") throw no_such_product(request.product);
  co_await kodo_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{};
}

Task<void> Qiniu::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  return certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

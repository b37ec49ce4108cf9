// What is odd about the account as a whole: it is the store that says which domain has which
// certificate, and the store refuses to delete what is in use. CDN Pro has nothing to do with it:
// its certificates are listed beside those of the store, each with its hostname. Evidence in
// metadata.cpp.

#include "providers/wangsu/wangsu.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "providers/wangsu/metadata.h"

namespace certferry {

namespace {

constexpr std::string_view kPro = "cdnpro";

Error no_such_product(const std::string& product) {
  return Error(ErrorKind::kUnsupported,
               "Wangsu has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, cdnpro");
}

/// An account of CDN Pro alone need not have the certificate store of the other one.
bool may_be_closed(const Error& error) {
  return error.kind == ErrorKind::kUnauthorized || error.kind == ErrorKind::kNotFound ||
         error.kind == ErrorKind::kRejected;
}

}  // namespace

const ProviderMetadata& Wangsu::metadata() const {
  return wangsu_metadata();
}

Task<std::vector<Binding>> Wangsu::list_bindings(std::string product) {
  if (product == kPro) {
    pro_asked_ = true;
    co_return co_await pro_.list();
  }
  if (product != "cdn") throw no_such_product(product);
  cdn_asked_ = true;
  co_return co_await cdn_.list();
}

Task<std::vector<StoredCertificate>> Wangsu::list_stored() {
  std::vector<StoredCertificate> all;
  try {
    all = co_await certificates_.list();
  } catch (const Error& error) {
    if (cdn_asked_ || !pro_asked_ || !may_be_closed(error)) throw;
  }
  if (!pro_asked_) co_return all;
  std::vector<StoredCertificate> held = co_await pro_.list_stored();
  std::ranges::move(held, std::back_inserter(all));
  co_return all;
}

Task<std::string> Wangsu::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Wangsu::bind(BindRequest request) {
  if (request.product == kPro) {
    ASSERT(request.bundle != nullptr);
    co_await pro_.bind(
        std::move(request.binding), std::move(request.bundle), std::move(request.label));
    co_return BindDone{};
  }
  if (request.product != "cdn") throw no_such_product(request.product);
  ASSERT(!request.stored_id.empty());
  co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{};
}

Task<void> Wangsu::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  return certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

// What is odd about the account as a whole: one upload to the certificate centre serves every
// product, and the centre deletes nothing that one of them uses, but does not say which. Live alone
// has copies of its own, which nobody else would delete.

#include "providers/volcengine/volcengine.h"

#include <utility>

#include "base/text.h"
#include "providers/common/still_bound.h"
#include "providers/volcengine/metadata.h"

namespace certferry {

namespace {

Error no_such_product(const std::string& product) {
  std::vector<std::string> known;
  for (const ProductMetadata& one : volcengine_metadata().products) known.emplace_back(one.id);
  return Error(ErrorKind::kUnsupported,
               "Volcengine has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: " + join(known, ", "));
}

}  // namespace

Volcengine::Volcengine(VolcengineConfig config,
                       std::string project,
                       HttpClient& http,
                       const Clock& clock)
    : account_(config, http, clock),
      center_(account_, project),
      live_(account_, std::move(project)),
      tos_(std::move(config), http, clock) {}

const ProviderMetadata& Volcengine::metadata() const {
  return volcengine_metadata();
}

Task<std::vector<Binding>> Volcengine::list_bindings(std::string product) {
  if (product == "cdn") co_return co_await cdn_.list();
  if (product == "dcdn") co_return co_await dcdn_.list();
  if (product == "live") co_return co_await live_.list();
  if (product == "vod") co_return co_await vod_.list();
  if (product == "imagex") co_return co_await imagex_.list();
  if (product == "tos") co_return co_await tos_.list();
  throw no_such_product(product);
}

Task<std::vector<StoredCertificate>> Volcengine::list_stored() {
  return center_.list();
}

Task<std::string> Volcengine::upload(BundlePtr bundle, std::string label) {
  return center_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Volcengine::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  if (request.product == "cdn") {
    co_await cdn_.bind(std::move(request.binding), std::move(request.stored_id));
  } else if (request.product == "dcdn") {
    co_await dcdn_.bind(std::move(request.binding), std::move(request.stored_id));
  } else if (request.product == "live") {
    co_await live_.bind(std::move(request));
    co_return BindDone{.wrote_settings = true};
  } else if (request.product == "vod") {
    co_await vod_.bind(std::move(request.binding), std::move(request.stored_id));
    co_return BindDone{.wrote_settings = true};
  } else if (request.product == "imagex") {
    co_await imagex_.bind(std::move(request.binding), std::move(request.stored_id));
    co_return BindDone{.wrote_settings = true};
  } else if (request.product == "tos") {
    co_await tos_.bind(std::move(request.binding), std::move(request.stored_id));
    co_return BindDone{.wrote_settings = true};
  } else {
    throw no_such_product(request.product);
  }
  co_return BindDone{};
}

Task<void> Volcengine::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  bool has_live = true;
  for (const ProductMetadata& product : volcengine_metadata().products) {
    std::vector<Binding> bindings;
    try {
      bindings = co_await list_bindings(std::string(product.id));
    } catch (const Error& error) {
      // A product that was never opened refuses to list; the centre guards what others use.
      if (error.kind != ErrorKind::kRejected && error.kind != ErrorKind::kNotFound) throw;
      if (product.id == "live") has_live = false;
    }
    require_unbound(bindings, stored_id, product.title);
  }
  if (has_live) co_await live_.remove_copies(stored_id);
  co_await center_.remove(std::move(stored_id));
}

}  // namespace certferry

// What is odd about the account as a whole: one upload to the certificate centre serves every
// product, and the centre deletes nothing that one of them uses, but does not say which. Live alone
// has copies of its own, which nobody else would delete.

#include "providers/volcengine/volcengine.h"

#include <algorithm>
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

/// Whether a list was refused since the account never opened the product. Live says
/// RequestForbidden of what the account does not have as well, which a list does not ask for.
bool was_never_opened(const Error& error) {
  return error.kind == ErrorKind::kRejected && (error.vendor_code.starts_with("RequestForbidden") ||
                                                error.vendor_code.contains("ServiceNotOpen"));
}

VolcengineConfig checked(VolcengineConfig config) {
  constexpr std::string_view kInRegions = "abcdefghijklmnopqrstuvwxyz0123456789-";
  const std::string& region = config.load_balancer_region;
  if (region.find_first_not_of(kInRegions) == std::string::npos) return config;
  throw Error(ErrorKind::kInvalidInput,
              "'" + printable(region, 60) + "' is no region of Volcengine's load balancers")
      .with_code("provider.field")
      .with_hint(
          "`load_balancer_region:` is one region, such as cn-beijing, which it is when left out; "
          "load balancers of another one take an account of their own");
}

}  // namespace

Volcengine::Volcengine(VolcengineConfig config,
                       std::string project,
                       HttpClient& http,
                       const Clock& clock,
                       Sleeper* sleeper)
    : account_(checked(config), http, clock),
      center_(account_, project),
      live_(account_, std::move(project)),
      tos_(config, http, clock),
      clb_(kVolcengineClb, account_, center_, config.load_balancer_region, sleeper),
      alb_(kVolcengineAlb, account_, center_, config.load_balancer_region, sleeper) {}

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
  if (VolcengineBalancers* balancers = balancers_of(product)) {
    std::vector<VolcengineBalancers::Name> names = co_await balancers->list();
    std::vector<Binding> bindings;
    bindings.reserve(names.size());
    for (VolcengineBalancers::Name& one : names) bindings.push_back(std::move(one.binding));
    co_return bindings;
  }
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
  } else if (VolcengineBalancers* balancers = balancers_of(request.product)) {
    co_return co_await balancers->bind(std::move(request));
  } else {
    throw no_such_product(request.product);
  }
  co_return BindDone{};
}

VolcengineBalancers* Volcengine::balancers_of(std::string_view product) {
  return product == kVolcengineClb.id ? &clb_ : product == kVolcengineAlb.id ? &alb_ : nullptr;
}

/// Of load balancers, where more than one certificate may go by a name, and some by none.
Task<void> Volcengine::refuse_if_used(VolcengineBalancers* balancers,
                                      std::string title,
                                      std::string stored_id) {
  std::vector<VolcengineBalancers::Name> names;
  try {
    names = co_await balancers->list();
  } catch (Error& error) {
    // Keys that bind to no load balancer need not be let to list them: the centre guards what these
    // use. Where they were listed before, a permission that is missing now is a mistake.
    const bool refused = error.kind == ErrorKind::kRejected || error.kind == ErrorKind::kNotFound ||
                         error.code == "vendor.permission";
    // It is no certificate that was not found.
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kUnavailable;
    if (!refused || !balancers->may_be_unopened()) throw;
  }
  std::vector<std::string> users;
  for (const VolcengineBalancers::Name& one : names) {
    if (std::ranges::find(one.certificates, stored_id) == one.certificates.end()) continue;
    users.push_back(one.binding.vendor_name + " of " + title);
  }
  if (!users.empty()) throw still_used(stored_id, users);
}

Task<void> Volcengine::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  bool has_live = true;
  for (const ProductMetadata& product : volcengine_metadata().products) {
    if (VolcengineBalancers* balancers = balancers_of(product.id)) {
      co_await refuse_if_used(balancers, std::string(product.title), stored_id);
      continue;
    }
    std::vector<Binding> bindings;
    try {
      bindings = co_await list_bindings(std::string(product.id));
    } catch (const Error& error) {
      // A product that was never opened refuses to list; the centre guards what others use.
      if (!was_never_opened(error) && error.kind != ErrorKind::kNotFound) throw;
      if (product.id == "live") has_live = false;
    }
    require_unbound(bindings, stored_id, product.title);
  }
  if (has_live) co_await live_.remove_copies(stored_id);
  co_await center_.remove(std::move(stored_id));
}

}  // namespace certferry

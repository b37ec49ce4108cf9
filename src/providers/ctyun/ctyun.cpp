// What is odd about the account as a whole: a certificate goes by its name, which is unique, and
// CDN and ICDN name the same ones; AccessOne has copies of them. Evidence in metadata.cpp.

#include "providers/ctyun/ctyun.h"

#include <algorithm>
#include <array>
#include <set>

#include "base/text.h"
#include "providers/common/json_api.h"
#include "providers/ctyun/metadata.h"

namespace certferry {

using Json = nlohmann::json;

namespace {

constexpr std::string_view kAccessOne = "ao";

}  // namespace

Ctyun::Ctyun(CtyunConfig config, HttpClient& http, const Clock& clock, Random& random)
    : account_(std::move(config), http, clock, random) {
  for (const CtyunProduct* product : {&kCtyunCdn, &kCtyunIcdn}) {
    products_.emplace_back(*product, account_);
  }
}

const ProviderMetadata& Ctyun::metadata() const {
  return ctyun_metadata();
}

CtyunDomains& Ctyun::domains_of(const std::string& product) {
  for (CtyunDomains& one : products_) {
    if (one.product().id == product) return one;
  }
  throw Error(ErrorKind::kUnsupported, "CTYun has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, icdn, ao");
}

Task<std::vector<Binding>> Ctyun::list_bindings(std::string product) {
  if (product == kAccessOne) co_return co_await accessone_.list();
  co_return co_await domains_of(product).list();
}

Task<std::vector<StoredCertificate>> Ctyun::list_stored() {
  return certificates_.list();
}

Task<std::string> Ctyun::upload(BundlePtr bundle, std::string label) {
  return certificates_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Ctyun::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  if (request.product == kAccessOne) {
    co_await accessone_.bind(std::move(request));
  } else {
    CtyunDomains& domains = domains_of(request.product);
    co_await domains.bind(std::move(request.binding), std::move(request.stored_id));
  }
  co_return BindDone{.wrote_settings = true};
}

Task<void> Ctyun::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  // Any list may have domains of any product, and one that is in two is asked for once.
  std::set<std::pair<std::string, std::string>> asked;
  try {
    asked = co_await accessone_.require_unused(stored_id);
  } catch (const Error& error) {
    // An account without AccessOne, or whose keys are not for it, has bound nothing there.
    constexpr std::array kClosed{
        ErrorKind::kUnauthorized, ErrorKind::kNotFound, ErrorKind::kRejected};
    if (std::ranges::find(kClosed, error.kind) == kClosed.end()) throw;
  }
  for (CtyunDomains& listing : products_) {
    const std::vector<Json> rows = co_await listing.rows();
    for (const Json& row : rows) {
      const std::string domain = text_of(row, "domain");
      const std::string code = text_of(row, "product_code");
      if (!asked.emplace(domain, code).second) continue;
      const auto owner =
          std::ranges::find_if(products_, [&](const auto& one) { return one.has(code); });
      CtyunDomains& asking = owner == products_.end() ? listing : *owner;
      co_await asking.require_unused_by(domain, code, stored_id);
    }
  }
  co_await certificates_.remove(std::move(stored_id));
}

}  // namespace certferry

// What is odd about the account as a whole: one upload to SSL Certificates serves every product,
// and a bind is a job that the vendor carries out within minutes. Lists say what a name was last
// told to serve, and how far that has come; a job that failed is not shown as bound. Whether it is
// served the edge says. Evidence in metadata.cpp.

#include "providers/tencentcloud/tencentcloud.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "model/name.h"
#include "providers/common/json_api.h"
#include "providers/common/still_bound.h"
#include "providers/tencentcloud/metadata.h"

namespace certferry {

namespace {

Error wrong_field(const std::string& what, const std::string& hint) {
  return Error(ErrorKind::kInvalidInput, what).with_code("provider.field").with_hint(hint);
}

TencentConfig checked(TencentConfig config) {
  if (config.site == "mainland") config.site.clear();
  if (!config.site.empty() && config.site != "intl") {
    throw wrong_field("Tencent Cloud has no site '" + printable(config.site, 60) + "'",
                      "`site:` is mainland, which it is when left out, or intl for accounts of "
                      "tencentcloud.com");
  }
  if (!config.waf_region.empty() && config.waf_region != "ap-guangzhou" &&
      config.waf_region != "ap-seoul") {
    throw wrong_field(
        "WAF of Tencent Cloud has no region '" + printable(config.waf_region, 60) + "'",
        "`waf_region:` is ap-guangzhou, which it is when left out, or ap-seoul for "
        "instances outside of mainland China");
  }
  constexpr std::string_view kInRegions = "abcdefghijklmnopqrstuvwxyz0123456789-";
  if (config.clb_region.find_first_not_of(kInRegions) != std::string::npos) {
    throw wrong_field("'" + printable(config.clb_region, 60) + "' is no region of CLB",
                      "`clb_region:` is one region, such as ap-guangzhou, which it is when left "
                      "out; load balancers of another one take an account of their own");
  }
  const bool digits = config.sub_app.find_first_not_of("0123456789") == std::string::npos;
  if (!digits || config.sub_app.size() > 18 || config.sub_app.starts_with('0')) {
    throw wrong_field("'" + printable(config.sub_app, 60) + "' is no id of an application of VOD",
                      "`vod_sub_app_id:` is the number that VOD's console shows beside the "
                      "application's name");
  }
  return config;
}

/// Private keys of an origin's certificate, and what a private bucket is read with.
void drop_keys(nlohmann::json& value) {
  if (value.is_object()) {
    for (const char* key : {"PrivateKey", "PrivateParameters"}) value.erase(key);
  }
  if (!value.is_structured()) return;
  for (nlohmann::json& inner : value) drop_keys(inner);
}

}  // namespace

void list_tencent_setting(Binding& binding, const std::string& path, const nlohmann::json* value) {
  if (value == nullptr) return;
  nlohmann::json kept = *value;
  drop_keys(kept);
  binding.settings.emplace(path,
                           kept.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

std::string failed_deployment(const std::string& id) {
  return printable(id, 80) + " (its deployment failed)";
}

std::string tencent_reference(const nlohmann::json& value, std::string_view key) {
  Result<std::optional<std::string>> id = reference_of(value, key);
  if (!id) throw std::move(id).error();
  return std::move(*id).value_or("");
}

std::string tencent_name(const std::string& spelled) {
  return canonical_name(spelled).value_or(to_lower(spelled));
}

bool is_unopened(const Error& error) {
  constexpr std::array<std::string_view, 6> kCodes = {"ResourceNotFound.CdnUserNotExists",
                                                      "ResourceNotFound.InvalidUser",
                                                      "ResourceNotFound.UserNotExist",
                                                      "ResourceNotFound.UserNotExists",
                                                      "FailedOperation.InvalidVodUser",
                                                      "ResourceUnavailable.InvalidVodStatus"};
  return std::ranges::find(kCodes, error.vendor_code) != kCodes.end();
}

std::string tencent_binding(const BindRequest& request, std::string_view product) {
  return "pointing " + printable(request.binding.vendor_name, 100) + " of " + std::string(product) +
         " at certificate " + printable(request.stored_id, 100) + " of Tencent Cloud";
}

TencentCloud::TencentCloud(TencentConfig config,
                           HttpClient& http,
                           const Clock& clock,
                           Sleeper* sleeper)
    : account_(checked(std::move(config)), http, clock), ssl_(account_, sleeper) {
  products_.push_back(make_tencent_cdn(account_));
  products_.push_back(make_tencent_eo(account_, ssl_));
  products_.push_back(make_tencent_css(account_));
  products_.push_back(make_tencent_vod(account_));
  products_.push_back(make_tencent_waf(account_));
  products_.push_back(make_tencent_cos(account_, sleeper));
  products_.push_back(make_tencent_clb(account_, ssl_, sleeper));
  products_.push_back(make_tencent_ssl_deploy(account_, sleeper));
}

const ProviderMetadata& TencentCloud::metadata() const {
  return tencentcloud_metadata();
}

TencentProduct& TencentCloud::product_of(const std::string& id) {
  std::vector<std::string> known;
  for (const auto& one : products_) {
    if (one->id() == id) return *one;
    known.emplace_back(one->id());
  }
  throw Error(ErrorKind::kUnsupported,
              "Tencent Cloud has no product '" + printable(id, 60) + "' here")
      .with_hint("its products are: " + join(known, ", "));
}

Task<std::vector<Binding>> TencentCloud::list_bindings(std::string product) {
  std::vector<TencentDomain> domains = co_await product_of(product).list();
  in_use_.insert(product);
  std::vector<Binding> bindings;
  bindings.reserve(domains.size());
  for (TencentDomain& one : domains) bindings.push_back(std::move(one.binding));
  co_return bindings;
}

Task<std::vector<StoredCertificate>> TencentCloud::list_stored() {
  return ssl_.list();
}

Task<std::string> TencentCloud::upload(BundlePtr bundle, std::string label) {
  return ssl_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> TencentCloud::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  TencentProduct& product = product_of(request.product);
  co_return co_await product.bind(std::move(request));
}

Task<void> TencentCloud::refuse_if_used(TencentProduct* product, std::string stored_id) {
  std::vector<TencentDomain> domains;
  try {
    domains = co_await product->list();
  } catch (Error& error) {
    // A product that will not be asked (by keys without the right, without the application's id or
    // the account's consent) is no reason to keep everything: the vendor looks as well, with rights
    // of its own. One that could not answer is, and the certificate is not what was not found then.
    const bool refused = error.kind == ErrorKind::kRejected || error.kind == ErrorKind::kNotFound;
    const bool not_asked = error.code == "vendor.permission" || error.code == "vendor.role" ||
                           is_unopened(error) ||
                           error.vendor_code == "InvalidParameterValue.SubAppId" ||
                           (refused && product->may_be_unopened());
    if (error.kind == ErrorKind::kNotFound) error.kind = ErrorKind::kUnavailable;
    if (!not_asked) throw;
  }
  for (const TencentDomain& one : domains) {
    if (std::ranges::find(one.certificates, stored_id) == one.certificates.end()) continue;
    throw Error(ErrorKind::kInUse,
                "certificate " + printable(stored_id, 100) + " is still bound to " +
                    printable(one.binding.vendor_name, 100) + " of " + std::string(product->name()))
        .with_code("vendor.in_use");
  }
  // Of a part of a product it is a reason where the product is ours to look after.
  if (!in_use_.contains(product->id())) co_return;
  for (const TencentDomain& one : domains) {
    require_known({&one.binding, 1},
                  product->name(),
                  "SSL Certificates",
                  "allow the list of it to the sub-user ('certferry providers tencentcloud' prints "
                  "the whole policy to paste), or see at the vendor why it is refused");
  }
}

Task<void> TencentCloud::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  for (const auto& product : products_) co_await refuse_if_used(product.get(), stored_id);
  co_await ssl_.remove(std::move(stored_id));
}

}  // namespace certferry

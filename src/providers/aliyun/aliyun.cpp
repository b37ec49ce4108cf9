// What is odd about the account as a whole: one upload to CAS serves every product, and CAS deletes
// a certificate though products use it. They keep copies, so an edge goes on serving; but nobody
// could bind it again. Evidence in metadata.cpp.

#include "providers/aliyun/aliyun.h"

#include <algorithm>

#include "base/text.h"
#include "providers/aliyun/deploy.h"
#include "providers/aliyun/domains.h"
#include "providers/aliyun/esa.h"
#include "providers/aliyun/metadata.h"
#include "providers/aliyun/oss.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

/// It becomes part of a host.
void check_clb_region(const std::string& region) {
  const auto good = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  if (region.empty() || (std::ranges::all_of(region, good) && region.front() != '-')) return;
  throw Error(ErrorKind::kInvalidInput,
              "'" + printable(region, 60) + "' is no region of Alibaba Cloud")
      .with_code("provider.field")
      .with_hint("`clb_region:` is where the load balancers are, cn-beijing for one");
}

AliyunConfig checked(AliyunConfig config) {
  check_clb_region(config.clb_region);
  if (config.region.empty()) config.region = "cn-hangzhou";
  if (config.region == "cn-hangzhou" || config.region == "ap-southeast-1") return config;
  throw Error(
      ErrorKind::kInvalidInput,
      "Alibaba Cloud has no certificate store in region '" + printable(config.region, 60) + "'")
      .with_code("provider.field")
      .with_hint(
          "`region:` is cn-hangzhou for mainland China's site, which it is when left out, or "
          "ap-southeast-1 for the international one, wherever the domains are");
}

/// It may be any certificate of the store that such a domain has.
constexpr std::string_view kHowToKnow =
    "give that domain a certificate that CAS has, or its bucket a policy that allows "
    "oss:ListCname";

}  // namespace

std::string doing_bind(const BindRequest& request, std::string_view product) {
  return "pointing " + printable(request.binding.vendor_name, 100) + " of " + std::string(product) +
         " at certificate " + printable(request.stored_id, 100) + " of Alibaba Cloud";
}

bool never_opened(const Error& error) {
  return error.vendor_code.ends_with("ServiceNotFound") || error.vendor_code.contains("NotOpen");
}

Aliyun::Aliyun(
    AliyunConfig config, HttpClient& http, const Clock& clock, Random& random, Sleeper* sleeper)
    : account_(checked(config), http, clock, random) {
  for (const AliyunNetwork* network : {&kAliyunCdn, &kAliyunDcdn, &kAliyunLive, &kAliyunVod}) {
    products_.push_back(std::make_unique<AliyunDomains>(*network, account_, cas_));
  }
  products_.push_back(std::make_unique<AliyunEsa>(account_));
  products_.push_back(std::make_unique<AliyunOss>(checked(std::move(config)), http, clock));
  products_.push_back(make_aliyun_waf(account_));
  auto clb = std::make_unique<AliyunClb>(account_, sleeper);
  clb_ = clb.get();
  products_.push_back(std::move(clb));
  products_.push_back(std::make_unique<AliyunDeploy>(account_, cas_, sleeper));
}

const ProviderMetadata& Aliyun::metadata() const {
  return aliyun_metadata();
}

AliyunProduct& Aliyun::product_of(const std::string& id) {
  std::vector<std::string> known;
  for (const auto& one : products_) {
    if (one->id() == id) return *one;
    known.emplace_back(one->id());
  }
  throw Error(ErrorKind::kUnsupported,
              "Alibaba Cloud has no product '" + printable(id, 60) + "' here")
      .with_hint("its products are: " + join(known, ", "));
}

Task<std::vector<Binding>> Aliyun::list_bindings(std::string product) {
  co_return co_await product_of(product).list();
}

Task<std::vector<StoredCertificate>> Aliyun::list_stored() {
  return cas_.list();
}

Task<std::string> Aliyun::upload(BundlePtr bundle, std::string label) {
  return cas_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Aliyun::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  AliyunProduct& product = product_of(request.product);
  co_return co_await product.bind(std::move(request));
}

Task<void> Aliyun::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  for (const auto& product : products_) {
    const std::vector<Binding> bindings = co_await product->list_users();
    require_unbound(bindings, stored_id, product->name());
    require_known(bindings, product->name(), "CAS", kHowToKnow);
  }
  co_await clb_->remove_copies(stored_id);
  co_await cas_.remove(std::move(stored_id));
}

}  // namespace certferry

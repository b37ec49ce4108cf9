// What is odd about the account as a whole: one upload to CAS serves every product, and CAS deletes
// a certificate though products use it. They keep copies, so an edge goes on serving; but nobody
// could bind it again. Evidence in metadata.cpp.

#include "providers/aliyun/aliyun.h"

#include "base/text.h"
#include "providers/aliyun/metadata.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

AliyunConfig checked(AliyunConfig config) {
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

}  // namespace

Aliyun::Aliyun(AliyunConfig config, HttpClient& http, const Clock& clock, Random& random)
    : account_(checked(std::move(config)), http, clock, random) {
  for (const AliyunProduct* product : {&kAliyunCdn, &kAliyunDcdn}) {
    products_.emplace_back(*product, account_);
  }
}

const ProviderMetadata& Aliyun::metadata() const {
  return aliyun_metadata();
}

AliyunDomains& Aliyun::domains_of(const std::string& product) {
  for (AliyunDomains& one : products_) {
    if (one.product().id == product) return one;
  }
  throw Error(ErrorKind::kUnsupported,
              "Alibaba Cloud has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cdn, dcdn");
}

Task<std::vector<Binding>> Aliyun::list_bindings(std::string product) {
  co_return co_await domains_of(product).list();
}

Task<std::vector<StoredCertificate>> Aliyun::list_stored() {
  return cas_.list();
}

Task<std::string> Aliyun::upload(BundlePtr bundle, std::string label) {
  return cas_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Aliyun::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  AliyunDomains& domains = domains_of(request.product);
  co_await domains.bind(std::move(request.binding), std::move(request.stored_id));
  co_return BindDone{};
}

Task<void> Aliyun::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  for (AliyunDomains& domains : products_) {
    const std::vector<Binding> bindings = co_await domains.list();
    require_unbound(bindings, stored_id, domains.product().name);
  }
  co_await cas_.remove(std::move(stored_id));
}

}  // namespace certferry

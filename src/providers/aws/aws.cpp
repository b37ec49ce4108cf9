#include "providers/aws/aws.h"

#include "base/text.h"
#include "providers/aws/metadata.h"

namespace certferry {

void Aws::check_product(const std::string& product) const {
  if (product == "elb") return;
  if (product != "cloudfront") {
    throw Error(ErrorKind::kUnsupported, "AWS has no product '" + printable(product, 60) + "' here")
        .with_hint("its products are: cloudfront, elb");
  }
  if (account_.region() == kAwsFirstRegion) return;
  throw Error(ErrorKind::kUnsupported,
              "CloudFront takes certificates of " + std::string(kAwsFirstRegion) +
                  " alone, and the account's are in " + printable(account_.region(), 60))
      .with_code("vendor.region")
      .with_hint("give CloudFront an account of its own with the same keys, without 'region'");
}

const ProviderMetadata& Aws::metadata() const {
  return aws_metadata();
}

Task<std::vector<Binding>> Aws::list_bindings(std::string product) {
  check_product(product);
  const bool balancers = product == "elb";
  std::vector<Binding> bindings;
  if (balancers) {
    bindings = co_await elb_.list();
  } else {
    bindings = co_await cloudfront_.list();
  }
  co_return bindings;
}

Task<std::vector<StoredCertificate>> Aws::list_stored() {
  return acm_.list();
}

Task<std::string> Aws::upload(BundlePtr bundle, std::string label) {
  return acm_.upload(std::move(bundle), std::move(label));
}

Task<BindDone> Aws::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  if (request.product == "elb") {
    const BindDone done = co_await elb_.bind(std::move(request));
    co_return done;
  }
  co_await cloudfront_.bind(
      std::move(request.binding), std::move(request.stored_id), std::move(request.bundle));
  co_return BindDone{.wrote_settings = true};
}

Task<void> Aws::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  // ACM itself keeps what is in use, whichever of its services that is by.
  return acm_.remove(std::move(stored_id));
}

}  // namespace certferry

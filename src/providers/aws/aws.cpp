#include "providers/aws/aws.h"

#include "base/text.h"
#include "providers/aws/metadata.h"

namespace certferry {

namespace {

void check_product(const std::string& product) {
  if (product == "cloudfront") return;
  throw Error(ErrorKind::kUnsupported, "AWS has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cloudfront");
}

}  // namespace

const ProviderMetadata& Aws::metadata() const {
  return aws_metadata();
}

Task<std::vector<Binding>> Aws::list_bindings(std::string product) {
  check_product(product);
  co_return co_await cloudfront_.list();
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

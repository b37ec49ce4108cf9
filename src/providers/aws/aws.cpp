#include "providers/aws/aws.h"

#include "base/text.h"
#include "providers/aws/acm.h"
#include "providers/aws/iam.h"
#include "providers/aws/metadata.h"
#include "providers/common/still_bound.h"

namespace certferry {

namespace {

constexpr std::string_view kIam = "iam";
/// For so long other services may not know what is new in a store.
constexpr minutes kNew{5};

Error wrong_field(const std::string& what, const std::string& hint) {
  return Error(ErrorKind::kInvalidInput, what).with_code("provider.field").with_hint(hint);
}

/// "/", "/cloudfront/", "/cloudfront/ours/".
bool is_path(std::string_view text) {
  return text.starts_with('/') && text.ends_with('/') && text.size() <= 512 && is_printable(text) &&
         !text.contains(' ');
}

AwsConfig checked(AwsConfig config) {
  if (config.store.empty()) config.store = "acm";
  if (config.store != "acm" && config.store != kIam) {
    throw wrong_field(
        "AWS has no store '" + printable(config.store, 60) + "' of certificates",
        "`store:` is acm, which it is when left out, or iam where there is no ACM, as for "
        "CloudFront in China");
  }
  if (!config.iam_path.empty() && config.store != kIam) {
    throw wrong_field("only certificates in IAM have a path",
                      "leave `iam_path:` out, or write `store: iam` as well");
  }
  if (config.iam_path.empty()) config.iam_path = kAwsIamPath;
  if (!is_path(config.iam_path)) {
    throw wrong_field("'" + printable(config.iam_path, 60) + "' is no path of IAM",
                      "`iam_path:` begins and ends with a slash: /cloudfront/, which it is when "
                      "left out");
  }
  return config;
}

/// CloudFront has the same words for a certificate that it does not know and for one that it does
/// not like.
bool is_not_known_yet(const Error& error) {
  return error.vendor_code == "InvalidViewerCertificate" &&
         error.vendor_message.contains("exist") &&
         error.vendor_message.contains("us-east-1 region");
}

Error not_known_yet(Error error) {
  error.kind = ErrorKind::kUnavailable;
  error.code = "vendor.busy";
  error.hint =
      "it was stored a moment ago, which CloudFront may not know yet: it is tried again; " +
      error.hint;
  return error;
}

std::unique_ptr<AwsStore> store_for(const AwsConfig& config, AwsAccount& account) {
  if (config.store == kIam) return std::make_unique<AwsIam>(account, config.iam_path);
  return std::make_unique<AwsAcm>(account);
}

}  // namespace

Aws::Aws(AwsConfig config, HttpClient& http, const Clock& clock)
    : config_(checked(std::move(config))),
      account_(config_, http, clock),
      store_(store_for(config_, account_)),
      cloudfront_(account_, *store_),
      elb_(account_, *store_) {}

void Aws::check_product(const std::string& product) const {
  if (product == "elb") return;
  if (product == "cloudfront") return check_cloudfront();
  throw Error(ErrorKind::kUnsupported, "AWS has no product '" + printable(product, 60) + "' here")
      .with_hint("its products are: cloudfront, elb");
}

void Aws::check_cloudfront() const {
  if (config_.store == kIam) {
    if (config_.iam_path.starts_with(kAwsIamPath)) return;
    throw Error(ErrorKind::kUnsupported,
                "CloudFront takes certificates of IAM below /cloudfront/ alone, and the account's "
                "go to " +
                    printable(config_.iam_path, 60))
        .with_code("vendor.path")
        .with_hint("leave `iam_path:` out, or give CloudFront an account of its own without it");
  }
  if (account_.is_in_china()) {
    throw Error(ErrorKind::kUnsupported, "CloudFront in China takes no certificates of ACM")
        .with_code("vendor.region")
        .with_hint("write `store: iam` in the account");
  }
  if (account_.region() == kAwsFirstRegion) return;
  throw Error(ErrorKind::kUnsupported,
              "CloudFront takes certificates of " + std::string(kAwsFirstRegion) +
                  " alone, and the account's are in " + printable(account_.region(), 60))
      .with_code("vendor.region")
      .with_hint("give CloudFront an account of its own with the same keys, without 'region'");
}

const ProviderMetadata& Aws::metadata() const {
  return config_.store == kIam ? aws_iam_metadata() : aws_metadata();
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
  return store_->list();
}

Task<std::string> Aws::upload(BundlePtr bundle, std::string label) {
  const std::string id = co_await store_->upload(std::move(bundle), std::move(label));
  uploaded_.insert_or_assign(id, account_.now());
  co_return id;
}

bool Aws::is_new(const std::string& stored_id) const {
  const auto found = uploaded_.find(stored_id);
  return found != uploaded_.end() && account_.now() - found->second < kNew;
}

Task<BindDone> Aws::bind(BindRequest request) {
  ASSERT(!request.stored_id.empty());
  check_product(request.product);
  if (request.product == "elb") {
    const BindDone done = co_await elb_.bind(std::move(request));
    co_return done;
  }
  const bool fresh = is_new(request.stored_id);
  try {
    co_await cloudfront_.bind(
        std::move(request.binding), std::move(request.stored_id), std::move(request.bundle));
  } catch (Error& error) {
    if (fresh && is_not_known_yet(error)) throw not_known_yet(std::move(error));
    throw;
  }
  co_return BindDone{.wrote_settings = true};
}

Task<void> Aws::require_unused(std::string stored_id) {
  // Of other paths than its own CloudFront takes none.
  if (config_.iam_path.starts_with(kAwsIamPath)) {
    const std::vector<Binding> distributions = co_await cloudfront_.list();
    require_unbound(distributions, stored_id, "CloudFront");
  }
  const std::vector<Binding> listeners = co_await elb_.list();
  require_unbound(listeners, stored_id, "a load balancer");
  elb_.require_unattached(stored_id);
}

Task<void> Aws::remove(std::string stored_id) {
  ASSERT(!stored_id.empty());
  // ACM itself keeps what is in use, whichever of its services that is by. Of IAM that is not sure.
  if (config_.store == kIam) co_await require_unused(stored_id);
  co_await store_->remove(std::move(stored_id));
}

}  // namespace certferry

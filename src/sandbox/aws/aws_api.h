// AWS over a World: ACM in us-east-1, the index of tags, IAM's server certificates, CloudFront, and
// load balancers.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures and
// what they are for, kinds of keys, versions of settings, and what an update leaves out. Each
// domain of the world is the alternate name of a distribution of its own, or one of product elb is
// routed by a rule of a listener. Sources: the documents
// that providers/aws/metadata.cpp names, the vendor's SDK for JavaScript, issues of its clients.
#pragma once

#include <set>
#include <string>

#include "sandbox/aws/aws_calls.h"
#include "sandbox/aws/balancers.h"
#include "sandbox/aws/distributions.h"
#include "sandbox/aws/server_certificates.h"
#include "sandbox/aws4_check.h"
#include "sandbox/vendor_api.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct AwsOptions {
  Aws4Credentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};  ///< "cloudfront:UpdateDistribution"
  /// All that the world stores is IAM's, also what nobody uploaded by a call.
  bool all_in_iam = false;
};

extern template class VendorApi<AwsRequest, AwsAnswer, AwsRefusal>;

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class AwsApi final : public VendorApi<AwsRequest, AwsAnswer, AwsRefusal> {
 public:
  AwsApi(AwsOptions options, World& world, Faults& faults);

  void deny(const std::string& permission) { options_.denied.insert(permission); }
  AwsSettings& settings(const std::string& name) { return distributions_.settings(name); }
  AwsListenerSettings& listener(const std::string& name) { return balancers_.settings(name); }

 private:
  AwsRequest read(const Request& request) override;
  std::optional<AwsRefusal> refuse(const Request& request, const AwsRequest& call) override;
  AwsAnswer run(const AwsRequest& call, milliseconds view_age) override;
  AwsAnswer pretend(const AwsRequest& call) override;
  Reply reply_to(const AwsRequest& call, const AwsAnswer& answer) override;
  std::optional<AwsAnswer> say_instead(const AwsRequest& call, const Fault& fault) override;
  Reply without_code(Reply reply) override;
  Reply spoil(const AwsRequest& call, const Fault& fault, Reply reply) override;

  AwsOptions options_;
  AwsServerCertificates certificates_;
  AwsDistributions distributions_;
  AwsBalancers balancers_;
};

}  // namespace certferry::sandbox

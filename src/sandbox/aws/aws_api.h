// AWS over a World: ACM in us-east-1, the index of tags, and CloudFront.
//
// An independent witness for the adapter: the two share no code. It is strict about signatures and
// what they are for, kinds of keys, versions of settings, and what an update leaves out. Each
// domain of the world is the alternate name of a distribution of its own. Sources: the documents
// that providers/aws/metadata.cpp names, the vendor's SDK for JavaScript, issues of its clients.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "sandbox/api.h"
#include "sandbox/aws/aws_calls.h"
#include "sandbox/aws/distributions.h"
#include "sandbox/aws4_check.h"
#include "sandbox/faults.h"
#include "sandbox/world.h"

namespace certferry::sandbox {

struct AwsOptions {
  Aws4Credentials credentials;
  milliseconds list_lag{};            ///< lists show the account as it was so long ago
  std::set<std::string> denied = {};  ///< "cloudfront:UpdateDistribution"
};

/// Lifetime: world and faults outlive it. A fault's endpoint is the action's name.
class AwsApi final : public Api {
 public:
  AwsApi(AwsOptions options, World& world, Faults& faults)
      : options_(std::move(options)), world_(world), faults_(faults), distributions_(world) {}

  Reply handle(const Request& request) override;
  void deny(const std::string& permission) { options_.denied.insert(permission); }
  AwsSettings& settings(const std::string& name) { return distributions_.settings(name); }

 private:
  void count(const AwsRequest& call);
  std::optional<AwsRefusal> refuse(const Request& request, const AwsRequest& call);
  AwsAnswer run(const AwsRequest& call, milliseconds view_age);
  AwsAnswer apply(const AwsRequest& call, const Fault& fault);
  AwsAnswer pretend(const AwsRequest& call);
  Reply reply_to(const AwsAnswer& answer, const AwsRequest& call);
  Reply spoil(const Fault& fault, Reply reply, const AwsRequest& call);

  AwsOptions options_;
  World& world_;
  Faults& faults_;
  AwsDistributions distributions_;
  std::uint64_t next_request_ = 1;
};

}  // namespace certferry::sandbox

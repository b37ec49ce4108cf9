// CloudFront's distributions and their alternate names.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "ports/provider.h"
#include "providers/aws/account.h"
#include "providers/aws/store.h"

namespace certferry {

/// Lifetime: account and store outlive it and its tasks.
class AwsCloudFront {
 public:
  AwsCloudFront(AwsAccount& account, AwsStore& store) : account_(account), store_(store) {}

  Task<std::vector<Binding>> list();
  /// Sends nothing when the distribution has the certificate already. Throws also: rejected, one of
  /// the distribution's names is not covered.
  Task<void> bind(Binding binding, std::string stored_id, BundlePtr bundle);

 private:
  Task<void> name_by_arn(std::vector<Binding>* all, std::string doing);
  /// By the last list, or one that is read now.
  Task<std::string> id_of_distribution(std::string vendor_name, std::string doing);

  AwsAccount& account_;
  AwsStore& store_;
  std::map<std::string, std::string> ids_;  ///< of distributions, by vendor name
};

/// The settings of a distribution with another certificate, and every other byte as it was.
///
/// How viewers say which name they want (SSLSupportMethod) and what they have to speak
/// (MinimumProtocolVersion) stay as they are where there is a certificate, or come as AWS advises.
/// Error `reply.shape`, unavailable: these are no settings.
Result<std::string> with_certificate(const std::string& config_xml,
                                     const AwsViewerCertificate& certificate);

}  // namespace certferry

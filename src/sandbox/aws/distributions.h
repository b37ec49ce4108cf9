// CloudFront's distributions over the domains of a World, each the one alternate name of its own.
#pragma once

#include <map>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>

#include "sandbox/aws/aws_calls.h"
#include "sandbox/aws/server_certificates.h"

namespace certferry::sandbox {

inline constexpr std::string_view kAwsDistributionsNamespace =
    "http://cloudfront.amazonaws.com/doc/2020-05-31/";

/// What a distribution has that no bind has to do with, beside the world's own: written anew as a
/// whole by each update, so that what that leaves out is gone.
struct AwsSettings {
  std::string default_root_object = "index.html";
  std::string header_value = "an origin's secret";
  std::string protocol_policy = "redirect-to-https";
  std::string comment = "made in the sandbox";
  std::string price_class = "PriceClass_All";
  std::string web_acl;
  std::string http_version = "http2";
  std::string newer;  ///< of an element that clients do not know
  std::string method = "sni-only";
  std::string protocol = "TLSv1.2_2019";

  /// All of them as text to compare.
  std::string text() const;
};

/// Lifetime: the world and what names its certificates outlive it.
class AwsDistributions {
 public:
  AwsDistributions(World& world, const AwsServerCertificates& certificates)
      : world_(world), certificates_(certificates) {}

  /// Lists show the world as it was `moment`; settings are never late.
  AwsAnswer run(const AwsRequest& call, SteadyTime moment);
  /// What an update would answer if all went well, with nothing changed.
  AwsAnswer pretend(const AwsRequest& call) const;
  /// The canonical name of the distribution that a call is about; empty: none.
  std::string name_of(const AwsRequest& call) const;
  AwsSettings& settings(const std::string& name) { return settings_[name]; }

 private:
  const Domain* find(const std::string& id) const;
  AwsSettings settings_of(const Domain& domain) const;
  std::string certificate_xml(const Domain& domain, SteadyTime moment) const;
  std::string common_xml(const Domain& domain) const;
  std::string config_xml(const Domain& domain, const std::string& certificate) const;
  AwsXmlBody distribution_xml(const Domain& domain, const std::string& certificate) const;
  AwsAnswer list(const AwsRequest& call, SteadyTime moment) const;
  AwsAnswer update(const AwsRequest& call, const Domain& domain);
  /// The certificate that settings name, by either of its two elements.
  std::optional<std::int64_t> certificate_in(const pugi::xml_node& viewer) const;
  std::optional<AwsRefusal> refuse_certificate(const pugi::xml_node& viewer,
                                               const std::string& name) const;

  World& world_;
  const AwsServerCertificates& certificates_;
  std::map<std::string, AwsSettings> settings_;  ///< by name
};

}  // namespace certferry::sandbox

// One account at AWS: its keys, and one signed call.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/aws/replies.h"
#include "signing/request.h"

namespace certferry {

struct AwsConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called and its region.
  std::string endpoint;
  AccessKey key;
  std::string region = {};    ///< of its ACM and its load balancers; empty: us-east-1
  std::string store = {};     ///< "acm", which it is when empty, or "iam"
  std::string iam_path = {};  ///< of what is uploaded to IAM; empty: kAwsIamPath
};

/// One call of a service that takes forms and speaks XML.
struct AwsFormCall {
  AwsAction action;
  std::string doing;  ///< becomes the errors' activity
  std::vector<std::pair<std::string, std::string>> fields;
  std::vector<std::pair<std::string, Secret>> secrets = {};  ///< after the others
};

/// One call of a service that speaks XML both ways.
struct AwsXmlCall {
  AwsAction action;
  std::string doing;  ///< becomes the errors' activity
  std::string path;   ///< percent-encoded
  const char* root;   ///< of the answer of a success
  QueryParameters query = {};
  /// With a body the call is a PUT, and replaces what is there under this tag.
  std::optional<Secret> body = {};
  std::string if_match = {};
};

struct AwsXml {
  HttpResponse response;
  pugi::xml_document document;
};

/// Where CloudFront takes its certificates from, and what is meant where no region is named.
inline constexpr std::string_view kAwsFirstRegion = "us-east-1";

/// Of those of IAM's certificates that CloudFront takes.
inline constexpr std::string_view kAwsIamPath = "/cloudfront/";

/// Throws, beside what HttpClient throws: the kinds named in replies.h, invalid_input for keys that
/// cannot go into a header and for a region that is none. Lifetime: client and clock outlive it.
class AwsAccount {
 public:
  AwsAccount(AwsConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  /// `body` is JSON.
  Task<nlohmann::json> call(AwsAction action, std::string doing, Secret body);
  Task<AwsXml> call(AwsXmlCall call);
  /// The answer's root is "<name of the action>Response".
  Task<AwsXml> call(AwsFormCall call);

  std::string_view region() const;
  /// One of China's, which are a world of their own: other hosts, keys and ARNs.
  bool is_in_china() const { return region().starts_with("cn-"); }
  Time now() const { return clock_.now(); }

 private:
  std::string endpoint_of(const AwsService& service) const;
  std::string_view scope_of(const AwsService& service) const;
  Result<HttpRequest> signed_request(const AwsAction& action,
                                     HttpRequest request,
                                     std::string path,
                                     QueryParameters query) const;

  AwsConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry

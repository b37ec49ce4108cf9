// One account at AWS: its keys, and one signed call.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "base/clock.h"
#include "ports/http_client.h"
#include "providers/aws/replies.h"
#include "signing/request.h"

namespace certferry {

struct AwsConfig {
  /// Without a slash at the end; `{service}` in it stands for the service called and its region.
  std::string endpoint;
  AccessKey key;
};

/// One call of a service that speaks XML.
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

/// Throws, beside what HttpClient throws: the kinds named in replies.h, invalid_input for keys that
/// cannot go into a header. Lifetime: client and clock outlive it.
class AwsAccount {
 public:
  AwsAccount(AwsConfig config, HttpClient& http, const Clock& clock)
      : config_(std::move(config)), http_(http), clock_(clock) {}

  /// `body` is JSON.
  Task<nlohmann::json> call(AwsAction action, std::string doing, Secret body);
  Task<AwsXml> call(AwsXmlCall call);

 private:
  Result<HttpRequest> signed_request(const AwsAction& action,
                                     HttpRequest request,
                                     std::string path,
                                     QueryParameters query) const;

  AwsConfig config_;
  HttpClient& http_;
  const Clock& clock_;
};

}  // namespace certferry

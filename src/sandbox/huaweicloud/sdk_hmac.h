// Whether a request is signed as Huawei Cloud wants it (SDK-HMAC-SHA256), checked by code that
// shares nothing with the client's.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct HuaweiCloudCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::string security_token;  ///< empty: the pair is a permanent one
  std::string domain_id;
  std::string project_id;
  std::string waf_project_id = {};  ///< empty: the same
  std::string elb_project_id = {};
};

/// How the vendor says no.
struct HuaweiCloudRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// Nothing when the request is signed. Takes each for as long as its date holds, as the vendor
/// does: there is no nonce.
std::optional<HuaweiCloudRefusal> refuse_signature(const Request& request,
                                                   const HuaweiCloudCredentials& credentials,
                                                   Time now);

}  // namespace certferry::sandbox

// Whether a request is signed as Baidu AI Cloud wants it (bce-auth-v1), checked by code that shares
// nothing with the client's.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct BaiduCloudCredentials {
  std::string access_key_id;
  Secret secret_access_key;
  std::string session_token;  ///< empty: the pair is a permanent one
};

/// How the vendor says no.
struct BaiduCloudRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// Nothing when the request is signed. A signature holds as often as it is sent, until it ends.
std::optional<BaiduCloudRefusal> refuse_signature(const Request& request,
                                                  const BaiduCloudCredentials& credentials,
                                                  Time now);

}  // namespace certferry::sandbox

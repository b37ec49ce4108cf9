// Whether a request is signed as Kingsoft Cloud wants it, which is as AWS's fourth version is,
// checked by code that shares nothing with the client's.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct KsyunCredentials {
  std::string access_key;
  Secret secret_key;
};

/// How the vendor says no.
struct KsyunRefusal {
  int status = 400;
  std::string code;
  std::string message;
};

/// Nothing when the request is signed with these keys for CDN, and not long ago.
std::optional<KsyunRefusal> refuse_ksyun_signature(const Request& request,
                                                   const KsyunCredentials& credentials,
                                                   Time now);

}  // namespace certferry::sandbox

// Whether a request is signed as CTYun's gateway wants it, checked by code that shares nothing with
// the client's.
#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct CtyunCredentials {
  std::string access_key;
  Secret security_key;
};

/// What the clock on the gateway's wall is set to.
enum class CtyunWall { kBeijing, kUtc };

/// How the vendor says no.
struct CtyunRefusal {
  int status = 200;
  std::string code;  ///< "CTAPI_10009", or the number of a service's own
  std::string error;
  std::string message;
};

/// The gateway's own refusals: an access key that is none, and a signature that is not of this
/// query, body, request id and date, or whose date is more than a quarter of an hour off.
std::optional<CtyunRefusal> refuse_signature(const Request& request,
                                             const CtyunCredentials& credentials,
                                             CtyunWall wall,
                                             Time now);

}  // namespace certferry::sandbox

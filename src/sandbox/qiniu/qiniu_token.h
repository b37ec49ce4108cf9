// Whether a request is signed as Qiniu wants it, in either of its two ways, checked by code that
// shares nothing with the client's.
#pragma once

#include <string>

#include "base/secret.h"
#include "base/time.h"
#include "sandbox/message.h"

namespace certferry::sandbox {

struct QiniuCredentials {
  std::string access_key;
  Secret secret_key;
};

/// `Qiniu AK:sign` of method, path, query, host, type, X-Qiniu-* and body; or `QBox AK:sign` of
/// path, query and the body of a form.
bool is_signed_for_qiniu(const Request& request, const QiniuCredentials& credentials, Time now);

}  // namespace certferry::sandbox

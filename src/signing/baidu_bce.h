// Baidu Cloud's bce-auth-v1.
//
// What is odd here:
//  - the signing key is the text of 64 hexadecimal digits, not the 32 bytes that they spell
//  - values of headers are percent-encoded, and empty ones left out; the last has no line end
//  - pairs of the query are sorted as whole texts, so `a-b=` stands before `a=`
//  - the body is not signed
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` may stay empty: the host and `x-bce-date` are enough; what else begins with
/// `x-bce-` has to be among them. Valid for half an hour. Error: as `check_signable`.
/// Source: https://cloud.baidu.com/doc/Reference/s/Njwvz1wot, tests/wire/fixtures/baiducloud.json
Result<Signature> sign_baidu(const UnsignedRequest& request, const AccessKey& key, Time now);

}  // namespace certferry

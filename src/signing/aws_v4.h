// AWS Signature Version 4, of every service but S3; Kingsoft Cloud takes it with AWS's own words.
//
// What is odd here:
//  - the path, which is encoded already, is encoded once more
//  - pairs of the query are sorted as they are encoded
#pragma once

#include "base/time.h"
#include "signing/request.h"

namespace certferry {

/// `request.headers` are `content-type` and `x-amz-target` when they are sent; of Kingsoft
/// `x-action` and `x-version`, and any region, for it takes the one that is signed. `service` is
/// acm, cloudfront (in us-east-1), iam (as well), elasticloadbalancing. Error: as `check_signable`.
/// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html,
/// tests/wire/fixtures/aws.json
Result<Signature> sign_aws_v4(const UnsignedRequest& request,
                              const AccessKey& key,
                              std::string_view region,
                              std::string_view service,
                              Time now);

}  // namespace certferry

#pragma once

#include "model/metadata.h"

namespace certferry {

const ProviderMetadata& aws_metadata();
/// Of an account whose store is IAM.
const ProviderMetadata& aws_iam_metadata();

}  // namespace certferry

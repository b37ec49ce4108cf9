#pragma once

#include "model/metadata.h"
#include "providers/volcengine/replies.h"

namespace certferry {

inline constexpr VolcengineSite kVolcengineSite = {
    .id = "volcengine",
    .name = "Volcengine",
    .keys_url = "https://console.volcengine.com/iam/keymanage/",
};

const ProviderMetadata& volcengine_metadata();

}  // namespace certferry

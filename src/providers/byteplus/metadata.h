#pragma once

#include "model/metadata.h"
#include "providers/volcengine/replies.h"

namespace certferry {

inline constexpr VolcengineSite kBytePlusSite = {
    .id = "byteplus",
    .name = "BytePlus",
    .keys_url = "https://console.byteplus.com/iam/keymanage/",
};

const ProviderMetadata& byteplus_metadata();

}  // namespace certferry

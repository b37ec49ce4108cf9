// Private keys as CDN Pro takes them.
#pragma once

#include <string>

#include "base/secret.h"

namespace certferry::sandbox {

/// A private key as the vendor reads it; empty when it was not encrypted by that key of the API and
/// for that Date.
Secret decrypt_cdnpro_key(const std::string& text, const Secret& api_key, const std::string& date);

}  // namespace certferry::sandbox

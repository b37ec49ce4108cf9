// Digests, message authentication and base64, for signing requests and naming certificates.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"
#include "base/secret.h"

namespace certferry {

/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

/// 40 lower-case hexadecimal digits; for vendors that know nothing better.
std::string sha1_hex(std::string_view bytes);
/// 32 of them; for vendors that know nothing better.
std::string md5_hex(std::string_view bytes);
/// The value of the Content-MD5 header: base64. Source: RFC 1864.
std::string content_md5(std::string_view bytes);

/// Raw bytes, 20 of them; `to_hex` and `base64_encode` spell them as a vendor wants.
std::string hmac_sha1(const Secret& key, std::string_view bytes);
/// Raw bytes, 32 of them.
std::string hmac_sha256(const Secret& key, std::string_view bytes);

/// RFC 4648 section 4: the standard alphabet, padded, on one line.
std::string base64_encode(std::string_view bytes);
/// The inverse; takes no blanks and no missing padding. Error: invalid_input `text.base64`.
Result<std::string> base64_decode(std::string_view text);

}  // namespace certferry

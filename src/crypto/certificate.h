// X.509 certificates as values.
#pragma once

#include <string_view>

#include "base/error.h"
#include "model/bundle.h"

namespace certferry {

/// Reads one certificate in DER form, also one that a hostile edge presents.
///
/// Nothing is judged here: a certificate without names, or with dates out of order, is read as it
/// is. Subject alternative names that are no host names (NUL bytes, blanks, odd wildcards) are left
/// out, so that they never match; the common name is never taken for a name.
/// Error: invalid_input `pem.truncated` (not a whole certificate), `pem.too_large` (256 KiB),
/// `cert.dates` (a date that does not exist). Source: RFC 5280 section 4, RFC 9525 section 6.
Result<Certificate> parse_certificate(std::string_view der);

}  // namespace certferry

// Our label in stores whose names are short: CAS takes 63 characters, and a label has 80.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/time.h"

namespace certferry {

/// What stands for a label, and for the moment at which its certificate ends, in 62 characters:
/// "certferry-", the fingerprint in base64url, three characters of the end, "-", and the label's
/// last five. Any other text stays as it is.
///
/// The end is there because such stores list days in a zone that they do not name, and what ends
/// later is decided to the second.
std::string store_name(const std::string& label, Time not_after);

struct StoreName {
  std::string label;
  std::int64_t end = 0;  ///< seconds since 1970, without whole multiples of 2^18 (three days)

  /// The moment within these three days, or less, that begin with `from`.
  Time end_since(Time from) const;
};

/// The inverse; nothing in a name that is not of this form.
std::optional<StoreName> read_store_name(std::string_view name);

}  // namespace certferry

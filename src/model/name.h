// DNS names and IP addresses as certificates and vendors spell them, brought to one form.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace certferry {

/// The one form names are compared in: lower-case A-labels, no trailing dot.
///
/// Takes U-labels (多吉云.例子), a leading "*." and a trailing dot. Error: invalid_input
/// `cert.names` for empty or over-long labels and names, and for characters that no host name has.
/// Source: RFC 5890, RFC 5891 (UTS 46 non-transitional, by libidn2), RFC 1035 section 2.3.4.
Result<std::string> canonical_name(std::string_view text);

/// The configuration's name of a certificate: "fleet" of "fleet/www.example.com", which is one of a
/// folder's. It lives as long as the text.
std::string_view certificate_entry(std::string_view certificate);

/// The one form IP addresses are compared in (RFC 5952 for IPv6); nothing when it is not an
/// address.
std::optional<std::string> canonical_ip(std::string_view text);

/// Whether one subject alternative name covers one name; both canonical.
///
/// A wildcard stands for exactly one label, and only as the whole leftmost label. A name that
/// itself begins with "*." is covered only by the same wildcard. Source: RFC 9525 section 6.3.
bool name_covers(std::string_view pattern, std::string_view name);

/// Whether any of a leaf's names covers the name. An IP address is covered only by an IP entry.
bool any_covers(std::span<const std::string> dns_names,
                std::span<const std::string> ip_addresses,
                std::string_view name);

}  // namespace certferry

// The remark that our stored certificates carry at a vendor.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace certferry {

/// "certferry-" and the leaf's SHA-256: a repeat finds its own earlier upload by it.
///
/// It names the bundle; it never gives ownership: that is the ledger's alone.
std::string label_for(const std::string& fingerprint);

/// The fingerprint in a label of that form; nothing in any other text.
std::optional<std::string> fingerprint_in_label(std::string_view label);

}  // namespace certferry

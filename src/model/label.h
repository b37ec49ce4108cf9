// The remark that our stored certificates carry at a vendor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace certferry {

/// "certferry-", the leaf's SHA-256, "-" and five characters drawn by chance when the upload was
/// first intended: a repeat finds its own earlier upload by it. 80 characters, which is as long as
/// a remark is known to be let.
///
/// The first two parts name the bundle, whoever stored it: they let us use it, and never give
/// ownership. The whole label is in our ledger before anything is sent, so nobody else had it
/// before, and what carries it was made by us or copied from us.
std::string label_for(const std::string& fingerprint, std::uint64_t chance);

/// The fingerprint in a label of that form, also without the last part or with it cut short, as
/// earlier versions wrote it and vendors may; nothing in any other text.
std::optional<std::string> fingerprint_in_label(std::string_view label);

/// Whether the label has its last part, whole.
bool is_tagged(std::string_view label);

}  // namespace certferry

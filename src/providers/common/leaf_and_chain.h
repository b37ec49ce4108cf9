// A bundle's certificates for stores that take the leaf in one field and the others in another.
#pragma once

#include <string_view>
#include <utility>

namespace certferry {

/// The leaf, and the certificates after it, which may be none: parts of `chain_pem`, whose bytes
/// they borrow.
std::pair<std::string_view, std::string_view> leaf_and_chain(std::string_view chain_pem);

}  // namespace certferry

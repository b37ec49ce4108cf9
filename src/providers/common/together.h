// One name at several places of a product: what it is set to.
#pragma once

#include <optional>
#include <span>
#include <string>

namespace certferry {

/// What a name is set to by what each of its places is: the same id, or else "this and that", with
/// "none" for nothing, which is no id of any store.
std::optional<std::string> together(std::span<const std::optional<std::string>> each);

}  // namespace certferry

// SOCI's names without SOCI's headers.
#pragma once

// NOLINTBEGIN(readability-identifier-naming): not ours to choose
namespace soci {
class session;
class soci_error;
}  // namespace soci
// NOLINTEND(readability-identifier-naming)

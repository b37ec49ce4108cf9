// The layout of the tables, version by version.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "state/soci_forward.h"

namespace certferry::state {

/// One step from a version of the layout to the next. Once released, a step never changes.
struct Migration {
  std::span<const std::string_view> statements;
};

/// All steps; the layout's version is how many have been taken.
std::span<const Migration> migrations();

/// The version of the layout that stands in the store: 0 for an empty one.
///
/// Throws: invalid_input `state.newer` when it is more than `known`, `state.corrupt` when the
/// tables are not certferry's; soci::soci_error.
std::size_t schema_version(soci::session& session, const std::string& path, std::size_t known);

/// Takes the steps that are missing, each as one transaction: a step that fails leaves the version
/// before it. Throws: soci::soci_error.
void migrate(soci::session& session, std::size_t version, std::span<const Migration> steps);

/// Lets a session that may only read see an older layout as the present one: the tables are copied
/// to temporary ones, which take the missing steps. The file is not touched.
/// Throws: soci::soci_error.
void migrate_a_copy(soci::session& session, std::size_t version, std::span<const Migration> steps);

}  // namespace certferry::state

// What is remembered of the targets, as people read it: a table that fits its screen.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cli/terminal.h"
#include "engine/report.h"
#include "model/records.h"

namespace certferry::cli {

/// A remembered target as status shows it.
struct StatusRow {
  TargetRecord record;
  bool managed = true;        ///< the configuration still speaks of its certificate and account
  std::optional<Time> began;  ///< of what it was last confirmed to serve: when it was uploaded,
  std::optional<Time> ends;   ///< and when it ends
  bool old = false;           ///< there is a newer one that it should serve
  bool well = false;          ///< confirmed, and what it serves has not expired since

  bool in_trouble() const { return managed && !well; }
};

struct StatusView {
  Time now{};
  /// Trouble first, then what ends next, then what the configuration no longer speaks of.
  std::vector<StatusRow> rows;
  std::vector<JournalEntry> open;  ///< calls of which nobody knows what became
  std::vector<Problem> warnings;
};

/// In what is shown, rows stand as StatusView says.
void sort_rows(std::vector<StatusRow>& rows);

/// Columns and lines there are; where there is no terminal nothing is shortened or left out.
struct Space {
  std::size_t columns = std::numeric_limits<std::size_t>::max();
  std::size_t lines = std::numeric_limits<std::size_t>::max();
};

/// "12 targets: 1 failed, 10 confirmed, 1 unmanaged; the next ends in 23 d".
std::string summary_text(const StatusView& view);
/// The table, the cause of each trouble below its row, and what else needs a look. Of what does not
/// fit, the number.
std::string status_text(const StatusView& view, const Style& style, const Space& space);

}  // namespace certferry::cli

// Rows as a damaged or foreign state file holds them: a record, or an error that says which row.
//
// An input is the table's name and then the fields, one a line; \N is NULL.

#include <array>

#include "properties.h"
#include "state/rows.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

constexpr std::array<std::string_view, 1> kCodes = {"state.corrupt"};

state::Row read_row(std::string_view bytes, std::size_t columns) {
  state::Row row;
  while (row.size() < columns) {
    const std::string_view field = take_line(bytes);
    row.push_back(field == "\\N" ? std::nullopt : std::optional(std::string(field)));
  }
  return row;
}

template <typename T>
void try_row(const state::Table& table,
             Result<T> (*decode)(const state::Row&),
             std::string_view bytes) {
  const Result<T> record = decode(read_row(bytes, table.columns.size()));
  if (!record) {
    require_sound(record.error(), kCodes);
    require(record.error().message.contains(table.name), "an error names the table");
    return;
  }
  const state::Row written = state::encode(*record);
  const Result<T> again = decode(written);
  require(again && state::encode(*again) == written, "a record comes back as it was written");
}

}  // namespace

void try_input(std::string_view bytes) {
  const std::string_view table = take_line(bytes);
  if (table == "uploads") try_row(state::kUploads, &state::decode_upload, bytes);
  if (table == "kept_bundles") try_row(state::kKept, &state::decode_kept, bytes);
  if (table == "alerts") try_row(state::kAlerts, &state::decode_alert, bytes);
  if (table == "notices") try_row(state::kNotices, &state::decode_notice, bytes);
  if (table == "targets") try_row(state::kTargets, &state::decode_target, bytes);
  if (table == "accounts") try_row(state::kAccounts, &state::decode_account, bytes);
  if (table == "orphans") try_row(state::kOrphans, &state::decode_orphan, bytes);
  if (table == "journal") try_row(state::kJournal, &state::decode_journal, bytes);
}

}  // namespace certferry::fuzz

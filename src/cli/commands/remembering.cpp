// history: what was done, without a call to anyone.

#include <unistd.h>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/render.h"
#include "cli/runtime.h"
#include "cli/terminal.h"
#include "engine/recover.h"
#include "model/name.h"
#include "state/soci_store.h"

namespace certferry::cli {

namespace {

/// A target by its id or by its domain alone, among those remembered.
std::optional<TargetId> find_target(StateStore& store, const std::string& name) {
  for (const TargetRecord& one : store.targets()) {
    const std::string domain = canonical_name(name).value_or(name);
    if (to_string(one.id) == name || one.id.name == domain) return one.id;
  }
  return std::nullopt;
}

Colour colour_of_outcome(JournalEntry::Outcome outcome) {
  switch (outcome) {
    case JournalEntry::Outcome::kApplied:
      return Colour::kGreen;
    case JournalEntry::Outcome::kNotApplied:
      return Colour::kRed;
    case JournalEntry::Outcome::kPending:
    case JournalEntry::Outcome::kUnknown:
      break;
  }
  return Colour::kYellow;
}

}  // namespace

int run_history(const GlobalOptions& global, const HistoryOptions& options) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  const auto store = state::SociStore::open_read_only(settings->state_path);
  JournalQuery query{.limit = options.limit};
  if (!options.target.empty()) {
    query.target = find_target(*store, options.target);
    if (!query.target) {
      print_error(global,
                  Error(ErrorKind::kNotFound,
                        "nothing is remembered of a target '" + printable(options.target, 80) + "'")
                      .with_code("select.unknown")
                      .with_hint("'certferry status' lists those that are known"));
      return kUsage;
    }
  }
  const std::vector<JournalEntry> entries = store->journal(query);
  if (global.json) {
    nlohmann::json out = nlohmann::json::array();
    for (const JournalEntry& entry : entries) out.push_back(to_json(entry));
    print(dump(out));
    return kAllWell;
  }
  const Style style(STDOUT_FILENO);
  Table table({"WHEN", "ACTION", "WHAT", "BUNDLE", "ID", "OUTCOME", "DETAIL"});
  for (const JournalEntry& entry : entries) {
    table.add({format_time(entry.at),
               entry.action,
               subject_text(entry),
               entry.fingerprint.substr(0, 12),
               entry.stored_id.empty() ? "-" : entry.stored_id,
               style(colour_of_outcome(entry.outcome), to_string(entry.outcome)),
               printable(entry.detail, 1000)});
  }
  print(table.empty() ? "no history yet\n" : table.text(style));
  return kAllWell;
}

}  // namespace certferry::cli

// status, history: what is remembered, without a call to anyone.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/runtime.h"
#include "cli/terminal.h"
#include "state/soci_store.h"

namespace certferry::cli {

namespace {

void print(const std::string& text) {
  std::fwrite(text.data(), 1, text.size(), stdout);
}

Colour colour_of_word(const std::string& outcome) {
  if (outcome == "confirmed") return Colour::kGreen;
  return outcome == "failed" || outcome == "parked" ? Colour::kRed : Colour::kYellow;
}

/// When the bundle that a target was last confirmed to serve ends, as the ledger knows it.
std::map<std::pair<std::string, std::string>, Time> ends_by_upload(StateStore& store) {
  std::map<std::pair<std::string, std::string>, Time> ends;
  for (const UploadRecord& record : store.uploads()) {
    ends[{record.account, record.fingerprint}] = record.not_after;
  }
  return ends;
}

}  // namespace

int run_status(const GlobalOptions& global) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  const auto store = state::SociStore::open_read_only(settings->state_path);
  std::vector<TargetRecord> targets = store->targets();
  // Trouble first: that is what somebody who looks is looking for.
  std::ranges::sort(targets, {}, [](const TargetRecord& one) {
    return std::pair(one.outcome == "confirmed", one.id);
  });
  const bool well = std::ranges::all_of(
      targets, [](const TargetRecord& one) { return one.outcome == "confirmed"; });
  if (global.json) {
    nlohmann::json out = {{"succeeded", well}, {"targets", nlohmann::json::array()}};
    for (const TargetRecord& one : targets) out["targets"].push_back(to_json(one));
    print(dump(out));
    return well ? kAllWell : kNotAll;
  }
  if (targets.empty()) {
    print(
        "nothing has been deployed yet; 'certferry plan' shows what would be, 'certferry apply' "
        "does it\n");
    return kAllWell;
  }
  const Style style(STDOUT_FILENO);
  const Time now = SystemClock().now();
  const auto ends = ends_by_upload(*store);
  Table table({"TARGET", "CERTIFICATE", "LAST RESULT", "SERVES", "ENDS", "LAST LOOK", "MESSAGE"});
  for (const TargetRecord& one : targets) {
    const auto end = ends.find({one.id.account, one.confirmed_fingerprint});
    table.add({to_string(one.id),
               one.certificate,
               style(colour_of_word(one.outcome), one.outcome),
               one.confirmed_fingerprint.empty() ? "-" : one.confirmed_fingerprint.substr(0, 12),
               end == ends.end() ? "-" : "in " + format_duration(end->second - now),
               format_duration(now - one.last_attempt) + " ago",
               fit(printable(one.message, 1000), 80)});
  }
  print(table.text(style));
  return well ? kAllWell : kNotAll;
}

namespace {

/// A target by its id or by its domain alone, among those remembered.
std::optional<TargetId> find_target(StateStore& store, const std::string& name) {
  for (const TargetRecord& one : store.targets()) {
    if (to_string(one.id) == name || one.id.name == name) return one.id;
  }
  return std::nullopt;
}

std::string subject_of(const JournalEntry& entry) {
  if (!entry.name.empty()) return to_string(TargetId{entry.account, entry.product, entry.name});
  return "account " + entry.account;
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
               subject_of(entry),
               entry.fingerprint.substr(0, 12),
               entry.stored_id.empty() ? "-" : entry.stored_id,
               style(colour_of_outcome(entry.outcome), to_string(entry.outcome)),
               printable(entry.detail, 1000)});
  }
  print(table.empty() ? "no history yet\n" : table.text(style));
  return kAllWell;
}

}  // namespace certferry::cli

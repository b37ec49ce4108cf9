// status, history: what is remembered, without a call to anyone.

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

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

namespace {

/// A remembered target as status shows it.
struct Row {
  TargetRecord record;
  bool managed = true;       ///< the configuration still speaks of its certificate and account
  std::optional<Time> ends;  ///< of what it was last confirmed to serve
  bool well = false;         ///< confirmed, and what it serves has not expired since
};

std::vector<Row> status_rows(const Settings& settings, StateStore& store, Time now) {
  std::set<std::string> certificates;
  std::set<std::string> accounts;
  for (const CertificateSettings& one : settings.certificates) certificates.insert(one.name);
  for (const AccountSettings& one : settings.accounts) accounts.insert(one.name);
  const auto ends = ends_by_upload(store);
  std::vector<Row> rows;
  for (const TargetRecord& record : store.targets()) {
    Row row{.record = record};
    row.managed = certificates.contains(certificate_entry(record.certificate)) &&
                  accounts.contains(record.id.account);
    const auto end = ends.find({record.id.account, record.confirmed_fingerprint});
    if (end != ends.end()) row.ends = end->second;
    row.well = record.outcome == "confirmed" && (!row.ends || *row.ends > now);
    rows.push_back(std::move(row));
  }
  // Trouble first: that is what somebody who looks is looking for.
  std::ranges::sort(
      rows, {}, [](const Row& one) { return std::tuple(!one.managed, one.well, one.record.id); });
  return rows;
}

/// What the ledger knows of each certificate's renewals: of the upload that ends last, in place of
/// when it was issued, when it was uploaded. That is later, so a warning comes late, never early.
std::vector<Problem> stale_certificates(const Settings& settings, StateStore& store, Time now) {
  std::map<std::string, UploadRecord> latest;
  for (const UploadRecord& record : store.uploads()) {
    if (record.state != UploadRecord::State::kStored) continue;
    const auto [known, fresh] = latest.emplace(record.certificate, record);
    if (!fresh && known->second.not_after < record.not_after) known->second = record;
  }
  std::vector<Problem> warnings;
  for (const auto& [name, record] : latest) {
    const auto certificate = std::ranges::find(
        settings.certificates, certificate_entry(name), &CertificateSettings::name);
    if (certificate == settings.certificates.end()) continue;
    const auto stale = staleness({.not_before = record.created_at,
                                  .not_after = record.not_after,
                                  .now = now,
                                  .renewer = renewer_of(certificate->from.kind)});
    if (!stale) continue;
    warnings.push_back({"certificate " + name,
                        Error(ErrorKind::kUnavailable, stale->reason.text)
                            .with_code(stale->reason.code)
                            .with_hint(stale->hint + "; 'certferry check' looks at the source")});
  }
  return warnings;
}

std::string warnings_text(const std::vector<Problem>& warnings, const Style& style) {
  std::string out;
  for (const Problem& one : warnings) {
    out += style(Colour::kYellow, "warning:") + " " + one.where + ": " + one.error.text() + "\n";
  }
  return out;
}

/// Calls of which nobody knows what became: those of a run that was interrupted, or is under way.
std::string open_calls_text(const std::vector<JournalEntry>& open, const Style& style) {
  std::string out;
  for (const JournalEntry& entry : open) {
    out += style(Colour::kYellow, "open:") + " " + open_text(entry) + " since " +
           format_time(entry.at) + "\n";
  }
  if (!out.empty()) {
    out += "what became of the open calls is not known; 'certferry apply' reads it and goes on\n";
  }
  return out;
}

std::string ends_text(const Row& row, Time now) {
  if (!row.ends) return "-";
  return *row.ends > now ? "in " + format_duration(*row.ends - now)
                         : "EXPIRED " + format_date(*row.ends);
}

}  // namespace

int run_status(const GlobalOptions& global) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  const auto store = state::SociStore::open_read_only(settings->state_path);
  const Time now = SystemClock().now();
  const std::vector<Row> rows = status_rows(*settings, *store, now);
  const std::vector<JournalEntry> open = open_entries(*store);
  const std::vector<Problem> warnings = stale_certificates(*settings, *store, now);
  const bool well =
      std::ranges::all_of(rows, [](const Row& one) { return one.well || !one.managed; });
  if (global.json) {
    nlohmann::json out = {{"succeeded", well}, {"targets", nlohmann::json::array()}};
    for (const Row& row : rows) {
      nlohmann::json target = to_json(row.record);
      target["managed"] = row.managed;
      target["well"] = row.well;
      if (row.ends) target["not_after"] = format_time(*row.ends);
      out["targets"].push_back(std::move(target));
    }
    out["open"] = nlohmann::json::array();
    for (const JournalEntry& entry : open) out["open"].push_back(to_json(entry));
    out["warnings"] = nlohmann::json::array();
    for (const Problem& one : warnings) out["warnings"].push_back(to_json(one));
    print(dump(out));
    return well ? kAllWell : kNotAll;
  }
  const Style style(STDOUT_FILENO);
  if (rows.empty()) {
    print(
        "nothing has been deployed yet; 'certferry plan' shows what would be, 'certferry apply' "
        "does it\n" +
        open_calls_text(open, style));
    return kAllWell;
  }
  Table table({"TARGET", "CERTIFICATE", "LAST RESULT", "SERVES", "ENDS", "LAST LOOK", "MESSAGE"});
  for (const Row& row : rows) {
    const TargetRecord& one = row.record;
    const std::string result = row.managed ? one.outcome : "unmanaged";
    table.add({to_string(one.id),
               one.certificate,
               style(row.managed ? colour_of_word(one.outcome) : Colour::kDim, result),
               one.confirmed_fingerprint.empty() ? "-" : one.confirmed_fingerprint.substr(0, 12),
               ends_text(row, now),
               format_duration(now - one.last_attempt) + " ago",
               fit(printable(one.message, 1000), 80)});
  }
  print(table.text(style) + open_calls_text(open, style) + warnings_text(warnings, style));
  return well ? kAllWell : kNotAll;
}

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

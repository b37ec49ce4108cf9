#include "state/rows.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace certferry::state {

namespace {

constexpr std::array<std::string_view, 11> kUploadColumns = {"account",
                                                             "fingerprint",
                                                             "certificate",
                                                             "stored_id",
                                                             "label",
                                                             "state",
                                                             "not_after",
                                                             "created_at",
                                                             "superseded_at",
                                                             "retired_at",
                                                             "lost"};

constexpr std::array<std::string_view, 26> kTargetColumns = {"account",
                                                             "product",
                                                             "name",
                                                             "certificate",
                                                             "bound_fingerprint",
                                                             "bound_at",
                                                             "confirmed_fingerprint",
                                                             "confirmed_at",
                                                             "outcome",
                                                             "message",
                                                             "last_attempt",
                                                             "failures",
                                                             "attempted_fingerprint",
                                                             "next_attempt",
                                                             "previous_fingerprint",
                                                             "rolled_back_fingerprint",
                                                             "rolled_back_at",
                                                             "rollbacks",
                                                             "reversals",
                                                             "reversed_at",
                                                             "reversed_to",
                                                             "rolled_back_by",
                                                             "senseless_step",
                                                             "senseless",
                                                             "harmed_fingerprint",
                                                             "looks_before_bind"};

constexpr std::array<std::string_view, 13> kJournalColumns = {"run",
                                                              "number",
                                                              "at",
                                                              "ended_at",
                                                              "account",
                                                              "product",
                                                              "name",
                                                              "action",
                                                              "certificate",
                                                              "fingerprint",
                                                              "stored_id",
                                                              "outcome",
                                                              "detail"};

constexpr std::array<std::string_view, 2> kAccountColumns = {"name", "paused_until"};

constexpr std::array<std::string_view, 5> kOrphanColumns = {
    "account", "stored_id", "fingerprint", "found_at", "removed_at"};

constexpr std::array<std::string_view, 7> kKeptColumns = {
    "account", "product", "name", "slot", "fingerprint", "kept_at", "sealed"};

constexpr std::array<std::string_view, 7> kAlertColumns = {
    "subject", "topic", "cause", "since", "told_at", "stage", "ended_at"};

constexpr std::array<std::string_view, 9> kNoticeColumns = {
    "id", "at", "level", "topic", "subject", "text", "fields", "ended_at", "outcome"};

/// 9999-12-31T23:59:59.999Z: the last moment that has a spelling.
constexpr std::int64_t kLastMoment = 253'402'300'799'999;

using UploadState = UploadRecord::State;
constexpr std::array kUploadStates = {
    UploadState::kIntended, UploadState::kStored, UploadState::kRetired, UploadState::kRefused};

using Outcome = JournalEntry::Outcome;
constexpr std::array kOutcomes = {
    Outcome::kPending, Outcome::kApplied, Outcome::kNotApplied, Outcome::kUnknown};

std::string encode_time(Time time) {
  std::int64_t count = time.time_since_epoch().count();
  if (count < 0 || count > kLastMoment) {
    throw Error(ErrorKind::kInternal,
                "a time outside 1970 to 9999 cannot be kept: " + std::to_string(count) + " ms");
  }
  return std::to_string(count);
}

std::optional<std::string> encode_time(const std::optional<Time>& time) {
  if (!time) return std::nullopt;
  return encode_time(*time);
}

/// Reads a row's columns from left to right and remembers the first that makes no sense.
class RowReader {
 public:
  RowReader(const Table& table, const Row& row) : table_(table), row_(row) {
    ASSERT(row.size() == table.columns.size());
  }

  std::string text() {
    const auto& field = next();
    if (!field) refuse("is missing");
    return field.value_or("");
  }

  std::int64_t number(std::int64_t max) {
    std::string digits = text();
    std::int64_t value = 0;
    const char* last = digits.data() + digits.size();
    auto [end, failure] = std::from_chars(digits.data(), last, value);
    if (failure == std::errc{} && end == last && value >= 0 && value <= max) return value;
    refuse("cannot be \"" + printable(digits, 40) + "\"");
    return 0;
  }

  unsigned count() { return static_cast<unsigned>(number(std::numeric_limits<unsigned>::max())); }

  Time time() { return Time(milliseconds(number(kLastMoment))); }

  std::optional<Time> optional_time() {
    if (row_[position_]) return time();
    next();
    return std::nullopt;
  }

  template <typename T>
  T one_of(std::span<const T> choices) {
    std::string word = text();
    for (T choice : choices) {
      if (to_string(choice) == word) return choice;
    }
    refuse("cannot be \"" + printable(word, 40) + "\"");
    return choices.front();
  }

  /// "name: value", one a line.
  std::vector<NoticeField> fields() {
    const std::string lines = text();
    std::vector<NoticeField> out;
    for (const std::string& line :
         lines.empty() ? std::vector<std::string>() : split(lines, '\n')) {
      const std::size_t colon = line.find(": ");
      if (colon == std::string::npos) refuse("has no name in \"" + printable(line, 40) + "\"");
      if (colon == std::string::npos) break;
      out.push_back({.name = line.substr(0, colon), .value = line.substr(colon + 2)});
    }
    return out;
  }

  template <typename T>
  Result<T> finish(T record) {
    ASSERT(position_ == row_.size());
    if (error_) return std::unexpected(std::move(*error_));
    return record;
  }

 private:
  const std::optional<std::string>& next() { return row_[position_++]; }

  void refuse(const std::string& why) {
    if (error_) return;
    std::string column(table_.columns[position_ - 1]);
    error_ = Error(ErrorKind::kInvalidInput,
                   "table " + std::string(table_.name) + ", row " + row_name() + ": " + column +
                       " " + why)
                 .with_code("state.corrupt");
  }

  std::string row_name() const {
    std::vector<std::string> key;
    key.reserve(table_.key_size);
    for (std::size_t i = 0; i < table_.key_size; ++i) {
      key.push_back(printable(row_[i].value_or("nothing"), 80));
    }
    return "(" + join(key, ", ") + ")";
  }

  const Table& table_;
  const Row& row_;
  std::size_t position_ = 0;
  std::optional<Error> error_;
};

}  // namespace

const Table kUploads{"uploads", kUploadColumns, 2};
const Table kTargets{"targets", kTargetColumns, 3};
const Table kJournal{"journal", kJournalColumns, 2};
const Table kAccounts{"accounts", kAccountColumns, 1};
const Table kOrphans{"orphans", kOrphanColumns, 2};
const Table kKept{"kept_bundles", kKeptColumns, 4};
const Table kAlerts{"alerts", kAlertColumns, 3};
const Table kNotices{"notices", kNoticeColumns, 1};

Row encode(const UploadRecord& record) {
  return {record.account,
          record.fingerprint,
          record.certificate,
          record.stored_id,
          record.label,
          std::string(to_string(record.state)),
          encode_time(record.not_after),
          encode_time(record.created_at),
          encode_time(record.superseded_at),
          encode_time(record.retired_at),
          std::to_string(record.lost)};
}

Result<UploadRecord> decode_upload(const Row& row) {
  RowReader reader(kUploads, row);
  UploadRecord record;
  record.account = reader.text();
  record.fingerprint = reader.text();
  record.certificate = reader.text();
  record.stored_id = reader.text();
  record.label = reader.text();
  record.state = reader.one_of<UploadState>(kUploadStates);
  record.not_after = reader.time();
  record.created_at = reader.time();
  record.superseded_at = reader.optional_time();
  record.retired_at = reader.optional_time();
  record.lost = reader.count();
  return reader.finish(std::move(record));
}

Row encode(const TargetRecord& record) {
  return {record.id.account,
          record.id.product,
          record.id.name,
          record.certificate,
          record.bound_fingerprint,
          encode_time(record.bound_at),
          record.confirmed_fingerprint,
          encode_time(record.confirmed_at),
          record.outcome,
          record.message,
          encode_time(record.last_attempt),
          std::to_string(record.failures),
          record.attempted_fingerprint,
          encode_time(record.next_attempt),
          record.previous_fingerprint,
          record.rolled_back_fingerprint,
          encode_time(record.rolled_back_at),
          std::to_string(record.rollbacks),
          std::to_string(record.reversals),
          encode_time(record.reversed_at),
          record.reversed_to,
          record.rolled_back_by,
          record.senseless_step,
          std::to_string(record.senseless),
          record.harmed_fingerprint,
          record.looks_before_bind};
}

Result<TargetRecord> decode_target(const Row& row) {
  RowReader reader(kTargets, row);
  TargetRecord record;
  record.id.account = reader.text();
  record.id.product = reader.text();
  record.id.name = reader.text();
  record.certificate = reader.text();
  record.bound_fingerprint = reader.text();
  record.bound_at = reader.time();
  record.confirmed_fingerprint = reader.text();
  record.confirmed_at = reader.time();
  record.outcome = reader.text();
  record.message = reader.text();
  record.last_attempt = reader.time();
  record.failures = reader.count();
  record.attempted_fingerprint = reader.text();
  record.next_attempt = reader.optional_time();
  record.previous_fingerprint = reader.text();
  record.rolled_back_fingerprint = reader.text();
  record.rolled_back_at = reader.optional_time();
  record.rollbacks = reader.count();
  record.reversals = reader.count();
  record.reversed_at = reader.optional_time();
  record.reversed_to = reader.text();
  record.rolled_back_by = reader.text();
  record.senseless_step = reader.text();
  record.senseless = reader.count();
  record.harmed_fingerprint = reader.text();
  record.looks_before_bind = reader.text();
  return reader.finish(std::move(record));
}

Row encode(const JournalEntry& entry) {
  return {entry.run,
          std::to_string(entry.number),
          encode_time(entry.at),
          encode_time(entry.ended_at),
          entry.account,
          entry.product,
          entry.name,
          entry.action,
          entry.certificate,
          entry.fingerprint,
          entry.stored_id,
          std::string(to_string(entry.outcome)),
          entry.detail};
}

Result<JournalEntry> decode_journal(const Row& row) {
  RowReader reader(kJournal, row);
  JournalEntry entry;
  entry.run = reader.text();
  entry.number = reader.number(std::numeric_limits<std::int64_t>::max());
  entry.at = reader.time();
  entry.ended_at = reader.optional_time();
  entry.account = reader.text();
  entry.product = reader.text();
  entry.name = reader.text();
  entry.action = reader.text();
  entry.certificate = reader.text();
  entry.fingerprint = reader.text();
  entry.stored_id = reader.text();
  entry.outcome = reader.one_of<Outcome>(kOutcomes);
  entry.detail = reader.text();
  return reader.finish(std::move(entry));
}

Row encode(const AccountRecord& record) {
  return {record.name, encode_time(record.paused_until)};
}

Result<AccountRecord> decode_account(const Row& row) {
  RowReader reader(kAccounts, row);
  AccountRecord record;
  record.name = reader.text();
  record.paused_until = reader.optional_time();
  return reader.finish(std::move(record));
}

Row encode(const OrphanRecord& record) {
  return {record.account,
          record.stored_id,
          record.fingerprint,
          encode_time(record.found_at),
          encode_time(record.removed_at)};
}

Result<OrphanRecord> decode_orphan(const Row& row) {
  RowReader reader(kOrphans, row);
  OrphanRecord record;
  record.account = reader.text();
  record.stored_id = reader.text();
  record.fingerprint = reader.text();
  record.found_at = reader.time();
  record.removed_at = reader.optional_time();
  return reader.finish(std::move(record));
}

Row encode(const KeptBundle& kept) {
  return {kept.id.account,
          kept.id.product,
          kept.id.name,
          std::to_string(kept.slot),
          kept.fingerprint,
          encode_time(kept.kept_at),
          kept.sealed};
}

Result<KeptBundle> decode_kept(const Row& row) {
  RowReader reader(kKept, row);
  KeptBundle kept;
  kept.id.account = reader.text();
  kept.id.product = reader.text();
  kept.id.name = reader.text();
  kept.slot = reader.count();
  kept.fingerprint = reader.text();
  kept.kept_at = reader.time();
  kept.sealed = reader.text();
  return reader.finish(std::move(kept));
}

Row encode(const AlertRecord& record) {
  return {record.subject,
          std::string(to_string(record.topic)),
          record.cause,
          encode_time(record.since),
          encode_time(record.told_at),
          std::to_string(record.stage),
          encode_time(record.ended_at)};
}

Result<AlertRecord> decode_alert(const Row& row) {
  RowReader reader(kAlerts, row);
  AlertRecord record;
  record.subject = reader.text();
  record.topic = reader.one_of<NoticeTopic>(kNoticeTopics);
  record.cause = reader.text();
  record.since = reader.time();
  record.told_at = reader.time();
  record.stage = reader.count();
  record.ended_at = reader.optional_time();
  return reader.finish(std::move(record));
}

Row encode(const NoticeRecord& record) {
  const Notice& notice = record.notice;
  std::vector<std::string> lines;
  lines.reserve(notice.fields.size());
  for (const NoticeField& one : notice.fields) lines.push_back(one.name + ": " + one.value);
  return {notice.id,
          encode_time(notice.at),
          std::string(to_string(notice.level)),
          std::string(to_string(notice.topic)),
          notice.subject,
          notice.text,
          join(lines, "\n"),
          encode_time(record.ended_at),
          record.outcome};
}

Result<NoticeRecord> decode_notice(const Row& row) {
  RowReader reader(kNotices, row);
  NoticeRecord record;
  Notice& notice = record.notice;
  notice.id = reader.text();
  notice.at = reader.time();
  notice.level = reader.one_of<NoticeLevel>(kNoticeLevels);
  notice.topic = reader.one_of<NoticeTopic>(kNoticeTopics);
  notice.subject = reader.text();
  notice.text = reader.text();
  notice.fields = reader.fields();
  record.ended_at = reader.optional_time();
  record.outcome = reader.text();
  return reader.finish(std::move(record));
}

}  // namespace certferry::state

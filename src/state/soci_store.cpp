#include "state/soci_store.h"

#include <soci/soci.h>

#include <limits>

#include "base/text.h"
#include "state/private_file.h"
#include "state/rows.h"
#include "state/schema.h"
#include "state/sqlite_session.h"

namespace certferry::state {

namespace {

/// Runs work on the database; SOCI's exceptions leave as Errors that say what was being done.
template <typename Work>
auto attempt(const std::string& activity, const std::string& path, Work work) {
  try {
    return work();
  } catch (const soci::soci_error& error) {
    throw storage_error(path, error).while_doing(activity);
  }
}

std::string columns_of(const Table& table) {
  std::vector<std::string> names(table.columns.begin(), table.columns.end());
  return join(names, ", ");
}

std::string select_from(const Table& table) {
  return "SELECT " + columns_of(table) + " FROM " + std::string(table.name);
}

std::string upsert_into(const Table& table) {
  std::vector<std::string> values, updates;
  for (std::string_view column : table.columns) values.push_back(":" + std::string(column));
  for (std::string_view column : table.columns.subspan(table.key_size)) {
    updates.push_back(std::string(column) + " = excluded." + std::string(column));
  }
  std::vector<std::string> key(table.columns.begin(),
                               table.columns.begin() + static_cast<long>(table.key_size));
  return "INSERT INTO " + std::string(table.name) + " (" + columns_of(table) + ") VALUES (" +
         join(values, ", ") + ") ON CONFLICT (" + join(key, ", ") + ") DO UPDATE SET " +
         join(updates, ", ");
}

/// A row's place in memory, which a prepared statement reads from or writes to each time it runs.
class RowBuffer {
 public:
  explicit RowBuffer(const Table& table)
      : texts_(table.columns.size()), indicators_(table.columns.size(), soci::i_null) {}

  void bind_results(soci::statement& statement) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      statement.exchange(soci::into(texts_[i], indicators_[i]));
    }
  }

  void bind_parameters(soci::statement& statement, const Table& table) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      statement.exchange(soci::use(texts_[i], indicators_[i], std::string(table.columns[i])));
    }
  }

  void set(Row row) {
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      indicators_[i] = row[i] ? soci::i_ok : soci::i_null;
      texts_[i] = std::move(row[i]).value_or("");
    }
  }

  Row get() const {
    Row row(texts_.size());
    for (std::size_t i = 0; i < texts_.size(); ++i) {
      if (indicators_[i] != soci::i_null) row[i] = texts_[i];
    }
    return row;
  }

 private:
  std::vector<std::string> texts_;
  std::vector<soci::indicator> indicators_;
};

/// Runs a query whose parameters are already exchanged, and decodes each row of its answer.
template <typename Record>
std::vector<Record> fetch_all(soci::statement& statement,
                              const std::string& query,
                              const Table& table,
                              const std::string& path,
                              Result<Record> (*decode)(const Row&)) {
  RowBuffer buffer(table);
  buffer.bind_results(statement);
  statement.alloc();
  statement.prepare(query);
  statement.define_and_bind();
  statement.execute();
  std::vector<Record> out;
  while (statement.fetch()) {
    Result<Record> record = decode(buffer.get());
    if (!record) throw corrupt_state(path, "is damaged (" + record.error().message + ")");
    out.push_back(*std::move(record));
  }
  return out;
}

template <typename Record>
std::vector<Record> read_table(soci::session* session,
                               const Table& table,
                               const std::string& rest,
                               const std::string& path,
                               Result<Record> (*decode)(const Row&)) {
  if (session == nullptr) return {};
  return attempt("reading the state", path, [&] {
    soci::statement statement(*session);
    return fetch_all(statement, select_from(table) + " " + rest, table, path, decode);
  });
}

/// Rows of one account; of all when its name is empty.
template <typename Record>
std::vector<Record> read_account(soci::session* session,
                                 const Table& table,
                                 std::string account,
                                 const std::string& order,
                                 const std::string& path,
                                 Result<Record> (*decode)(const Row&)) {
  if (account.empty()) return read_table(session, table, order, path, decode);
  if (session == nullptr) return {};
  return attempt("reading the state", path, [&] {
    soci::statement statement(*session);
    statement.exchange(soci::use(account, "account"));
    const std::string query = select_from(table) + " WHERE account = :account " + order;
    return fetch_all(statement, query, table, path, decode);
  });
}

template <typename Record>
void write_all(soci::session& session, const Table& table, const std::vector<Record>& records) {
  if (records.empty()) return;
  RowBuffer buffer(table);
  soci::statement statement(session);
  buffer.bind_parameters(statement, table);
  statement.alloc();
  statement.prepare(upsert_into(table));
  statement.define_and_bind();
  for (const Record& record : records) {
    buffer.set(encode(record));
    statement.execute(true);
  }
}

/// An account-wide entry (an upload, a retire) belongs to a target's story when it is about the
/// target's certificate, or about a bundle that the target has served.
constexpr std::string_view kOfTarget = R"(
  (account = :account AND product = :product AND name = :name
   OR account = :account AND name = '' AND (
     certificate IN (
       SELECT certificate FROM targets
       WHERE account = :account AND product = :product AND name = :name AND certificate <> '')
     OR fingerprint IN (
       SELECT bound_fingerprint FROM targets
       WHERE account = :account AND product = :product AND name = :name
         AND bound_fingerprint <> ''
       UNION SELECT confirmed_fingerprint FROM targets
       WHERE account = :account AND product = :product AND name = :name
         AND confirmed_fingerprint <> ''
       UNION SELECT fingerprint FROM journal
       WHERE account = :account AND product = :product AND name = :name
         AND fingerprint <> ''))))";

std::string journal_sql(const JournalQuery& query) {
  std::vector<std::string> conditions;
  if (query.account) conditions.emplace_back("account = :of_account");
  if (query.target) conditions.emplace_back(kOfTarget);
  if (query.outcome) conditions.emplace_back("outcome = :outcome");
  if (query.begun_since) conditions.emplace_back("at >= :since");
  if (query.ended_since) conditions.emplace_back("ended_at >= :ended_since");
  std::string sql = select_from(kJournal);
  if (!conditions.empty()) sql += " WHERE " + join(conditions, " AND ");
  return sql + " ORDER BY at DESC, run DESC, number DESC LIMIT :entries";
}

std::vector<JournalEntry> query_journal(soci::session& session,
                                        const JournalQuery& query,
                                        const std::string& path) {
  std::string account = query.account.value_or("");
  TargetId target = query.target.value_or(TargetId{});
  std::string outcome(query.outcome ? to_string(*query.outcome) : "");
  long long since = query.begun_since ? query.begun_since->time_since_epoch().count() : 0;
  long long ended_since = query.ended_since ? query.ended_since->time_since_epoch().count() : 0;
  long long limit = std::numeric_limits<long long>::max();
  if (std::cmp_less(query.limit, limit)) limit = static_cast<long long>(query.limit);

  soci::statement statement(session);
  if (query.account) statement.exchange(soci::use(account, "of_account"));
  if (query.target) {
    statement.exchange(soci::use(target.account, "account"));
    statement.exchange(soci::use(target.product, "product"));
    statement.exchange(soci::use(target.name, "name"));
  }
  if (query.outcome) statement.exchange(soci::use(outcome, "outcome"));
  if (query.begun_since) statement.exchange(soci::use(since, "since"));
  if (query.ended_since) statement.exchange(soci::use(ended_since, "ended_since"));
  statement.exchange(soci::use(limit, "entries"));
  return fetch_all(statement, journal_sql(query), kJournal, path, decode_journal);
}

/// A session on a file that is there, and the version of its tables.
struct Opened {
  std::unique_ptr<soci::session> session;
  std::size_t version = 0;
};

Opened open_checked(const SqlitePlace& place, SqliteAccess access) {
  Opened opened{.session = open_sqlite(place, access)};
  opened.version = schema_version(*opened.session, place.path, migrations().size());
  return opened;
}

Opened open_to_read(const SqlitePlace& place) {
  try {
    return open_checked(place, SqliteAccess::kRead);
  } catch (const soci::soci_error& error) {
    // A file copied without its companions, in a folder we may not write to.
    if (!lacks_companions(error) || !is_at_rest(place)) throw;
  }
  return open_checked(place, SqliteAccess::kSnapshot);
}

}  // namespace

SociStore::SociStore(std::string path,
                     std::unique_ptr<soci::session> session,
                     std::unique_ptr<SqliteLog> log)
    : path_(std::move(path)), log_(std::move(log)), session_(std::move(session)) {}

SociStore::~SociStore() {
  if (log_) log_->close();
}

std::unique_ptr<SociStore> SociStore::open_for_writing(const SqlitePlace& place) {
  if (place.on_machine()) ensure_private_file(place.path);
  return attempt("opening the state", place.path, [&] {
    Opened opened = open_checked(place, SqliteAccess::kWrite);
    prepare_for_writing(*opened.session);
    set_durability(*opened.session, Durability::kFlushed);
    auto log = std::make_unique<SqliteLog>(sqlite_connection(*opened.session));
    begin_logged(*log);
    migrate(*opened.session, opened.version, migrations());
    log->end();
    if (place.on_machine()) close_to_others(place.path);  // only now is it known to be ours
    return std::unique_ptr<SociStore>(
        new SociStore(place.path, std::move(opened.session), std::move(log)));
  });
}

std::unique_ptr<SociStore> SociStore::open_read_only(const SqlitePlace& place) {
  auto made = [&](std::unique_ptr<soci::session> session) {
    return std::unique_ptr<SociStore>(new SociStore(place.path, std::move(session), nullptr));
  };
  if (!is_there(place)) return made(nullptr);
  if (place.on_machine()) require_private(place.path);
  return attempt("opening the state", place.path, [&] {
    Opened opened = open_to_read(place);
    // A writer that died before its first table has left an empty file.
    if (opened.version == 0) return made(nullptr);
    migrate_a_copy(*opened.session, opened.version, migrations());
    return made(std::move(opened.session));
  });
}

std::vector<UploadRecord> SociStore::uploads(const std::string& account) {
  const std::string order = "ORDER BY account, created_at, fingerprint";
  return read_account(session_.get(), kUploads, account, order, path_, decode_upload);
}

std::vector<TargetRecord> SociStore::targets(const std::string& account) {
  const std::string order = "ORDER BY account, product, name";
  return read_account(session_.get(), kTargets, account, order, path_, decode_target);
}

std::vector<AccountRecord> SociStore::accounts() {
  return read_table(session_.get(), kAccounts, "ORDER BY name", path_, decode_account);
}

std::vector<OrphanRecord> SociStore::orphans() {
  return read_table(session_.get(), kOrphans, "ORDER BY account, stored_id", path_, decode_orphan);
}

std::vector<KeptBundle> SociStore::kept() {
  return read_table(
      session_.get(), kKept, "ORDER BY account, product, name, slot", path_, decode_kept);
}

std::vector<AlertRecord> SociStore::alerts() {
  return read_table(session_.get(),
                    kAlerts,
                    "WHERE ended_at IS NULL ORDER BY subject, topic, cause",
                    path_,
                    decode_alert);
}

std::vector<NoticeRecord> SociStore::notices() {
  return read_table(
      session_.get(), kNotices, "WHERE ended_at IS NULL ORDER BY at, id", path_, decode_notice);
}

std::vector<JournalEntry> SociStore::journal(const JournalQuery& query) {
  if (!session_) return {};
  return attempt(
      "reading the journal", path_, [&] { return query_journal(*session_, query, path_); });
}

void SociStore::commit(const StateChange& change, Durability durability) {
  ASSERT(log_ != nullptr);
  if (change.empty()) return;
  attempt("writing the state", path_, [&] {
    set_durability(*session_, durability);
    begin_logged(*log_);
    soci::transaction transaction(*session_);
    write_all(*session_, kUploads, change.uploads);
    write_all(*session_, kTargets, change.targets);
    write_all(*session_, kJournal, change.journal);
    write_all(*session_, kAccounts, change.accounts);
    write_all(*session_, kOrphans, change.orphans);
    write_all(*session_, kKept, change.kept);
    write_all(*session_, kAlerts, change.alerts);
    write_all(*session_, kNotices, change.notices);
    transaction.commit();
    log_->end();
  });
}

}  // namespace certferry::state

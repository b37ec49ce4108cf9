#include "state/schema.h"

#include <soci/soci.h>

#include <array>
#include <charconv>
#include <vector>

#include "base/text.h"
#include "state/sqlite_session.h"

namespace certferry::state {

namespace {

// Times are milliseconds since 1970, UTC. BIGINT, because PostgreSQL's INTEGER ends in 1970 at that
// rate, on the 25th of January.
constexpr std::array<std::string_view, 6> kVersion1 = {
    R"(CREATE TABLE uploads (
         account TEXT NOT NULL,
         fingerprint TEXT NOT NULL,
         certificate TEXT NOT NULL,
         stored_id TEXT NOT NULL,
         label TEXT NOT NULL,
         state TEXT NOT NULL,
         not_after BIGINT NOT NULL,
         created_at BIGINT NOT NULL,
         superseded_at BIGINT,
         retired_at BIGINT,
         PRIMARY KEY (account, fingerprint)))",
    R"(CREATE TABLE targets (
         account TEXT NOT NULL,
         product TEXT NOT NULL,
         name TEXT NOT NULL,
         certificate TEXT NOT NULL,
         bound_fingerprint TEXT NOT NULL,
         bound_at BIGINT NOT NULL,
         confirmed_fingerprint TEXT NOT NULL,
         confirmed_at BIGINT NOT NULL,
         outcome TEXT NOT NULL,
         message TEXT NOT NULL,
         last_attempt BIGINT NOT NULL,
         failures BIGINT NOT NULL,
         PRIMARY KEY (account, product, name)))",
    R"(CREATE TABLE journal (
         run TEXT NOT NULL,
         number BIGINT NOT NULL,
         at BIGINT NOT NULL,
         ended_at BIGINT,
         account TEXT NOT NULL,
         product TEXT NOT NULL,
         name TEXT NOT NULL,
         action TEXT NOT NULL,
         certificate TEXT NOT NULL,
         fingerprint TEXT NOT NULL,
         stored_id TEXT NOT NULL,
         outcome TEXT NOT NULL,
         detail TEXT NOT NULL,
         PRIMARY KEY (run, number)))",
    "CREATE INDEX journal_by_time ON journal (at)",
    "CREATE INDEX journal_by_target ON journal (account, name, product)",
    "CREATE INDEX journal_by_outcome ON journal (outcome, at)"};

// Put off, rolled back, contested; paused accounts; surplus copies.
constexpr std::array<std::string_view, 11> kVersion2 = {
    "ALTER TABLE targets ADD COLUMN attempted_fingerprint TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE targets ADD COLUMN next_attempt BIGINT",
    "ALTER TABLE targets ADD COLUMN previous_fingerprint TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE targets ADD COLUMN rolled_back_fingerprint TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE targets ADD COLUMN rolled_back_at BIGINT",
    "ALTER TABLE targets ADD COLUMN rollbacks BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE targets ADD COLUMN reversals BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE targets ADD COLUMN reversed_at BIGINT",
    "ALTER TABLE targets ADD COLUMN reversed_to TEXT NOT NULL DEFAULT ''",
    "CREATE TABLE accounts (name TEXT NOT NULL PRIMARY KEY, paused_until BIGINT)",
    R"(CREATE TABLE orphans (
         account TEXT NOT NULL,
         stored_id TEXT NOT NULL,
         fingerprint TEXT NOT NULL,
         found_at BIGINT NOT NULL,
         removed_at BIGINT,
         PRIMARY KEY (account, stored_id)))"};

// Taken back by a person; answers that made no sense, or never came.
constexpr std::array<std::string_view, 4> kVersion3 = {
    "ALTER TABLE uploads ADD COLUMN lost BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE targets ADD COLUMN rolled_back_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE targets ADD COLUMN senseless_step TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE targets ADD COLUMN senseless BIGINT NOT NULL DEFAULT 0"};

// Bundles kept sealed, where a product replaces in place.
constexpr std::array<std::string_view, 1> kVersion4 = {R"(CREATE TABLE kept_bundles (
         account TEXT NOT NULL,
         product TEXT NOT NULL,
         name TEXT NOT NULL,
         slot BIGINT NOT NULL,
         fingerprint TEXT NOT NULL,
         kept_at BIGINT NOT NULL,
         sealed TEXT NOT NULL,
         PRIMARY KEY (account, product, name, slot)))"};

// What was told to people, and what is still to be.
constexpr std::array<std::string_view, 3> kVersion5 = {
    R"(CREATE TABLE alerts (
         subject TEXT NOT NULL,
         topic TEXT NOT NULL,
         cause TEXT NOT NULL,
         since BIGINT NOT NULL,
         told_at BIGINT NOT NULL,
         stage BIGINT NOT NULL,
         ended_at BIGINT,
         PRIMARY KEY (subject, topic, cause)))",
    R"(CREATE TABLE notices (
         id TEXT NOT NULL PRIMARY KEY,
         at BIGINT NOT NULL,
         level TEXT NOT NULL,
         topic TEXT NOT NULL,
         subject TEXT NOT NULL,
         text TEXT NOT NULL,
         fields TEXT NOT NULL,
         ended_at BIGINT,
         outcome TEXT NOT NULL))",
    "CREATE INDEX notices_by_end ON notices (ended_at, at)"};

// Binds that changed more than the certificate.
constexpr std::array<std::string_view, 1> kVersion6 = {
    "ALTER TABLE targets ADD COLUMN harmed_fingerprint TEXT NOT NULL DEFAULT ''"};

// What the edge showed before a bind whose run did not see it through.
constexpr std::array<std::string_view, 1> kVersion7 = {
    "ALTER TABLE targets ADD COLUMN looks_before_bind TEXT NOT NULL DEFAULT ''"};

constexpr std::array kMigrations = {Migration{kVersion1},
                                    Migration{kVersion2},
                                    Migration{kVersion3},
                                    Migration{kVersion4},
                                    Migration{kVersion5},
                                    Migration{kVersion6},
                                    Migration{kVersion7}};

std::vector<std::string> read_texts(soci::session& session, const std::string& query) {
  std::vector<std::string> out;
  std::string text;
  soci::indicator indicator = soci::i_null;
  soci::statement statement = (session.prepare << query, soci::into(text, indicator));
  statement.execute();
  while (statement.fetch()) out.push_back(indicator == soci::i_ok ? text : std::string());
  return out;
}

void set_version(soci::session& session, std::size_t version) {
  session << "CREATE TABLE IF NOT EXISTS schema_version (version BIGINT NOT NULL)";
  session << "DELETE FROM schema_version";
  session << "INSERT INTO schema_version (version) VALUES (" << version << ")";
}

}  // namespace

std::span<const Migration> migrations() {
  return kMigrations;
}

std::size_t schema_version(soci::session& session, const std::string& path, std::size_t known) {
  std::vector<std::string> tables =
      read_texts(session, session.get_backend()->get_table_names_query());
  if (tables.empty()) return 0;
  if (std::ranges::find(tables, "schema_version") == tables.end()) {
    throw corrupt_state(path, "is the database of another program");
  }
  std::vector<std::string> rows = read_texts(session, "SELECT version FROM schema_version");
  std::string text = rows.size() == 1 ? rows.front() : "";
  std::size_t version = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (failure != std::errc{} || end != text.data() + text.size()) {
    throw corrupt_state(path, "does not say which version of certferry's tables it holds");
  }
  if (version > known) {
    throw Error(ErrorKind::kInvalidInput,
                path + " was written by a newer certferry (version " + std::to_string(version) +
                    " of the tables, this one knows up to " + std::to_string(known) + ")")
        .with_code("state.newer")
        .with_hint("use that certferry; nothing was changed");
  }
  return version;
}

void migrate(soci::session& session, std::size_t version, std::span<const Migration> steps) {
  for (; version < steps.size(); ++version) {
    soci::transaction transaction(session);
    for (std::string_view statement : steps[version].statements) {
      session << std::string(statement);
    }
    set_version(session, version + 1);
    transaction.commit();
  }
}

void migrate_a_copy(soci::session& session, std::size_t version, std::span<const Migration> steps) {
  if (version == steps.size()) return;
  for (const std::string& table :
       read_texts(session, session.get_backend()->get_table_names_query())) {
    std::string copy = "CREATE TEMP TABLE ";
    copy.append(table).append(" AS SELECT * FROM main.").append(table);
    session << copy;
  }
  for (; version < steps.size(); ++version) {
    for (const std::string_view statement : steps[version].statements) {
      // A name means the temporary table where there is one, so only making anew says so.
      constexpr std::string_view kMake = "CREATE TABLE ";
      const bool makes = statement.starts_with(kMake);
      if (!makes && statement.starts_with("CREATE ")) continue;  // an index
      session << (makes ? "CREATE TEMP TABLE " + std::string(statement.substr(kMake.size()))
                        : std::string(statement));
    }
  }
}

}  // namespace certferry::state

// What every backend of the state store must do. A new backend adds itself at the end.
#include "ports/state_store.h"

#include <gtest/gtest.h>

#include "disk/simulated_disk.h"
#include "disk/test_support.h"
#include "state/soci_store.h"
#include "state/test_support.h"

namespace certferry::state {
namespace {

/// What a test has to put its store on.
struct Ground {
  TestFolder folder;
  disk::StandingClock clock;
  disk::SeededRandom random{1};
  disk::SimulatedDisk disk{clock, random};
};

struct Backend {
  std::string name;
  std::unique_ptr<StateStore> (*open_for_writing)(const Ground& ground);
  std::unique_ptr<StateStore> (*open_read_only)(const Ground& ground);
};

class StateStoreTest : public testing::TestWithParam<Backend> {
 protected:
  std::unique_ptr<StateStore> writer() { return GetParam().open_for_writing(ground_); }
  std::unique_ptr<StateStore> reader() { return GetParam().open_read_only(ground_); }

 private:
  Ground ground_;
};

UploadRecord some_upload() {
  UploadRecord record;
  record.account = "doge";
  record.fingerprint = std::string(64, 'a');
  record.certificate = "example.com";
  record.stored_id = "9007199254740993";
  record.label = "certferry-aaaa";
  record.state = UploadRecord::State::kStored;
  record.not_after = at(253'402'300'799'000);
  record.created_at = at(1'768'465'800'123);
  record.superseded_at = at(1'768'465'800'124);
  record.lost = 3;
  record.retired_at = std::nullopt;
  return record;
}

TargetRecord some_target() {
  TargetRecord record;
  record.id = {"doge", "cdn", "cdn.example.com"};
  record.certificate = "example.com";
  record.bound_fingerprint = "bound";
  record.bound_at = at(1);
  record.confirmed_fingerprint = "confirmed";
  record.confirmed_at = at(2);
  record.outcome = "unconfirmed";
  record.message = "2 of 3 addresses; 多吉云 says 'ok'; DROP TABLE targets";
  record.last_attempt = at(3);
  record.failures = 4'294'967'295;
  record.attempted_fingerprint = "attempted";
  record.next_attempt = at(4);
  record.previous_fingerprint = "previous";
  record.rolled_back_fingerprint = "rolled back";
  record.rolled_back_at = at(5);
  record.rollbacks = 2;
  record.reversals = 3;
  record.reversed_at = at(6);
  record.reversed_to = "9007199254740993";
  record.rolled_back_by = "alice";
  record.senseless_step = "bind";
  record.senseless = 2;
  record.harmed_fingerprint = "harmed";
  record.looks_before_bind = "new\n192.0.2.7:443 fit old";
  return record;
}

AccountRecord some_account() {
  return {.name = "doge", .paused_until = at(7)};
}

OrphanRecord some_orphan() {
  return {.account = "doge",
          .stored_id = "9007199254740994",
          .fingerprint = "f1",
          .found_at = at(8),
          .removed_at = at(9)};
}

KeptBundle some_kept() {
  return {.id = {"doge", "cdn", "cdn.example.com"},
          .slot = 1,
          .fingerprint = "kept",
          .kept_at = at(5),
          .sealed = "v1:AAAA"};
}

AlertRecord some_alert() {
  return {.subject = "doge/cdn/cdn.example.com",
          .topic = NoticeTopic::kExpiry,
          .cause = "f1",
          .since = at(3),
          .told_at = at(4),
          .stage = 2,
          .ended_at = std::nullopt};
}

NoticeRecord some_notice() {
  return {.notice = {.id = "00ff00ff00ff00ff",
                     .at = at(5),
                     .level = NoticeLevel::kCritical,
                     .topic = NoticeTopic::kFailure,
                     .subject = "subject: 证书",
                     .text = "two\nlines: \"'",
                     .fields = {{"account", "doge"}, {"cause", "a: b"}, {"action", ""}}},
          .ended_at = std::nullopt,
          .outcome = "kept"};
}

JournalEntry some_entry() {
  JournalEntry entry;
  entry.run = "00ff00ff00ff00ff";
  entry.number = 7;
  entry.at = at(10);
  entry.ended_at = at(11);
  entry.account = "doge";
  entry.product = "cdn";
  entry.name = "cdn.example.com";
  entry.action = "bind";
  entry.certificate = "example.com";
  entry.fingerprint = "f1";
  entry.stored_id = "42";
  entry.outcome = JournalEntry::Outcome::kUnknown;
  entry.detail = "no answer: :outcome ? \"\n";
  return entry;
}

TEST_P(StateStoreTest, BeginsEmpty) {
  auto store = writer();
  EXPECT_TRUE(store->uploads().empty());
  EXPECT_TRUE(store->targets().empty());
  EXPECT_TRUE(store->journal({}).empty());
  EXPECT_TRUE(store->accounts().empty());
  EXPECT_TRUE(store->orphans().empty());
  EXPECT_TRUE(store->kept().empty());
  EXPECT_TRUE(store->alerts().empty());
  EXPECT_TRUE(store->notices().empty());
}

TEST_P(StateStoreTest, GivesBackEveryFieldAfterReopening) {
  writer()->commit({.uploads = {some_upload()},
                    .targets = {some_target()},
                    .journal = {some_entry()},
                    .accounts = {some_account()},
                    .orphans = {some_orphan()},
                    .kept = {some_kept()},
                    .alerts = {some_alert()},
                    .notices = {some_notice()}},
                   Durability::kFlushed);
  auto store = writer();
  ASSERT_EQ(store->uploads().size(), 1u);
  EXPECT_EQ(fields(store->uploads()[0]), fields(some_upload()));
  ASSERT_EQ(store->targets().size(), 1u);
  EXPECT_EQ(fields(store->targets()[0]), fields(some_target()));
  ASSERT_EQ(store->journal({}).size(), 1u);
  EXPECT_EQ(fields(store->journal({})[0]), fields(some_entry()));
  ASSERT_EQ(store->accounts().size(), 1u);
  EXPECT_EQ(fields(store->accounts()[0]), fields(some_account()));
  ASSERT_EQ(store->orphans().size(), 1u);
  EXPECT_EQ(fields(store->orphans()[0]), fields(some_orphan()));
  ASSERT_EQ(store->kept().size(), 1u);
  EXPECT_EQ(fields(store->kept()[0]), fields(some_kept()));
  ASSERT_EQ(store->alerts().size(), 1u);
  EXPECT_EQ(fields(store->alerts()[0]), fields(some_alert()));
  ASSERT_EQ(store->notices().size(), 1u);
  EXPECT_EQ(fields(store->notices()[0]), fields(some_notice()));
}

TEST_P(StateStoreTest, GivesOfAlertsAndNoticesThoseThatHaveNotEndedOldestFirst) {
  StateChange change;
  for (const int number : {3, 1, 2}) {
    NoticeRecord notice = some_notice();
    notice.notice.id = std::to_string(number);
    notice.notice.at = at(number);
    change.notices.push_back(notice);
    AlertRecord alert = some_alert();
    alert.cause = std::to_string(number);
    change.alerts.push_back(alert);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);
  change.notices[0].ended_at = change.alerts[0].ended_at = at(9);
  store->commit({.alerts = {change.alerts[0]}, .notices = {change.notices[0]}},
                Durability::kOrdered);
  ASSERT_EQ(store->notices().size(), 2u);
  EXPECT_EQ(store->notices()[0].notice.id, "1");
  EXPECT_EQ(store->notices()[1].notice.id, "2");
  ASSERT_EQ(store->alerts().size(), 2u);
  EXPECT_EQ(store->alerts()[1].cause, "2");
}

TEST_P(StateStoreTest, KnowsEveryWordOfItsEnums) {
  StateChange change;
  for (int i = 0; i < 4; ++i) {
    UploadRecord record = some_upload();
    record.fingerprint = std::to_string(i);
    record.state = static_cast<UploadRecord::State>(i);
    change.uploads.push_back(record);
  }
  for (int i = 0; i < 4; ++i) {
    JournalEntry entry = some_entry();
    entry.number = i;
    entry.outcome = static_cast<JournalEntry::Outcome>(i);
    change.journal.push_back(entry);
  }
  auto store = writer();
  store->commit(change, Durability::kOrdered);
  std::vector<UploadRecord> uploads = store->uploads();
  ASSERT_EQ(uploads.size(), 4u);
  for (const UploadRecord& record : uploads) {
    EXPECT_EQ(std::to_string(static_cast<int>(record.state)), record.fingerprint);
  }
  std::vector<JournalEntry> entries = store->journal({});
  ASSERT_EQ(entries.size(), 4u);
  for (const JournalEntry& entry : entries) {
    EXPECT_EQ(static_cast<std::int64_t>(entry.outcome), entry.number);
  }
}

TEST_P(StateStoreTest, ReplacesTheRowOfTheSameNameAndNoOther) {
  auto store = writer();
  UploadRecord upload = some_upload(), other_upload = some_upload();
  other_upload.account = "other";
  TargetRecord target = some_target(), other_target = some_target();
  other_target.id.product = "live";
  JournalEntry entry = some_entry(), other_entry = some_entry();
  other_entry.number = 8;
  store->commit({.uploads = {upload, other_upload},
                 .targets = {target, other_target},
                 .journal = {entry, other_entry}},
                Durability::kFlushed);

  upload.state = UploadRecord::State::kRetired;
  upload.superseded_at = std::nullopt;
  upload.retired_at = at(99);
  target.message = "new";
  entry.ended_at = std::nullopt;
  entry.outcome = JournalEntry::Outcome::kApplied;
  store->commit({.uploads = {upload}, .targets = {target}, .journal = {entry}},
                Durability::kOrdered);

  ASSERT_EQ(store->uploads().size(), 2u);
  EXPECT_EQ(fields(store->uploads()[0]), fields(upload));
  EXPECT_EQ(fields(store->uploads()[1]), fields(other_upload));
  ASSERT_EQ(store->targets().size(), 2u);
  EXPECT_EQ(fields(store->targets()[0]), fields(target));
  EXPECT_EQ(fields(store->targets()[1]), fields(other_target));
  ASSERT_EQ(store->journal({}).size(), 2u);
  EXPECT_EQ(fields(store->journal({})[0]), fields(other_entry));
  EXPECT_EQ(fields(store->journal({})[1]), fields(entry));
}

TEST_P(StateStoreTest, KeepsNothingOfACommitThatCannotBeKept) {
  auto store = writer();
  StateChange change{.uploads = {some_upload()}};
  change.journal = {some_entry(), some_entry()};
  change.journal[1].number = 8;
  change.journal[1].at = at(-1);
  Error error = error_of([&] { store->commit(change, Durability::kFlushed); });
  EXPECT_EQ(error.kind, ErrorKind::kInternal);
  EXPECT_TRUE(store->uploads().empty());
  EXPECT_TRUE(store->journal({}).empty());
  change.journal.pop_back();
  store->commit(change, Durability::kFlushed);
  EXPECT_EQ(store->journal({}).size(), 1u);
}

TEST_P(StateStoreTest, GivesTheJournalNewestFirstUpToTheLimit) {
  StateChange change;
  for (auto [run, number, when] : {std::tuple{"b", 1, 5}, {"a", 1, 5}, {"a", 2, 5}, {"c", 1, 9}}) {
    JournalEntry entry = some_entry();
    entry.run = run;
    entry.number = number;
    entry.at = at(when);
    change.journal.push_back(entry);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);
  auto order = [&](std::size_t limit) {
    std::string out;
    for (const JournalEntry& entry : store->journal({.limit = limit})) {
      out += entry.run + std::to_string(entry.number) + " ";
    }
    return out;
  };
  EXPECT_EQ(order(100), "c1 b1 a2 a1 ");
  EXPECT_EQ(order(2), "c1 b1 ");
  EXPECT_EQ(order(0), "");
  EXPECT_EQ(order(std::numeric_limits<std::size_t>::max()), "c1 b1 a2 a1 ");
}

TEST_P(StateStoreTest, FindsTheEntriesThatMakeUpATargetsStory) {
  struct Case {
    const char* run;  // says why
    const char *account, *product, *name, *certificate, *fingerprint;
    bool expected;
  };
  const Case cases[] = {
      {"its own", "doge", "cdn", "a.example", "other", "f9", true},
      {"its certificate's upload", "doge", "", "", "example", "f7", true},
      {"upload of what is bound", "doge", "", "", "renamed", "bound", true},
      {"upload of what was confirmed", "doge", "", "", "renamed", "confirmed", true},
      {"upload of what it bound long ago", "doge", "", "", "renamed", "f9", true},
      {"another target's", "doge", "cdn", "b.example", "example", "bound", false},
      {"the same name at another product", "doge", "live", "a.example", "example", "bound", false},
      {"the same name at another account", "two", "cdn", "a.example", "example", "bound", false},
      {"another account's upload", "two", "", "", "example", "bound", false},
      {"another certificate's upload", "doge", "", "", "other", "f5", false},
      {"an entry about nothing in particular", "doge", "", "", "", "", false},
  };
  StateChange change;
  TargetRecord target = some_target();
  target.id = {"doge", "cdn", "a.example"};
  target.certificate = "example";
  change.targets = {target};
  for (const Case& c : cases) {
    JournalEntry entry = some_entry();
    entry.run = c.run;
    entry.account = c.account;
    entry.product = c.product;
    entry.name = c.name;
    entry.certificate = c.certificate;
    entry.fingerprint = c.fingerprint;
    change.journal.push_back(entry);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);

  std::set<std::string> found;
  for (const JournalEntry& entry : store->journal({.target = target.id})) found.insert(entry.run);
  for (const Case& c : cases) EXPECT_EQ(found.contains(c.run), c.expected) << c.run;

  TargetId unknown{"doge", "cdn", "unknown.example"};
  EXPECT_TRUE(store->journal({.target = unknown}).empty());
}

TEST_P(StateStoreTest, AnUnfinishedRecordDoesNotMatchEverything) {
  TargetRecord target = some_target();
  target.certificate = target.bound_fingerprint = target.confirmed_fingerprint = "";
  JournalEntry entry = some_entry();
  entry.product = entry.name = entry.certificate = entry.fingerprint = "";
  auto store = writer();
  store->commit({.targets = {target}, .journal = {entry}}, Durability::kFlushed);
  EXPECT_TRUE(store->journal({.target = target.id}).empty());
}

TEST_P(StateStoreTest, FiltersByOutcomeAloneAndTogetherWithTheTarget) {
  StateChange change;
  change.targets = {some_target()};
  for (int i = 0; i < 4; ++i) {
    JournalEntry entry = some_entry();
    entry.number = i;
    entry.outcome = i < 2 ? JournalEntry::Outcome::kPending : JournalEntry::Outcome::kApplied;
    if (i % 2 == 1) entry.name = "elsewhere.example.com";
    change.journal.push_back(entry);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);
  EXPECT_EQ(store->journal({.outcome = JournalEntry::Outcome::kPending}).size(), 2u);
  std::vector<JournalEntry> both =
      store->journal({.target = some_target().id, .outcome = JournalEntry::Outcome::kPending});
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(both[0].number, 0);
}

TEST_P(StateStoreTest, FiltersByWhenACallBeganAndEnded) {
  StateChange change;
  for (int i = 0; i < 4; ++i) {
    JournalEntry entry = some_entry();
    entry.number = i;
    entry.at = at(10 + i);
    entry.outcome = i == 3 ? JournalEntry::Outcome::kPending : JournalEntry::Outcome::kApplied;
    entry.ended_at = i == 3 ? std::nullopt : std::optional(at(20 + i));
    change.journal.push_back(entry);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);
  EXPECT_EQ(store->journal({.begun_since = at(11)}).size(), 3u);
  EXPECT_EQ(
      store->journal({.outcome = JournalEntry::Outcome::kApplied, .begun_since = at(12)}).size(),
      1u);
  EXPECT_EQ(store->journal({.ended_since = at(21)}).size(), 2u);
  EXPECT_EQ(store->journal({.begun_since = at(12), .ended_since = at(21)}).size(), 1u);
  EXPECT_TRUE(store->journal({.ended_since = at(23)}).empty());
}

TEST_P(StateStoreTest, GivesWhatIsOfOneAccount) {
  StateChange change;
  for (const char* account : {"one", "other", "o'ther"}) {
    UploadRecord upload = some_upload();
    upload.account = account;
    change.uploads.push_back(upload);
    TargetRecord target = some_target();
    target.id.account = account;
    change.targets.push_back(target);
    JournalEntry entry = some_entry();
    entry.run = account;
    entry.account = account;
    change.journal.push_back(entry);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);
  for (const char* account : {"one", "other", "o'ther"}) {
    ASSERT_EQ(store->uploads(account).size(), 1u) << account;
    EXPECT_EQ(store->uploads(account)[0].account, account);
    ASSERT_EQ(store->targets(account).size(), 1u) << account;
    EXPECT_EQ(store->targets(account)[0].id.account, account);
    ASSERT_EQ(store->journal({.account = account}).size(), 1u) << account;
    EXPECT_EQ(store->journal({.account = account})[0].run, account);
  }
  EXPECT_TRUE(store->uploads("nobody").empty());
  EXPECT_TRUE(store->targets("nobody").empty());
  EXPECT_TRUE(store->journal({.account = "nobody"}).empty());
  EXPECT_EQ(store->uploads().size(), 3u);
  EXPECT_EQ(store->targets().size(), 3u);
  EXPECT_EQ(store->journal({.account = "one", .begun_since = some_entry().at}).size(), 1u);
}

TEST_P(StateStoreTest, AReaderSeesTheWritersCommitsAsTheyAreMade) {
  auto writing = writer();
  auto reading = reader();
  EXPECT_TRUE(reading->targets().empty());
  writing->commit({.targets = {some_target()}}, Durability::kOrdered);
  EXPECT_EQ(reading->targets().size(), 1u);
  writing->commit({.uploads = {some_upload()}}, Durability::kFlushed);
  EXPECT_EQ(reading->uploads().size(), 1u);
}

TEST_P(StateStoreTest, AReaderOfNothingSeesNothing) {
  auto store = reader();
  EXPECT_TRUE(store->uploads().empty());
  EXPECT_TRUE(store->targets().empty());
  EXPECT_TRUE(store->journal({.target = some_target().id}).empty());
}

TEST_P(StateStoreTest, TakesThousandsOfRowsInOneCommit) {
  StateChange change = many_entries("run", 1000);
  for (int i = 0; i < 1000; ++i) {
    TargetRecord target = some_target();
    target.id.name = std::to_string(i) + ".example.com";
    change.targets.push_back(target);
  }
  auto store = writer();
  store->commit(change, Durability::kFlushed);
  store->commit(change, Durability::kOrdered);
  EXPECT_EQ(store->targets().size(), 1000u);
  EXPECT_EQ(store->journal({.limit = 5000}).size(), 1000u);
}

SqlitePlace on_machine(const Ground& ground) {
  return {ground.folder / "state.db"};
}
SqlitePlace on_simulated_disk(const Ground& ground) {
  return {"/state.db", ground.disk.name()};
}

template <SqlitePlace (*kPlace)(const Ground&)>
Backend sqlite(const std::string& name) {
  return {.name = name,
          .open_for_writing = [](const Ground& ground) -> std::unique_ptr<StateStore> {
            return SociStore::open_for_writing(kPlace(ground));
          },
          .open_read_only = [](const Ground& ground) -> std::unique_ptr<StateStore> {
            return SociStore::open_read_only(kPlace(ground));
          }};
}

INSTANTIATE_TEST_SUITE_P(AllBackends,
                         StateStoreTest,
                         testing::Values(sqlite<on_machine>("Sqlite"),
                                         sqlite<on_simulated_disk>("SqliteOnASimulatedDisk")),
                         [](const auto& info) { return info.param.name; });

}  // namespace
}  // namespace certferry::state

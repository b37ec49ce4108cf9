#include "state/rows.h"

#include <gmock/gmock.h>

#include "state/test_support.h"

namespace certferry::state {
namespace {

using testing::HasSubstr;

JournalEntry entry() {
  JournalEntry out;
  out.run = "r1";
  out.number = 3;
  return out;
}

struct Damage {
  std::string_view column;
  std::optional<std::string> value;
  std::string_view message;
};

Row damaged(const Table& table, Row row, const Damage& damage) {
  auto found = std::ranges::find(table.columns, damage.column);
  EXPECT_NE(found, table.columns.end()) << damage.column;
  row[static_cast<std::size_t>(found - table.columns.begin())] = damage.value;
  return row;
}

TEST(RowsTest, RefusesWhatAJournalRowCannotHold) {
  const Damage cases[] = {
      {"at", "-1", "at cannot be \"-1\""},
      {"at", "abc", "at cannot be \"abc\""},
      {"at", "12x", "at cannot be \"12x\""},
      {"at", "", "at cannot be \"\""},
      {"at", "1.5", "at cannot be \"1.5\""},
      {"at", "253402300800000", "at cannot be \"253402300800000\""},
      {"at", "99999999999999999999999", "at cannot be"},
      {"at", std::nullopt, "at is missing"},
      {"ended_at", "-5", "ended_at cannot be \"-5\""},
      {"number", "-3", "number cannot be \"-3\""},
      {"outcome", "done", "outcome cannot be \"done\""},
      {"outcome", "", "outcome cannot be \"\""},
      {"outcome", std::nullopt, "outcome is missing"},
      {"outcome", "\x1b[31m", "outcome cannot be \"?[31m\""},
      {"run", std::nullopt, "row (nothing, 3): run is missing"},
      {"detail", std::nullopt, "detail is missing"},
  };
  for (const Damage& damage : cases) {
    Result<JournalEntry> result = decode_journal(damaged(kJournal, encode(entry()), damage));
    ASSERT_FALSE(result) << damage.message;
    EXPECT_EQ(result.error().code, "state.corrupt");
    EXPECT_THAT(result.error().message, HasSubstr(damage.message));
    EXPECT_THAT(result.error().message, HasSubstr("table journal, row ("));
  }
}

TEST(RowsTest, RefusesWhatAnUploadCannotHold) {
  UploadRecord record;
  record.account = "doge";
  record.fingerprint = "f1";
  const Damage cases[] = {
      {"state", "deleted", "row (doge, f1): state cannot be \"deleted\""},
      {"superseded_at", "soon", "superseded_at cannot be \"soon\""},
      {"retired_at", "-1", "retired_at cannot be \"-1\""},
      {"not_after", std::nullopt, "not_after is missing"},
  };
  for (const Damage& damage : cases) {
    Result<UploadRecord> result = decode_upload(damaged(kUploads, encode(record), damage));
    ASSERT_FALSE(result) << damage.message;
    EXPECT_THAT(result.error().message, HasSubstr(damage.message));
  }
}

TEST(RowsTest, RefusesWhatATargetCannotHold) {
  TargetRecord record;
  record.id = {"doge", "cdn", "a.example"};
  const Damage cases[] = {
      {"failures", "4294967296", "row (doge, cdn, a.example): failures cannot be \"4294967296\""},
      {"failures", "-1", "failures cannot be \"-1\""},
      {"last_attempt", "0x10", "last_attempt cannot be \"0x10\""},
  };
  for (const Damage& damage : cases) {
    Result<TargetRecord> result = decode_target(damaged(kTargets, encode(record), damage));
    ASSERT_FALSE(result) << damage.message;
    EXPECT_THAT(result.error().message, HasSubstr(damage.message));
  }
}

TEST(RowsTest, RefusesWhatANoticeOrAnAlertCannotHold) {
  const Damage of_notices[] = {
      {"level", "loud", "row (n1): level cannot be \"loud\""},
      {"topic", "weather", "topic cannot be \"weather\""},
      {"fields", "account: doge\nnameless", "fields has no name in \"nameless\""},
      {"ended_at", "-1", "ended_at cannot be \"-1\""},
  };
  for (const Damage& damage : of_notices) {
    Result<NoticeRecord> result =
        decode_notice(damaged(kNotices, encode(NoticeRecord{.notice = {.id = "n1"}}), damage));
    ASSERT_FALSE(result) << damage.message;
    EXPECT_THAT(result.error().message, HasSubstr(damage.message));
  }
  const Damage stage{"stage", "-1", "stage cannot be \"-1\""};
  Result<AlertRecord> result = decode_alert(damaged(kAlerts, encode(AlertRecord{}), stage));
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr(stage.message));
}

TEST(RowsTest, NamesTheFirstColumnThatIsWrong) {
  Row row = encode(entry());
  row[2] = "bad";
  row[11] = "worse";
  EXPECT_THAT(decode_journal(row).error().message, HasSubstr("at cannot be \"bad\""));
}

TEST(RowsTest, RefusesToKeepATimeThatCouldNotBeReadBack) {
  for (std::int64_t count : {std::int64_t{-1}, std::int64_t{253'402'300'800'000}}) {
    JournalEntry wrong = entry();
    wrong.at = at(count);
    EXPECT_EQ(error_of([&] { encode(wrong); }).kind, ErrorKind::kInternal);
  }
}

}  // namespace
}  // namespace certferry::state

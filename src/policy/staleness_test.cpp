#include "policy/staleness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/alerts.h"

namespace certferry {
namespace {

using testing::HasSubstr;

const Time kIssued = parse_time("2026-01-01T00:00:00Z").value();
constexpr milliseconds kDay = hours(24);

std::optional<Staleness> after(milliseconds age, milliseconds lifetime, Renewer renewer = {}) {
  return staleness({.not_before = kIssued,
                    .not_after = kIssued + lifetime,
                    .now = kIssued + age,
                    .renewer = std::move(renewer)});
}

std::string code_of(const std::optional<Staleness>& found) {
  return found ? found->reason.code : "";
}

TEST(StalenessTest, TellsByTheShareOfTheLifetimeThatIsLeft) {
  const struct {
    milliseconds lifetime, age;
    std::string code;
  } cases[] = {
      {90 * kDay, milliseconds(0), ""},
      {90 * kDay, 60 * kDay, ""},  // renewal has just become due
      {90 * kDay, hours(24 * 90 * 3 / 4) - seconds(1), ""},
      {90 * kDay, hours(24 * 90 * 3 / 4), "source.stale"},
      {90 * kDay, 75 * kDay - seconds(1), "source.stale"},
      {90 * kDay, 75 * kDay, "source.overdue"},
      {90 * kDay, 90 * kDay - seconds(1), "source.overdue"},
      {90 * kDay, 90 * kDay, "source.expired"},
      {90 * kDay, 200 * kDay, "source.expired"},
      {47 * kDay, 31 * kDay, ""},
      {47 * kDay, 36 * kDay, "source.stale"},
      {47 * kDay, 40 * kDay, "source.overdue"},
      {6 * kDay, 4 * kDay, ""},
      {6 * kDay, hours(24 * 4 + 13), "source.stale"},
      {6 * kDay, hours(24 * 5 + 1), "source.overdue"},
      {hours(12), hours(8), ""},
      {hours(12), hours(10) - seconds(1), "source.stale"},
      {hours(12), hours(11), "source.overdue"},
      // A year's certificate is renewed a month before its end, not three.
      {365 * kDay, 300 * kDay, ""},
      {365 * kDay, 336 * kDay, "source.stale"},
      {365 * kDay, 346 * kDay, "source.overdue"},
      // Dates without sense.
      {milliseconds(0), milliseconds(0), "source.expired"},
      {90 * kDay, -10 * kDay, ""},
  };
  for (const auto& [lifetime, age, code] : cases) {
    const Lifetime whole{.begins = {}, .ends = Time(lifetime)};
    EXPECT_EQ(stage_of(whole, Time(age)) > 0, code != std::string_view())
        << "notices go by the same rule: " << format_duration(age);
    EXPECT_EQ(code_of(after(age, lifetime)), code)
        << format_duration(age) << " into " << format_duration(lifetime);
  }
}

TEST(StalenessTest, NamesTheToolAndItsLog) {
  const Renewer certbot{.tool = "certbot", .log = "/var/log/letsencrypt/letsencrypt.log"};
  const auto found = after(70 * kDay, 90 * kDay, certbot);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->urgency, Urgency::kStale);
  EXPECT_EQ(found->reason.text, "certbot should have renewed it: 20 d are left of 90 d");
  EXPECT_EQ(found->hint, "look why in /var/log/letsencrypt/letsencrypt.log");
  EXPECT_EQ(after(91 * kDay, 90 * kDay, certbot)->reason.text,
            "certbot has not renewed it, and it ended at 2026-04-01T00:00:00Z");
}

TEST(StalenessTest, SpeaksOfWhoeverRenewsItWhereNobodyKnows) {
  const auto found = after(80 * kDay, 90 * kDay);
  ASSERT_TRUE(found);
  EXPECT_THAT(found->reason.text, HasSubstr("whoever renews it should have renewed it long ago"));
  EXPECT_EQ(found->hint, "look why whoever renews it did not");
}

}  // namespace
}  // namespace certferry

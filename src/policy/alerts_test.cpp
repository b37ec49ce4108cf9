#include "policy/alerts.h"

#include <gmock/gmock.h>

#include <map>
#include <tuple>

namespace certferry {
namespace {

using Standing = AlertSubject::Standing;
using std::chrono::days;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Time kNow = *parse_time("2026-01-15T08:30:00Z");

/// Runs one after another; what was told is remembered as the store does.
class Runs {
 public:
  std::vector<Notice> next(std::vector<AlertSubject> subjects, milliseconds later = minutes(5)) {
    now += later;
    AlertFacts facts{.now = now, .subjects = std::move(subjects)};
    for (const auto& [key, record] : rows) {
      if (!record.ended_at) facts.told.push_back(record);
    }
    AlertPlan plan = plan_alerts(facts);
    for (AlertRecord& one : plan.records) {
      rows.insert_or_assign({one.subject, one.topic, one.cause}, one);
    }
    return plan.notices;
  }

  Time now = kNow;
  std::map<std::tuple<std::string, NoticeTopic, std::string>, AlertRecord> rows;
};

AlertSubject well(std::string name = "doge/cdn/a.example.com") {
  return {.name = std::move(name),
          .account = "doge",
          .certificate = "example.com",
          .standing = Standing::kWell};
}

AlertSubject broken(std::string name = "doge/cdn/a.example.com", std::string cause = "bind/quota") {
  AlertSubject out = well(std::move(name));
  out.standing = Standing::kTrouble;
  out.cause = std::move(cause);
  out.reason = "the quota is used up";
  out.action = "buy more";
  return out;
}

AlertSubject ending(milliseconds left, Standing standing = Standing::kTrouble) {
  AlertSubject out = broken();
  out.standing = standing;
  out.served = Lifetime{.fingerprint = "f1", .begins = kNow + left - days(96), .ends = kNow + left};
  return out;
}

/// "error failure" for each.
std::vector<std::string> kinds(const std::vector<Notice>& notices) {
  std::vector<std::string> out;
  for (const Notice& one : notices) {
    out.push_back(std::string(to_string(one.level)) + " " + std::string(to_string(one.topic)));
  }
  return out;
}

TEST(AlertsTest, ARunInWhichNothingHappenedTellsNothing) {
  Runs runs;
  EXPECT_THAT(runs.next({}), IsEmpty());
  EXPECT_THAT(runs.next({well(), {.name = "doge/cdn/b.example.com"}}), IsEmpty());
  EXPECT_TRUE(runs.rows.empty());
}

TEST(AlertsTest, AFailureIsToldOnceAndWithAllThatAPersonNeeds) {
  Runs runs;
  const std::vector<Notice> notices = runs.next({broken()});
  ASSERT_THAT(kinds(notices), ElementsAre("error failure"));
  const Notice& notice = notices.front();
  EXPECT_EQ(notice.at, runs.now);
  EXPECT_EQ(notice.subject, "[certferry] failed: doge/cdn/a.example.com");
  EXPECT_EQ(notice.text, "doge/cdn/a.example.com: the quota is used up");
  const std::vector<NoticeField> fields = {{"account", "doge"},
                                           {"certificate", "example.com"},
                                           {"target", "doge/cdn/a.example.com"},
                                           {"cause", "bind/quota"},
                                           {"action", "buy more"}};
  EXPECT_EQ(notice.fields, fields);
  for (int i = 0; i < 100; ++i) EXPECT_THAT(runs.next({broken()}), IsEmpty());
}

TEST(AlertsTest, AFailureThatLastsIsToldAgainEachDayAndSaysSinceWhen) {
  Runs runs;
  runs.next({broken()});
  const std::string since = format_time(runs.now);
  EXPECT_THAT(runs.next({broken()}, hours(22)), IsEmpty());
  const std::vector<Notice> again = runs.next({broken()}, hours(1));
  ASSERT_THAT(kinds(again), ElementsAre("error failure"));
  EXPECT_EQ(again[0].field("since"), since);
  EXPECT_THAT(runs.next({broken()}, hours(22)), IsEmpty());
  EXPECT_THAT(kinds(runs.next({broken()}, hours(1))), ElementsAre("error failure"));
}

TEST(AlertsTest, AnotherCauseIsToldAtOnceAndTakingTurnsIsNot) {
  Runs runs;
  const AlertSubject other = broken("doge/cdn/a.example.com", "unauthorized");
  EXPECT_THAT(kinds(runs.next({broken()})), ElementsAre("error failure"));
  EXPECT_THAT(kinds(runs.next({other})), ElementsAre("error failure"));
  for (int i = 0; i < 10; ++i) {
    EXPECT_THAT(runs.next({broken()}), IsEmpty());
    EXPECT_THAT(runs.next({other}), IsEmpty());
  }
}

TEST(AlertsTest, AClockThatWasSetBackDoesNotSilenceAFailure) {
  Runs runs;
  runs.next({broken()});
  EXPECT_THAT(kinds(runs.next({broken()}, -days(300))), ElementsAre("error failure"));
}

TEST(AlertsTest, RecoveryIsToldOnceAndOnlyOfWhatWasTold) {
  Runs runs;
  runs.next({broken()});
  runs.next({broken("doge/cdn/a.example.com", "unauthorized")});
  // Not asked in this run: nothing is known.
  EXPECT_THAT(runs.next({{.name = "doge/cdn/a.example.com"}}), IsEmpty());
  const std::vector<Notice> notices = runs.next({well(), well("doge/cdn/b.example.com")});
  ASSERT_THAT(kinds(notices), ElementsAre("info recovery"));
  EXPECT_EQ(notices[0].subject, "[certferry] works again: doge/cdn/a.example.com");
  EXPECT_THAT(runs.next({well()}), IsEmpty());
  EXPECT_THAT(kinds(runs.next({broken()})), ElementsAre("error failure"));
}

TEST(AlertsTest, AChangeIsToldForEachCertificate) {
  Runs runs;
  std::vector<AlertSubject> subjects = {well("a/cdn/1"), well("a/cdn/2"), well("a/cdn/3")};
  for (AlertSubject& one : subjects) one.deployed = true;
  subjects[2].certificate = "other.example.org";
  const std::vector<Notice> notices = runs.next(subjects);
  ASSERT_THAT(kinds(notices), ElementsAre("info change", "info change"));
  EXPECT_EQ(notices[0].subject, "[certferry] new certificate served: 2 at once");
  EXPECT_EQ(notices[0].text, "a/cdn/1, a/cdn/2: serves the new certificate example.com");
  EXPECT_EQ(notices[1].subject, "[certferry] new certificate served: a/cdn/3");
  for (AlertSubject& one : subjects) one.deployed = false;
  EXPECT_THAT(runs.next(subjects), IsEmpty());
}

struct Stage {
  double share_left;
  unsigned stage;
};

TEST(AlertsTest, StagesBeginAtTheirShareOfTheLifetime) {
  const Stage stages[] = {{1.0, 0},
                          {0.2501, 0},
                          {0.25, 1},
                          {0.1667, 1},
                          {0.1666, 2},
                          {0.0834, 2},
                          {0.0833, 3},
                          {0.0417, 3},
                          {0.041666, 4},
                          {0.0, 4},
                          {-5.0, 4}};
  for (const Stage& one : stages) {
    const Lifetime lifetime{.begins = kNow, .ends = kNow + days(90)};
    const auto left = std::chrono::duration_cast<milliseconds>(days(90) * one.share_left);
    EXPECT_EQ(stage_of(lifetime, lifetime.ends - left), one.stage) << one.share_left;
  }
}

TEST(AlertsTest, EachStageOfAnEndIsToldOnce) {
  Runs runs;
  runs.next({broken()});
  const milliseconds step = minutes(1);
  EXPECT_THAT(runs.next({ending(days(25))}, step), IsEmpty());
  EXPECT_THAT(kinds(runs.next({ending(days(24))}, step)), ElementsAre("warning expiry"));
  EXPECT_THAT(runs.next({ending(days(17))}, step), IsEmpty());
  EXPECT_THAT(kinds(runs.next({ending(days(16))}, step)), ElementsAre("error expiry"));
  EXPECT_THAT(kinds(runs.next({ending(days(8))}, step)), ElementsAre("critical expiry"));
  EXPECT_THAT(runs.next({ending(days(5))}, step), IsEmpty());
  EXPECT_THAT(kinds(runs.next({ending(days(4))}, step)), ElementsAre("critical expiry"));
  EXPECT_THAT(runs.next({ending(-days(1))}, step), IsEmpty());
  // What was put off in this run ends all the same.
  Runs other;
  const std::vector<Notice> notices = other.next({ending(days(3), Standing::kSilent)});
  ASSERT_THAT(kinds(notices), ElementsAre("critical expiry"));
  EXPECT_THAT(notices[0].text, HasSubstr("ends 2026-01-18T08:30:00Z, in 2 d 23 h"));
  EXPECT_EQ(notices[0].field("action"), "buy more");
}

TEST(AlertsTest, NoEndIsToldOfWhatIsConfirmed) {
  Runs runs;
  EXPECT_THAT(runs.next({ending(days(2), Standing::kWell)}), IsEmpty());
}

TEST(AlertsTest, ASourceThatIsNotRenewedIsToldUntilItIs) {
  const auto source = [](const char* leaf, milliseconds left) {
    AlertSubject out = well("certificate example.com");
    out.source =
        Lifetime{.fingerprint = leaf, .begins = kNow + left - days(96), .ends = kNow + left};
    return out;
  };
  Runs runs;
  EXPECT_THAT(runs.next({source("f1", days(30))}), IsEmpty());
  const std::vector<Notice> notices = runs.next({source("f1", days(20))});
  ASSERT_THAT(kinds(notices), ElementsAre("warning staleness"));
  EXPECT_EQ(notices[0].subject, "[certferry] not renewed: certificate example.com");
  EXPECT_THAT(notices[0].text, HasSubstr("it has not been renewed"));
  EXPECT_THAT(runs.next({source("f1", days(19))}), IsEmpty());
  EXPECT_THAT(kinds(runs.next({source("f2", days(90))})), ElementsAre("info recovery"));
  EXPECT_THAT(runs.next({source("f2", days(90))}), IsEmpty());
}

TEST(AlertsTest, SaysWhoShouldHaveRenewedItAndWhereThatOneSaysWhyNot) {
  AlertSubject subject = well("certificate example.com");
  subject.source =
      Lifetime{.fingerprint = "f1", .begins = kNow - days(80), .ends = kNow + days(10)};
  subject.not_renewed = "certbot should have renewed it long ago";
  subject.renewer_says = "look why in /var/log/letsencrypt/letsencrypt.log";
  Runs runs;
  const std::vector<Notice> notices = runs.next({subject});
  ASSERT_THAT(kinds(notices), ElementsAre("error staleness"));
  EXPECT_THAT(notices[0].text, HasSubstr("certbot should have renewed it long ago"));
  EXPECT_EQ(notices[0].field("action"), "look why in /var/log/letsencrypt/letsencrypt.log");
}

TEST(AlertsTest, ManyTargetsWithTheSameCauseAreOneNotice) {
  std::vector<AlertSubject> subjects;
  for (int i = 0; i < 1000; ++i) subjects.push_back(broken("doge/cdn/" + std::to_string(i)));
  subjects.push_back(broken("doge/cdn/other", "unauthorized"));
  Runs runs;
  const std::vector<Notice> notices = runs.next(subjects);
  ASSERT_THAT(kinds(notices), ElementsAre("error failure", "error failure"));
  EXPECT_EQ(notices[0].subject, "[certferry] failed: 1000 at once");
  EXPECT_THAT(notices[0].text, HasSubstr("doge/cdn/19 and 980 more: the quota is used up"));
  EXPECT_EQ(notices[0].field("target"), "");
  EXPECT_EQ(notices[0].field("cause"), "bind/quota");
  EXPECT_THAT(runs.next(subjects), IsEmpty());
}

TEST(AlertsTest, MoreCausesThanAFewBecomeOneDigestOfTheGravestLevel) {
  std::vector<AlertSubject> subjects;
  for (int i = 0; i < 30; ++i) {
    subjects.push_back(broken("doge/cdn/" + std::to_string(i), "cause" + std::to_string(i)));
    subjects.back().reason = "reason " + std::to_string(i);
  }
  subjects[7].level = NoticeLevel::kCritical;
  Runs runs;
  const std::vector<Notice> notices = runs.next(subjects);
  ASSERT_THAT(kinds(notices), ElementsAre("critical failure"));
  EXPECT_THAT(notices[0].text, HasSubstr("doge/cdn/3: reason 3\n"));
  EXPECT_THAT(notices[0].text, HasSubstr("In all 30; 'certferry status' lists them."));
  EXPECT_EQ(notices[0].field("cause"), "");
}

TEST(AlertsTest, TheGravestComesFirst) {
  AlertSubject deployed = well("doge/cdn/b.example.com");
  deployed.deployed = true;
  AlertSubject regressed = broken("doge/cdn/c.example.com", "regressed/bind");
  regressed.level = NoticeLevel::kCritical;
  Runs runs;
  EXPECT_THAT(kinds(runs.next({deployed, broken(), regressed})),
              ElementsAre("critical failure", "error failure", "info change"));
}

TEST(AlertsTest, ForeignWordsStayOnTheirLine) {
  AlertSubject subject = broken();
  subject.reason = "one\ntwo\x1b[31m";
  subject.action = "three\nfour";
  const std::vector<Notice> notices = Runs().next({subject});
  ASSERT_EQ(notices.size(), 1u);
  EXPECT_EQ(notices[0].text, "doge/cdn/a.example.com: one?two?[31m");
  EXPECT_EQ(notices[0].field("action"), "three?four");
}

}  // namespace
}  // namespace certferry

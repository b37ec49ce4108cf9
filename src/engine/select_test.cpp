#include "engine/select.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// An account with three domains on line, one off line, and one of another site.
class SelectTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  BundlePtr bundle = make_bundle(1, {"*.example.com"});

  SelectTest() {
    for (const char* name : {"cdn.example.com", "img.example.com", "deep.img.example.com"}) {
      doge.add_domain(name);
    }
    doge.add_domain("off.example.com", false);
    doge.add_domain("www.example.org");
  }

  FakeSource& want(const std::string& certificate, TargetSelector to) {
    return world.add_certificate(certificate, bundle, {std::move(to)});
  }
  static std::vector<std::string> names(const Report& report) {
    std::vector<std::string> all;
    for (const TargetReport& one : report.targets) all.push_back(one.facts.id.name);
    return all;
  }
  static std::vector<std::string> problems(const Report& report) {
    std::vector<std::string> all;
    for (const auto& one : report.problems) all.push_back(one.error.code);
    return all;
  }
};

TEST_F(SelectTest, CoveredMeansEveryOnlineNameTheCertificateCovers) {
  want("example.com", covered_at("doge"));
  EXPECT_THAT(names(world.plan()), ElementsAre("cdn.example.com", "img.example.com"));
}

TEST_F(SelectTest, ExceptTakesAway) {
  want("example.com", covered_at("doge", {"img.example.com"}));
  EXPECT_THAT(names(world.plan()), ElementsAre("cdn.example.com"));
}

TEST_F(SelectTest, ExceptMayBeAWildcard) {
  want("example.com", covered_at("doge", {"*.example.com"}));
  const Report report = world.plan();
  EXPECT_TRUE(report.targets.empty());
  EXPECT_THAT(problems(report), ElementsAre("select.nothing"));
}

TEST_F(SelectTest, ExceptThatLeavesNothingOutIsAWarningWithTheLikelyOne) {
  want("example.com", covered_at("doge", {"cdm.example.com"}));
  const Report report = world.plan();
  ASSERT_EQ(report.warnings.size(), 1U);
  EXPECT_EQ(report.warnings[0].error.code, "select.except_unused");
  EXPECT_THAT(report.warnings[0].error.text(), HasSubstr("did you mean cdn.example.com?"));
  EXPECT_TRUE(report.problems.empty());
}

TEST_F(SelectTest, ExactNamesKeepTheirOrderAndCountOnce) {
  want("example.com", exactly_at("doge", {"img.example.com", "cdn.example.com"}));
  world.fleet.jobs[0].to.push_back(exactly_at("doge", {"img.example.com"}));
  EXPECT_THAT(names(world.plan()), ElementsAre("img.example.com", "cdn.example.com"));
}

TEST_F(SelectTest, UnknownNameIsParkedWithTheLikelyOne) {
  want("example.com", exactly_at("doge", {"cdn.example.com", "igm.example.com"}));
  const Report report = world.apply();
  const TargetReport& parked = target_of(report, "igm.example.com");
  EXPECT_EQ(parked.outcome, Outcome::kParked);
  EXPECT_THAT(parked.message, HasSubstr("did you mean img.example.com?"));
  EXPECT_EQ(target_of(report, "cdn.example.com").outcome, Outcome::kConfirmed);
  EXPECT_FALSE(report.succeeded());
}

TEST_F(SelectTest, OfflineNameAskedForIsHeld) {
  want("example.com", exactly_at("doge", {"off.example.com"}));
  const Report report = world.apply();
  EXPECT_EQ(target_of(report, "off.example.com").outcome, Outcome::kHeld);
  EXPECT_EQ(doge.changing_calls(), 0U);
  EXPECT_FALSE(report.succeeded());
}

TEST_F(SelectTest, NameTheBundleDoesNotCoverIsParked) {
  want("example.com", exactly_at("doge", {"www.example.org"}));
  EXPECT_EQ(target_of(world.apply(), "www.example.org").outcome, Outcome::kParked);
  EXPECT_EQ(doge.changing_calls(), 0U);
}

TEST_F(SelectTest, SelectorWithoutAMatchIsAProblemThatNamesWhatIsThere) {
  bundle = make_bundle(1, {"other.example.net"});
  want("example.net", covered_at("doge"));
  const Report report = world.plan();
  EXPECT_FALSE(report.succeeded());
  ASSERT_THAT(problems(report), ElementsAre("select.nothing"));
  EXPECT_THAT(report.problems[0].error.text(), HasSubstr("off.example.com (offline)"));
}

TEST_F(SelectTest, TwoCertificatesThatWantOneTargetSendNeither) {
  want("one", covered_at("doge"));
  want("two", exactly_at("doge", {"img.example.com"}));
  const Report report = world.apply();
  EXPECT_THAT(names(report), ElementsAre("cdn.example.com"));
  ASSERT_THAT(problems(report), ElementsAre("select.conflict"));
  EXPECT_THAT(report.problems[0].error.text(), HasSubstr("one and two both want this target"));
  EXPECT_EQ(doge.bound("img.example.com"), "");
  EXPECT_FALSE(report.succeeded());
}

TEST_F(SelectTest, ConflictIsOneWhicheverCertificateIsAskedFor) {
  want("one", covered_at("doge"));
  want("two", exactly_at("doge", {"img.example.com"}));
  for (const std::string asked : {"one", "two", "img.example.com"}) {
    const Report report = world.apply({.only = {asked}});
    EXPECT_THAT(problems(report), ElementsAre("select.conflict")) << asked;
    EXPECT_EQ(doge.bound("img.example.com"), "") << asked;
  }
  EXPECT_TRUE(world.apply({.only = {"cdn.example.com"}}).succeeded());
}

TEST_F(SelectTest, CoveredSaysWhatItLeavesOutAndHoldsWhatItCannotTell) {
  want("example.com", covered_at("doge"));
  EXPECT_THAT(world.plan().left_out, ElementsAre(TargetId{"doge", "cdn", "off.example.com"}));
  doge.binding("off.example.com").status = "configuring";
  const Report report = world.apply();
  EXPECT_THAT(report.left_out, ElementsAre());
  EXPECT_EQ(target_of(report, "off.example.com").outcome, Outcome::kHeld);
  EXPECT_FALSE(report.succeeded());
}

TEST_F(SelectTest, NamesMayBeAskedForInAnySpelling) {
  want("example.com", covered_at("doge"));
  for (const std::string asked :
       {"CDN.example.com", "cdn.example.com.", "doge/cdn/Cdn.Example.com"}) {
    EXPECT_THAT(names(world.plan({.only = {asked}})), ElementsAre("cdn.example.com")) << asked;
  }
}

TEST_F(SelectTest, UploadWhoseLabelSomebodyChangedIsStillKnown) {
  want("example.com", covered_at("doge"));
  world.apply();
  doge.relabel("10001", "mine now");
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.changing_calls(), 3U);
  doge.add_domain("new.example.com");
  EXPECT_TRUE(world.apply().succeeded());
  EXPECT_EQ(doge.count("upload"), 1U);
  EXPECT_EQ(doge.bound("new.example.com"), bundle->fingerprint());
}

/// What `only` keeps, for two certificates of two accounts.
class OnlyTest : public SelectTest {
 protected:
  FakeProvider& other = world.add_account("other");
  FakeSource* unasked = nullptr;

  OnlyTest() {
    want("example.com", covered_at("doge"));
    other.add_domain("static.example.net");
    unasked = &world.add_certificate(
        "example.net", make_bundle(1, {"static.example.net"}), {covered_at("other")});
  }
};

TEST_F(OnlyTest, KeepsCertificatesTargetsAndDomains) {
  struct Row {
    std::set<std::string> only;
    std::vector<std::string> names;
  };
  const std::vector<Row> rows = {
      {{}, {"cdn.example.com", "img.example.com", "static.example.net"}},
      {{"example.com"}, {"cdn.example.com", "img.example.com"}},
      {{"img.example.com"}, {"img.example.com"}},
      {{"doge/cdn/img.example.com"}, {"img.example.com"}},
      {{"img.example.com", "example.net"}, {"img.example.com", "static.example.net"}},
  };
  for (const Row& row : rows) {
    const Report report = world.plan({.only = row.only});
    EXPECT_EQ(names(report), row.names) << ::testing::PrintToString(row.only);
    EXPECT_TRUE(report.problems.empty());
  }
}

TEST_F(OnlyTest, CertificateAloneAsksOnlyItsAccount) {
  world.plan({.only = {"example.com"}});
  EXPECT_EQ(other.count("list_bindings"), 0U);
  EXPECT_EQ(unasked->reads, 0U);
}

TEST_F(OnlyTest, NameThatNothingGoesByIsAProblem) {
  const Report report = world.apply({.only = {"nowhere.example.com"}});
  EXPECT_THAT(problems(report), ElementsAre("select.unknown"));
  EXPECT_FALSE(report.succeeded());
  EXPECT_EQ(doge.changing_calls() + other.changing_calls(), 0U);
}

TEST_F(OnlyTest, TroubleOfWhatWasNotAskedForDoesNotCount) {
  unasked->fail_always(Error(ErrorKind::kNotFound, "no such file"));
  EXPECT_TRUE(world.apply({.only = {"img.example.com"}}).succeeded());
  unasked->give(make_bundle(1, {"elsewhere.example.net"}));
  other.always("list_stored", Answer::refused(ErrorKind::kUnauthorized));
  EXPECT_TRUE(world.apply({.only = {"cdn.example.com"}}).succeeded());
}

TEST_F(OnlyTest, TroubleThatMayHideTheNameIsShown) {
  unasked->fail_always(Error(ErrorKind::kNotFound, "no such file"));
  const Report report = world.apply({.only = {"static.example.net"}});
  EXPECT_THAT(problems(report), ElementsAre("select.unknown"));
  EXPECT_TRUE(std::ranges::any_of(
      report.certificates, [](const CertificateReport& one) { return one.error.has_value(); }));
}

}  // namespace
}  // namespace certferry::testing

#include "cli/init/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Binding domain(const std::string& name, bool online = true) {
  return {.name = name,
          .vendor_name = name,
          .edge_name = {},
          .online = online,
          .status = online ? "online" : "offline",
          .stored_id = {}};
}

struct TargetsTest : testing::Test {
  AccountListing listing{
      .domains = {{"cdn", {domain("cdn.e.org"), domain("old.e.org", false), domain("f.org")}},
                  {"oss", {domain("cdn.e.org"), domain("files.e.org")}},
                  {"vod", {domain("f.org")}}}};
  Certificate leaf{.fingerprint = {}, .dns_names = {"e.org", "*.e.org"}};

  Error failure(const std::vector<std::string>& asked) {
    return targets_for(leaf, listing, asked).error();
  }
};

TEST_F(TargetsTest, TakeEveryProductThatHasAnOnlineNameCovered) {
  for (const std::vector<std::string>& asked :
       {std::vector<std::string>(), std::vector<std::string>{"covered"}}) {
    const std::vector<DraftTarget> targets = targets_for(leaf, listing, asked).value();
    ASSERT_EQ(targets.size(), 2U);
    EXPECT_EQ(targets[0].product, "cdn");
    EXPECT_THAT(targets[0].names, IsEmpty());
    EXPECT_THAT(targets[0].now, ElementsAre("cdn.e.org"));
    EXPECT_EQ(targets[1].product, "oss");
    EXPECT_THAT(targets[1].now, ElementsAre("cdn.e.org", "files.e.org"));
  }
}

TEST_F(TargetsTest, TakeTheNamesThatAreAskedForInAnySpelling) {
  const auto targets = targets_for(leaf, listing, {"FILES.e.org.", "old.e.org"}).value();
  ASSERT_EQ(targets.size(), 2U);
  EXPECT_THAT(targets[0].names, ElementsAre("old.e.org"));
  EXPECT_THAT(targets[1].names, ElementsAre("files.e.org"));
}

TEST_F(TargetsTest, RefuseANameThatIsNotThereOrNotCovered) {
  EXPECT_THAT(failure({"cdn.e.org", "nope.e.org"}).text(), HasSubstr("no domain nope.e.org"));
  EXPECT_THAT(failure({"f.org"}).text(), HasSubstr("that the certificate covers"));
  EXPECT_THAT(failure({"cdn.e.org", "a b"}).code, "cert.names");
}

TEST_F(TargetsTest, SayWhatTheAccountHasWhenNothingIsCovered) {
  leaf.dns_names = {"g.org"};
  EXPECT_EQ(failure({}).code, "select.nothing");
  EXPECT_THAT(failure({}).message, HasSubstr("cdn.e.org, old.e.org (offline), f.org"));
  listing.domains.clear();
  EXPECT_THAT(failure({}).message, HasSubstr("has no domain at all"));
}

TEST_F(TargetsTest, TableTellsWhichAreOfflineAndWhichAreNotCovered) {
  auto bundle = std::make_shared<Bundle>();
  bundle->leaf = leaf;
  const std::string table = domains_text(
      listing, {{.name = "e.org", .finding = {}, .bundle = bundle, .to = {}}}, Style(false));
  EXPECT_THAT(table, HasSubstr("  cdn.e.org    cdn      online   e.org\n"));
  EXPECT_THAT(table, HasSubstr("  old.e.org    cdn      offline  e.org\n"));
  EXPECT_THAT(table, HasSubstr("  f.org        cdn      online   none\n"));
}

TEST(ChoiceTest, TakesNumbersAndAll) {
  EXPECT_THAT(read_choice("2", 3).value(), ElementsAre(1U));
  EXPECT_THAT(read_choice(" 3, 1,3 ", 3).value(), ElementsAre(2U, 0U));
  EXPECT_THAT(read_choice("All", 2).value(), ElementsAre(0U, 1U));
  for (const char* wrong : {"", "0", "4", "1;2", "1,", "-1", "x", "1x", "99999999999999999999"}) {
    EXPECT_FALSE(read_choice(wrong, 3)) << wrong;
  }
}

}  // namespace
}  // namespace certferry::cli

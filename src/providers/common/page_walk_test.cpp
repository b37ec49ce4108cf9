#include "providers/common/page_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace certferry {
namespace {

using Json = nlohmann::json;

std::string error_of(const Result<bool>& taken) {
  return taken ? "none" : taken.error().code + ": " + taken.error().message;
}

TEST(PageWalkTest, EndsWhenAsManyCameAsTheListSays) {
  PageWalk walk;
  EXPECT_EQ(walk.page(), 1U);
  EXPECT_EQ(walk.take(Json{1, 2}, 5), true);
  EXPECT_EQ(walk.page(), 2U);
  EXPECT_EQ(walk.take(Json{3, 4}, 5), true);
  EXPECT_EQ(walk.take(Json{5}, 5), false);
  EXPECT_EQ(PageWalk().take(Json::array(), 0), false);
}

TEST(PageWalkTest, TakesNoListThatDoesNotAddUp) {
  PageWalk repeats;
  EXPECT_EQ(repeats.take(Json{1, 2}, 9), true);
  EXPECT_THAT(error_of(repeats.take(Json{1, 2}, 9)), ::testing::StartsWith("reply.paging: page 2"));

  PageWalk ends;
  EXPECT_EQ(ends.take(Json{1, 2}, 9), true);
  EXPECT_THAT(error_of(ends.take(Json::array(), 9)),
              ::testing::HasSubstr("has 2 entries and says"));

  PageWalk changes;
  EXPECT_EQ(changes.take(Json{1, 2}, 4), true);
  EXPECT_THAT(error_of(changes.take(Json{3}, 3)), ::testing::HasSubstr("changed while"));

  EXPECT_THAT(error_of(PageWalk().take(Json{1, 2}, 1)), ::testing::HasSubstr("reply.paging"));
  EXPECT_THAT(error_of(PageWalk().take(Json{1}, std::nullopt)),
              ::testing::HasSubstr("reply.shape"));
  EXPECT_THAT(error_of(PageWalk().take(Json{1}, -1)), ::testing::HasSubstr("reply.shape"));
}

TEST(PageWalkTest, GivesUpOnAListThatNeverEnds) {
  PageWalk walk;
  Result<bool> taken = true;
  int pages = 0;
  while (taken && *taken) taken = walk.take(Json{++pages}, 1'000'000);
  EXPECT_EQ(pages, 2000);
  EXPECT_THAT(error_of(taken), ::testing::HasSubstr("does not end within 2000 pages"));
}

TEST(MarkerWalkTest, GoesWhereItIsSentAndNowhereTwice) {
  MarkerWalk walk;
  EXPECT_EQ(walk.marker(), "");
  EXPECT_TRUE(walk.take("a").value());
  EXPECT_TRUE(walk.take("b").value());
  EXPECT_EQ(walk.marker(), "b");
  EXPECT_EQ(walk.take("a").error().code, "reply.paging");
  EXPECT_FALSE(walk.take("").value());
}

TEST(MarkerWalkTest, EndsWithAnErrorWhenTheListDoesNotEnd) {
  MarkerWalk walk;
  unsigned pages = 0;
  while (walk.take(std::to_string(pages)).has_value()) ASSERT_LT(++pages, PageWalk::kPagesMost);
  EXPECT_EQ(pages, PageWalk::kPagesMost - 1);
}

TEST(MarkerWalkTest, KeepsNoPlaceThatIsTooLong) {
  MarkerWalk walk;
  EXPECT_TRUE(walk.take(std::string(MarkerWalk::kMarkerBytesMost, 'a')).value());
  const auto taken = walk.take(std::string(MarkerWalk::kMarkerBytesMost + 1, 'a'));
  EXPECT_EQ(error_of(taken),
            "reply.paging: the list says in 4097 bytes where its next page begins");
  EXPECT_EQ(taken.error().code, "reply.paging");
}

}  // namespace
}  // namespace certferry

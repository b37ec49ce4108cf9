#include "providers/common/placed_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Listed = ListedPlace<int>;

Listed at(int place, const std::string& id, const std::string& why_not = {}) {
  return {.place = place,
          .name = "a.example.com",
          .spelled = "A.example.com",
          .stored_id = id,
          .certificates = {id},
          .why_not = why_not,
          .settings = {{std::to_string(place), id}}};
}

TEST(PlacedNamesTest, IsSetToWhatAllOfItsPlacesAreSetTo) {
  for (const auto& [second, both] : {std::pair("one", "one"), std::pair("two", "one and two")}) {
    const auto names = gather_names<int>({at(1, "one"), at(2, second)});
    ASSERT_EQ(names.size(), 1U);
    EXPECT_EQ(names[0].binding.stored_id, both);
    EXPECT_EQ(names[0].binding.vendor_name, "A.example.com");
    EXPECT_EQ(names[0].binding.settings.size(), 2U);
    EXPECT_THAT(names[0].places, ElementsAre(1, 2));
    EXPECT_THAT(names[0].certificates, ElementsAre("one", second));
  }
}

TEST(PlacedNamesTest, CountsAPlaceThatIsNoTargetForItsCertificatesAlone) {
  for (const bool first : {true, false}) {
    const Listed off = at(1, "old", "offline");
    const Listed on = at(2, "new");
    const auto names = gather_names<int>(first ? std::vector{off, on} : std::vector{on, off});
    ASSERT_EQ(names.size(), 1U);
    EXPECT_TRUE(names[0].binding.online);
    EXPECT_EQ(names[0].binding.status, "online");
    EXPECT_EQ(names[0].binding.stored_id, "new");
    EXPECT_THAT(names[0].places, ElementsAre(2));
    EXPECT_THAT(names[0].binding.settings, ElementsAre(std::pair("2", "new")));
    EXPECT_EQ(names[0].certificates.size(), 2U);
  }
  const auto none = gather_names<int>({at(1, "old", "offline")});
  EXPECT_FALSE(none.at(0).binding.online);
  EXPECT_EQ(none.at(0).binding.status, "offline");
  EXPECT_EQ(none.at(0).binding.stored_id, "old");
  EXPECT_THAT(none.at(0).places, IsEmpty());
}

TEST(PlacedNamesTest, HasTheNameReadAgainWhereABindStoppedHalfway) {
  const Error refused = stopped_halfway(Error(ErrorKind::kRejected, "no way")
                                            .with_code("vendor.busy")
                                            .with_hint("nothing was changed; try again")
                                            .with_vendor("E1", "busy"));
  EXPECT_EQ(refused.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(refused.code, "vendor.halfway");
  EXPECT_EQ(refused.message, "no way");
  EXPECT_EQ(refused.vendor_code, "E1");
  EXPECT_FALSE(refused.hint.contains("nothing"));
  EXPECT_EQ(stopped_halfway(Error(ErrorKind::kCancelled, "stop")).kind, ErrorKind::kCancelled);
}

TEST(PlacedNamesTest, NamesWhatALeafDoesNotCover) {
  const Certificate leaf{.dns_names = {"a.example.com", "*.example.net"}};
  using Domains = std::vector<std::string>;
  EXPECT_EQ(first_uncovered(leaf, Domains{"A.example.com", "x.example.net"}), std::nullopt);
  EXPECT_EQ(first_uncovered(leaf, Domains{"a.example.com", "b.example.com"}), "b.example.com");
  EXPECT_EQ(first_uncovered(leaf, Domains{"~^a"}), "~^a");
}

}  // namespace
}  // namespace certferry

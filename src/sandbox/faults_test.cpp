#include "sandbox/faults.h"

#include <gtest/gtest.h>

namespace certferry::sandbox {
namespace {

const CallShape kBind{.endpoint = "/bind", .domain = "a.test", .changes = true, .binds = true};
const CallShape kList{.endpoint = "/list", .domain = {}, .lists = true};

TEST(FaultsTest, SkipsThenStrikesAsOftenAsCounted) {
  Faults faults;
  faults.add({.kind = FaultKind::kSlow, .skip = 1, .count = 2});
  EXPECT_FALSE(faults.take(kBind));
  EXPECT_TRUE(faults.take(kBind));
  EXPECT_TRUE(faults.take(kBind));
  EXPECT_FALSE(faults.take(kBind));
  EXPECT_TRUE(faults.active().empty());
}

TEST(FaultsTest, StrikesUntilClearedWithoutACount) {
  Faults faults;
  faults.add({.kind = FaultKind::kHtml});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(faults.take(kList));
  faults.clear();
  EXPECT_FALSE(faults.take(kList));
}

TEST(FaultsTest, StrikesOnlyWhatItNames) {
  Faults faults;
  faults.add({.kind = FaultKind::kHtml, .endpoint = "/list"});
  faults.add({.kind = FaultKind::kSlow, .domain = "b.test"});
  EXPECT_FALSE(faults.take(kBind));
  EXPECT_TRUE(faults.take(kList));
}

TEST(FaultsTest, StrikesOnlyCallsThatItsKindCanSpoil) {
  Faults faults;
  faults.add({.kind = FaultKind::kNothingChanged});
  EXPECT_FALSE(faults.take(kList));
  EXPECT_TRUE(faults.take(kBind));
  faults.clear();
  faults.add({.kind = FaultKind::kStaleList});
  EXPECT_FALSE(faults.take(kBind));
  EXPECT_TRUE(faults.take(kList));
}

TEST(FaultsTest, NamesEachKindOnce) {
  for (const FaultTraits& each : all_fault_traits()) EXPECT_EQ(fault_kind(each.name), each.kind);
  EXPECT_FALSE(fault_kind("trottle"));
}

}  // namespace
}  // namespace certferry::sandbox

#include "providers/common/each_place.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;

/// Places by what becomes of a bind there.
enum class Fate { kChanged, kThere, kRefused, kStopped };

Task<bool> bind_one(Fate fate, std::vector<Fate>* gone_to) {
  gone_to->push_back(fate);
  if (fate == Fate::kStopped) throw Error(ErrorKind::kCancelled, "told to stop");
  if (fate == Fate::kRefused) {
    throw Error(ErrorKind::kQuota, "no room").with_code("vendor.quota").with_vendor("Full", "no");
  }
  co_return fate == Fate::kChanged;
}

struct EachPlaceTest : ::testing::Test {
  std::vector<Fate> gone_to;

  Result<bool> bind(std::vector<Fate> places) {
    gone_to.clear();
    return finish(
        bind_each_place(std::move(places), [this](Fate fate) { return bind_one(fate, &gone_to); }));
  }
};

TEST_F(EachPlaceTest, SaysWhetherAnythingWasChanged) {
  EXPECT_EQ(bind({Fate::kThere, Fate::kChanged}), true);
  EXPECT_EQ(bind({Fate::kThere, Fate::kThere}), false);
  EXPECT_EQ(bind({}), false);
}

TEST_F(EachPlaceTest, ARefusalBeforeAnyChangeStaysWhatItIs) {
  const Error error = bind({Fate::kThere, Fate::kRefused, Fate::kChanged}).error();
  EXPECT_EQ(error.kind, ErrorKind::kQuota);
  EXPECT_EQ(error.message, "no room");
  EXPECT_THAT(gone_to, ElementsAre(Fate::kThere, Fate::kRefused));
}

TEST_F(EachPlaceTest, ARefusalAfterAChangeHasToBeReadFirst) {
  const Error error = bind({Fate::kChanged, Fate::kRefused, Fate::kChanged}).error();
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.message, "1 of its 3 places was changed before this: no room");
  EXPECT_EQ(error.code, "vendor.quota");
  EXPECT_EQ(error.vendor_code, "Full");
  EXPECT_THAT(gone_to, ElementsAre(Fate::kChanged, Fate::kRefused));
  EXPECT_THAT(bind({Fate::kChanged, Fate::kChanged, Fate::kRefused}).error().message,
              HasSubstr("2 of its 3 places were changed"));
}

TEST_F(EachPlaceTest, WhoIsToldToStopStops) {
  EXPECT_EQ(bind({Fate::kChanged, Fate::kStopped}).error().kind, ErrorKind::kCancelled);
}

}  // namespace
}  // namespace certferry

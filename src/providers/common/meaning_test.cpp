#include "providers/common/meaning.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

RefusedCall call_that(Effect effect) {
  return {.vendor = "Example Cloud",
          .id = "example",
          .keys_url = "https://example.com/keys",
          .permission = "cdn:List{id}",
          .effect = effect};
}

TEST(MeaningTest, SaysWhoRefusedWhatAndWhatToDo) {
  const Error error = refusal(meaning::kNoPermission, call_that(Effect::kReads), "HTTP 403");
  EXPECT_EQ(error.kind, ErrorKind::kUnauthorized);
  EXPECT_EQ(error.code, "vendor.permission");
  EXPECT_EQ(error.message,
            "the account's keys are right, but may not do this: cdn:List{id} (HTTP 403)");
  EXPECT_EQ(error.hint,
            "allow cdn:List{id} to the keys' user; 'certferry providers example' prints the whole "
            "policy to paste");
  EXPECT_EQ(refusal(meaning::kWrongKey, call_that(Effect::kReads)).hint,
            "make an access key at https://example.com/keys and give both halves to the account");
}

TEST(MeaningTest, AFailureDecidesNothing) {
  const Error read = refusal(meaning::kFailed, call_that(Effect::kReads));
  EXPECT_EQ(read.kind, ErrorKind::kUnavailable);
  EXPECT_EQ(read.code, "vendor.unavailable");
  EXPECT_EQ(read.hint, "nothing was changed; try again later");
  const Error change = refusal(meaning::kFailed, call_that(Effect::kChanges));
  EXPECT_EQ(change.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(change.code, "vendor.maybe_applied");
  EXPECT_EQ(change.hint, "the account is read before anything is sent again");
}

TEST(MeaningTest, TheStatusAloneDecidesWhereTheVendorSaidNothing) {
  const RefusedCall call = call_that(Effect::kChanges);
  const Error error = refusal(meaning::kRefused, call, "HTTP 400", ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.kind, ErrorKind::kMaybeApplied);
  EXPECT_EQ(error.code, "vendor.maybe_applied");
  EXPECT_EQ(error.message, "Example Cloud refused the call (HTTP 400)");
}

TEST(MeaningTest, AVendorHasWordsOfItsOwn) {
  constexpr Meaning kShort = meaning::kWrongClock.advising("five minutes at most");
  EXPECT_EQ(refusal(kShort, call_that(Effect::kReads)).hint, "five minutes at most");
  EXPECT_EQ(refusal(kShort, call_that(Effect::kReads)).code, "vendor.clock");
  EXPECT_EQ(refusal(meaning::kInUse.saying("it is protected"), call_that(Effect::kReads)).message,
            "it is protected");
}

}  // namespace
}  // namespace certferry

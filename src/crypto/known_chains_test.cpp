#include "crypto/known_chains.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

using Kind = ChainVerdict::Kind;

/// Says what it is told to, and counts how often it is asked.
struct Oracle final : ChainVerifier {
  explicit Oracle(int* times, Kind* answer) : asked(times), kind(answer) {}
  ChainVerdict verify(const std::vector<Certificate>& chain, Time at) const override {
    static_cast<void>(chain);
    static_cast<void>(at);
    ++*asked;
    return {.kind = *kind, .reason = {}};
  }
  int* asked;
  Kind* kind;
};

struct KnownChainsTest : testing::Test {
  int asked = 0;
  Kind kind = Kind::kTrusted;
  KnownChains known{std::make_unique<Oracle>(&asked, &kind)};
  Time now = Time(hours(500'000));
  Certificate leaf = named("leaf", now + hours(240));
  Certificate issuer = named("issuer", now + hours(10));

  static Certificate named(const std::string& fingerprint, Time end) {
    Certificate one;
    one.fingerprint = fingerprint;
    one.not_after = end;
    return one;
  }
};

TEST_F(KnownChainsTest, AYesHoldsUntilAnElementEnds) {
  EXPECT_TRUE(known.verify({leaf, issuer}, now).trusted());
  kind = Kind::kExpired;
  EXPECT_TRUE(known.verify({leaf, issuer}, now + hours(9)).trusted());
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(known.verify({leaf, issuer}, now + hours(10)).kind, Kind::kExpired);
}

TEST_F(KnownChainsTest, AYesHoldsForADayAtMost) {
  known.verify({leaf}, now);
  known.verify({leaf}, now + hours(24) - seconds(1));
  EXPECT_EQ(asked, 1);
  known.verify({leaf}, now + hours(24));
  EXPECT_EQ(asked, 2);
}

TEST_F(KnownChainsTest, AYesSaysNothingOfAnEarlierMoment) {
  known.verify({leaf}, now);
  known.verify({leaf}, now - seconds(1));
  EXPECT_EQ(asked, 2) << "it may not have begun then";
}

TEST_F(KnownChainsTest, ANoIsAskedAgain) {
  kind = Kind::kIncomplete;
  EXPECT_FALSE(known.verify({leaf, issuer}, now).trusted());
  kind = Kind::kTrusted;
  EXPECT_TRUE(known.verify({leaf, issuer}, now).trusted());
  EXPECT_EQ(asked, 2);
}

TEST_F(KnownChainsTest, AnotherChainOfTheSameLeafIsAnotherQuestion) {
  known.verify({leaf, issuer}, now);
  kind = Kind::kIncomplete;
  EXPECT_FALSE(known.verify({leaf}, now).trusted());
}

}  // namespace
}  // namespace certferry

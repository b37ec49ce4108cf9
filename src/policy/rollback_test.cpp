#include "policy/rollback.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace certferry::testing;
using ::testing::HasSubstr;

JudgedProbe at(const std::string& ip, JudgedProbe probe) {
  probe.probe.address = {.ip = ip};
  return probe;
}

/// Bound in this run; every address served the older one well before.
struct AfterBind {
  std::vector<JudgedProbe> before = {at("192.0.2.7", serving(leaf(kOlder, days(20)))),
                                     at("192.0.2.8", serving(leaf(kOlder, days(20))))};
  TargetFacts facts = renewal();

  std::optional<Reason> worse(std::vector<JudgedProbe> now) {
    facts.probes = std::move(now);
    facts.probed = true;
    return worse_than_before(facts, before);
  }
};

TEST(WorseThanBeforeTest, OldOrOursIsNotWorse) {
  AfterBind after;
  EXPECT_FALSE(after.worse({at("192.0.2.7", serving(leaf(kOurs, days(80)))),
                            at("192.0.2.8", serving(leaf(kOlder, days(20))))}));
}

TEST(WorseThanBeforeTest, AnyCertificateThatClientsTakeIsNotWorse) {
  AfterBind after;
  EXPECT_FALSE(after.worse({at("192.0.2.7", serving(leaf(kForeign, days(2))))}));
}

TEST(WorseThanBeforeTest, WhatClientsRefuseIsWorse) {
  AfterBind after;
  Certificate other = leaf(kForeign, days(50));
  other.dns_names = {"default.vendor.example"};
  const std::vector<JudgedProbe> bad = {
      serving(leaf(kForeign, -days(1))),
      serving(other),
      serving(leaf(kForeign, days(50)), ChainVerdict::Kind::kUntrusted),
      serving(leaf(kOurs, days(80)), ChainVerdict::Kind::kIncomplete),
      not_serving(Probe::Outcome::kAlert),
      not_serving(Probe::Outcome::kNotTls)};
  for (const JudgedProbe& one : bad) {
    const auto worse = after.worse({at("192.0.2.8", one)});
    ASSERT_TRUE(worse);
    EXPECT_EQ(worse->code, "edge.worse");
    EXPECT_THAT(worse->text, HasSubstr("192.0.2.8"));
  }
}

TEST(WorseThanBeforeTest, WhatCouldNotBeLookedAtSaysNothing) {
  AfterBind after;
  EXPECT_FALSE(after.worse({at("192.0.2.7", not_serving(Probe::Outcome::kUnreachable))}));
}

TEST(WorseThanBeforeTest, WhatWasBadBeforeIsNotWorse) {
  AfterBind after;
  after.before = {at("192.0.2.7", not_serving(Probe::Outcome::kAlert))};
  EXPECT_FALSE(after.worse({at("192.0.2.7", serving(leaf(kForeign, -days(1))))}));
}

// Found by the simulator: slow addresses, whose old certificate ended while they took their time,
// made the new one be taken back.
TEST(WorseThanBeforeTest, WhatEndedWhileItWasServedHasNotTurned) {
  AfterBind after;
  after.facts.memory = TargetRecord{.id = after.facts.id, .confirmed_fingerprint = kOlder};
  EXPECT_FALSE(after.worse({at("192.0.2.7", serving(leaf(kOlder, -minutes(1))))}));
  after.before = {at("192.0.2.7", serving(leaf(kOlder, -minutes(1))))};
  EXPECT_FALSE(after.worse({at("192.0.2.7", serving(leaf(kOlder, -minutes(1))))}));
}

TEST(WorseThanBeforeTest, ANewAddressIsHeldAgainstTheOthers) {
  AfterBind after;
  EXPECT_TRUE(after.worse({at("192.0.2.99", not_serving(Probe::Outcome::kAlert))}));
}

TEST(WorseThanBeforeTest, AnInterruptedRunIsHeldAgainstWhatWasConfirmedBefore) {
  AfterBind after;
  after.before = {at("192.0.2.7", not_serving(Probe::Outcome::kAlert))};
  after.facts.memory = TargetRecord{.id = after.facts.id, .confirmed_fingerprint = kOlder};
  EXPECT_FALSE(after.worse({at("192.0.2.7", not_serving(Probe::Outcome::kAlert))}));
  after.facts.bound_fingerprint = kOurs;  // by the run that died
  EXPECT_TRUE(after.worse({at("192.0.2.7", not_serving(Probe::Outcome::kAlert))}));
  EXPECT_FALSE(after.worse({at("192.0.2.7", serving(leaf(kOlder, -minutes(1))))}));
}

/// As a later run finds it: bound to ours by an earlier one, which remembered these looks.
struct LaterRun : AfterBind {
  explicit LaterRun(std::vector<JudgedProbe> looks) {
    facts.memory = TargetRecord{.id = facts.id, .confirmed_fingerprint = kOlder};
    facts.probes = std::move(looks);
    facts.memory->looks_before_bind = looks_to_remember(facts);
    facts.bound_fingerprint = kOurs;
    before.clear();
  }
};

// Found by the simulator: one address showed what an operator had set and time had ended, before
// the bind and after; a run that came later took the new one back for it.
TEST(WorseThanBeforeTest, ALaterRunRemembersWhatWasRefusedBeforeTheBind) {
  const JudgedProbe ended = at("192.0.2.7", serving(leaf(kForeign, -days(1))));
  LaterRun later({ended, at("192.0.2.8", serving(leaf(kOlder, days(20))))});
  EXPECT_FALSE(later.worse({ended}));
  EXPECT_TRUE(later.worse({at("192.0.2.8", serving(leaf(kForeign, -days(1))))}));
  EXPECT_TRUE(later.worse({at("192.0.2.8", not_serving(Probe::Outcome::kAlert))}));
}

TEST(WorseThanBeforeTest, ALaterRunRemembersWhatHasEndedSince) {
  const auto foreign = [](milliseconds left) {
    return at("192.0.2.7", serving(leaf(kForeign, left)));
  };
  LaterRun later({foreign(days(1))});
  EXPECT_FALSE(later.worse({foreign(-minutes(1))}));
  LaterRun silent({at("192.0.2.7", not_serving(Probe::Outcome::kAlert))});
  EXPECT_FALSE(silent.worse({at("192.0.2.7", not_serving(Probe::Outcome::kAlert))}));
  LaterRun unseen({at("192.0.2.7", not_serving(Probe::Outcome::kUnreachable)),
                   at("192.0.2.8", serving(leaf(kOlder, days(20))))});
  EXPECT_FALSE(unseen.worse({foreign(-minutes(1))}));
}

TEST(WorseThanBeforeTest, ALaterRunThatRemembersNoLookGoesByWhatWasConfirmed) {
  const JudgedProbe ended = at("192.0.2.7", serving(leaf(kForeign, -days(1))));
  EXPECT_TRUE(LaterRun({}).worse({ended}));
  EXPECT_TRUE(
      LaterRun({at("192.0.2.7", not_serving(Probe::Outcome::kUnreachable))}).worse({ended}));
}

TEST(WorseThanBeforeTest, ALaterRunGoesByWhatItSawItselfToo) {
  LaterRun later({at("192.0.2.7", not_serving(Probe::Outcome::kUnreachable)),
                  at("192.0.2.8", serving(leaf(kOlder, days(20))))});
  const JudgedProbe alert = at("192.0.2.7", not_serving(Probe::Outcome::kAlert));
  EXPECT_FALSE(later.worse({alert}));
  later.before = {at("192.0.2.7", serving(leaf(kOlder, days(20))))};
  EXPECT_TRUE(later.worse({alert}));
  later.before = {at("192.0.2.7", serving(leaf(kOurs, days(80))))};
  EXPECT_FALSE(later.worse({alert}));
}

TEST(WorseThanBeforeTest, WhatAFirstBindDidIsNotWhatWasBeforeTheSecond) {
  const JudgedProbe alert = at("192.0.2.7", not_serving(Probe::Outcome::kAlert));
  LaterRun later({at("192.0.2.7", serving(leaf(kOlder, days(20))))});
  later.facts.probes = {alert};
  later.facts.memory->looks_before_bind = looks_to_remember(later.facts);
  EXPECT_TRUE(later.worse({alert}));
}

TEST(WorseThanBeforeTest, LooksBeforeAnotherBundleOrSpoiltOnesCountAsNone) {
  const JudgedProbe ended = at("192.0.2.7", serving(leaf(kForeign, -days(1))));
  LaterRun later({ended});
  const std::string good = later.facts.memory->looks_before_bind;
  ASSERT_FALSE(later.worse({ended}));
  for (const std::string& looks :
       {std::string(), "another" + good.substr(good.find('\n')), good + " more", good + "\n"}) {
    later.facts.memory->looks_before_bind = looks;
    EXPECT_TRUE(later.worse({ended})) << looks;
  }
}

TEST(FallbackTest, IsWhatWasBoundAndServed) {
  AfterBind after;
  const auto back = fallback_of(after.facts, after.before);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->id, "1");
}

TEST(FallbackTest, IsNothingThatHasEndedOrIsForAnotherName) {
  for (const Change& change : {bound_ends_in(-days(1)), bound_for({"other.example"})}) {
    AfterBind after;
    change.apply(after.facts);
    EXPECT_FALSE(fallback_of(after.facts, after.before)) << change.words;
  }
}

TEST(FallbackTest, IsNothingThatNoAddressServedWell) {
  // Somebody had just bound it: one address already refuses clients with it, the other still
  // serves an earlier one well.
  AfterBind after;
  const Certificate bound = leaf(kOlder, days(20));
  after.before = {at("192.0.2.7", serving(bound, ChainVerdict::Kind::kIncomplete)),
                  at("192.0.2.8", serving(leaf(kForeign, days(10))))};
  EXPECT_FALSE(fallback_of(after.facts, after.before));
  after.facts.bound_fingerprint = std::nullopt;
  EXPECT_FALSE(fallback_of(after.facts, after.before));
  after.before.push_back(at("192.0.2.9", serving(bound)));
  EXPECT_TRUE(fallback_of(after.facts, after.before));
}

TEST(FallbackTest, IsTheLastConfirmedWhenWhatIsBoundWasNotServed) {
  AfterBind after;
  after.before.clear();
  EXPECT_FALSE(fallback_of(after.facts, after.before));
  after.facts.last_confirmed = after.facts.bound;
  after.facts.last_confirmed->id = "7";
  EXPECT_EQ(fallback_of(after.facts, after.before)->id, "7");
}

TEST(AfterRollbackTest, WaitsOnceAndParksTheSecondTime) {
  TargetFacts facts = renewal();
  facts.memory = TargetRecord{.id = facts.id,
                              .rolled_back_fingerprint = kOurs,
                              .rolled_back_at = kNow - minutes(59),
                              .rollbacks = 1};
  EXPECT_EQ(plan_target(facts).summary.code, "rollback.waiting");
  facts.memory->rolled_back_at = kNow - minutes(60);
  EXPECT_TRUE(plan_target(facts).changes_something());
  facts.memory->rollbacks = 2;
  EXPECT_TRUE(plan_target(facts).has(StepKind::kPark));
  EXPECT_THAT(plan_target(facts).summary.text, HasSubstr("apply --now cdn.example.com"));
  facts.insist = true;
  EXPECT_TRUE(plan_target(facts).changes_something());
}

TEST(AfterRollbackTest, AnotherBundleStartsAnew) {
  TargetFacts facts = renewal();
  facts.memory = TargetRecord{.id = facts.id, .rolled_back_fingerprint = kForeign, .rollbacks = 2};
  EXPECT_TRUE(plan_target(facts).changes_something());
}

}  // namespace
}  // namespace certferry

#include "policy/put_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace certferry::testing;
using ::testing::HasSubstr;

/// Ours is bound and confirmed; the older one was confirmed before it and is still in the store.
struct PutBackFacts {
  TargetFacts facts = renewal_but({stored(), bound_to_ours(), confirmed(kOurs)});
  UploadRecord record{.account = "doge",
                      .fingerprint = kOlder,
                      .stored_id = "1",
                      .state = UploadRecord::State::kStored};

  PutBackFacts() {
    facts.memory->previous_fingerprint = kOlder;
    facts.memory->bound_fingerprint = kOurs;
    facts.way_back = StoredCertificate{
        .id = "1", .names = {kName}, .not_before = kNow - days(70), .not_after = kNow + days(20)};
  }
  Plan plan() const { return plan_put_back(facts, &record); }
};

TEST(PlanPutBackTest, GoesToWhatWasConfirmedBeforeAndSaysThatItEndsEarlier) {
  const PutBackFacts now;
  EXPECT_EQ(bundle_before(now.facts), kOlder);
  EXPECT_EQ(bundle_held_back(now.facts), kOurs);
  const Plan plan = now.plan();
  EXPECT_TRUE(plan.has(StepKind::kBind) && plan.has(StepKind::kConfirm));
  EXPECT_THAT(plan.summary.text, HasSubstr("back to certificate 1 (bbbbbbbbbbbb)"));
  EXPECT_THAT(plan.summary.text, HasSubstr("60 d before what is set now"));
}

TEST(PlanPutBackTest, AfterABindThatWasNeverConfirmedItIsTheLastConfirmed) {
  PutBackFacts now;
  now.facts.memory->confirmed_fingerprint = kForeign;
  EXPECT_EQ(bundle_before(now.facts), kForeign);
}

TEST(PlanPutBackTest, OneThatWasInterruptedIsGoneOnWith) {
  PutBackFacts now;
  now.facts.memory->rolled_back_by = "alice";
  now.facts.memory->bound_fingerprint = kOlder;
  now.facts.bound_fingerprint = kOlder;
  EXPECT_EQ(bundle_before(now.facts), kOlder);
  EXPECT_EQ(bundle_held_back(now.facts), kOurs);
  EXPECT_FALSE(now.plan().has(StepKind::kBind));
  EXPECT_TRUE(now.plan().has(StepKind::kConfirm));
}

TEST(PlanPutBackTest, WithoutAMemoryABundleOrABindingThereIsNothingToGoBackTo) {
  PutBackFacts now;
  now.facts.memory.reset();
  now.facts.bundle.reset();
  now.facts.bound_fingerprint.reset();
  EXPECT_EQ(bundle_before(now.facts), "");
  EXPECT_EQ(bundle_held_back(now.facts), "");
  EXPECT_EQ(now.plan().summary.code, "rollback.nothing");
}

TEST(PlanPutBackTest, SaysWhatStandsInTheWayAndWhatCanBeDone) {
  struct Row {
    const char* code;
    const char* words;
    void (*change)(PutBackFacts&);
  };
  const Row rows[] = {
      {"rollback.nothing", "certferry history", [](PutBackFacts& f) { f.facts.memory.reset(); }},
      {"rollback.nothing",
       "certferry history",
       [](PutBackFacts& f) { f.facts.memory->previous_fingerprint.clear(); }},
      {"rollback.retired",
       "retire_after",
       [](PutBackFacts& f) {
         f.facts.way_back.reset();
         f.record.state = UploadRecord::State::kRetired;
         f.record.retired_at = kNow - days(1);
       }},
      {"rollback.gone", "bind it there", [](PutBackFacts& f) { f.facts.way_back.reset(); }},
      {"rollback.unfit", "renew", [](PutBackFacts& f) { f.facts.way_back->not_after = kNow; }},
      {"rollback.unfit", "names", [](PutBackFacts& f) { f.facts.way_back->names = {"a.example"}; }},
      {"observe.failed", "failed", [](PutBackFacts& f) { vendor_silent().apply(f.facts); }},
      {"target.unknown", "has no", [](PutBackFacts& f) { name_unknown().apply(f.facts); }},
      {"target.offline", "stopped", [](PutBackFacts& f) { name_offline().apply(f.facts); }},
      {"clock.off",
       "clock",
       [](PutBackFacts& f) { f.facts.clock_problem = {"clock.off", "the clock is wrong"}; }},
  };
  for (const Row& row : rows) {
    PutBackFacts now;
    row.change(now);
    const Plan plan = now.plan();
    SCOPED_TRACE(row.code);
    EXPECT_TRUE(plan.blocked());
    EXPECT_EQ(plan.summary.code, row.code);
    EXPECT_THAT(plan.summary.text, HasSubstr(row.words));
  }
}

/// After it: the older one is bound, ours is what the source has.
TargetFacts put_back() {
  TargetFacts facts = renewal_but({stored()});
  facts.memory = TargetRecord{.id = facts.id,
                              .confirmed_fingerprint = kOlder,
                              .rolled_back_fingerprint = kOurs,
                              .rolled_back_at = kNow - days(2),
                              .rolled_back_by = "alice"};
  return facts;
}

TEST(PlanPutBackTest, WhatWasTakenBackIsParkedUntilANewerBundleOrAPersonInsists) {
  TargetFacts facts = put_back();
  const Plan plan = plan_target(facts);
  EXPECT_TRUE(plan.has(StepKind::kPark));
  EXPECT_EQ(plan.summary.code, "rollback.by_hand");
  EXPECT_THAT(plan.summary.text, HasSubstr("by alice"));
  EXPECT_THAT(plan.summary.text, HasSubstr("'certferry apply --now cdn.example.com'"));
  facts.insist = true;
  EXPECT_TRUE(plan_target(facts).has(StepKind::kBind));
  facts.insist = false;
  facts.memory->rolled_back_fingerprint = kForeign;
  EXPECT_TRUE(plan_target(facts).has(StepKind::kBind));
}

TEST(PlanPutBackTest, WhatWasPutBackIsNotKeptBeyondItsEnd) {
  TargetFacts facts = put_back();
  facts.bound->not_after = kNow;
  EXPECT_TRUE(plan_target(facts).has(StepKind::kBind));
}

}  // namespace
}  // namespace certferry

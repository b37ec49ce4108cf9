#include "policy/plan.h"

#include <gtest/gtest.h>

#include "policy/testing.h"

namespace certferry {
namespace {

using namespace std::chrono_literals;
using namespace certferry::testing;
using Kind = ChainVerdict::Kind;
using Steps = std::vector<StepKind>;

const Steps kNothing = {};
const Steps kHold = {StepKind::kHold};
const Steps kPark = {StepKind::kPark};
const Steps kConfirm = {StepKind::kConfirm};
const Steps kBind = {StepKind::kBind, StepKind::kConfirm};
const Steps kUpload = {StepKind::kUpload, StepKind::kBind, StepKind::kConfirm};

Steps steps_of(const Plan& plan) {
  Steps out;
  for (const Step& step : plan.steps) out.push_back(step.kind);
  return out;
}

struct Row {
  std::vector<Change> changes;  ///< to an ordinary renewal
  Steps steps;
  std::string code;
};

template <std::size_t size>
void expect_plans(const Row (&rows)[size]) {
  for (const Row& row : rows) {
    SCOPED_TRACE(words_of(row.changes));
    const TargetFacts facts = renewal_but(row.changes);
    const Plan plan = plan_target(facts);
    EXPECT_EQ(steps_of(plan), row.steps);
    EXPECT_EQ(plan.summary.code, row.code) << plan.summary.text;
    EXPECT_EQ(plan.target, facts.id);
    EXPECT_EQ(plan.certificate, "example.com");
    EXPECT_EQ(plan.bundle, facts.bundle);
  }
}

TEST(PlanTargetTest, BringsAFresherBundle) {
  const Row rows[] = {
      {{}, kUpload, "binding.differs"},
      {{stored()}, kBind, "binding.differs"},
      {{bound_to_nothing()}, kUpload, "binding.differs"},
      {{bound_to_nothing(), stored()}, kBind, "binding.differs"},
      {{bound_ends_in(-1h)}, kUpload, "binding.differs"},
      {{edge_serves_another(days(20))}, kUpload, "binding.differs"},
      {{edge_unreachable()}, kUpload, "binding.differs"},
      {{no_addresses()}, kUpload, "binding.differs"},
      {{confirmed(kOlder)}, kUpload, "binding.differs"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, GoesNoWayBackFromWhatIsBound) {
  const Row rows[] = {
      {{bound_ends_in(days(80) - 1ms)}, kUpload, "binding.differs"},
      {{bound_ends_in(days(80))}, kHold, "plan.not_newer"},
      {{bound_ends_in(days(90))}, kHold, "plan.not_newer"},
      {{bound_ends_in(days(90)), stored()}, kHold, "plan.not_newer"},
      {{bound_ends_in(days(90)), bound_for({"*.example.com"})}, kHold, "plan.not_newer"},
      // A store that lists no names may hold a good one.
      {{bound_ends_in(days(90)), bound_for({})}, kHold, "plan.not_newer"},
      // What would not do is replaced, however late it ends.
      {{bound_ends_in(days(90)), bound_for({"other.example"})}, kUpload, "binding.differs"},
      {{bound_ends_in(days(90)), bound_begins_in(1h)}, kUpload, "binding.differs"},
      {{bound_ends_in(days(90)), bound_begins_in(-300s)}, kHold, "plan.not_newer"},
      // Little time left is still better than none.
      {{bundle_ends_in(301s), bound_ends_in(-1h)}, kUpload, "binding.differs"},
      {{bundle_ends_in(301s), bound_ends_in(300s)}, kUpload, "binding.differs"},
      {{bundle_ends_in(301s), bound_ends_in(301s)}, kHold, "plan.not_newer"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, GoesNoWayBackFromWhatIsServed) {
  const Row rows[] = {
      // What neither store nor edge shows might be better than ours, once somebody has looked.
      {{bound_to_unseen()}, kUpload, "binding.differs"},
      {{bound_to_unseen(), edge_unreachable()}, kHold, "plan.unseen"},
      {{bound_to_unseen(), edge_serves_another(days(80) - 1ms)}, kUpload, "binding.differs"},
      {{bound_to_unseen(), edge_serves_another(days(80))}, kHold, "plan.not_newer"},
      {{bound_to_unseen(), edge_serves_another(days(90))}, kHold, "plan.not_newer"},
      {{edge_serves_another(days(90))}, kHold, "plan.not_newer"},
      {{edge_serves_another(days(20)), edge_serves_another(days(90))}, kHold, "plan.not_newer"},
      {{edge_unreachable(), edge_serves_another(days(90))}, kHold, "plan.not_newer"},
      // Ours served although something else is bound keeps nobody from binding ours.
      {{edge_serves_ours()}, kUpload, "binding.differs"},
      // What is served with a bad chain does not do.
      {{edge_serves_another(days(90), Kind::kIncomplete)}, kUpload, "binding.differs"},
      {{edge_serves_another(days(90), Kind::kUntrusted)}, kUpload, "binding.differs"},
      {{edge_serves_another(days(90), Kind::kExpired)}, kUpload, "binding.differs"},
      {{edge_serves_another(days(90), Kind::kBroken)}, kUpload, "binding.differs"},
  };
  expect_plans(rows);
}

// Found by the fuzzer of edge certificates: it was taken for one whose names we cannot see.
TEST(PlanTargetTest, IgnoresALaterLeafServedForNoNamesAtAll) {
  Certificate nameless = leaf(kForeign, days(90));
  nameless.dns_names = {};
  const Row rows[] = {
      {{edge("an address serves a later leaf without names", serving(nameless))},
       kUpload,
       "binding.differs"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, IgnoresALaterLeafServedForOtherNames) {
  Certificate other = leaf(kForeign, days(90));
  other.dns_names = {"other.example"};
  const Row rows[] = {
      {{edge("an address serves a later leaf for another name", serving(other))},
       kUpload,
       "binding.differs"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, ConfirmsWhatIsBoundUntilItWasSeenOverTime) {
  const Row rows[] = {
      {{bound_to_ours()}, kConfirm, "edge.pending"},
      {{bound_to_our_leaf()}, kConfirm, "edge.pending"},
      {{bound_to_our_leaf(), stored()}, kConfirm, "edge.pending"},
      {{bound_to_ours(), no_addresses()}, kConfirm, "edge.pending"},
      {{bound_to_ours(), edge_unreachable()}, kConfirm, "edge.pending"},
      {{bound_to_ours(), edge_serves_another(days(20))}, kConfirm, "edge.pending"},
      {{bound_to_ours(), edge_serves_another(days(90))}, kConfirm, "edge.pending"},
      {{bound_to_ours(), edge_serves_ours(), edge_refuses()}, kConfirm, "edge.pending"},
      {{bound_to_ours(), edge_serves_ours()}, kConfirm, "edge.unconfirmed"},
      {{bound_to_ours(), edge_serves_ours(), confirmed(kOlder)}, kConfirm, "edge.unconfirmed"},
      {{bound_to_ours(), edge_serves_ours(), confirmed(kOurs)}, kNothing, "done"},
      {{bound_to_our_leaf(), edge_serves_ours(), confirmed(kOurs)}, kNothing, "done"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, TellsARegressedEdgeFromOneThatCouldNotBeLookedAt) {
  const Change ours_with_bad_chain =
      edge("an address serves ours with a bad chain",
           serving(leaf(kOurs, days(80)), ChainVerdict::Kind::kIncomplete));
  const Row rows[] = {
      {{bound_to_ours(), confirmed(kOurs)}, kConfirm, "edge.unseen"},
      {{bound_to_ours(), confirmed(kOurs), no_addresses()}, kConfirm, "edge.unseen"},
      {{bound_to_ours(), confirmed(kOurs), edge_unreachable()}, kConfirm, "edge.unseen"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_ours(), edge_unreachable()},
       kConfirm,
       "edge.unseen"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_another(days(20))},
       kConfirm,
       "edge.regressed"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_ours(), edge_serves_another(days(90))},
       kConfirm,
       "edge.regressed"},
      {{bound_to_ours(), confirmed(kOurs), edge_unreachable(), edge_serves_another(days(20))},
       kConfirm,
       "edge.regressed"},
      {{bound_to_ours(), confirmed(kOurs), edge_refuses()}, kBind, "edge.regressed"},
      {{bound_to_ours(), confirmed(kOurs), ours_with_bad_chain}, kBind, "edge.regressed"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_another(-1h)}, kBind, "edge.regressed"},
      // What took settings with it elsewhere is not sent once more either.
      {{bound_to_ours(), confirmed(kOurs), edge_refuses(), harmful_elsewhere()},
       kConfirm,
       "edge.regressed"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, ParksWhatAPersonMustMendAndHoldsWhatARenewalMends) {
  const Row rows[] = {
      {{bundle_ends_in(300s)}, kHold, "gate.expired"},
      {{bundle_begins_in(1h)}, kHold, "gate.not_yet_valid"},
      {{bundle_for("other.example")}, kPark, "gate.names"},
      {{bundle_chain_is(Kind::kIncomplete)}, kPark, "gate.chain_incomplete"},
      {{bundle_chain_is(Kind::kUntrusted)}, kPark, "gate.chain_untrusted"},
      {{bundle_chain_is(Kind::kExpired)}, kHold, "gate.chain_expired"},
      {{bundle_chain_is(Kind::kBroken)}, kPark, "gate.chain"},
      // Not even over something worse.
      {{bundle_ends_in(-1h), bound_ends_in(-2h)}, kHold, "gate.expired"},
      {{bundle_ends_in(-1h), bound_to_nothing()}, kHold, "gate.expired"},
      {{bundle_ends_in(-1h), bound_to_ours()}, kHold, "gate.expired"},
  };
  expect_plans(rows);
}

TEST(PlanTargetTest, AsksTheGateForTheKeysOfTheProduct) {
  TargetFacts facts = renewal();
  const ProductMetadata rsa_only{.accepted_keys = {{KeyType::Algorithm::kRsa, 2048}}};
  facts.product = &rsa_only;
  EXPECT_EQ(plan_target(facts).summary.code, "gate.key_type");
}

TEST(PlanTargetTest, HoldsOrParksWithTheFirstObstacleInThisOrder) {
  struct Obstacle {
    Change change;
    Steps steps;
    std::string code;
  };
  const Obstacle obstacles[] = {
      {vendor_silent(), kHold, "observe.failed"},
      {no_bundle(), kHold, "source.missing"},
      {name_unknown(), kPark, "target.unknown"},
      {name_offline(), kHold, "target.offline"},
      {bundle_chain_is(Kind::kIncomplete), kPark, "gate.chain_incomplete"},
      {bound_to_our_leaf(), kConfirm, "edge.pending"},
      {bound_ends_in(days(90)), kHold, "plan.not_newer"},
  };
  // Each stands before all that follow it.
  std::vector<Change> changes;
  for (auto one = std::rbegin(obstacles); one != std::rend(obstacles); ++one) {
    changes.push_back(one->change);
    SCOPED_TRACE(words_of(changes));
    const Plan plan = plan_target(renewal_but(changes));
    EXPECT_EQ(steps_of(plan), one->steps);
    EXPECT_EQ(plan.summary.code, one->code);
  }
}

TEST(PlanTargetTest, SaysWhatAPersonNeedsToKnow) {
  struct Told {
    std::vector<Change> changes;
    std::string text;
  };
  const Told rows[] = {
      {{}, "it points at certificate 1, which ends 2026-02-04; the new one ends 2026-04-05"},
      {{bound_to_nothing()}, "it is set to serve no certificate; the new one ends 2026-04-05"},
      {{bound_to_unseen(), edge_unreachable()},
       "it points at certificate 1, which is not in the store, and its edge could not be looked "
       "at; "
       "nothing is sent before either shows what is served now"},
      {{bound_to_unseen(), edge_serves_another(days(20))},
       "it points at certificate 1, which is not in the store; the new one ends 2026-04-05"},
      {{name_unknown({"www.example.com", "cnd.example.com"})},
       "account doge has no cdn domain cdn.example.com; did you mean cnd.example.com?"},
      {{name_unknown({"entirely.different.example"})},
       "account doge has no cdn domain cdn.example.com; it has 1 domain. Add it at the vendor, or "
       "mend the list"},
      {{name_offline()},
       "the vendor says the domain is 'stopped?'; what it is set to stays. Bring it online there, "
       "or take it off the list"},
      {{bundle_for("other.example")},
       "the bundle may not be served: it does not cover cdn.example.com; it is for other.example; "
       "issue one that covers the name, or take the name off this certificate's list"},
      {{bound_ends_in(days(90))},
       "certificate 1 that is bound ends 2026-04-15T08:30:00Z, not before the bundle of the source "
       "(2026-04-05T08:30:00Z); nothing is sent. Renew the source, or look who deployed the other "
       "one; to go back on purpose, bind the older one at the vendor"},
      {{edge_serves_another(days(90))},
       "the certificate served at 192.0.2.7:443 ends 2026-04-15T08:30:00Z, not before the bundle "
       "of the source (2026-04-05T08:30:00Z); nothing is sent. Renew the source, or look who "
       "deployed the other one; to go back on purpose, bind the older one at the vendor"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_another(days(20))},
       "bound and confirmed before, but now 192.0.2.7:443 serves cccccccccccc, which ends "
       "2026-02-04"},
      {{bound_to_ours(), edge_serves_ours(), edge_unreachable()},
       "bound; [2001:db8::9]:443 could not be looked at: no answer"},
      {{bound_to_ours(), no_addresses()}, "bound; the edge name does not resolve"},
      {{bound_to_ours()}, "bound; no address was looked at"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_ours()}, "bound, and served on 1 address"},
      {{bound_to_ours(), confirmed(kOurs), edge_serves_ours(), edge_serves_ours()},
       "bound, and served on 2 addresses"},
  };
  for (const Told& row : rows) {
    EXPECT_EQ(plan_target(renewal_but(row.changes)).summary.text, row.text)
        << words_of(row.changes);
  }
}

TEST(PlanTargetTest, ReplacesALongLivedOneThatTheEdgeServesBroken) {
  // Bound by the vendor's word until 2026-04-15, longer than ours; no client would take it.
  const Certificate bound = leaf(kForeign, days(90));
  TargetFacts facts = renewal_but({bound_ends_in(days(90))});
  facts.bound->not_before = bound.not_before;
  facts.probed = true;
  facts.probes = {serving(bound, Kind::kUntrusted)};
  EXPECT_TRUE(plan_target(facts).has(StepKind::kBind));
  facts.probes = {serving(bound)};
  EXPECT_EQ(plan_target(facts).summary.code, "plan.not_newer");
  // Another one that is served broken says nothing of what is bound.
  facts.probes = {serving(leaf(kOlder, days(3)), Kind::kUntrusted)};
  EXPECT_EQ(plan_target(facts).summary.code, "plan.not_newer");
}

TEST(NeedsProbeTest, AsksTheEdgeWhereTheVendorsWordIsNotEnough) {
  struct Asked {
    std::vector<Change> changes;
    bool needed;
  };
  const Asked rows[] = {
      {{}, true},  // bound to another: what is served may be better than ours
      {{stored()}, true},
      {{bound_to_ours()}, true},
      {{bound_to_ours(), confirmed(kOurs)}, true},
      {{bound_to_our_leaf()}, true},
      {{bound_to_unseen()}, true},
      {{bound_to_nothing()}, false},
      {{bound_to_nothing(), stored()}, false},
      {{bound_to_ours(), name_offline()}, false},
      {{bound_to_unseen(), name_offline()}, false},
      {{name_unknown()}, false},
      {{no_bundle()}, false},
      {{bound_to_unseen(), no_bundle()}, false},
      {{bound_to_ours(), seen_well(minutes(5))}, false},
      {{bound_to_our_leaf(), seen_well(minutes(5))}, false},
      {{seen_well(minutes(5))}, true},  // somebody has bound another since
  };
  for (const Asked& row : rows) {
    EXPECT_EQ(needs_probe(renewal_but(row.changes)), row.needed) << words_of(row.changes);
  }
}

TEST(NeedsProbeTest, ALookHoldsForAnHourWhereNothingWasWrongSince) {
  const auto with = [](std::vector<Change> changes) {
    changes.insert(changes.begin(), bound_to_ours());
    return renewal_but(changes);
  };
  const TargetFacts lately = with({seen_well(minutes(59))});
  EXPECT_FALSE(needs_probe(lately));
  EXPECT_TRUE(plan_target(lately).steps.empty());
  EXPECT_EQ(plan_target(lately).summary.text, "bound, and seen served 59 min ago");

  const std::vector<std::vector<Change>> anew = {
      {seen_well(hours(1))},
      {seen_well(-seconds(1))},  // the clock was set back
      {seen_well(minutes(5)),
       memory_with("it failed since", [](TargetRecord& one) { one.outcome = "unconfirmed"; })},
      {seen_well(minutes(5)),
       memory_with("another was set since",
                   [](TargetRecord& one) { one.bound_fingerprint = kOlder; })},
      {seen_well(minutes(5)),
       memory_with("another was confirmed",
                   [](TargetRecord& one) { one.confirmed_fingerprint = kOlder; })},
  };
  for (const std::vector<Change>& changes : anew) {
    EXPECT_TRUE(needs_probe(with(changes))) << words_of(changes);
    EXPECT_FALSE(plan_target(with(changes)).steps.empty()) << words_of(changes);
  }
  TargetFacts asked = lately;
  asked.trust_looks = false;
  EXPECT_TRUE(needs_probe(asked)) << "who asks wants to see it now";
}

}  // namespace
}  // namespace certferry

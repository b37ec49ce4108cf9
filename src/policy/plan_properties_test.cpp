// What must hold of every plan, for any mix of facts. Each property states its rule in its own
// words instead of calling the code that the plan was made with.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace std::chrono_literals;
using namespace certferry::testing;
using Kind = ChainVerdict::Kind;

/// What keeps a plan from sending anything.
const std::vector<Change>& obstacles() {
  static const std::vector<Change> kAll = {vendor_silent(),
                                           no_bundle(),
                                           name_unknown(),
                                           name_offline(),
                                           bundle_for("other.example"),
                                           bundle_ends_in(-1h),
                                           bundle_ends_in(300s),
                                           bundle_begins_in(-299s),
                                           bundle_chain_is(Kind::kIncomplete),
                                           bundle_chain_is(Kind::kUntrusted),
                                           bundle_chain_is(Kind::kExpired),
                                           bundle_chain_is(Kind::kBroken)};
  return kAll;
}

/// Everything else that can be odd about a target, with dates at and around each edge.
const std::vector<Change>& oddities() {
  static const std::vector<Change> kAll = {stored(),
                                           bundle_for("*.example.com"),
                                           bundle_begins_in(-300s),
                                           bundle_ends_in(300s + 1ms),
                                           bundle_ends_in(days(20)),
                                           bound_to_nothing(),
                                           bound_to_ours(),
                                           bound_to_our_leaf(),
                                           bound_to_unseen(),
                                           bound_for({}),
                                           bound_for({"other.example"}),
                                           bound_for({"*.example.com"}),
                                           bound_begins_in(-300s),
                                           bound_begins_in(-299s),
                                           bound_ends_in(-1h),
                                           bound_ends_in(300s),
                                           bound_ends_in(300s + 1ms),
                                           bound_ends_in(days(80)),
                                           bound_ends_in(days(90)),
                                           edge_serves_ours(),
                                           edge_serves_another(300s),
                                           edge_serves_another(days(20)),
                                           edge_serves_another(days(80)),
                                           edge_serves_another(days(90)),
                                           edge_serves_another(days(90), Kind::kUntrusted),
                                           edge_unreachable(),
                                           edge_refuses(),
                                           no_addresses(),
                                           confirmed(kOurs),
                                           confirmed(kOlder)};
  return kAll;
}

/// RapidCheck narrows a range to its first part while it draws small things; here all count alike.
rc::Gen<std::size_t> index_below(std::size_t end) {
  return rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, end));
}

/// Any few of them, in any order; RapidCheck shrinks to the fewest that still break the rule.
TargetFacts any_facts() {
  const std::size_t odd = oddities().size();
  const auto pick = rc::gen::weightedOneOf<std::size_t>(
      {{8, index_below(odd)},
       {1, rc::gen::map(index_below(obstacles().size()), [odd](std::size_t at) {
          return odd + at;
        })}});
  const auto picks = rc::gen::resize(8, rc::gen::container<std::vector<std::size_t>>(pick));
  std::vector<Change> changes;
  for (const std::size_t one : *picks) {
    changes.push_back(one < odd ? oddities()[one] : obstacles()[one - odd]);
  }
  RC_LOG() << words_of(changes) << "\n";
  return renewal_but(changes);
}

bool dates_would_do(Time not_before, Time not_after) {
  return kNow - not_before >= 5min && not_after - kNow > 5min;
}

bool covers(const std::vector<std::string>& names) {
  return std::ranges::any_of(
      names, [](const std::string& name) { return name == kName || name == "*.example.com"; });
}

RC_GTEST_PROP(PlanProperties, NoBindMovesTheBoundExpiryEarlierUnlessWhatIsBoundWouldNotDo, ()) {
  const TargetFacts facts = any_facts();
  const Plan plan = plan_target(facts);
  const bool binds = plan.has(StepKind::kBind);
  RC_CLASSIFY(binds, "binds");
  const bool once_more =
      facts.bound_fingerprint == kOurs ||
      (facts.binding && facts.stored_id && facts.binding->stored_id == facts.stored_id);
  if (!binds || !facts.bound || once_more) return;
  const StoredCertificate& bound = *facts.bound;
  const bool would_do = dates_would_do(bound.not_before, bound.not_after) &&
                        (bound.names.empty() || covers(bound.names));
  RC_ASSERT(!would_do || facts.bundle->leaf.not_after > bound.not_after);
}

RC_GTEST_PROP(PlanProperties, NoBindReplacesAGoodServedLeafThatEndsNoEarlier, ()) {
  const TargetFacts facts = any_facts();
  if (!plan_target(facts).has(StepKind::kBind)) return;
  for (const JudgedProbe& one : facts.probes) {
    const Certificate* served = one.probe.leaf();
    if (served == nullptr || served->fingerprint == kOurs) continue;
    const bool good = one.chain.trusted() && dates_would_do(served->not_before, served->not_after);
    RC_ASSERT(!good || facts.bundle->leaf.not_after > served->not_after);
  }
}

RC_GTEST_PROP(PlanProperties, SendsOnlyWithAnOpenGateAndASoundAnswerOfTheVendor, ()) {
  const TargetFacts facts = any_facts();
  const Plan plan = plan_target(facts);
  RC_CLASSIFY(plan.changes_something(), "changes something");
  if (!plan.changes_something()) return;
  const Certificate& ours = facts.bundle->leaf;
  RC_ASSERT(first_failed(gate_checks(facts)) == nullptr);
  RC_ASSERT(dates_would_do(ours.not_before, ours.not_after));
  RC_ASSERT(covers(ours.dns_names));
  RC_ASSERT(facts.chain.trusted());
  RC_ASSERT(facts.observe_problem.code.empty());
  RC_ASSERT(facts.binding.has_value());
  RC_ASSERT(facts.binding->online);
}

RC_GTEST_PROP(PlanProperties, UploadsExactlyWhenItBindsWhatTheStoreLacks, ()) {
  const TargetFacts facts = any_facts();
  const Plan plan = plan_target(facts);
  RC_ASSERT(plan.has(StepKind::kUpload) == (plan.has(StepKind::kBind) && !facts.stored_id));
}

RC_GTEST_PROP(PlanProperties, HasOneOfSixShapesAndAReasonForEachStep, ()) {
  const Plan plan = plan_target(any_facts());
  std::string shape;
  for (const Step& step : plan.steps) {
    shape += std::string(to_string(step.kind)) + " ";
    RC_ASSERT(!step.reason.code.empty());
    RC_ASSERT(!step.reason.text.empty());
  }
  const std::vector<std::string> shapes = {
      "", "hold ", "park ", "confirm ", "bind confirm ", "upload bind confirm "};
  RC_TAG(shape.empty() ? "nothing" : shape);
  RC_ASSERT(std::ranges::count(shapes, shape) == 1);
  RC_ASSERT(!plan.summary.code.empty());
  RC_ASSERT(!plan.summary.text.empty());
}

RC_GTEST_PROP(PlanProperties, IsDoneOnlyWhenOursIsBoundServedEverywhereAndConfirmed, ()) {
  // Drawn around the one case that is done, which chance alone would seldom meet.
  TargetFacts facts = any_facts();
  for (const Change& change : {bound_to_ours(), edge_serves_ours(), confirmed(kOurs)}) {
    if (*rc::gen::weightedElement<bool>({{9, true}, {1, false}})) change.apply(facts);
  }
  const Plan plan = plan_target(facts);
  RC_CLASSIFY(plan.steps.empty(), "done");
  if (!plan.steps.empty()) return;
  RC_ASSERT(facts.binding->stored_id == facts.stored_id || facts.bound_fingerprint == kOurs);
  RC_ASSERT(!facts.probes.empty());
  for (const JudgedProbe& one : facts.probes) {
    RC_ASSERT(one.probe.leaf() != nullptr);
    RC_ASSERT(one.probe.leaf()->fingerprint == kOurs);
    RC_ASSERT(one.chain.trusted());
  }
  RC_ASSERT(facts.memory->confirmed_fingerprint == kOurs);
}

RC_GTEST_PROP(PlanProperties, NeedsNoProbeForAPlanThatAProbeOfOursCouldNotChange, ()) {
  TargetFacts facts = any_facts();
  facts.probed = false;
  facts.probes.clear();
  if (needs_probe(facts)) return;
  const std::string unasked = plan_target(facts).summary.code;
  edge_serves_ours().apply(facts);
  RC_ASSERT(plan_target(facts).summary.code == unasked);
}

}  // namespace
}  // namespace certferry

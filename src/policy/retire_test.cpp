#include "policy/retire.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "policy/plan.h"
#include "policy/testing.h"

namespace certferry {
namespace {

using namespace std::chrono_literals;
using namespace certferry::testing;
using State = UploadRecord::State;

/// All that RetireFacts points at. As it stands the upload is due: ours, superseded two days ago,
/// a day of grace, and nothing refers to it.
struct Remains {
  UploadRecord record{.account = "doge",
                      .fingerprint = kOlder,
                      .certificate = "example.com",
                      .stored_id = "1",
                      .label = "certferry-" + kOlder,
                      .state = State::kStored,
                      .superseded_at = kNow - 48h};
  std::vector<std::string> wanted = {kOurs};
  std::vector<Binding> bindings = {
      {.name = kName, .vendor_name = "CDN.example.com", .online = true, .stored_id = "2"},
      {.name = "bare.example.com", .vendor_name = "bare.example.com"}};
  std::vector<StoredCertificate> stored = {{.id = "2", .label = "certferry-" + kOurs},
                                           {.id = "1", .label = "certferry-" + kOlder}};
  std::vector<JudgedProbe> probes = {serving(leaf(kOurs, days(80)))};
  bool all_looked_at = true;
  milliseconds grace = 24h;

  StoredCertificate& entry() { return stored.back(); }

  RetirePlan plan() const {
    return plan_retire({.record = record,
                        .wanted = wanted,
                        .bindings = bindings,
                        .stored = stored,
                        .probes = probes,
                        .all_looked_at = all_looked_at,
                        .grace = grace,
                        .now = kNow});
  }
};

/// Something that may be the case, and the reason to keep the upload that it gives, if any.
struct Twist {
  std::string words;
  void (*apply)(Remains&);
  std::string code;
};

const std::vector<Twist> kTwists = {
    {"it is only intended",
     [](Remains& now) { now.record.state = State::kIntended; },
     "retire.not_superseded"},
    {"it is retired already",
     [](Remains& now) { now.record.state = State::kRetired; },
     "retire.not_superseded"},
    {"nothing was confirmed in its place",
     [](Remains& now) { now.record.superseded_at = std::nullopt; },
     "retire.not_superseded"},
    {"the store is empty", [](Remains& now) { now.stored.clear(); }, "retire.gone"},
    {"the store has it under another id",
     [](Remains& now) {
       if (!now.stored.empty()) now.entry().id = "11";
     },
     "retire.gone"},
    {"it is wanted again", [](Remains& now) { now.wanted.push_back(kOlder); }, "retire.wanted"},
    {"its label is gone",
     [](Remains& now) {
       if (!now.stored.empty()) now.entry().label = "";
     },
     "retire.not_ours"},
    {"its id now carries another label of ours",
     [](Remains& now) {
       if (!now.stored.empty()) now.entry().label = "certferry-" + kForeign;
     },
     "retire.not_ours"},
    {"a domain points at it",
     [](Remains& now) { now.bindings.push_back({.online = true, .stored_id = "1"}); },
     "retire.in_use"},
    {"a domain that is offline points at it",
     [](Remains& now) { now.bindings.push_back({.online = false, .stored_id = "1"}); },
     "retire.in_use"},
    {"the vendor counts a use",
     [](Remains& now) {
       if (!now.stored.empty()) now.entry().in_use = 1;
     },
     "retire.in_use"},
    {"an address serves it",
     [](Remains& now) { now.probes.push_back(serving(leaf(kOlder, days(20)))); },
     "retire.served"},
    {"an address serves it with a bad chain",
     [](Remains& now) {
       now.probes.push_back(serving(leaf(kOlder, days(20)), ChainVerdict::Kind::kBroken));
     },
     "retire.served"},
    {"not all could be looked at",
     [](Remains& now) { now.all_looked_at = false; },
     "retire.unseen"},
    {"it was superseded within the grace period",
     [](Remains& now) { now.record.superseded_at = kNow - 24h + 1ms; },
     "retire.grace"},
    {"it was superseded in the future",
     [](Remains& now) { now.record.superseded_at = kNow + 1h; },
     "retire.grace"},
    {"the grace period is a year", [](Remains& now) { now.grace = days(365); }, "retire.grace"},
    // What gives no reason to keep it:
    {"the grace period is just over",
     [](Remains& now) { now.record.superseded_at = kNow - 24h; },
     ""},
    {"there is no grace period", [](Remains& now) { now.grace = 0ms; }, ""},
    {"the vendor counts no use",
     [](Remains& now) {
       if (!now.stored.empty()) now.entry().in_use = 0;
     },
     ""},
    {"the account has no domains", [](Remains& now) { now.bindings.clear(); }, ""},
    {"an address serves a stranger",
     [](Remains& now) { now.probes.push_back(serving(leaf(kForeign, days(90)))); },
     ""},
    {"nothing is wanted", [](Remains& now) { now.wanted.clear(); }, ""},
};

TEST(PlanRetireTest, IsDueWhenNothingSpeaksAgainstIt) {
  const RetirePlan plan = Remains().plan();
  EXPECT_TRUE(plan.due);
  EXPECT_EQ(plan.due_at, kNow - 24h);
  EXPECT_EQ(plan.reason.code, "retire.due");
  EXPECT_EQ(plan.reason.text,
            "superseded, unused, and its successor confirmed since 2026-01-13T08:30:00Z");
  EXPECT_EQ(plan.account, "doge");
  EXPECT_EQ(plan.certificate, "example.com");
  EXPECT_EQ(plan.fingerprint, kOlder);
  EXPECT_EQ(plan.stored_id, "1");
}

TEST(PlanRetireTest, KeepsItForEveryReasonAlone) {
  for (const Twist& twist : kTwists) {
    Remains remains;
    twist.apply(remains);
    const RetirePlan plan = remains.plan();
    EXPECT_EQ(plan.due, twist.code.empty()) << twist.words;
    EXPECT_EQ(plan.reason.code, twist.code.empty() ? "retire.due" : twist.code) << twist.words;
    EXPECT_FALSE(plan.reason.text.empty());
  }
}

TEST(PlanRetireTest, SaysWhoStillNeedsIt) {
  Remains bound;
  bound.bindings.front().stored_id = "1";
  EXPECT_EQ(bound.plan().reason.text, "CDN.example.com still points at it");
  Remains counted;
  counted.entry().in_use = 1;
  EXPECT_EQ(counted.plan().reason.text, "the vendor says that it is in use by 1 domain");
  Remains served;
  served.probes = {serving(leaf(kOlder, days(20)))};
  EXPECT_EQ(served.plan().reason.text, "192.0.2.7:443 still serves it");
}

TEST(PlanRetireTest, SaysWhenTheGracePeriodEnds) {
  Remains remains;
  remains.record.superseded_at = kNow - 1h;
  const RetirePlan plan = remains.plan();
  EXPECT_FALSE(plan.due);
  EXPECT_EQ(plan.due_at, kNow + 23h);
  EXPECT_EQ(plan.reason.text, "superseded; kept until 2026-01-16T07:30:00Z in case of a return");
}

RC_GTEST_PROP(PlanRetireProperties,
              DueMeansOursSupersededUnwantedUnusedUnservedAndGracePassed,
              ()) {
  // The index at full size: RapidCheck narrows a range to its first part while it draws small
  // things.
  const auto index =
      rc::gen::resize(rc::kNominalSize, rc::gen::inRange<std::size_t>(0, kTwists.size()));
  const auto picks = *rc::gen::resize(4, rc::gen::container<std::vector<std::size_t>>(index));
  Remains remains;
  for (const std::size_t pick : picks) {
    RC_LOG() << kTwists[pick].words << "\n";
    kTwists[pick].apply(remains);
  }
  const RetirePlan plan = remains.plan();
  RC_CLASSIFY(plan.due, "due");
  if (!plan.due) return;
  const UploadRecord& record = remains.record;
  RC_ASSERT(record.state == State::kStored);
  RC_ASSERT(record.superseded_at.has_value());
  RC_ASSERT(kNow - *record.superseded_at >= remains.grace);
  RC_ASSERT(std::ranges::count(remains.wanted, record.fingerprint) == 0);
  RC_ASSERT(std::ranges::count_if(remains.stored, [&](const StoredCertificate& one) {
              return one.id == record.stored_id && one.label == record.label &&
                     one.in_use.value_or(0) == 0;
            }) == 1);
  RC_ASSERT(std::ranges::count(remains.bindings, record.stored_id, &Binding::stored_id) == 0);
  RC_ASSERT(std::ranges::none_of(remains.probes, [&](const JudgedProbe& one) {
    return one.probe.leaf() != nullptr && one.probe.leaf()->fingerprint == record.fingerprint;
  }));
  RC_ASSERT(remains.all_looked_at);
}

/// A second copy of ours, found two days ago; a domain points at the copy that counts.
struct Surplus {
  UploadRecord record{.account = "doge",
                      .fingerprint = kOurs,
                      .certificate = "example.com",
                      .stored_id = "2",
                      .label = "certferry-" + kOurs + "-abcde",
                      .state = State::kStored};
  OrphanRecord orphan{
      .account = "doge", .stored_id = "3", .fingerprint = kOurs, .found_at = kNow - 48h};
  std::vector<Binding> bindings = {{.name = kName, .vendor_name = kName, .stored_id = "2"}};
  std::vector<StoredCertificate> stored = {{.id = "2", .label = record.label},
                                           {.id = "3", .label = record.label}};
  std::vector<JudgedProbe> probes = {serving(leaf(kOurs, days(80)))};
  bool all_looked_at = true;
  milliseconds grace = 24h;

  RetirePlan plan() const {
    return plan_orphan({.orphan = orphan,
                        .record = record,
                        .bindings = bindings,
                        .stored = stored,
                        .probes = probes,
                        .all_looked_at = all_looked_at,
                        .grace = grace,
                        .now = kNow});
  }
};

TEST(PlanOrphanTest, GoesWhenNothingUsesItForTheGrace) {
  const Surplus now;
  EXPECT_TRUE(now.plan().due);
  EXPECT_TRUE(now.plan().surplus);
}

TEST(PlanOrphanTest, StaysForAnyReasonAgainstIt) {
  struct Row {
    const char* code;
    void (*change)(Surplus&);
  };
  const Row rows[] = {
      {"retire.gone", [](Surplus& s) { s.stored.pop_back(); }},
      {"orphan.counts", [](Surplus& s) { s.record.stored_id = "3"; }},
      {"retire.not_ours", [](Surplus& s) { s.stored.back().label = "please keep"; }},
      {"retire.in_use", [](Surplus& s) { s.bindings.push_back({.stored_id = "3"}); }},
      {"retire.in_use", [](Surplus& s) { s.stored.back().in_use = 1; }},
      {"retire.served", [](Surplus& s) { s.bindings.clear(); }},
      {"retire.unseen", [](Surplus& s) { s.all_looked_at = false; }},
      {"retire.grace", [](Surplus& s) { s.orphan.found_at = kNow - 23h; }},
      {"retire.grace",
       [](Surplus& s) {
         s.orphan.found_at = kNow - 143h;
         s.grace = 1000h;
       }},
  };
  for (const Row& row : rows) {
    Surplus now;
    row.change(now);
    EXPECT_FALSE(now.plan().due) << row.code;
    EXPECT_EQ(now.plan().reason.code, row.code);
  }
}

TEST(PlanOrphanTest, IsNeverKeptForOverAWeek) {
  Surplus now;
  now.grace = 1000h;
  now.orphan.found_at = kNow - 144h;
  EXPECT_TRUE(now.plan().due);
}

}  // namespace
}  // namespace certferry

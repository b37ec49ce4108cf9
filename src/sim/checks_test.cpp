// Each rule is seen broken once, by a history made up for it: a check that cannot fail proves
// nothing.

#include "sim/checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry::sim {
namespace {

using std::chrono::days;
using testing::HasSubstr;

const Time kNow = Time(days(20'000));

Generation generation(std::string certificate, milliseconds from, milliseconds until) {
  return {.certificate = std::move(certificate),
          .fingerprint = std::to_string(until.count()),
          .names = {"*.c0.test"},
          .not_before = kNow + from,
          .not_after = kNow + until,
          .chain_pem = "chain",
          .key_pem = Secret("key")};
}

struct BindCheckTest : testing::Test {
  Generation ours = generation("certificate0", -days(1), days(60));
  Generation older = generation("before", -days(60), days(20));
  Generation newer = generation("before", -days(1), days(90));
  BindFacts facts{.name = "d0.c0.test",
                  .now = kNow,
                  .wanted = &ours,
                  .before = &older,
                  .before_seen = true,
                  .wanted_by = {"certificate0"},
                  .intended = true};
};

TEST_F(BindCheckTest, ASoundBindBreaksNoRule) {
  EXPECT_EQ(check_gate(facts), std::nullopt);
  EXPECT_EQ(check_no_way_back(facts), std::nullopt);
  EXPECT_EQ(check_configured(facts), std::nullopt);
  EXPECT_EQ(check_online(facts), std::nullopt);
  EXPECT_EQ(check_nothing_lost(facts), std::nullopt);
}

TEST_F(BindCheckTest, FindsEachWayThroughTheGate) {
  const auto broken = [&](auto change) {
    Generation bad = generation("certificate0", -days(1), days(60));
    change(bad);
    facts.wanted = &bad;
    return check_gate(facts).has_value();
  };
  EXPECT_TRUE(broken([](Generation& one) { one.not_after = kNow - days(1); }));
  EXPECT_TRUE(broken([](Generation& one) { one.not_after = kNow + seconds(239); }));
  EXPECT_TRUE(broken([](Generation& one) { one.not_before = kNow - seconds(239); }));
  EXPECT_TRUE(broken([](Generation& one) { one.names = {"c0.test", "*.d0.c0.test"}; }));
  for (const Flaw flaw :
       {Flaw::kIncompleteChain, Flaw::kUntrusted, Flaw::kChainEndsFirst, Flaw::kStrangeKey}) {
    EXPECT_TRUE(broken([&](Generation& one) { one.flaw = flaw; }));
  }
  facts.wanted = nullptr;
  EXPECT_TRUE(check_gate(facts).has_value());
}

TEST_F(BindCheckTest, FindsAWayBack) {
  facts.before = &newer;
  EXPECT_THAT(check_no_way_back(facts).value_or(""), HasSubstr("was bound to"));
  facts.before_seen = false;  // it came after the account was read: nobody could know
  EXPECT_EQ(check_no_way_back(facts), std::nullopt);
  facts.served = &newer;
  EXPECT_THAT(check_no_way_back(facts).value_or(""), HasSubstr("is served with"));
  newer.flaw = Flaw::kIncompleteChain;  // what fails the gate may be replaced
  EXPECT_EQ(check_no_way_back(facts), std::nullopt);
}

TEST_F(BindCheckTest, FindsAWayBackWithoutNeed) {
  facts.going_back = true;
  facts.patience = seconds(30);
  facts.worse_for = seconds(30);
  facts.was_there = true;
  EXPECT_EQ(check_going_back(facts), std::nullopt);
  facts.was_there = false;
  EXPECT_THAT(check_going_back(facts).value_or(""), HasSubstr("never had"));
  facts.was_there = true;
  facts.worse_for = seconds(29);
  EXPECT_THAT(check_going_back(facts).value_or(""), HasSubstr("longer than 29 s"));
  facts.going_back = false;
  EXPECT_EQ(check_going_back(facts), std::nullopt);
}

TEST_F(BindCheckTest, FindsTargetsThatAreNoneOrTwo) {
  facts.wanted_by = {};
  EXPECT_TRUE(check_configured(facts).has_value());
  facts.wanted_by = {"certificate0", "certificate1"};
  EXPECT_TRUE(check_configured(facts).has_value());
}

TEST_F(BindCheckTest, FindsBindsOfWhatIsOffAndLosses) {
  facts.offline_seen = true;
  EXPECT_TRUE(check_online(facts).has_value());
  ours.flaw = Flaw::kUntrusted;
  EXPECT_TRUE(check_nothing_lost(facts).has_value());
  older.not_after = kNow - days(1);  // time had taken it already
  EXPECT_EQ(check_nothing_lost(facts), std::nullopt);
}

TEST(CheckTest, FindsCallsWithoutAnIntentAndCallsOfAPlan) {
  EXPECT_EQ(check_intended(true, "a bind"), std::nullopt);
  EXPECT_TRUE(check_intended(false, "a bind").has_value());
  EXPECT_EQ(check_pure(false, "an upload"), std::nullopt);
  EXPECT_TRUE(check_pure(true, "an upload").has_value());
}

TEST(CheckTest, FindsAWrongClock) {
  const milliseconds far = minutes(5) + seconds(3);
  EXPECT_TRUE(check_clock({.told = true, .ahead_at_begin = far, .ahead = far}).has_value());
  EXPECT_TRUE(check_clock({.told = true, .ahead_at_begin = -far, .ahead = -far}).has_value());
  EXPECT_EQ(check_clock({.told = false, .ahead_at_begin = far, .ahead = far}), std::nullopt);
  EXPECT_EQ(check_clock({.told = true, .ahead_at_begin = minutes(5), .ahead = minutes(5)}),
            std::nullopt);
}

TEST(CheckTest, FindsASecondInstanceAtWork) {
  LockFacts facts{.holder = "process 7 on this machine"};
  EXPECT_EQ(check_one_worker(facts), std::nullopt);
  facts.told = "the state is in use by process 7 on this machine (certferry apply), since then";
  EXPECT_TRUE(check_one_worker(facts).has_value()) << "nobody is at work";
  facts.at_work = true;
  EXPECT_EQ(check_one_worker(facts), std::nullopt);
  facts.told = "the state is in use by process 6 on this machine (certferry apply), since then";
  EXPECT_TRUE(check_one_worker(facts).has_value()) << "told of one that died";
  facts.told.clear();
  EXPECT_TRUE(check_one_worker(facts).has_value()) << "both are at work";
}

TEST(CheckTest, FindsImpatience) {
  EXPECT_EQ(check_patience({.account = "doge"}), std::nullopt);
  EXPECT_TRUE(check_patience({.account = "doge", .left = seconds(1)}).has_value());
}

TEST(CheckTest, FindsNamesThatDidNotWaitForTheFirst) {
  CanaryFacts facts{.place = "doge/d1", .patience = minutes(10)};
  EXPECT_EQ(check_canary(facts), std::nullopt);
  facts.first = "doge/d0";
  EXPECT_TRUE(check_canary(facts).has_value()) << "no yes yet";
  facts.bound_for = minutes(9);
  EXPECT_TRUE(check_canary(facts).has_value());
  facts.bound_for = minutes(10);
  EXPECT_EQ(check_canary(facts), std::nullopt) << "it has had its time";
  facts.together_with = "doge/d2";
  EXPECT_TRUE(check_canary(facts).has_value()) << "none went first";
}

TEST(UploadCheckTest, FindsASecondUploadThatWasNotLookedForFirst) {
  const SteadyTime sent{hours(5)};
  UploadFacts facts{.earlier = {{.sent_at = sent}}, .consistency = seconds(5)};
  EXPECT_TRUE(check_no_blind_repeat(facts).has_value()) << "nothing was read";
  facts.listed_at = sent + seconds(4);
  EXPECT_TRUE(check_no_blind_repeat(facts).has_value()) << "read too early";
  facts.listed_at = facts.listed_as_of = sent + seconds(5);
  EXPECT_EQ(check_no_blind_repeat(facts), std::nullopt);
  facts.earlier.front().stored_at = sent + seconds(1);
  EXPECT_TRUE(check_no_blind_repeat(facts).has_value()) << "the list shows it";
  facts.too_old_list_at = sent + seconds(5);
  EXPECT_EQ(check_no_blind_repeat(facts), std::nullopt) << "the vendor showed an older list";
  facts.too_old_list_at.reset();
  facts.earlier.front().stored_at = sent + minutes(1);
  EXPECT_EQ(check_no_blind_repeat(facts), std::nullopt) << "it came later than promised";
  facts = {.earlier = {{.sent_at = sent, .refused = true}}};
  EXPECT_EQ(check_no_blind_repeat(facts), std::nullopt) << "it was refused";
}

TEST(UploadCheckTest, FindsHalvesOfTwoGenerations) {
  Generation one = generation("certificate0", -days(1), days(60));
  UploadFacts facts{.generation = &one, .chain_pem = "chain", .key_pem = "key", .now = kNow};
  EXPECT_EQ(check_one_generation(facts), std::nullopt);
  facts.key_pem = "another";
  EXPECT_TRUE(check_one_generation(facts).has_value());
  facts.key_pem = "key";
  facts.chain_pem = "half";
  EXPECT_TRUE(check_one_generation(facts).has_value());
  facts.generation = nullptr;
  EXPECT_TRUE(check_one_generation(facts).has_value());
}

TEST(UploadCheckTest, FindsWhatCouldBeBoundNowhere) {
  Generation one = generation("certificate0", -days(1), days(60));
  UploadFacts facts{.generation = &one, .chain_pem = "chain", .key_pem = "key", .now = kNow};
  EXPECT_EQ(check_of_use(facts), std::nullopt);
  one.flaw = Flaw::kStrangeKey;
  EXPECT_TRUE(check_of_use(facts).has_value());
  one.flaw = Flaw::kNone;
  facts.now = one.not_after;
  EXPECT_TRUE(check_of_use(facts).has_value());
}

TEST(DeleteCheckTest, FindsDeletesOfWhatIsUsedOrNotOurs) {
  const DeleteFacts sound{.id = "10001", .ours = true, .intended = true};
  EXPECT_EQ(check_unused(sound), std::nullopt);
  EXPECT_EQ(check_ours(sound), std::nullopt);
  for (const auto member : {&DeleteFacts::bound_to,
                            &DeleteFacts::served_at,
                            &DeleteFacts::not_confirmed,
                            &DeleteFacts::not_looked_at}) {
    DeleteFacts facts = sound;
    (facts.*member).emplace_back("d0.c0.test");
    EXPECT_THAT(check_unused(facts).value_or(""), HasSubstr("d0.c0.test"));
  }
  DeleteFacts facts = sound;
  facts.ours = false;
  EXPECT_TRUE(check_ours(facts).has_value());
}

TEST(ConfirmCheckTest, FindsConfirmationsThatWereNotSeen) {
  const SteadyTime begin{hours(5)};
  const auto look = [&](int minute, bool good) {
    return LookFacts{.at = begin + minutes(minute), .good = good};
  };
  ConfirmFacts facts{.target = "d0",
                     .looks = {look(0, true), look(1, true), look(2, true)},
                     .rounds = 3,
                     .spread = minutes(2)};
  EXPECT_EQ(check_truly_confirmed(facts), std::nullopt);
  facts.looks[1].good = false;
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "one look in the middle was bad";
  facts.looks[1].good = true;
  facts.looks.back().good = false;
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "the last look was bad";
  facts.looks = {look(0, true), look(0, true), look(1, true)};
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "too soon";
  facts.looks = {look(0, true)};
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "too few";
  facts.confirmed_before = true;
  EXPECT_EQ(check_truly_confirmed(facts), std::nullopt);
  facts.looks.clear();
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "not looked at";
  facts.good_look_before = hours(1) - milliseconds(1);
  EXPECT_EQ(check_truly_confirmed(facts), std::nullopt);
  facts.good_look_before = hours(1);
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "an old look";
  facts.good_look_before = milliseconds(-1);
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "a look of tomorrow";
  facts.good_look_before = minutes(1);
  facts.confirmed_before = false;
  EXPECT_TRUE(check_truly_confirmed(facts).has_value()) << "never confirmed";
}

TEST(EndCheckTest, FindsASuccessThatIsNone) {
  EXPECT_EQ(check_success({.succeeded = false, .not_confirmed = {"d0"}}), std::nullopt);
  EXPECT_EQ(check_success({.succeeded = true}), std::nullopt);
  EXPECT_TRUE(check_success({.succeeded = true, .not_confirmed = {"d0"}}).has_value());
  EXPECT_TRUE(check_success({.succeeded = true, .missing = {"d0"}}).has_value());
}

TEST(NamesTest, AWildcardStandsForOneLabel) {
  EXPECT_TRUE(stands_for("*.c0.test", "d0.c0.test"));
  EXPECT_FALSE(stands_for("*.c0.test", "deep.d0.c0.test"));
  EXPECT_FALSE(stands_for("*.c0.test", "c0.test"));
  EXPECT_FALSE(stands_for("*.c0.test", ".c0.test"));
  EXPECT_TRUE(stands_for("c0.test", "c0.test"));
}

}  // namespace
}  // namespace certferry::sim

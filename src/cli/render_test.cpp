#include "cli/render.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/testing/world.h"

namespace certferry::cli {
namespace {

using namespace certferry::testing;  // the engine's world
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Style kPlain{false};

class RenderTest : public ::testing::Test {
 protected:
  World world;
  FakeProvider& doge = world.add_account("doge");
  BundlePtr first = make_bundle(1, {"*.example.com", "example.com"});
  BundlePtr second = make_bundle(2, {"*.example.com", "example.com"});
  FakeSource& source = world.add_certificate("example.com", first, {covered_at("doge")});

  RenderTest() {
    doge.add_domain("cdn.example.com");
    doge.add_domain("www.example.com");
  }
  void renew() {
    world.apply();
    world.time.pass(days(60));
    source.give(second);
  }
};

/// A raw text without its first line end, so that it may begin below its quotes.
std::string lines(std::string_view text) {
  return std::string(text.substr(1));
}

TEST_F(RenderTest, PlanOfARenewalSaysWhatAndWhy) {
  renew();
  EXPECT_EQ(plan_text(world.plan(), kPlain), lines(R"(
example.com  from files of example.com
  2f46129224fa  ECDSA P-256  ends 2026-06-13 (in 88 d 23 h)  for *.example.com, example.com

  TARGET                    SET TO                              SERVED NOW                          PLAN                     WHY
  doge/cdn/cdn.example.com  certificate 10001, ends 2026-04-14  1f46129224fa, ends 2026-04-14 (2x)  upload > bind > confirm  it points at certificate 10001, which ends 2026-04-14; the new one ends 2026-06-13
  doge/cdn/www.example.com  certificate 10001, ends 2026-04-14  1f46129224fa, ends 2026-04-14 (2x)  upload > bind > confirm  it points at certificate 10001, which ends 2026-04-14; the new one ends 2026-06-13

plan: 1 upload, 2 binds, 2 to confirm
)"));
}

TEST_F(RenderTest, PlanWithNothingToDoSaysSo) {
  world.apply();
  const std::string text = plan_text(world.plan(), kPlain);
  EXPECT_THAT(text, HasSubstr("this one (2x)  nothing to do  bound, and served on 2 addresses"));
  EXPECT_THAT(text, HasSubstr("plan: 2 already served\n"));
}

TEST_F(RenderTest, ApplyShowsEachAddressAndWhatIsLeft) {
  renew();
  world.edge.at("www.example.com", 1).stuck_since = world.time.now();
  EXPECT_EQ(apply_text(world.apply(), kPlain), lines(R"(
confirmed  doge/cdn/cdn.example.com  served on 2 addresses, seen 3 times over 2 min
  192.0.2.7:443  serves 2f46129224fa, ends 2026-06-13, TLSv1.3, 15 ms
  [2001:db8::7]:443  serves 2f46129224fa, ends 2026-06-13, TLSv1.3, 15 ms
unconfirmed  doge/cdn/www.example.com  not served everywhere after 30 min: [2001:db8::7]:443 serves 1f46129224fa, which ends 2026-04-14. Look with 'certferry probe www.example.com'; 'certferry apply' tries again
  192.0.2.7:443  serves 2f46129224fa, ends 2026-06-13, TLSv1.3, 15 ms
  [2001:db8::7]:443  serves 1f46129224fa, ends 2026-04-14, TLSv1.3, 15 ms
result: 1 confirmed, 1 unconfirmed, in 30 min 25 s
)"));
}

TEST_F(RenderTest, SupersededIsShownThroughItsLife) {
  renew();
  EXPECT_THAT(apply_text(world.apply(), kPlain),
              HasSubstr("superseded: certificate 10001 (1f46129224fa) of account doge: kept for "
                        "another 24 h in case of a return\n"));
  world.time.pass(days(1));
  EXPECT_THAT(plan_text(world.plan(), kPlain), HasSubstr("account doge: due, apply deletes it\n"));
  EXPECT_THAT(apply_text(world.apply(), kPlain),
              HasSubstr("account doge: deleted, its successor is confirmed\n"));
}

TEST_F(RenderTest, BeyondAScreenfulOnlyTroubleIsShown) {
  for (int i = 0; i < 30; ++i) doge.add_domain("n" + std::to_string(i) + ".example.com");
  doge.always("bind n7.example.com", Answer::refused(ErrorKind::kRejected));
  const std::string text = apply_text(world.apply(), kPlain);
  EXPECT_THAT(text, HasSubstr("failed  doge/cdn/n7.example.com"));
  EXPECT_THAT(text, Not(HasSubstr("n8.example.com")));
  EXPECT_THAT(text, HasSubstr("result: 31 confirmed, 1 failed, in 2 min"));
}

TEST_F(RenderTest, AccountsTroubleIsToldOnce) {
  world.fleet.jobs[0].to.push_back(exactly_at("doge", {"www.example.com"}));
  doge.always("list_stored", Answer::refused(ErrorKind::kUnauthorized));
  source.fail_always(Error(ErrorKind::kNotFound, "no such file"));
  std::vector<std::string> told;
  for (const Problem& one : problems_of(world.plan())) {
    told.push_back(one.where + ": " + one.error.text());
  }
  EXPECT_THAT(told,
              ElementsAre("account doge: the vendor refused (the vendor said 40001 \"no\")",
                          "certificate example.com: reading files of example.com: no such file"));
}

TEST_F(RenderTest, EdgeIsToldInAFewWords) {
  const auto served = [](const BundlePtr& bundle, ChainVerdict::Kind chain) {
    return JudgedProbe{.probe = {.outcome = Probe::Outcome::kServed, .chain = {bundle->leaf}},
                       .chain = {.kind = chain}};
  };
  const auto trusted = ChainVerdict::Kind::kTrusted;
  const JudgedProbe unreachable{.probe = {.outcome = Probe::Outcome::kUnreachable}};
  const JudgedProbe alert{.probe = {.outcome = Probe::Outcome::kAlert}};
  struct Row {
    std::vector<JudgedProbe> probes;
    std::string words;
  };
  const std::vector<Row> rows = {
      {{served(second, trusted)}, "this one"},
      {{served(second, ChainVerdict::Kind::kIncomplete)}, "this one, chain broken"},
      {{served(first, trusted)}, "1f46129224fa, ends 2026-04-14"},
      {{unreachable}, "unreachable"},
      {{alert}, "no certificate"},
      {{served(second, trusted), served(second, trusted), unreachable},
       "this one (2x); unreachable (1x)"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(edge_text({.bundle = second, .probed = true, .probes = row.probes}), row.words);
  }
  EXPECT_EQ(edge_text({.bundle = second}), "not looked at");
  EXPECT_EQ(edge_text({.probed = true, .probe_problem = {"dns.no_address", ""}}),
            "no address found");
}

TEST_F(RenderTest, ManyNamesAreCounted) {
  const BundlePtr bundle =
      make_bundle(1, {"a.example", "b.example", "c.example", "d.example", "e.example"});
  EXPECT_THAT(bundle_text(*bundle, kStart),
              HasSubstr("for a.example, b.example, c.example, d.example and 1 more"));
}

TEST_F(RenderTest, ForeignTextIsMadeSafe) {
  doge.binding("cdn.example.com").online = false;
  doge.binding("cdn.example.com").status = "off\033[2J";
  world.fleet.jobs[0].to = {exactly_at("doge", {"cdn.example.com"})};
  const Report report = world.plan();
  EXPECT_THAT(plan_text(report, kPlain), Not(HasSubstr("\033")));
  EXPECT_THAT(apply_text(report, kPlain), Not(HasSubstr("\033")));
}

}  // namespace
}  // namespace certferry::cli

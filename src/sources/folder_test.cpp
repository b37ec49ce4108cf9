#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct FolderTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};

  std::string put(const std::string& chain, const std::string& key) {
    const IssuedLeaf pair = ca.issue({.names = {"e.org"},
                                      .not_before = clock.time - hours(1),
                                      .not_after = clock.time + hours(24 * 90)});
    files.write(chain, pair.chain_pem);
    files.write(key, std::string(pair.key_pem.reveal()));
    return pair.chain_pem;
  }
  std::vector<NamedSource> sources(const std::string& path = "/srv") {
    return make_sources("folder", {.texts = {{"path", path}}}, {.files = files, .clock = clock});
  }
  std::vector<std::string> names() {
    std::vector<std::string> out;
    for (const NamedSource& one : sources()) out.push_back(one.name);
    return out;
  }
  static Error failure(const NamedSource& one) {
    return error_of([&] { finish(one.source->read()); });
  }
};

TEST_F(FolderTest, FindsThePairsOfEveryLayout) {
  put("/srv/live/a.org/fullchain.pem", "/srv/live/a.org/privkey.pem");
  put("/srv/b.org_ecc/fullchain.cer", "/srv/b.org_ecc/b.org.key");
  put("/srv/lego/_.c.org.crt", "/srv/lego/_.c.org.key");
  put("/srv/caddy/acme/d.org/d.org.crt", "/srv/caddy/acme/d.org/d.org.key");
  put("/srv/e.org.crt", "/srv/e.org.key");
  put("/srv/fullchain.pem", "/srv/privkey.pem");
  files.write("/srv/lego/_.c.org.issuer.crt", ca.intermediate_pem());
  files.write("/srv/ca.crt", ca.root_pem());
  files.write("/srv/README", "");
  EXPECT_THAT(
      names(),
      ElementsAre("b.org_ecc", "caddy/acme/d.org", "e.org", "lego/_.c.org", "live/a.org", "srv"));
  for (const NamedSource& one : sources()) {
    EXPECT_EQ(finish(one.source->read())->chain.size(), 1U) << one.name;
    EXPECT_EQ(one.source->watched().at(0).path, one.source->describe().substr(5));
  }
}

TEST_F(FolderTest, ABrokenPairIsItsOwnTroubleAlone) {
  const std::string good = put("/srv/good/fullchain.pem", "/srv/good/privkey.pem");
  put("/srv/keyless/fullchain.pem", "/srv/keyless/privkey.pem");
  files.files.erase("/srv/keyless/privkey.pem");
  put("/srv/mixed.crt", "/srv/mixed.key");
  put("/srv/other.crt", "/srv/mixed.key");
  put("/srv/torn/fullchain.pem", "/srv/torn/privkey.pem");
  files.write("/srv/torn/privkey.pem", "", clock.time);
  const std::vector<NamedSource> all = sources();
  ASSERT_THAT(names(), ElementsAre("good", "keyless", "mixed", "torn"));
  EXPECT_EQ(finish(all[0].source->read())->chain_pem, good);
  EXPECT_EQ(failure(all[1]).code, "source.missing");
  EXPECT_EQ(failure(all[2]).code, "cert.mismatch");
  EXPECT_EQ(failure(all[3]).code, "source.torn");
}

TEST_F(FolderTest, EntersEachFolderOnceThoughLinksGoInCircles) {
  put("/srv/a.org/fullchain.pem", "/srv/a.org/privkey.pem");
  files.links = {{"/srv/a.org/self", "/srv"}, {"/srv/again", "/srv/a.org"}};
  EXPECT_THAT(names(), ElementsAre("a.org"));
}

TEST_F(FolderTest, GoesNoDeeperThanEightFolders) {
  put("/srv/1/2/3/4/5/6/7/8/fullchain.pem", "/srv/1/2/3/4/5/6/7/8/privkey.pem");
  put("/srv/1/2/3/4/5/6/7/8/9/fullchain.pem", "/srv/1/2/3/4/5/6/7/8/9/privkey.pem");
  EXPECT_THAT(names(), ElementsAre("1/2/3/4/5/6/7/8"));
}

TEST_F(FolderTest, SaysThatThereIsNothingAndWhy) {
  ASSERT_EQ(sources().size(), 1U);
  EXPECT_EQ(failure(sources()[0]).code, "source.missing");
  files.write("/srv/README", "");
  EXPECT_THAT(failure(sources()[0]).text(), HasSubstr("no pair was found below '/srv'"));
  files.closed.insert("/srv");
  EXPECT_EQ(failure(sources()[0]).code, "source.permission");
  EXPECT_EQ(sources()[0].name, "");
}

TEST_F(FolderTest, PassesOverFoldersThatMayNotBeRead) {
  put("/srv/a.org/fullchain.pem", "/srv/a.org/privkey.pem");
  put("/srv/b.org/fullchain.pem", "/srv/b.org/privkey.pem");
  files.closed.insert("/srv/b.org");
  EXPECT_THAT(names(), ElementsAre("a.org"));
}

TEST_F(FolderTest, GivesEachItsOwnNameAndRefusesThoseThatCannotBeShown) {
  put("/srv/a.org/fullchain.pem", "/srv/a.org/privkey.pem");
  put("/srv/a.org.crt", "/srv/a.org.key");
  put("/srv/x\x1b[2J/fullchain.pem", "/srv/x\x1b[2J/privkey.pem");
  ASSERT_THAT(names(), ElementsAre("a.org", "a.org-2", "x?[2J"));
  EXPECT_EQ(failure(sources()[2]).code, "source.name");
}

TEST_F(FolderTest, FindsThousandsAtOnce) {
  for (int i = 0; i < 1000; ++i) {
    const std::string folder = "/srv/" + std::to_string(i) + ".org";
    files.write(folder + "/fullchain.pem", "x");
    files.write(folder + "/privkey.pem", "x");
  }
  EXPECT_EQ(sources().size(), 1000U);
}

}  // namespace
}  // namespace certferry

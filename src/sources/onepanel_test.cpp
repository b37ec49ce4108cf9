#include "sources/onepanel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using testing::HasSubstr;
using Fields = std::map<std::string, std::string>;

const std::string kV2 = "/opt/1panel/www/sites/";
const std::string kV1 = "/opt/1panel/apps/openresty/openresty/www/sites/";

struct OnePanelTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};

  std::string put_pair(const std::string& folder) {
    const IssuedLeaf pair = ca.issue({.names = {"www.example.com"},
                                      .not_before = clock.time - hours(1),
                                      .not_after = clock.time + hours(24 * 90)});
    files.write(folder + "/fullchain.pem", pair.chain_pem);
    files.write(folder + "/privkey.pem", std::string(pair.key_pem.reveal()));
    return pair.chain_pem;
  }

  std::unique_ptr<Source> source(const Fields& fields) {
    return make_source("1panel", {.texts = fields}, {.files = files, .clock = clock});
  }
  std::string chain_of(const Fields& fields) { return finish(source(fields)->read())->chain_pem; }
  Error failure(const Fields& fields) {
    return error_of([&] { finish(source(fields)->read()); });
  }
};

TEST_F(OnePanelTest, FindsTheSiteInEveryLayout) {
  const struct {
    std::string folder, base;
  } cases[] = {
      {kV2 + "example.com/ssl", ""},
      {kV1 + "example.com/ssl", ""},
      {"/opt/1panel/apps/openresty/openresty-2/www/sites/example.com/ssl", ""},
      {"/data/1panel/www/sites/example.com/ssl", "/data"},
      {"/data/1panel/www/sites/example.com/ssl", "/data/1panel/"},
      {"/data/1panel/www/sites/example.com/ssl", "/data/1panel/www"},
      {"/data/1panel/apps/openresty/mine/www/sites/example.com/ssl", "/data"},
      {"/data/1panel/apps/openresty/mine/www/sites/example.com/ssl", "/data/1panel"},
  };
  for (const auto& [folder, base] : cases) {
    files.files.clear();
    const std::string chain = put_pair(folder);
    const auto found = source({{"site", "example.com"}, {"base", base}});
    EXPECT_EQ(finish(found->read())->chain_pem, chain) << folder << " below " << base;
    EXPECT_EQ(found->describe(), "1Panel site example.com (" + folder + ")");
  }
}

TEST_F(OnePanelTest, AsksTheControlScriptWhereThePanelIs) {
  files.write("/usr/local/bin/1pctl",
              "#!/bin/bash\naction=$1\n\nBASE_DIR=/srv\nORIGINAL_PASSWORD=secret\n");
  const std::string chain = put_pair("/srv/1panel/www/sites/example.com/ssl");
  EXPECT_EQ(chain_of({{"site", "example.com"}}), chain);

  files.forbidden.insert("/usr/local/bin/1pctl");
  EXPECT_THAT(failure({{"site", "example.com"}}).message, HasSubstr("/opt/1panel/www/sites"));
}

TEST_F(OnePanelTest, PrefersV2WhichAnUpgradeLeavesBesideV1) {
  put_pair(kV1 + "example.com/ssl");
  const std::string chain = put_pair(kV2 + "example.com/ssl");
  EXPECT_EQ(chain_of({{"site", "example.com"}}), chain);
}

TEST_F(OnePanelTest, TakesV1WhereV2HasNoPair) {
  files.write(kV2 + "example.com/index/index.html", "");
  const std::string chain = put_pair(kV1 + "example.com/ssl");
  EXPECT_EQ(chain_of({{"site", "example.com"}}), chain);
}

TEST_F(OnePanelTest, ReadsAPushFolder) {
  const std::string chain = put_pair("/etc/ssl/pushed");
  const auto pushed = source({{"directory", "/etc/ssl/pushed"}});
  EXPECT_EQ(pushed->describe(), "1Panel push folder /etc/ssl/pushed");
  EXPECT_EQ(finish(pushed->read())->chain_pem, chain);
}

TEST_F(OnePanelTest, ListsTheSitesThatExistAndTheNearest) {
  put_pair(kV2 + "example.com/ssl");
  put_pair(kV1 + "shop.example.org/ssl");
  const Error error = failure({{"site", "exmaple.com"}});
  EXPECT_EQ(error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(error.code, "source.missing");
  EXPECT_EQ(error.message,
            "1Panel has no site 'exmaple.com'; its sites are example.com, shop.example.org");
  EXPECT_EQ(error.hint, "did you mean 'example.com'?");
  EXPECT_EQ(failure({{"site", "nothing-like-it"}}).hint, "set 'site' to one of them");
}

TEST_F(OnePanelTest, CountsTheSitesThatItDoesNotList) {
  for (char c = 'a'; c < 'a' + 12; ++c) put_pair(kV2 + std::string(1, c) + ".example/ssl");
  EXPECT_THAT(failure({{"site", "zzzzzzzz"}}).message, HasSubstr("j.example and 2 more"));
}

TEST_F(OnePanelTest, SaysWhereItLookedWhenThereIsNoPanel) {
  const Error error = failure({{"site", "example.com"}});
  EXPECT_EQ(error.code, "source.missing");
  EXPECT_THAT(error.message, HasSubstr("looked in /opt/1panel/www/sites"));
  EXPECT_THAT(error.hint, HasSubstr("'base'"));
}

TEST_F(OnePanelTest, SaysThatASiteHasNoCertificate) {
  files.write(kV2 + "example.com/index/index.html", "");
  const Error error = failure({{"site", "example.com"}});
  EXPECT_EQ(error.code, "source.missing");
  EXPECT_THAT(error.message, HasSubstr("has no certificate"));
  EXPECT_THAT(error.hint, HasSubstr("HTTPS"));
}

TEST_F(OnePanelTest, RefusesSettingsThatCannotBeRight) {
  const Fields cases[] = {{},
                          {{"site", "../etc"}},
                          {{"site", ".."}},
                          {{"site", "."}},
                          {{"site", "a/b"}},
                          {{"site", "a"}, {"directory", "/b"}},
                          {{"site", "a"}, {"base", "opt"}},
                          {{"directory", "relative"}},
                          {{"site", "a"}, {"colour", "red"}}};
  for (const Fields& fields : cases) {
    const Error error = error_of([&] { source(fields); });
    EXPECT_EQ(error.kind, ErrorKind::kInvalidInput) << testing::PrintToString(fields);
    EXPECT_EQ(error.code, "source.settings") << testing::PrintToString(fields);
    EXPECT_FALSE(error.hint.empty());
  }
}

TEST_F(OnePanelTest, WatchesEveryFolderTheSiteMayHave) {
  files.write("/opt/1panel/apps/openresty/mine/conf", "");
  std::set<std::string> paths;
  for (const WatchPath& one : source({{"site", "example.com"}})->watched()) paths.insert(one.path);
  EXPECT_TRUE(paths.contains(kV2 + "example.com/ssl/privkey.pem"));
  EXPECT_TRUE(
      paths.contains("/opt/1panel/apps/openresty/mine/www/sites/example.com/ssl/fullchain.pem"));

  const auto pushed = source({{"directory", "/etc/ssl/pushed"}})->watched();
  ASSERT_EQ(pushed.size(), 2);
  EXPECT_EQ(pushed[0].path, "/etc/ssl/pushed/fullchain.pem");
  EXPECT_EQ(pushed[0].extent, WatchExtent::kItself);
}

TEST_F(OnePanelTest, ReadsPlainFilesToo) {
  const std::string chain = put_pair("/etc/ssl");
  const auto plain =
      make_source("files",
                  {.texts = {{"chain", "/etc/ssl/fullchain.pem"}, {"key", "/etc/ssl/privkey.pem"}}},
                  {.files = files, .clock = clock});
  EXPECT_EQ(plain->describe(), "files /etc/ssl/fullchain.pem and /etc/ssl/privkey.pem");
  EXPECT_EQ(finish(plain->read())->chain_pem, chain);
}

}  // namespace
}  // namespace certferry

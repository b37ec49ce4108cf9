#include "sources/search.h"

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
using testing::IsEmpty;
using Fields = std::map<std::string, std::string>;

struct SearchTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};

  void put(const std::string& chain, const std::string& key) {
    const IssuedLeaf pair = ca.issue({.names = {"www.example.com"},
                                      .not_before = clock.time - hours(1),
                                      .not_after = clock.time + hours(24 * 90)});
    files.write(chain, pair.chain_pem);
    files.write(key, std::string(pair.key_pem.reveal()));
  }
  void put_in(const std::string& folder) {
    put(folder + "/fullchain.pem", folder + "/privkey.pem");
  }

  std::vector<Finding> find(const std::string& root = {}, std::vector<std::string> folders = {}) {
    return find_certificates({.files = files,
                              .root = root,
                              .homes = usual_homes(files, root),
                              .folders = std::move(folders)});
  }
  /// What a source that is made as the configuration would have it reads.
  std::string chain_of(const Finding& finding) {
    const auto source =
        make_source(finding.kind, {.texts = finding.fields}, {.files = files, .clock = clock});
    return finish(source->read())->chain_pem;
  }
};

/// Where a pair is, and how a configuration names it; without a root, and below one.
struct Place {
  std::string chain, key, kind;
  Fields fields;
  std::string base;  ///< given below a root alone; empty: also without
};

const std::vector<Place>& places() {
  static const std::string kUser = std::string("/home") + "/me";
  static const std::string kCaddy = "/var/lib/caddy/.local/share/caddy";
  static const std::vector<Place> kAll = {
      {"/opt/1panel/www/sites/e.org/ssl/fullchain.pem",
       "privkey.pem",
       "1panel",
       {{"site", "e.org"}},
       "/opt"},
      {"/opt/1panel/apps/openresty/openresty/www/sites/e.org/ssl/fullchain.pem",
       "privkey.pem",
       "1panel",
       {{"site", "e.org"}},
       "/opt"},
      {"/www/server/panel/vhost/cert/e.org/fullchain.pem",
       "privkey.pem",
       "baota",
       {{"site", "e.org"}},
       "/www/server/panel"},
      {"/etc/letsencrypt/live/e.org/fullchain.pem",
       "privkey.pem",
       "certbot",
       {{"name", "e.org"}},
       "/etc/letsencrypt"},
      {"/root/.acme.sh/e.org_ecc/fullchain.cer",
       "e.org.key",
       "acme.sh",
       {{"name", "e.org"}},
       "/root/.acme.sh"},
      {kUser + "/.acme.sh/e.org/fullchain.cer", "e.org.key", "acme.sh", {{"name", "e.org"}}, ""},
      {"/var/lib/lego/certificates/_.e.org.crt",
       "_.e.org.key",
       "lego",
       {{"name", "*.e.org"}},
       "/var/lib/lego"},
      {kUser + "/.lego/certificates/e.org.crt", "e.org.key", "lego", {{"name", "e.org"}}, ""},
      {"/etc/dehydrated/certs/e.org/fullchain.pem",
       "privkey.pem",
       "dehydrated",
       {{"name", "e.org"}},
       "/etc/dehydrated"},
      {kCaddy + "/certificates/local/wildcard_.e.org/wildcard_.e.org.crt",
       "wildcard_.e.org.key",
       "caddy",
       {{"name", "*.e.org"}},
       kCaddy},
      {"/opt/npm/data/custom_ssl/npm-7/fullchain.pem",
       "privkey.pem",
       "nginx-proxy-manager",
       {{"id", "7"}},
       "/opt/npm"},
      {"/root/npm/letsencrypt/live/npm-7/fullchain.pem",
       "privkey.pem",
       "nginx-proxy-manager",
       {{"id", "7"}},
       ""},
  };
  return kAll;
}

std::string base_of(const Place& place) {
  if (!place.base.empty()) return place.base;
  for (const char* end : {"/certificates/", "/e.org/", "/letsencrypt/"}) {
    const auto at = place.chain.find(end);
    if (at != std::string::npos) return place.chain.substr(0, at);
  }
  return {};
}

TEST_F(SearchTest, FindsWhatIsAtEachUsualPlaceSoThatItsSourceReadsIt) {
  for (const std::string& root : {std::string(), std::string("/mnt/machine")}) {
    for (const Place& place : places()) {
      files.files.clear();
      const std::string chain = root + place.chain;
      put(chain, chain.substr(0, chain.rfind('/') + 1) + place.key);
      const std::vector<Finding> found = find(root);
      ASSERT_EQ(found.size(), 1U) << chain;
      Fields fields = place.fields;
      // Whoever runs it has another home than whoever looked.
      if (!root.empty() || place.base.empty()) fields.emplace("base", root + base_of(place));
      EXPECT_EQ(found.front().kind, place.kind) << chain;
      EXPECT_EQ(found.front().fields, fields) << chain;
      EXPECT_EQ(found.front().path, chain);
      EXPECT_EQ(chain_of(found.front()), files.files.at(chain).text) << chain;
    }
  }
}

TEST_F(SearchTest, NamesTheFolderOfASecondOneOfTheSameName) {
  put("/var/lib/lego/certificates/e.org.crt", "/var/lib/lego/certificates/e.org.key");
  put("/etc/lego/certificates/e.org.crt", "/etc/lego/certificates/e.org.key");
  const std::vector<Finding> found = find();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fields, (Fields{{"name", "e.org"}}));
  EXPECT_EQ(found[1].fields, (Fields{{"name", "e.org"}, {"base", "/etc/lego"}}));
  for (const Finding& one : found) EXPECT_EQ(chain_of(one), files.files.at(one.path).text);
}

TEST_F(SearchTest, TakesAnUpgradedPanelsSiteOnce) {
  put_in("/opt/1panel/www/sites/e.org/ssl");
  put_in("/opt/1panel/apps/openresty/openresty/www/sites/e.org/ssl");
  put_in("/opt/1panel/www/sites/f.org/ssl");
  files.write("/opt/1panel/www/sites/plain.org/index.html", "");
  std::vector<std::string> paths;
  for (const Finding& one : find()) paths.push_back(one.path);
  EXPECT_THAT(paths,
              ElementsAre("/opt/1panel/www/sites/e.org/ssl/fullchain.pem",
                          "/opt/1panel/www/sites/f.org/ssl/fullchain.pem"));
}

TEST_F(SearchTest, LooksBelowTheRootWhereThePanelWasInstalled) {
  files.write("/mnt/usr/local/bin/1pctl", "#!/bin/bash\nBASE_DIR=/srv\n");
  put_in("/mnt/srv/1panel/www/sites/e.org/ssl");
  const std::vector<Finding> found = find("/mnt");
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().fields, (Fields{{"site", "e.org"}, {"base", "/mnt/srv"}}));
}

TEST_F(SearchTest, TakesAFolderByItselfForPushedWhereThereIsAPanel) {
  put_in("/etc/ssl/e.org");
  ASSERT_EQ(find().size(), 1U);
  EXPECT_EQ(find().front().kind, "files");
  EXPECT_EQ(chain_of(find().front()), files.files.at("/etc/ssl/e.org/fullchain.pem").text);
  files.write("/opt/1panel/log/1panel.log", "");
  ASSERT_EQ(find().size(), 1U);
  EXPECT_EQ(find().front().kind, "1panel");
  EXPECT_EQ(find().front().fields, (Fields{{"directory", "/etc/ssl/e.org"}}));
}

TEST_F(SearchTest, FindsOneFileOnceByWhateverPath) {
  put_in("/etc/letsencrypt/live/e.org");
  files.links["/etc/ssl/e.org"] = "/etc/letsencrypt/live/e.org";
  const std::vector<Finding> found = find({}, {"/etc/letsencrypt/live"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().kind, "certbot");
}

TEST_F(SearchTest, FindsEveryPairBelowAFolderThatAPersonNames) {
  put_in("/srv/mine/a");
  put("/srv/mine/b.crt", "/srv/mine/b.key");
  // Half a chain would be no good as plain files.
  put("/srv/mine/c.crt", "/srv/mine/c.key");
  files.write("/srv/mine/c.issuer.crt", "");
  std::vector<std::string> paths;
  for (const Finding& one : find({}, {"/srv/mine"})) paths.push_back(one.path);
  EXPECT_THAT(paths, ElementsAre("/srv/mine/a/fullchain.pem", "/srv/mine/b.crt"));
  const std::vector<Finding> none = find({}, {"/nowhere"});
  ASSERT_EQ(none.size(), 1U);
  ASSERT_TRUE(none.front().error);
  EXPECT_EQ(none.front().path, "/nowhere");
}

TEST_F(SearchTest, ListsTraefiksDomainsEachOnce) {
  const std::string one = R"({"domain": {"main": "E.org"}, "certificate": "", "key": ""})";
  const std::string two = R"({"domain": {"main": "f.org"}, "certificate": "", "key": ""})";
  files.write("/etc/traefik/acme.json",
              R"({"a": {"Certificates": [)" + one + "," + two + R"(]}, "b": {"Certificates": [)" +
                  one + "]}}");
  const std::vector<Finding> found = find();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].fields, (Fields{{"file", "/etc/traefik/acme.json"}, {"domain", "e.org"}}));
  EXPECT_EQ(found[1].fields.at("domain"), "f.org");
  files.write("/etc/traefik/acme.json", "{");
  ASSERT_EQ(find().size(), 1U);
  EXPECT_EQ(find().front().error->code, "traefik.format");
}

TEST_F(SearchTest, TellsWhatIsClosedAndFindsTheRest) {
  put_in("/etc/letsencrypt/live/e.org");
  put_in("/www/server/panel/vhost/cert/e.org");
  put_in("/opt/1panel/www/sites/e.org/ssl");
  files.closed = {"/etc/letsencrypt/live", "/opt/1panel"};
  files.write("/etc/traefik/acme.json", "{}");
  files.forbidden = {"/etc/traefik/acme.json"};
  std::vector<std::string> closed;
  std::vector<std::string> kinds;
  for (const Finding& one : find()) {
    if (!one.error) {
      kinds.push_back(one.kind);
      continue;
    }
    EXPECT_EQ(one.error->kind, ErrorKind::kUnauthorized);
    EXPECT_THAT(one.fields, IsEmpty());
    closed.push_back(one.path);
  }
  EXPECT_THAT(kinds, ElementsAre("baota"));
  EXPECT_THAT(closed, testing::Contains("/etc/letsencrypt/live"));
  EXPECT_THAT(closed, testing::Contains("/etc/traefik/acme.json"));
  EXPECT_THAT(closed, testing::Contains(HasSubstr("/opt/1panel")));
}

TEST_F(SearchTest, FindsNothingOnAnEmptyMachine) {
  EXPECT_THAT(find(), IsEmpty());
  EXPECT_THAT(find("/mnt"), IsEmpty());
}

}  // namespace
}  // namespace certferry

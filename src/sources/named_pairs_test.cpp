#include "sources/named_pairs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using testing::HasSubstr;

struct NamedPairsTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};

  IssuedLeaf issue(const std::string& name, int days = 90) const {
    return ca.issue({.names = {name},
                     .not_before = clock.time - hours(1),
                     .not_after = clock.time + hours(24 * days)});
  }
  /// Gives the chain that was written.
  std::string put(const PairPaths& paths, int days = 90) {
    const IssuedLeaf pair = issue("www.example.com", days);
    files.write(paths.chain, pair.chain_pem);
    files.write(paths.key, std::string(pair.key_pem.reveal()));
    return pair.chain_pem;
  }

  std::unique_ptr<Source> source(const std::string& kind, SourceInputs inputs) {
    return make_source(kind, inputs, {.files = files, .clock = clock, .home = "/var/lib/me"});
  }
  std::unique_ptr<Source> named(const std::string& kind, const std::string& name) {
    const std::string key = kind == "baota"                 ? "site"
                            : kind == "nginx-proxy-manager" ? "id"
                                                            : "name";
    return source(kind, {.texts = {{key, name}}});
  }
  std::string chain_of(const std::string& kind, const std::string& name) {
    return finish(named(kind, name)->read())->chain_pem;
  }
  Error failure(const std::string& kind, const std::string& name) {
    return error_of([&] { finish(named(kind, name)->read()); });
  }
};

/// What each tool calls a certificate, and where it keeps it.
struct Layout {
  std::string kind, name, chain, key;
};

const std::vector<Layout>& layouts() {
  static const std::string kNpm = "/opt/nginx-proxy-manager/";
  static const std::vector<Layout> kAll = {
      {"certbot", "e.org", "/etc/letsencrypt/live/e.org/fullchain.pem", "privkey.pem"},
      {"dehydrated", "e.org", "/var/lib/dehydrated/certs/e.org/fullchain.pem", "privkey.pem"},
      {"dehydrated", "star", "/etc/dehydrated/certs/star/fullchain.pem", "privkey.pem"},
      {"acme.sh", "e.org", "/var/lib/me/.acme.sh/e.org/fullchain.cer", "e.org.key"},
      {"acme.sh", "e.org", "/root/.acme.sh/e.org_ecc/fullchain.cer", "e.org.key"},
      {"acme.sh", "e.org_ecc", "/var/lib/me/.acme.sh/e.org_ecc/fullchain.cer", "e.org.key"},
      {"acme.sh", "*.e.org", "/var/lib/me/.acme.sh/*.e.org_ecc/fullchain.cer", "*.e.org.key"},
      {"lego", "e.org", "/var/lib/lego/certificates/e.org.crt", "e.org.key"},
      {"lego", "*.e.org", "/var/lib/me/.lego/certificates/_.e.org.crt", "_.e.org.key"},
      {"caddy",
       "e.org",
       "/var/lib/caddy/.local/share/caddy/certificates/acme-v02.api.letsencrypt.org-directory/"
       "e.org/"
       "e.org.crt",
       "e.org.key"},
      {"caddy",
       "*.e.org",
       "/data/caddy/certificates/local/wildcard_.e.org/wildcard_.e.org.crt",
       "wildcard_.e.org.key"},
      {"baota", "e.org", "/www/server/panel/vhost/cert/e.org/fullchain.pem", "privkey.pem"},
      {"baota", "e.org", "/etc/letsencrypt/live/e.org/fullchain.pem", "privkey.pem"},
      {"nginx-proxy-manager", "7", "/data/custom_ssl/npm-7/fullchain.pem", "privkey.pem"},
      {"nginx-proxy-manager", "npm-7", "/etc/letsencrypt/live/npm-7/fullchain.pem", "privkey.pem"},
      {"nginx-proxy-manager", "7", kNpm + "letsencrypt/live/npm-7/fullchain.pem", "privkey.pem"},
      {"nginx-proxy-manager", "7", kNpm + "data/custom_ssl/npm-7/fullchain.pem", "privkey.pem"},
  };
  return kAll;
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

TEST_F(NamedPairsTest, ReadsEachToolsLayoutWhereItMostlyIs) {
  for (const Layout& one : layouts()) {
    files.files.clear();
    const std::string folder = folder_of(one.chain);
    const std::string chain = put({.chain = one.chain, .key = folder + "/" + one.key});
    const auto found = named(one.kind, one.name);
    EXPECT_EQ(finish(found->read())->chain_pem, chain) << one.chain;
    EXPECT_THAT(found->describe(), HasSubstr("(" + folder + ")"));
  }
}

TEST_F(NamedPairsTest, WatchesThePairOfEachLayout) {
  for (const Layout& one : layouts()) {
    files.files.clear();
    put({.chain = one.chain, .key = folder_of(one.chain) + "/" + one.key});
    std::set<std::string> paths;
    for (const WatchPath& path : named(one.kind, one.name)->watched()) paths.insert(path.path);
    EXPECT_TRUE(paths.contains(one.chain)) << one.chain;
    EXPECT_TRUE(paths.contains(folder_of(one.chain) + "/" + one.key)) << one.key;
  }
}

TEST_F(NamedPairsTest, WatchesForAnIssuerThatCaddyHasNotAskedYet) {
  const std::vector<WatchPath> watched =
      source("caddy", {.texts = {{"name", "e.org"}, {"base", "/srv"}}})->watched();
  ASSERT_EQ(watched.size(), 1U);
  EXPECT_EQ(watched[0].path, "/srv/certificates");
  EXPECT_EQ(watched[0].extent, WatchExtent::kTree);
}

TEST_F(NamedPairsTest, FollowsTheLinksOfCertbot) {
  const std::string archive = "/etc/letsencrypt/archive/e.org/";
  const std::string live = "/etc/letsencrypt/live/e.org/";
  const std::string chain =
      put({.chain = archive + "fullchain1.pem", .key = archive + "privkey1.pem"});
  files.links = {{live + "fullchain.pem", archive + "fullchain1.pem"},
                 {live + "privkey.pem", archive + "privkey1.pem"}};
  EXPECT_EQ(chain_of("certbot", "e.org"), chain);
}

TEST_F(NamedPairsTest, HoldsWhatCertbotHasHalfTurned) {
  const std::string live = "/etc/letsencrypt/live/e.org/";
  put({.chain = live + "fullchain.pem", .key = live + "privkey.pem"});
  const IssuedLeaf next = issue("www.example.com");
  files.write(live + "privkey.pem", std::string(next.key_pem.reveal()), clock.time - seconds(1));
  EXPECT_EQ(failure("certbot", "e.org").code, "source.torn");
  clock.time += minutes(3);
  EXPECT_EQ(failure("certbot", "e.org").code, "cert.mismatch") << "torn for long";
}

TEST_F(NamedPairsTest, ReadsTheIssuerThatLegoKeepsApart) {
  const std::string file = "/var/lib/lego/certificates/e.org";
  const IssuedLeaf pair = issue("e.org");
  files.write(file + ".crt", pair.leaf_pem);
  files.write(file + ".key", std::string(pair.key_pem.reveal()));
  EXPECT_TRUE(finish(named("lego", "e.org")->read())->chain.empty());
  files.write(file + ".issuer.crt", ca.intermediate_pem());
  EXPECT_EQ(chain_of("lego", "e.org"), pair.chain_pem) << "--no-bundle";
  files.write(file + ".crt", pair.chain_pem);
  EXPECT_EQ(chain_of("lego", "e.org"), pair.chain_pem) << "in both";
}

TEST_F(NamedPairsTest, TakesOfTwoIssuersTheOneThatEndsLast) {
  const std::string folder = "/data/caddy/certificates/";
  put({.chain = folder + "acme-a/e.org/e.org.crt", .key = folder + "acme-a/e.org/e.org.key"}, 30);
  const std::string later = put(
      {.chain = folder + "acme-b/e.org/e.org.crt", .key = folder + "acme-b/e.org/e.org.key"}, 60);
  put({.chain = folder + "local/e.org/e.org.crt", .key = folder + "local/e.org/e.org.key"}, 1);
  const auto caddy = named("caddy", "e.org");
  EXPECT_EQ(finish(caddy->read())->chain_pem, later);
  EXPECT_EQ(caddy->describe(), "Caddy certificate e.org (" + folder + "acme-b/e.org)");
}

TEST_F(NamedPairsTest, TakesTheFirstOfTwoThatEndTogether) {
  const std::string base = "/var/lib/me/.acme.sh/e.org";
  const std::string ecc =
      put({.chain = base + "_ecc/fullchain.cer", .key = base + "_ecc/e.org.key"});
  put({.chain = base + "/fullchain.cer", .key = base + "/e.org.key"});
  EXPECT_EQ(chain_of("acme.sh", "e.org"), ecc);
}

TEST_F(NamedPairsTest, PassesOverABrokenPairButWaitsForOneThatIsBeingWritten) {
  const std::string base = "/var/lib/me/.acme.sh/e.org";
  const std::string rsa = put({.chain = base + "/fullchain.cer", .key = base + "/e.org.key"});
  files.write(base + "_ecc/fullchain.cer", "not PEM");
  files.write(base + "_ecc/e.org.key", "neither");
  EXPECT_EQ(chain_of("acme.sh", "e.org"), rsa);
  files.write(base + "_ecc/fullchain.cer", "not PEM", clock.time);
  EXPECT_EQ(failure("acme.sh", "e.org").code, "source.torn");
}

TEST_F(NamedPairsTest, NamesWhatThereIsNearestFirst) {
  for (const char* name : {"a.org", "b.org", "exmaple.org"}) {
    const std::string folder = "/etc/letsencrypt/live/" + std::string(name);
    put({.chain = folder + "/fullchain.pem", .key = folder + "/privkey.pem"});
  }
  files.write("/etc/letsencrypt/live/README", "not a certificate");
  const Error error = failure("certbot", "example.org");
  EXPECT_EQ(error.kind, ErrorKind::kNotFound);
  EXPECT_EQ(error.code, "source.missing");
  EXPECT_EQ(error.message,
            "there is no certbot certificate 'example.org'; there are exmaple.org, a.org, b.org");
  EXPECT_EQ(error.hint, "did you mean 'exmaple.org'?");
}

TEST_F(NamedPairsTest, CountsTheNamesThatItDoesNotShow) {
  for (int i = 100; i < 200; ++i) {
    files.write("/etc/lego/certificates/" + std::to_string(i) + ".org.crt", "x");
  }
  const Error error = failure("lego", "zzzzzzzzz");
  EXPECT_THAT(error.message, HasSubstr("109.org and 90 more"));
  EXPECT_EQ(error.hint, "take one of them");
}

TEST_F(NamedPairsTest, SaysWhereItLookedWhenTheToolIsNotThere) {
  for (const char* kind : {"certbot", "acme.sh", "lego", "dehydrated", "caddy", "baota"}) {
    const Error error = failure(kind, "e.org");
    EXPECT_EQ(error.code, "source.missing") << kind;
    EXPECT_THAT(error.message, HasSubstr("looked in /")) << kind;
    EXPECT_THAT(error.hint, HasSubstr("'base'")) << kind;
  }
}

TEST_F(NamedPairsTest, SaysThatAFolderMayNotBeEntered) {
  files.closed.insert("/etc/letsencrypt");
  EXPECT_EQ(failure("certbot", "e.org").code, "source.permission");
  EXPECT_EQ(failure("baota", "e.org").code, "source.permission");

  // Another user's folder says nothing where one's own has the name.
  files.closed.insert("/root");
  const std::string folder = "/var/lib/me/.acme.sh/e.org_ecc/";
  const std::string chain = put({.chain = folder + "fullchain.cer", .key = folder + "e.org.key"});
  EXPECT_EQ(chain_of("acme.sh", "e.org"), chain);
}

TEST_F(NamedPairsTest, SaysThatLinksGoInALoop) {
  files.links = {{"/etc/letsencrypt/live/e.org", "/etc/letsencrypt/live/e.net"},
                 {"/etc/letsencrypt/live/e.net", "/etc/letsencrypt/live/e.org"}};
  EXPECT_EQ(failure("certbot", "e.org").code, "source.loop");
}

TEST_F(NamedPairsTest, TellsOfAKeyThatVanishedAndOfAFileThatIsTooLarge) {
  const std::string live = "/etc/letsencrypt/live/e.org/";
  put({.chain = live + "fullchain.pem", .key = live + "privkey.pem"});
  files.files.erase(live + "privkey.pem");
  EXPECT_EQ(failure("certbot", "e.org").code, "source.missing");
  put({.chain = live + "fullchain.pem", .key = live + "privkey.pem"});
  files.write(live + "fullchain.pem", std::string(std::size_t{300} * 1024, '-'));
  EXPECT_EQ(failure("certbot", "e.org").kind, ErrorKind::kInvalidInput);
}

TEST_F(NamedPairsTest, RefusesNamesThatLeadElsewhere) {
  for (const char* kind : {"certbot", "acme.sh", "lego", "dehydrated", "caddy", "baota"}) {
    for (const std::string& name :
         {std::string(".."), std::string("."), std::string("a/b"), std::string("a\0b", 3)}) {
      EXPECT_EQ(error_of([&] { named(kind, name); }).code, "source.settings") << kind << name;
    }
  }
  EXPECT_EQ(error_of([&] { named("nginx-proxy-manager", "7a"); }).code, "source.settings");
}

}  // namespace
}  // namespace certferry

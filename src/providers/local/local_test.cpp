#include "providers/local/local.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <deque>
#include <filesystem>
#include <fstream>

#include "crypto/pem.h"
#include "crypto/throwaway_ca.h"
#include "providers/local/metadata.h"
#include "providers/local/recipes.h"
#include "providers/testing/recording_http.h"

namespace certferry {
namespace {

namespace fs = std::filesystem;
using std::chrono::days;
using ::testing::ElementsAre;
using testing::finish;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Says what it is told to say, in order, and yes afterwards; looks at the files meanwhile.
class Commands final : public CommandRunner {
 public:
  Task<Secret> run(CommandRequest request) override {
    ran.push_back(request.arguments.front());
    EXPECT_TRUE(request.quotes_errors);
    if (look) look();
    if (answers.empty()) co_return Secret();
    const std::optional<Error> answer = answers.front();
    answers.pop_front();
    if (answer) throw *answer;
    co_return Secret();
  }

  std::vector<std::string> ran;
  std::deque<std::optional<Error>> answers;
  std::function<void()> look;
};

Error no(const std::string& words) {
  return {ErrorKind::kInvalidInput, "the command ended with exit status 1: " + words};
}

class LocalTest : public ::testing::Test {
 protected:
  LocalTest() {
    std::string pattern = ::testing::TempDir() + "certferry-local-XXXXXX";
    folder = ::mkdtemp(pattern.data());
    config = {
        .names = {"www.example.com", "example.com"},
        .paths = {.chain = folder + "/{name}.pem", .key = folder + "/{name}.key", .bundle = {}},
        .access = {},
        .check = {"check"},
        .reload = {"reload"}};
  }
  ~LocalTest() override { fs::remove_all(folder); }

  BundlePtr issue(std::vector<std::string> names = {"www.example.com", "example.com"}) {
    const IssuedLeaf leaf = ca.issue({.names = std::move(names),
                                      .not_before = Time(days(20000)),
                                      .not_after = Time(days(20090))});
    return read_bundle({.chain = Secret(leaf.chain_pem), .key = leaf.key_pem}).value();
  }
  Local account() { return Local(config, commands); }
  Result<BindDone> bind(const BundlePtr& bundle, const std::string& name = "www.example.com") {
    Local local = account();
    return finish(local.bind({.product = "files",
                              .binding = {.name = name, .vendor_name = name},
                              .stored_id = {},
                              .bundle = bundle}));
  }
  std::string at(const std::string& file) const {
    std::ifstream in(folder + "/" + file);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  /// The fingerprint of what the name is set to, as the engine learns it.
  std::string set_to(const std::string& name = "www.example.com") {
    Local local = account();
    for (const StoredCertificate& one : finish(local.list_stored()).value()) {
      if (one.id == name) return one.label.empty() ? "" : one.label.substr(one.label.find('-') + 1);
    }
    return "";
  }

  ThrowawayCa ca{Time(days(19000)), Time(days(30000))};
  std::string folder;
  LocalConfig config;
  Commands commands;
};

TEST_F(LocalTest, ListsTheNamesOfTheConfiguration) {
  Local local = account();
  const auto bindings = finish(local.list_bindings("files")).value();
  ASSERT_EQ(bindings.size(), 2U);
  EXPECT_EQ(bindings[1].name, "example.com");
  EXPECT_TRUE(bindings[1].online);
  EXPECT_EQ(bindings[1].stored_id, std::nullopt);
  EXPECT_THAT(finish(local.list_stored()).value(), IsEmpty());
  EXPECT_EQ(finish(local.list_bindings("cdn")).error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(finish(local.remove("x")).error().kind, ErrorKind::kUnsupported);
}

TEST_F(LocalTest, PutsChecksReloadsAndTells) {
  const BundlePtr pair = issue();
  commands.look = [&] { EXPECT_EQ(at("www.example.com.pem"), pair->chain_pem); };
  ASSERT_TRUE(bind(pair).has_value());
  EXPECT_THAT(commands.ran, ElementsAre("check", "reload"));
  EXPECT_EQ(set_to(), pair->fingerprint());
  EXPECT_EQ(set_to("example.com"), "");
  // Once more: nothing is written, nobody is troubled.
  ASSERT_TRUE(bind(pair).has_value());
  EXPECT_EQ(commands.ran.size(), 2U);
}

TEST_F(LocalTest, WhatTheCheckRefusesIsTakenBack) {
  const BundlePtr old = issue();
  ASSERT_TRUE(bind(old).has_value());
  commands.ran.clear();
  commands.answers = {no("nginx: [emerg] cannot load certificate")};
  const auto refused = bind(issue());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRejected);
  EXPECT_EQ(refused.error().code, "local.check");
  EXPECT_THAT(refused.error().text(), HasSubstr("nginx: [emerg] cannot load certificate"));
  EXPECT_THAT(refused.error().text(),
              HasSubstr("the files are again those that were loaded before"));
  EXPECT_THAT(commands.ran, ElementsAre("check")) << "nothing was loaded";
  EXPECT_EQ(at("www.example.com.pem"), old->chain_pem);
  EXPECT_EQ(set_to(), old->fingerprint());
}

TEST_F(LocalTest, WhatCannotBeLoadedIsTakenBackAndTheOldOneLoaded) {
  const BundlePtr old = issue();
  ASSERT_TRUE(bind(old).has_value());
  commands.ran.clear();
  commands.answers = {std::nullopt, no("no such unit")};
  commands.look = [&] {
    if (commands.ran.size() == 3) EXPECT_EQ(at("www.example.com.key"), old->key_pem.reveal());
  };
  const auto refused = bind(issue());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "local.reload");
  EXPECT_THAT(refused.error().text(), HasSubstr("no such unit"));
  EXPECT_THAT(commands.ran, ElementsAre("check", "reload", "reload"));
  EXPECT_EQ(set_to(), old->fingerprint());
}

TEST_F(LocalTest, TheFirstFilesStayThoughTheServerRefusesThem) {
  const BundlePtr pair = issue();
  commands.answers = {std::nullopt, no("is not running")};
  const auto refused = bind(pair);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().text(), HasSubstr("no whole pair that was loaded before"));
  EXPECT_EQ(at("www.example.com.pem"), pair->chain_pem);
  EXPECT_EQ(set_to(), "") << "it is not served";
  commands.ran.clear();
  ASSERT_TRUE(bind(pair).has_value());
  EXPECT_THAT(commands.ran, ElementsAre("check", "reload"));
  EXPECT_EQ(set_to(), pair->fingerprint());
}

// SIGTERM, or a death: the files are there, and nobody told the server.
TEST_F(LocalTest, UntilItIsLoadedTheOneBeforeCounts) {
  const BundlePtr old = issue();
  ASSERT_TRUE(bind(old).has_value());
  commands.answers = {std::nullopt, Error(ErrorKind::kCancelled, "stopping")};
  const BundlePtr renewed = issue();
  EXPECT_EQ(bind(renewed).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(at("www.example.com.pem"), renewed->chain_pem);
  EXPECT_EQ(set_to(), old->fingerprint());
  Local local = account();
  EXPECT_EQ(finish(local.list_bindings("files")).value()[0].status, "not reloaded yet");
  ASSERT_TRUE(bind(renewed).has_value());
  EXPECT_EQ(set_to(), renewed->fingerprint());
}

TEST_F(LocalTest, WhatHasNotBeenCheckedIsTakenBackWhenTheRunEnds) {
  const BundlePtr old = issue();
  ASSERT_TRUE(bind(old).has_value());
  commands.answers = {Error(ErrorKind::kCancelled, "stopping")};
  EXPECT_EQ(bind(issue()).error().kind, ErrorKind::kCancelled);
  EXPECT_EQ(at("www.example.com.pem"), old->chain_pem);
  EXPECT_EQ(set_to(), old->fingerprint());
}

// A second account with the same files.
TEST_F(LocalTest, EveryServerThatReadsTheFilesIsTold) {
  const BundlePtr pair = issue();
  ASSERT_TRUE(bind(pair).has_value());
  config.reload = {"reload-another"};
  commands.ran.clear();
  EXPECT_EQ(set_to(), "") << "as far as this server knows";
  commands.answers = {std::nullopt, no("is masked")};
  EXPECT_FALSE(bind(pair));
  EXPECT_EQ(set_to(), "");
  ASSERT_TRUE(bind(pair).has_value());
  EXPECT_EQ(commands.ran.back(), "reload-another");
  EXPECT_EQ(set_to(), pair->fingerprint());
}

TEST_F(LocalTest, ALeafWithoutItsIssuersIsReplaced) {
  const BundlePtr pair = issue();
  const std::string leaf =
      pair->chain_pem.substr(0, pair->chain_pem.find("-----END CERTIFICATE-----\n") + 26);
  std::ofstream(folder + "/www.example.com.pem") << leaf;
  std::ofstream(folder + "/www.example.com.key") << pair->key_pem.reveal();
  fs::permissions(folder + "/www.example.com.key", fs::perms(0600));
  EXPECT_EQ(set_to(), "");
  ASSERT_TRUE(bind(pair).has_value());
  EXPECT_EQ(at("www.example.com.pem"), pair->chain_pem);
  EXPECT_EQ(set_to(), pair->fingerprint());
}

TEST_F(LocalTest, OneFileForSeveralNamesTakesACertificateForAllOfThem) {
  config.paths = {.chain = {}, .key = {}, .bundle = folder + "/site.pem"};
  const auto refused = bind(issue({"www.example.com"}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "local.shared");
  EXPECT_THAT(refused.error().text(), HasSubstr("not for example.com"));
  EXPECT_THAT(commands.ran, IsEmpty());
  const BundlePtr both = issue();
  ASSERT_TRUE(bind(both).has_value());
  ASSERT_TRUE(bind(both, "example.com").has_value());
  EXPECT_THAT(commands.ran, ElementsAre("check", "reload")) << "once for both";
  EXPECT_EQ(set_to("example.com"), both->fingerprint());
}

TEST_F(LocalTest, AWildcardsFileHasNoStarInItsName) {
  config.names = {"*.example.com"};
  ASSERT_TRUE(bind(issue({"*.example.com"}), "*.example.com").has_value());
  EXPECT_FALSE(at("_.example.com.key").empty());
}

// The configuration.

using Texts = std::map<std::string, Secret>;
using Lists = std::map<std::string, std::vector<std::string>>;

Texts pair_texts() {
  return {{"chain", Secret("/a/{name}.pem")}, {"key", Secret("/a/{name}.key")}};
}

TEST(LocalConfigTest, TakesARecipeAndWordsOfItsOwn) {
  Texts texts = pair_texts();
  texts["server"] = Secret("nginx");
  texts["mode"] = Secret("0640");
  texts["group"] = Secret("root");
  const LocalConfig config = read_local_config(
      texts, {{"names", {"WWW.Example.com", "例子.中国"}}, {"reload", {"/usr/bin/true"}}});
  EXPECT_THAT(config.names, ElementsAre("www.example.com", "xn--fsqu00a.xn--fiqs8s"));
  EXPECT_THAT(config.check, ElementsAre("nginx", "-t", "-q"));
  EXPECT_THAT(config.reload, ElementsAre("/usr/bin/true"));
  EXPECT_EQ(config.access.key_mode, mode_t{0640});
  EXPECT_EQ(config.access.group, gid_t{0});
}

TEST(LocalConfigTest, SaysWhatIsWrong) {
  const Lists names = {{"names", {"www.example.com"}}};
  const auto with = [](std::string key, std::string value) {
    Texts texts = pair_texts();
    texts[std::move(key)] = Secret(std::move(value));
    return texts;
  };
  const struct {
    Texts texts;
    Lists lists;
    std::string word;
  } rows[] = {
      {pair_texts(), {}, "'names' is empty"},
      {pair_texts(), {{"names", {"no name"}}}, "is no host name"},
      {{}, names, "no file is named"},
      {{{"chain", Secret("/a")}}, names, "without 'key'"},
      {{{"key", Secret("/a")}}, names, "without 'chain'"},
      {with("bundle", "/a/{name}.key"), names, "the same file"},
      {with("key", "/a/site.key"), names, "in some of the paths"},
      {with("server", "ngnix"), names, "known are: nginx"},
      {with("owner", "nobody-of-that-name"), names, "no such user"},
      {with("group", "nobody-of-that-name"), names, "no such group"},
      {with("mode", "0644"), names, "nothing for everybody"},
      {with("mode", "rw"), names, "in octal"},
      {pair_texts(), {{"names", {"a.example.com"}}, {"check", {"bin/check"}}}, "relative path"},
  };
  for (const auto& [texts, lists, word] : rows) {
    try {
      read_local_config(texts, lists);
      ADD_FAILURE() << "taken, though " << word;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "provider.field");
      EXPECT_THAT(error.text(), HasSubstr(word));
      EXPECT_FALSE(error.hint.empty());
    }
  }
}

TEST(RecipesTest, AreThoseThatTheFieldNames) {
  std::string named;
  for (const FieldMetadata& field : local_metadata().fields) {
    if (field.key == "server") named = field.help;
  }
  for (const ServerRecipe& one : server_recipes()) {
    EXPECT_THAT(named, HasSubstr(one.id));
    EXPECT_FALSE(one.reload.empty()) << one.id;
  }
}

}  // namespace
}  // namespace certferry

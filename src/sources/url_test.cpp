#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/throwaway_ca.h"
#include "sources/fake_files.h"
#include "sources/fake_peers.h"
#include "sources/registry.h"
#include "sources/run_task.h"

namespace certferry {
namespace {

using testing::HasSubstr;
using testing::Not;

struct UrlTest : testing::Test {
  FakeClock clock;
  FakeFiles files;
  FakeHttp http;
  ThrowawayCa ca{clock.time - hours(24), clock.time + hours(24 * 365)};
  IssuedLeaf pair = ca.issue({.names = {"e.org"},
                              .not_before = clock.time - hours(1),
                              .not_after = clock.time + hours(24 * 90)});
  std::string key{pair.key_pem.reveal()};

  std::unique_ptr<Source> source(std::map<std::string, std::string> fields = {}) {
    fields.emplace("url", "https://c.example/b.pem?sig=s3cret");
    return make_source("url",
                       {.texts = fields, .secrets = {{"credential", Secret("Bearer t0ken")}}},
                       {.files = files, .clock = clock, .http = http.maker()});
  }
  Error failure(const std::map<std::string, std::string>& fields = {}) {
    return error_of([&] { finish(source(fields)->read()); });
  }
};

TEST_F(UrlTest, FetchesOneTextThatHoldsAll) {
  http.will_answer(200, pair.chain_pem + key);
  const auto one = source();
  EXPECT_EQ(finish(one->read())->chain_pem, pair.chain_pem);
  EXPECT_EQ(http.asked.at(0).url, "https://c.example/b.pem?sig=s3cret");
  EXPECT_EQ(http.asked.at(0).headers.at("Authorization"), "Bearer t0ken");
  EXPECT_EQ(one->describe(), "https://c.example/b.pem");
  EXPECT_TRUE(one->watched().empty());
  EXPECT_GT(one->poll_interval(), milliseconds(0));
}

TEST_F(UrlTest, FetchesTheKeyFromAnAddressOfItsOwn) {
  http.will_answer(200, pair.chain_pem);
  http.will_answer(200, key);
  http.will_answer(200, pair.chain_pem);
  const auto two = source({{"key_url", "https://c.example/k.pem"}, {"header", "X-Token"}});
  EXPECT_EQ(finish(two->read())->key_pem.reveal(), key);
  EXPECT_EQ(http.asked.at(1).url, "https://c.example/k.pem");
  EXPECT_EQ(http.asked.at(1).headers.at("X-Token"), "Bearer t0ken");
}

TEST_F(UrlTest, HoldsAChainThatChangedWhileTheKeyWasFetched) {
  http.will_answer(200, pair.chain_pem);
  http.will_answer(200, key);
  http.will_answer(200, pair.chain_pem + "\n");
  EXPECT_EQ(failure({{"key_url", "https://c.example/k.pem"}}).code, "source.torn");
}

TEST_F(UrlTest, SaysWhatTheServerAnswered) {
  const struct {
    int status;
    ErrorKind kind;
    std::string code;
  } cases[] = {{401, ErrorKind::kUnauthorized, "source.permission"},
               {403, ErrorKind::kUnauthorized, "source.permission"},
               {404, ErrorKind::kNotFound, "source.missing"},
               {429, ErrorKind::kThrottled, "source.status"},
               {500, ErrorKind::kUnavailable, "source.status"},
               {204, ErrorKind::kRejected, "source.status"}};
  for (const auto& [status, kind, code] : cases) {
    http.will_answer(status, "<html>");
    const Error error = failure();
    EXPECT_EQ(error.kind, kind) << status;
    EXPECT_EQ(error.code, code) << status;
    EXPECT_THAT(error.text(), HasSubstr("https://c.example/b.pem answered with status"));
    EXPECT_THAT(error.text(), Not(testing::AnyOf(HasSubstr("s3cret"), HasSubstr("t0ken"))));
  }
}

TEST_F(UrlTest, FollowsNoRedirect) {
  http.will_redirect("https://elsewhere.example/");
  const Error error = failure();
  EXPECT_EQ(error.code, "source.redirect");
  EXPECT_THAT(error.message, HasSubstr("https://elsewhere.example/"));
  EXPECT_EQ(http.asked.size(), 1U);
}

TEST_F(UrlTest, PassesOnWhatTheClientSaysOfHugeAndSlowReplies) {
  for (const ErrorKind kind : {ErrorKind::kRejected, ErrorKind::kTimedOut}) {
    http.will_fail(Error(kind, "the reply is huge, or slow").with_code("reply.code"));
    EXPECT_EQ(failure().kind, kind);
  }
}

TEST_F(UrlTest, SaysWhatIsNotPem) {
  http.will_answer(200, "<html>It works!</html>");
  EXPECT_EQ(failure().code, "pem.not_pem");
}

TEST_F(UrlTest, TrustsTheRootsOfItsFile) {
  files.write("/roots.pem", ca.root_pem());
  source({{"trust", "/roots.pem"}});
  EXPECT_EQ(http.roots, ca.root_pem());
  files.write("/roots.pem", "no roots");
  EXPECT_EQ(error_of([&] { source({{"trust", "/roots.pem"}}); }).code, "pem.not_pem");
}

TEST_F(UrlTest, RefusesAddressesThatCannotBeRight) {
  for (const char* url : {"http://c.example/b.pem",
                          "ftp://c.example/",
                          "https://",
                          "c.example",
                          "https://me:pass@c.example/",
                          "http://127.0.0.1@c.example/"}) {
    const Error error = error_of([&] { source({{"url", url}}); });
    EXPECT_EQ(error.code, "source.settings") << url;
    EXPECT_THAT(error.text(), Not(HasSubstr("pass@"))) << url;
  }
  EXPECT_EQ(error_of([&] { source({{"header", "X: y"}}); }).code, "source.settings");
  EXPECT_NE(source({{"url", "http://127.0.0.1:80/b.pem"}}), nullptr);
}

}  // namespace
}  // namespace certferry

// What each channel makes of an answer that is no yes, and that nothing secret comes out.
#include <gmock/gmock.h>

#include "notify/http_notifier.h"
#include "notify/recorded_http.h"

namespace certferry::notify {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSecret = "canary-7f3a9c-key";

/// For each channel the fields it needs, all that is secret being the canary.
const std::map<std::string, std::map<std::string, std::string>> kFields = {
    {"webhook", {{"url", "https://x.example/in/canary-7f3a9c-key?a=1"}}},
    {"dingtalk", {{"token", kSecret}, {"secret", kSecret}}},
    {"feishu", {{"token", kSecret}, {"secret", kSecret}}},
    {"wecom", {{"key", kSecret}}},
    {"serverchan", {{"key", "SCTcanary-7f3a9c-key"}}},
    {"bark", {{"key", kSecret}}},
    {"pushplus", {{"token", kSecret}}},
    {"telegram", {{"token", "1:canary-7f3a9c-key"}, {"chat", "1"}}},
    {"slack", {{"url", "https://x.example/T0/canary-7f3a9c-key"}}},
    {"discord", {{"url", "https://x.example/1/canary-7f3a9c-key"}}},
    {"mattermost", {{"url", "https://x.example/hooks/canary-7f3a9c-key"}}},
    {"matrix", {{"server", "https://x.example"}, {"room", "r"}, {"token", kSecret}}},
    {"teams", {{"url", "https://x.example/w?sig=canary-7f3a9c-key"}}},
    {"ntfy", {{"topic", "t"}, {"token", kSecret}}},
    {"gotify", {{"server", "https://x.example"}, {"token", kSecret}}},
    {"pushover", {{"token", kSecret}, {"user", kSecret}}},
};

Error failure_of(const std::string& kind, std::variant<HttpResponse, Error> answer) {
  Desk desk;
  desk.http.answers.push_back(std::move(answer));
  const auto error = outcome_of(desk.make(kind, kFields.at(kind))->send(some_notice()));
  EXPECT_TRUE(error) << kind;
  return error.value_or(Error(ErrorKind::kInternal, "none"));
}

HttpResponse reply(int status, std::string body) {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

struct Answer {
  const char* kind;
  int status;
  const char* body;
  ErrorKind expected;
  const char* words;
};

TEST(FailureTest, AVendorsNoIsAFailureWhateverItsStatus) {
  const Answer answers[] = {
      {"dingtalk",
       200,
       R"({"errcode":310000,"errmsg":"sign not match"})",
       ErrorKind::kRejected,
       R"(310000 "sign not match")"},
      {"dingtalk",
       200,
       R"({"errcode":130101,"errmsg":"send too fast"})",
       ErrorKind::kThrottled,
       ""},
      {"dingtalk", 200, R"({"errcode":-1,"errmsg":"busy"})", ErrorKind::kUnavailable, ""},
      {"feishu",
       200,
       R"({"code":19021,"msg":"sign match fail or timestamp is not within one hour"})",
       ErrorKind::kRejected,
       "19021"},
      {"feishu", 400, R"({"code":9499,"msg":"too many request"})", ErrorKind::kThrottled, ""},
      {"feishu", 400, R"({"code":9499,"msg":"Bad Request"})", ErrorKind::kRejected, ""},
      {"feishu", 200, R"({"code":11232,"msg":"frequency limited"})", ErrorKind::kThrottled, ""},
      {"wecom", 200, R"({"errcode":93000,"errmsg":"invalid"})", ErrorKind::kRejected, "93000"},
      {"wecom", 200, R"({"errcode":45009,"errmsg":"freq"})", ErrorKind::kThrottled, ""},
      {"wecom", 200, R"({"errcode":-1,"errmsg":"busy"})", ErrorKind::kUnavailable, ""},
      {"serverchan", 400, R"({"code":40001,"message":"bad key"})", ErrorKind::kRejected, "bad key"},
      {"serverchan", 200, R"({"code":20001,"message":"x"})", ErrorKind::kRejected, "20001"},
      {"bark", 200, R"({"code":400,"message":"device"})", ErrorKind::kRejected, "device"},
      {"pushplus", 200, R"({"code":903,"msg":"无效的用户令牌"})", ErrorKind::kUnauthorized, "无效"},
      {"pushplus", 200, R"({"code":900,"msg":"x"})", ErrorKind::kThrottled, ""},
      {"telegram",
       400,
       R"({"ok":false,"error_code":400,"description":"Bad Request: chat not found"})",
       ErrorKind::kRejected,
       "chat not found"},
      {"telegram", 401, R"({"ok":false,"error_code":401})", ErrorKind::kUnauthorized, "key"},
      {"telegram", 200, R"({"ok":false})", ErrorKind::kRejected, ""},
      {"slack", 200, "<html>", ErrorKind::kRejected, "<html>"},
      {"slack", 404, "channel_not_found", ErrorKind::kNotFound, "channel_not_found"},
      {"slack", 410, "channel_is_archived", ErrorKind::kNotFound, "channel_is_archived"},
      {"discord",
       404,
       R"({"message":"Unknown Webhook","code":10015})",
       ErrorKind::kNotFound,
       "Unknown Webhook"},
      {"mattermost",
       400,
       R"({"id":"web.in","message":"Invalid"})",
       ErrorKind::kRejected,
       "Invalid"},
      {"matrix", 403, R"({"errcode":"M_FORBIDDEN","error":"no"})", ErrorKind::kUnauthorized, "no"},
      {"matrix", 200, "{}", ErrorKind::kRejected, ""},
      {"teams",
       200,
       "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error "
       "429",
       ErrorKind::kThrottled,
       "delivery failed"},
      {"teams",
       400,
       R"({"error":{"code":"Bad","message":"m"}})",
       ErrorKind::kRejected,
       R"(Bad "m")"},
      {"ntfy", 403, R"({"code":40301,"error":"forbidden"})", ErrorKind::kUnauthorized, "forbidden"},
      {"ntfy", 200, "<html>a portal</html>", ErrorKind::kRejected, ""},
      {"gotify",
       401,
       R"({"error":"Unauthorized","errorCode":401,"errorDescription":"need a token"})",
       ErrorKind::kUnauthorized,
       "need a token"},
      {"gotify", 200, "<html>", ErrorKind::kRejected, ""},
      {"pushover",
       400,
       R"({"token":"invalid","errors":["application token is invalid"],"status":0})",
       ErrorKind::kRejected,
       "application token is invalid"},
      {"webhook", 500, "", ErrorKind::kUnavailable, "HTTP 500"},
      {"webhook", 302, "", ErrorKind::kRejected, "a redirect, which is not followed"},
      {"webhook", 408, "", ErrorKind::kTimedOut, "HTTP 408"},
      {"webhook", 413, "", ErrorKind::kRejected, "HTTP 413"},
  };
  for (const Answer& one : answers) {
    const Error error = failure_of(one.kind, reply(one.status, one.body));
    EXPECT_EQ(error.kind, one.expected) << one.kind << " " << one.body;
    EXPECT_THAT(error.text(), HasSubstr(one.words)) << one.kind;
    EXPECT_THAT(error.text(), HasSubstr("sending a notice by ops: ")) << one.kind;
    EXPECT_EQ(error.code, "notify.refused");
  }
}

TEST(FailureTest, ABodyThatIsNoAnswerOfTheVendorIsNoYes) {
  for (const auto& [kind, fields] : kFields) {
    if (kind == "webhook" || kind == "discord" || kind == "mattermost" || kind == "teams") continue;
    for (const char* body : {"", "<html>log in</html>", "{}", "[]", "{\"ok\":\"yes\"}", "\xff{"}) {
      failure_of(kind, reply(200, body));
    }
  }
}

TEST(FailureTest, EveryChannelKnowsTheStatusesOfHttp) {
  for (const auto& [kind, fields] : kFields) {
    EXPECT_EQ(failure_of(kind, reply(503, "{}")).kind, ErrorKind::kUnavailable) << kind;
    EXPECT_EQ(failure_of(kind, reply(301, "")).kind, ErrorKind::kRejected) << kind;
    HttpResponse busy = reply(429, "");
    busy.headers = {{"retry-after", "17"}};
    const Error error = failure_of(kind, busy);
    EXPECT_EQ(error.kind, ErrorKind::kThrottled) << kind;
    EXPECT_EQ(error.retry_after, seconds(17)) << kind;
  }
}

TEST(FailureTest, TheWaitThatABodyAsksForIsKept) {
  const char* telegram = R"({"ok":false,"error_code":429,"parameters":{"retry_after":35}})";
  EXPECT_EQ(failure_of("telegram", reply(429, telegram)).retry_after, seconds(35));
  const char* discord = R"({"message":"slow","retry_after":1.337,"global":false})";
  EXPECT_EQ(failure_of("discord", reply(429, discord)).retry_after, milliseconds(1337));
  const char* matrix = R"({"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":2500})";
  EXPECT_EQ(failure_of("matrix", reply(429, matrix)).retry_after, milliseconds(2500));
  const char* absurd = R"({"message":"slow","retry_after":1e300})";
  EXPECT_EQ(failure_of("discord", reply(429, absurd)).retry_after, hours(6));
}

TEST(FailureTest, RetryAfterIsReadAsSecondsOrAsADate) {
  const auto wait = [](const char* value) {
    return asked_wait(
        {.status = 429,
         .headers = {{"retry-after", value}, {"date", "Thu, 15 Jan 2026 08:30:00 GMT"}}});
  };
  EXPECT_EQ(wait("120"), minutes(2));
  EXPECT_EQ(wait("0"), seconds(1));
  EXPECT_EQ(wait("999999"), hours(6));
  EXPECT_EQ(wait("Thu, 15 Jan 2026 08:31:00 GMT"), minutes(1));
  EXPECT_EQ(wait("Thu, 15 Jan 2026 08:00:00 GMT"), seconds(1));
  EXPECT_EQ(wait("soon"), std::nullopt);
  EXPECT_EQ(wait(""), std::nullopt);
}

/// The canary as it is the whole of a key that has to begin with something.
std::string with_prefix(std::string text, const std::string& prefix) {
  for (std::size_t at = 0; (at = text.find("canary", at)) != text.npos; at += prefix.size() + 1) {
    text.insert(at, prefix);
  }
  return text;
}

TEST(FailureTest, NoErrorHasASecretInIt) {
  const std::string echo =
      R"({"errcode":1,"code":1,"ok":false,"error_code":"canary-7f3a9c-key",)"
      R"("errmsg":"no canary-7f3a9c-key","msg":"canary-7f3a9c-key","message":"x canary-7f3a9c-key",)"
      R"("description":"canary-7f3a9c-key","error":"canary-7f3a9c-key",)"
      R"("errors":["canary-7f3a9c-key"],"errorDescription":"canary-7f3a9c-key"})";
  for (const auto& [kind, fields] : kFields) {
    std::string said = echo;
    if (kind == "serverchan") said = with_prefix(said, "SCT");
    const Error refused = failure_of(kind, reply(400, said));
    EXPECT_THAT(refused.text(), Not(HasSubstr("canary"))) << kind;
    const Error lost =
        failure_of(kind,
                   Error(ErrorKind::kUnavailable,
                         kind == "serverchan" ? "could not reach SCTcanary-7f3a9c-key"
                                              : "could not reach canary-7f3a9c-key")
                       .while_doing("calling POST x.example/canary-7f3a9c-key")
                       .with_hint("check canary-7f3a9c-key"));
    EXPECT_EQ(lost.kind, ErrorKind::kUnavailable) << kind;
    EXPECT_THAT(lost.text(), Not(HasSubstr("canary"))) << kind;
    EXPECT_THAT(lost.text(), HasSubstr("sending a notice by ops: could not reach")) << kind;
  }
}

// Found by a fuzzer: a vendor that quotes the key in part, or not quite.
TEST(FailureTest, NoErrorHasMostOfASecretInIt) {
  for (const std::string said : {"canary-7f3a9c-kez is unknown", "unknown: ...nary-7f3a9c-key"}) {
    const Error refused =
        failure_of("bark", reply(400, R"({"code":400,"message":")" + said + "\"}"));
    EXPECT_THAT(refused.text(), Not(HasSubstr("7f3a9c"))) << said;
    EXPECT_THAT(refused.text(), HasSubstr("unknown")) << said;
  }
}

struct WrongOptions {
  const char* kind;
  std::map<std::string, std::string> fields;
  const char* words;
};

TEST(FailureTest, FieldsThatCannotBeRightAreRefusedBeforeAnythingIsSent) {
  const WrongOptions wrongs[] = {
      {"webhook", {{"url", "http://example.com/canary"}}, "its url is no https address"},
      {"webhook", {{"url", ""}}, "its url is empty"},
      {"webhook",
       {{"url", "https://x.example"}, {"body", R"({"a":"{{subjct}}"})"}},
       "did you mean {{subject}}?"},
      {"webhook", {{"url", "https://x.example"}, {"body", "{{subject}}"}}, "is not JSON"},
      {"webhook",
       {{"url", "https://x.example"}, {"authorization", "a\r\nX: canary"}},
       "holds a line end"},
      {"telegram", {{"token", "canary"}, {"chat", "1"}}, "its token is not one of a bot"},
      {"telegram", {{"token", "1:canary/../x"}, {"chat", "1"}}, "its token is not one of a bot"},
      {"serverchan", {{"key", "canary"}}, "its key is neither"},
      {"serverchan", {{"key", "sctpcanary"}}, "its key is neither"},
      {"slack", {{"url", "ftp://x.example/canary"}}, "its url is no https address"},
      {"gotify", {{"server", "https://x.example"}, {"token", ""}}, "its token is empty"},
  };
  for (const WrongOptions& one : wrongs) {
    try {
      Desk().make(one.kind, one.fields);
      ADD_FAILURE() << one.kind << " " << one.words;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "notify.options");
      EXPECT_THAT(error.text(), HasSubstr(one.words));
      EXPECT_THAT(error.text(), HasSubstr("setting up the channel ops: "));
      EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
    }
  }
}

}  // namespace
}  // namespace certferry::notify

// What each channel sends, to the byte, and which answers are a yes.
#include <gtest/gtest.h>

#include "notify/channel.h"
#include "notify/recorded_http.h"

namespace certferry::notify {
namespace {

struct Case {
  const char* kind;
  std::map<std::string, std::string> fields;
  const char* method;
  const char* url;
  const char* header;  ///< beside the content type: "Name: value"; empty: none
  const char* body;
  const char* yes;  ///< an answer that is one
  int status = 200;
};

// The text of `some_notice` in JSON: subject and body in one, and apart.
#define SUBJECT R"([certferry] failed: a <b> & \"c\")"
#define BODY R"(line one\nline 证书\n\naccount: doge\ncause: bind/http.insecure)"
#define WHOLE SUBJECT R"(\n\n)" BODY

const Case kCases[] = {
    {"webhook",
     {{"url", "https://hooks.example.com/in?key=k1"},
      {"body",
       R"({"m":"{{subject}} {{ text }}","l":"{{level}}","at":"{{time}}","t":"{{target}}"})"},
      {"authorization", "Basic xyz"}},
     "POST",
     "https://hooks.example.com/in?key=k1",
     "Authorization: Basic xyz",
     R"({"m":")" SUBJECT R"( line one\nline 证书","l":"error","at":"2026-01-15T08:29:00Z","t":""})",
     "whatever",
     204},
    {"webhook",
     {{"url", "http://127.0.0.1:8080/"}},
     "POST",
     "http://127.0.0.1:8080/",
     "",
     R"({"id":"00112233445566aa","time":"2026-01-15T08:29:00Z","level":"error","topic":"failure",)"
     R"("subject":")" SUBJECT R"(","text":"line one\nline 证书","account":"doge","certificate":"",)"
     R"("target":"","cause":"bind/http.insecure","action":""})",
     ""},
    {"dingtalk",
     {{"token", "tok+1"}, {"secret", "SECdingtalk-signing-secret"}},
     "POST",
     "https://oapi.dingtalk.com/robot/send?access_token=tok%2B1&timestamp=1768465800000"
     "&sign=YKTQQDJSghWuJJf%2BjccvWAMqrhwlyZDJbOdEY8nIlog%3D",
     "",
     R"({"msgtype":"text","text":{"content":")" WHOLE R"("}})",
     R"({"errcode":0,"errmsg":"ok"})"},
    {"dingtalk",
     {{"token", "t1"}, {"endpoint", "http://127.0.0.1:9/"}},
     "POST",
     "http://127.0.0.1:9/robot/send?access_token=t1",
     "",
     R"({"msgtype":"text","text":{"content":")" WHOLE R"("}})",
     R"({"errcode":0,"errmsg":"ok"})"},
    {"feishu",
     {{"token", "hook-1"}, {"secret", "feishu-signing-secret"}},
     "POST",
     "https://open.feishu.cn/open-apis/bot/v2/hook/hook-1",
     "",
     R"({"timestamp":"1768465800","sign":"yeA91DvPQGAV6dYgt0ZrUoSS620PAQARyc7bzU43gSw=","msg_type":"text",)"
     R"("content":{"text":")" WHOLE R"("}})",
     R"({"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"})"},
    {"feishu",
     {{"token", "hook-1"}, {"endpoint", "https://open.larksuite.com"}},
     "POST",
     "https://open.larksuite.com/open-apis/bot/v2/hook/hook-1",
     "",
     R"({"msg_type":"text","content":{"text":")" WHOLE R"("}})",
     R"({"code":0,"msg":"success"})"},
    {"wecom",
     {{"key", "693a91f6-7xxx"}},
     "POST",
     "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6-7xxx",
     "",
     R"({"msgtype":"text","text":{"content":")" WHOLE R"("}})",
     R"({"errcode":0,"errmsg":"ok"})"},
    {"serverchan",
     {{"key", "SCT123abc"}},
     "POST",
     "https://sctapi.ftqq.com/SCT123abc.send",
     "",
     R"({"title":")" SUBJECT R"(","desp":")" WHOLE R"("})",
     R"({"code":0,"message":"","data":{"pushid":"1","errno":0}})"},
    {"serverchan",
     {{"key", "sctp4711tabc"}},
     "POST",
     "https://4711.push.ft07.com/send/sctp4711tabc.send",
     "",
     R"({"title":")" SUBJECT R"(","desp":")" WHOLE R"("})",
     R"({"code":0,"message":"SUCCESS"})"},
    {"bark",
     {{"key", "device-key"}, {"server", "https://bark.example.com/"}},
     "POST",
     "https://bark.example.com/push",
     "",
     R"({"device_key":"device-key","title":")" SUBJECT R"(","body":")" BODY
     R"(","level":"timeSensitive","group":"certferry"})",
     R"({"code":200,"message":"success","timestamp":1})"},
    {"pushplus",
     {{"token", "pp-token"}, {"topic", "team"}},
     "POST",
     "https://www.pushplus.plus/send",
     "",
     R"({"token":"pp-token","title":")" SUBJECT R"(","content":")" BODY
     R"(","template":"txt","topic":"team"})",
     R"({"code":200,"msg":"请求成功","data":"x"})"},
    {"telegram",
     {{"token", "123:abc"}, {"chat", "-100"}, {"thread", "7"}},
     "POST",
     "https://api.telegram.org/bot123:abc/sendMessage",
     "",
     R"({"chat_id":"-100","text":")" WHOLE
     R"(","link_preview_options":{"is_disabled":true},"message_thread_id":"7"})",
     R"({"ok":true,"result":{"message_id":1}})"},
    {"slack",
     {{"url", "https://hooks.slack.com/services/T0/B0/x"}},
     "POST",
     "https://hooks.slack.com/services/T0/B0/x",
     "",
     R"({"text":"[certferry] failed: a &lt;b&gt; &amp; \"c\"\n\n)" BODY R"("})",
     "ok"},
    {"discord",
     {{"url", "https://discord.com/api/webhooks/1/x?thread_id=2"}},
     "POST",
     "https://discord.com/api/webhooks/1/x?thread_id=2&wait=true",
     "",
     R"({"content":")" WHOLE R"(","allowed_mentions":{"parse":[]}})",
     R"({"id":"1"})"},
    {"mattermost",
     {{"url", "https://mattermost.example.com/hooks/x"}, {"channel", "ops"}},
     "POST",
     "https://mattermost.example.com/hooks/x",
     "",
     R"({"text":")" WHOLE R"(","channel":"ops"})",
     "ok"},
    {"matrix",
     {{"server", "https://matrix.example.com"}, {"room", "!a:example.com"}, {"token", "syt_x"}},
     "PUT",
     "https://matrix.example.com/_matrix/client/v3/rooms/%21a%3Aexample.com/send/m.room.message/"
     "certferry-00112233445566aa",
     "Authorization: Bearer syt_x",
     R"({"msgtype":"m.text","body":")" WHOLE R"("})",
     R"({"event_id":"$e"})"},
    {"teams",
     {{"url", "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y"}},
     "POST",
     "https://prod-1.westeurope.logic.azure.com/workflows/x?sig=y",
     "",
     R"({"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive",)"
     R"("contentUrl":null,"content":{"$schema":"http://adaptivecards.io/schemas/adaptive-card.json",)"
     R"("type":"AdaptiveCard","version":"1.4","body":[{"type":"TextBlock","text":")" SUBJECT
     R"(","wrap":true,"weight":"Bolder"},{"type":"TextBlock","text":"line one\nline 证书",)"
     R"("wrap":true},{"type":"FactSet","facts":[{"title":"account","value":"doge"},)"
     R"({"title":"cause","value":"bind/http.insecure"}]}]}}]})",
     "",
     202},
    {"ntfy",
     {{"topic", "long-topic"}, {"token", "tk_1"}, {"server", "https://ntfy.example.com"}},
     "POST",
     "https://ntfy.example.com",
     "Authorization: Bearer tk_1",
     R"({"topic":"long-topic","title":")" SUBJECT R"(","message":")" BODY R"(","priority":4})",
     R"({"id":"x","event":"message"})"},
    {"gotify",
     {{"server", "https://gotify.example.com"}, {"token", "A1"}},
     "POST",
     "https://gotify.example.com/message",
     "X-Gotify-Key: A1",
     R"({"title":")" SUBJECT R"(","message":")" BODY R"(","priority":8})",
     R"({"id":25,"appid":1})"},
    {"pushover",
     {{"token", "app"}, {"user", "usr"}},
     "POST",
     "https://api.pushover.net/1/messages.json",
     "",
     R"({"token":"app","user":"usr","title":")" SUBJECT R"(","message":")" BODY
     R"(","priority":0})",
     R"({"status":1,"request":"r"})"},
};

std::string headers_of(const HttpRequest& request) {
  std::string out;
  for (const auto& [name, value] : request.headers) {
    out += name + ": " + std::string(value.reveal()) + "\n";
  }
  return out;
}

TEST(WireTest, EachChannelSendsJustThisAndTakesAYes) {
  for (const Case& one : kCases) {
    Desk desk;
    desk.http.answers.emplace_back(
        HttpResponse{.status = one.status, .headers = {}, .body = one.yes});
    const auto notifier = desk.make(one.kind, one.fields);
    const auto error = outcome_of(notifier->send(some_notice()));
    EXPECT_FALSE(error) << one.kind << ": " << error->text();
    ASSERT_EQ(desk.http.sent.size(), 1u) << one.kind;
    const HttpRequest& sent = desk.http.sent.front();
    EXPECT_EQ(sent.method, one.method) << one.kind;
    EXPECT_EQ(sent.url, one.url) << one.kind;
    EXPECT_EQ(sent.body.reveal(), one.body) << one.kind;
    const std::string header(one.header);
    EXPECT_EQ(
        headers_of(sent),
        "Content-Type: application/json; charset=utf-8\n" + (header.empty() ? "" : header + "\n"))
        << one.kind;
    EXPECT_EQ(sent.timeout, seconds(10)) << one.kind;
    EXPECT_EQ(notifier->kind(), one.kind);
    EXPECT_EQ(notifier->name(), "ops");
  }
}

TEST(WireTest, EveryChannelIsTriedHere) {
  std::set<std::string_view> tried = {"email"};  // in email_test.cpp
  for (const Case& one : kCases) tried.insert(one.kind);
  for (const ChannelMetadata& one : channel_metadata()) {
    EXPECT_TRUE(tried.contains(one.id)) << one.id;
  }
}

struct Limit {
  const char* kind;
  std::map<std::string, std::string> fields;
  const char* member;  ///< of the body's JSON
  std::size_t most;
  Unit unit;
};

TEST(WireTest, WhatIsTooLongIsCutToTheVendorsLimit) {
  const Limit limits[] = {
      {"wecom", {{"key", "k"}}, "text.content", 2048, Unit::kBytes},
      {"dingtalk", {{"token", "t"}}, "text.content", 15'000, Unit::kBytes},
      {"feishu", {{"token", "t"}}, "content.text", 15'000, Unit::kBytes},
      {"serverchan", {{"key", "SCTk"}}, "title", 32, Unit::kCharacters},
      {"serverchan", {{"key", "SCTk"}}, "desp", 30'000, Unit::kBytes},
      {"bark", {{"key", "k"}}, "body", 3000, Unit::kBytes},
      {"pushplus", {{"token", "t"}}, "title", 100, Unit::kCharacters},
      {"pushplus", {{"token", "t"}}, "content", 20'000, Unit::kCharacters},
      {"telegram", {{"token", "1:a"}, {"chat", "1"}}, "text", 4096, Unit::kUtf16},
      {"slack", {{"url", "https://x.example/y"}}, "text", 8000, Unit::kCharacters},
      {"discord", {{"url", "https://x.example/y"}}, "content", 2000, Unit::kCharacters},
      {"mattermost", {{"url", "https://x.example/y"}}, "text", 16'383, Unit::kCharacters},
      {"matrix",
       {{"server", "https://x.example"}, {"room", "r"}, {"token", "t"}},
       "body",
       40'000,
       Unit::kBytes},
      {"ntfy", {{"topic", "t"}}, "message", 4096, Unit::kBytes},
      {"gotify",
       {{"server", "https://x.example"}, {"token", "t"}},
       "message",
       30'000,
       Unit::kBytes},
      {"pushover", {{"token", "t"}, {"user", "u"}}, "message", 1024, Unit::kCharacters},
      {"pushover", {{"token", "t"}, {"user", "u"}}, "title", 250, Unit::kCharacters},
  };
  Notice notice = some_notice();
  for (int i = 0; i < 30'000; ++i) notice.text += "证😀";
  notice.subject.clear();  // Slack's markup would make it longer
  for (int i = 0; i < 400; ++i) notice.subject += "证";
  for (const Limit& one : limits) {
    Desk desk;
    desk.http.answers.emplace_back(HttpResponse{.status = 500});
    (void)outcome_of(desk.make(one.kind, one.fields)->send(notice));
    ASSERT_EQ(desk.http.sent.size(), 1u) << one.kind;
    const auto text = json_member(std::string(desk.http.sent[0].body.reveal()), one.member);
    ASSERT_TRUE(text) << one.kind;
    EXPECT_TRUE(cut(*text, one.most, one.unit) == *text) << one.kind << " " << one.member;
    EXPECT_TRUE(text->ends_with("…")) << one.kind << " " << one.member;
    // Nearly all of the room is used.
    EXPECT_FALSE(cut(*text, one.most - 8, one.unit) == *text) << one.kind << " " << one.member;
  }
}

}  // namespace
}  // namespace certferry::notify

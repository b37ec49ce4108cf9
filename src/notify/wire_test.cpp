// What each channel sends, to the byte, and which answers are a yes.
#include <gtest/gtest.h>

#include "notify/channel.h"
#include "notify/recorded_http.h"
#include "notify/wire_cases.h"

namespace certferry::notify {
namespace {

std::string headers_of(const HttpRequest& request) {
  std::string out;
  for (const auto& [name, value] : request.headers) {
    out += name + ": " + std::string(value.reveal()) + "\n";
  }
  return out;
}

TEST(WireTest, EachChannelSendsJustThisAndTakesAYes) {
  for (const WireCase& one : kWireCases) {
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
    EXPECT_EQ(headers_of(sent),
              "Content-Type: " + std::string(kWireContentType) + "\n" +
                  (header.empty() ? "" : header + "\n"))
        << one.kind;
    EXPECT_EQ(sent.timeout, seconds(10)) << one.kind;
    EXPECT_EQ(notifier->kind(), one.kind);
    EXPECT_EQ(notifier->name(), "ops");
  }
}

TEST(WireTest, EveryChannelIsTriedHere) {
  std::set<std::string_view> tried = {"email"};  // in email_test.cpp
  for (const WireCase& one : kWireCases) tried.insert(one.kind);
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

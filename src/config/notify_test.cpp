#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "config/example.h"
#include "config/parse.h"
#include "config/sample_catalogue.h"
#include "config/schema.h"
#include "config/secrets.h"

namespace certferry {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

ParsedSettings parse_notify(const std::string& section) {
  return parse_settings(
      std::string(kSmallestFile) + "notify:\n" + section, "c.yaml", sample_catalogue());
}

std::string texts(const ParsedSettings& parsed) {
  std::string out;
  for (const Error& one : parsed.problems) out += one.text() + "\n";
  return out;
}

TEST(NotifySettingsTest, ReadsEveryKeyOfAChannel) {
  const ParsedSettings parsed = parse_notify(
      "  - telegram:\n"
      "      token: { env: BOT_TOKEN }\n"
      "      chat: \"-100\"\n"
      "      endpoint: http://127.0.0.1:8081\n"
      "      name: ops\n"
      "      levels: [error, critical]\n"
      "      on: [failure, staleness]\n"
      "      fallback: true\n"
      "      timeout: 5s\n"
      "      proxy: socks5h://127.0.0.1:1080\n"
      "  - ntfy: { topic: { file: /etc/certferry/topic } }\n");
  ASSERT_TRUE(parsed.ok()) << texts(parsed);
  ASSERT_EQ(parsed.settings.channels.size(), 2u);
  const ChannelSettings& first = parsed.settings.channels[0];
  EXPECT_EQ(first.kind, "telegram");
  EXPECT_EQ(first.name, "ops");
  EXPECT_EQ(first.fields.at("chat"), "-100");
  EXPECT_EQ(first.fields.at("endpoint"), "http://127.0.0.1:8081");
  EXPECT_EQ(first.secrets.at("token").value, std::vector<std::string>{"BOT_TOKEN"});
  EXPECT_THAT(first.levels, ElementsAre(NoticeLevel::kError, NoticeLevel::kCritical));
  EXPECT_THAT(first.topics, ElementsAre(NoticeTopic::kFailure, NoticeTopic::kStaleness));
  EXPECT_EQ(first.fallback, true);
  EXPECT_EQ(first.timeout, seconds(5));
  EXPECT_EQ(first.proxy, "socks5h://127.0.0.1:1080");
  const ChannelSettings& second = parsed.settings.channels[1];
  EXPECT_EQ(second.name, "ntfy");
  EXPECT_TRUE(second.secrets.contains("topic"));
  EXPECT_EQ(second.timeout, seconds(10));
  EXPECT_THAT(secret_variables(parsed.settings), ElementsAre("DOGECLOUD_ACCESS_KEY", "BOT_TOKEN"));
}

struct Wrong {
  const char* section;
  const char* message;
};

TEST(NotifySettingsTest, EachMistakeIsToldWithItsPlaceAndWhatToDo) {
  const Wrong wrongs[] = {
      {"  telegram: {}\n", "c.yaml:12:3: 'notify' at the top level must be a list, but is a map"},
      {"  - telgram: {}\n",
       "c.yaml:12:5: 'notify' at the top level has 'telgram', which is not a known channel; did "
       "you mean 'telegram'?"},
      {"  - { telegram: {}, ntfy: {} }\n", "must be a list of channels, one key each"},
      {"  - telegram\n", "must be a list of channels, one key each"},
      {"  - ntfy:\n", "'topic' is missing in channel 'ntfy'"},
      {"  - ntfy: { topic: t, tpic: t }\n",
       "unknown key 'tpic' in channel 'ntfy'; did you mean 'topic'?"},
      {"  - telegram: { token: 123:abc, chat: 1 }\n", "'token' in channel 'telegram'"},
      {"  - telegram: { token: { env: T }, chat: 1, endpoint: \"http://example.com\" }\n",
       "which would send credentials unencrypted"},
      {"  - ntfy: { topic: t, levels: [loud] }\n", "is 'loud', which is not known; known levels"},
      {"  - ntfy: { topic: t, levels: error }\n", "must be a list"},
      {"  - ntfy: { topic: t, on: [failure, failure] }\n", "has 'failure' a second time"},
      {"  - ntfy: { topic: t, on: [test] }\n", "is 'test', which is not known"},
      {"  - ntfy: { topic: t, timeout: 0s }\n", "must be from 1s to 1m"},
      {"  - ntfy: { topic: t, fallback: maybe }\n", "is neither true nor false"},
      {"  - ntfy: { topic: t, name: a/b }\n", "without blanks and '/'"},
      {"  - ntfy: { topic: t }\n  - ntfy: { topic: u }\n",
       "c.yaml:13:5: 'notify' at the top level has a second channel of the name 'ntfy'"},
  };
  for (const Wrong& one : wrongs) {
    const ParsedSettings parsed = parse_notify(one.section);
    EXPECT_THAT(texts(parsed), HasSubstr(one.message)) << one.section;
    EXPECT_FALSE(parsed.ok()) << one.section;
  }
}

TEST(NotifySettingsTest, TheSchemaHasEachChannelWithItsKeysAndTheCommonOnes) {
  const nlohmann::json all = nlohmann::json::parse(json_schema(sample_catalogue()))["$defs"];
  EXPECT_EQ(all["notify"]["items"]["$ref"], "#/$defs/channel");
  const nlohmann::json telegram = all["channel"]["properties"]["telegram"];
  EXPECT_EQ(telegram["title"], "Telegram");
  EXPECT_EQ(telegram["required"], nlohmann::json::array({"token", "chat"}));
  EXPECT_EQ(telegram["properties"]["token"]["$ref"], "#/$defs/secret");
  EXPECT_EQ(telegram["properties"]["on"]["$ref"], "#/$defs/notice_topics");
  EXPECT_EQ(all["notice_topics"]["items"]["enum"].size(), 5u);
  EXPECT_EQ(all["notice_levels"]["items"]["enum"][3], "critical");
}

}  // namespace
}  // namespace certferry

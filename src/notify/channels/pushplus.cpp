// PushPlus: to WeChat.
//
//  - errors come in a 200, as code: 200 is yes, 900 means sent too much, 903 a wrong token
//  - a title holds 100 characters, a text 20,000
// API: https://www.pushplus.plus/doc/guide/api.html

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTitleCharactersMost = 100;
constexpr std::size_t kTextCharactersMost = 20'000;

HttpRequest request(const Options& options, const Notice& notice, Time) {
  std::vector<std::pair<std::string_view, Json>> members = {
      {"token", json_text(options.text("token"))},
      {"title", json_text(cut(notice.subject, kTitleCharactersMost, Unit::kCharacters))},
      {"content", json_text(cut(body_of(notice), kTextCharactersMost, Unit::kCharacters))},
      {"template", json_text("txt")}};
  if (options.has("topic")) members.emplace_back("topic", json_text(options.text("topic")));
  return post_json(options.server("endpoint", "https://www.pushplus.plus") + "/send",
                   json_object(members));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by(response, "code", "200", "msg");
  if (verdict.code == "900") verdict.kind = ErrorKind::kThrottled;
  if (verdict.code == "903") verdict.kind = ErrorKind::kUnauthorized;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "pushplus",
      .name = "PushPlus",
      .help = "The token of www.pushplus.plus",
      .fields = {{.key = "token", .help = "The token", .secret = true, .required = true},
                 {.key = "topic", .help = "A group's code, to tell more than oneself"},
                 {.key = "endpoint", .help = "Another address than PushPlus's", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kPushPlus{metadata, request, judge};

}  // namespace certferry::notify

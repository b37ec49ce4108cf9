// Pushover.
//
//  - a title holds 250 characters, a message 1,024
//  - answers have status, 1 for yes, and errors as a list; the request is repeated by name there
//  - priority 2 would ask for an acknowledgement and is not used
// API: https://pushover.net/api

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTitleCharactersMost = 250;
constexpr std::size_t kTextCharactersMost = 1024;

HttpRequest request(const Options& options, const Notice& notice, Time) {
  return post_json(
      options.server("endpoint", "https://api.pushover.net") + "/1/messages.json",
      json_object(
          {{"token", json_text(options.text("token"))},
           {"user", json_text(options.text("user"))},
           {"title", json_text(cut(notice.subject, kTitleCharactersMost, Unit::kCharacters))},
           {"message", json_text(cut(body_of(notice), kTextCharactersMost, Unit::kCharacters))},
           {"priority", json_number(notice.level == NoticeLevel::kCritical ? 1 : 0)}}));
}

Verdict judge(const HttpResponse& response) {
  return verdict_by(response, "status", "1", "errors");
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "pushover",
      .name = "Pushover",
      .help = "An application's token, and the key of the user or group",
      .fields = {
          {.key = "token", .help = "The application's token", .secret = true, .required = true},
          {.key = "user", .help = "Key of the user or group", .secret = true, .required = true},
          {.key = "endpoint", .help = "Another address than Pushover's", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kPushover{metadata, request, judge};

}  // namespace certferry::notify

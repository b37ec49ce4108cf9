// Bark: an app for iPhones; the server may be one's own.
//
//  - answers carry a code of their own beside the HTTP status, 200 for yes
//  - Apple takes 4,096 bytes in all
// API: https://bark.day.app/#/tutorial

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTitleBytesMost = 300;
constexpr std::size_t kTextBytesMost = 3000;

std::string_view urgency(NoticeLevel level) {
  return level >= NoticeLevel::kError ? "timeSensitive" : "active";
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  return post_json(
      options.server("server", "https://api.day.app") + "/push",
      json_object({{"device_key", json_text(options.text("key"))},
                   {"title", json_text(cut(notice.subject, kTitleBytesMost, Unit::kBytes))},
                   {"body", json_text(cut(body_of(notice), kTextBytesMost, Unit::kBytes))},
                   {"level", json_text(urgency(notice.level))},
                   {"group", json_text("certferry")}}));
}

Verdict judge(const HttpResponse& response) {
  return verdict_by(response, "code", "200", "message");
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "bark",
      .name = "Bark",
      .help = "The app shows the key, as part of an address",
      .fields = {
          {.key = "key", .help = "Key of the device", .secret = true, .required = true},
          {.key = "server", .help = "Another server than https://api.day.app", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kBark{metadata, request, judge};

}  // namespace certferry::notify

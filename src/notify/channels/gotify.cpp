// Gotify: push from one's own server.
//
//  - errors have error, errorCode and errorDescription
// API: https://gotify.net/api-docs#/message/createMessage

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextBytesMost = 30'000;

std::int64_t priority(NoticeLevel level) {
  if (level == NoticeLevel::kCritical) return 10;
  return level == NoticeLevel::kError ? 8 : 5;
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  HttpRequest request = post_json(
      options.server("server", "") + "/message",
      json_object({{"title", json_text(notice.subject)},
                   {"message", json_text(cut(body_of(notice), kTextBytesMost, Unit::kBytes))},
                   {"priority", json_number(priority(notice.level))}}));
  request.headers.emplace_back("X-Gotify-Key", options.secret("token"));
  return request;
}

Verdict judge(const HttpResponse& response) {
  if (json_member(response.body, "id")) return {};
  Verdict verdict = verdict_by_status(response, "errorCode", "errorDescription");
  verdict.taken = false;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "gotify",
      .name = "Gotify",
      .help = "Apps > create application",
      .fields = {
          {.key = "server",
           .help = "Your server",
           .required = true,
           .example = "https://gotify.example.com",
           .url = true},
          {.key = "token", .help = "The application's token", .secret = true, .required = true}}};
  return kMetadata;
}

}  // namespace

const Channel kGotify{metadata, request, judge};

}  // namespace certferry::notify

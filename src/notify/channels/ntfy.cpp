// ntfy: push by topic; the server may be one's own.
//
//  - who knows a topic of ntfy.sh may read it: take a long one, by reference
//  - a message longer than 4,096 bytes becomes an attachment
// API: https://docs.ntfy.sh/publish/#publish-as-json

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextBytesMost = 4096;
constexpr std::size_t kTitleBytesMost = 250;

std::int64_t priority(NoticeLevel level) {
  if (level == NoticeLevel::kCritical) return 5;
  return level == NoticeLevel::kError ? 4 : 3;
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  HttpRequest request = post_json(
      options.server("server", "https://ntfy.sh"),
      json_object({{"topic", json_text(options.text("topic"))},
                   {"title", json_text(cut(notice.subject, kTitleBytesMost, Unit::kBytes))},
                   {"message", json_text(cut(body_of(notice), kTextBytesMost, Unit::kBytes))},
                   {"priority", json_number(priority(notice.level))}}));
  if (options.has("token")) {
    request.headers.emplace_back("Authorization",
                                 Secret("Bearer " + std::string(options.text("token"))));
  }
  return request;
}

Verdict judge(const HttpResponse& response) {
  if (json_member(response.body, "id")) return {};
  Verdict verdict = verdict_by_status(response, "code", "error");
  verdict.taken = false;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "ntfy",
      .name = "ntfy",
      .help = "Subscribe to the topic in the app",
      .fields = {
          {.key = "topic",
           .help = "The topic; who knows it can read it",
           .required = true,
           .example = "{ env: NTFY_TOPIC }"},
          {.key = "token", .help = "Access token, where the topic wants one", .secret = true},
          {.key = "server", .help = "Another server than https://ntfy.sh", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kNtfy{metadata, request, judge};

}  // namespace certferry::notify

// Mattermost: an incoming webhook of one's own server.
//
//  - it answers the word "ok", errors as JSON: id and message
//  - a post holds 16,383 characters
// API: https://developers.mattermost.com/integrate/webhooks/incoming

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextCharactersMost = 16'383;

HttpRequest request(const Options& options, const Notice& notice, Time) {
  std::vector<std::pair<std::string_view, Json>> members = {
      {"text", json_text(cut(whole_of(notice), kTextCharactersMost, Unit::kCharacters))}};
  if (options.has("channel")) members.emplace_back("channel", json_text(options.text("channel")));
  return post_json(std::string(options.text("url")), json_object(members));
}

Verdict judge(const HttpResponse& response) {
  return verdict_by_status(response, "id", "message");
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "mattermost",
      .name = "Mattermost",
      .help = "Integrations > incoming webhooks",
      .fields = {{.key = "url",
                  .help = "The webhook's address, https://mattermost.example.com/hooks/…",
                  .secret = true,
                  .required = true},
                 {.key = "channel", .help = "Another channel than the webhook's"}}};
  return kMetadata;
}

}  // namespace

const Channel kMattermost{metadata, request, judge};

}  // namespace certferry::notify

// Slack: an incoming webhook.
//
//  - it answers the word "ok", and errors as words: invalid_payload, channel_is_archived
//  - & < > start markup and are written as entities
//  - longer than 40,000 characters is cut by Slack; long before that nobody reads
// API: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks

#include "base/text.h"
#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextCharactersMost = 8000;

std::string without_markup(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else {
      out += c;
    }
  }
  return out;
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  const std::string text = cut(whole_of(notice), kTextCharactersMost, Unit::kCharacters);
  return post_json(std::string(options.text("url")),
                   json_object({{"text", json_text(without_markup(text))}}));
}

Verdict judge(const HttpResponse& response) {
  if (trim(response.body) == "ok") return {};
  return {.taken = false, .message = response.body};
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "slack",
      .name = "Slack",
      .help = "An app of the workspace with an incoming webhook",
      .fields = {{.key = "url",
                  .help = "The webhook's address, https://hooks.slack.com/services/…",
                  .secret = true,
                  .required = true}}};
  return kMetadata;
}

}  // namespace

const Channel kSlack{metadata, request, judge};

}  // namespace certferry::notify

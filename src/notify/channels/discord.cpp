// Discord: a webhook of a channel.
//
//  - without wait=true a message that was not kept is answered with 204 all the same
//  - @everyone in a text would ring everybody, so nothing in it may mention
//  - a message holds 2,000 characters; a 429 says retry_after in seconds with a fraction
// API: https://discord.com/developers/docs/resources/webhook#execute-webhook

#include <cstdlib>

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextCharactersMost = 2000;
constexpr double kLongestWaitSeconds = 21'600;

HttpRequest request(const Options& options, const Notice& notice, Time) {
  std::string url(options.text("url"));
  url += url.contains('?') ? "&wait=true" : "?wait=true";
  const std::string text = cut(whole_of(notice), kTextCharactersMost, Unit::kCharacters);
  return post_json(std::move(url),
                   json_object({{"content", json_text(text)},
                                {"allowed_mentions", json_object({{"parse", json_list({})}})}}));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by_status(response, "code", "message");
  const std::string wait = json_member(response.body, "retry_after").value_or("");
  const double count = std::strtod(wait.c_str(), nullptr);
  if (!(count > 0)) return verdict;
  const double most = std::min(count, kLongestWaitSeconds);
  verdict.wait = milliseconds(static_cast<std::int64_t>(most * 1000));
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "discord",
      .name = "Discord",
      .help = "Channel settings > integrations > webhooks",
      .fields = {{.key = "url",
                  .help = "The webhook's address, https://discord.com/api/webhooks/…",
                  .secret = true,
                  .required = true}}};
  return kMetadata;
}

}  // namespace

const Channel kDiscord{metadata, request, judge};

}  // namespace certferry::notify

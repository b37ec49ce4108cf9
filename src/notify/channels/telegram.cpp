// Telegram: a bot.
//
//  - a message holds 4,096 characters, counted in units of UTF-16
//  - how long to wait stands in the body: parameters.retry_after, in seconds
//  - the text goes without parse_mode: nothing in it is taken for markup
// API: https://core.telegram.org/bots/api#sendmessage

#include <charconv>

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextUnitsMost = 4096;

HttpRequest request(const Options& options, const Notice& notice, Time) {
  // A token is digits, a colon and letters; the colon stays as it is.
  std::string url = options.server("endpoint", "https://api.telegram.org") + "/bot" +
                    std::string(options.text("token")) + "/sendMessage";
  std::vector<std::pair<std::string_view, Json>> members = {
      {"chat_id", json_text(options.text("chat"))},
      {"text", json_text(cut(whole_of(notice), kTextUnitsMost, Unit::kUtf16))},
      {"link_preview_options", json_object({{"is_disabled", Json{"true"}}})}};
  if (options.has("thread")) {
    members.emplace_back("message_thread_id", json_text(options.text("thread")));
  }
  return post_json(std::move(url), json_object(members));
}

void check(const Options& options) {
  const std::string_view token = options.text("token");
  const bool plain = token.find_first_of("/?#% ") == token.npos;
  if (plain && token.contains(':')) return;
  throw wrong_option("its token is not one of a bot",
                     "BotFather gives it: a number, a colon, and letters");
}

std::optional<milliseconds> wait_of(const HttpResponse& response) {
  const std::string text = json_member(response.body, "parameters.retry_after").value_or("");
  std::int64_t count = 0;
  const auto [end, status] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (status != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return seconds(std::clamp<std::int64_t>(count, 1, 21'600));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by(response, "ok", "true", "description");
  if (verdict.taken) return verdict;
  verdict.code = json_member(response.body, "error_code").value_or("");
  verdict.wait = wait_of(response);
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "telegram",
      .name = "Telegram",
      .help = "A bot made by BotFather, and the chat it is in",
      .fields = {{.key = "token", .help = "The bot's token", .secret = true, .required = true},
                 {.key = "chat",
                  .help = "The chat's number or @name",
                  .required = true,
                  .example = "-1001234567890"},
                 {.key = "thread", .help = "Number of the topic within the chat"},
                 {.key = "endpoint", .help = "A Bot API server of one's own", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kTelegram{metadata, request, judge, check};

}  // namespace certferry::notify

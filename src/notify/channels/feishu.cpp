// Feishu (飞书) and Lark: a bot of a group.
//
//  - the signature is of an empty message, keyed by "timestamp\nsecret"; seconds, not milliseconds
//  - errors come as code in a 200 or a 400; 11232 and 9499 with "too many request" are its pace
//  - older bots answer StatusCode beside code
//  - a body holds 20 KB
// API: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot

#include "crypto/digest.h"
#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextBytesMost = 15'000;  // escaped it grows

std::string signature(const Options& options, const std::string& timestamp) {
  return base64_encode(
      hmac_sha256(Secret(timestamp + "\n" + std::string(options.text("secret"))), ""));
}

HttpRequest request(const Options& options, const Notice& notice, Time now) {
  std::string url = options.server("endpoint", "https://open.feishu.cn") +
                    "/open-apis/bot/v2/hook/" + percent_encoded(options.text("token"));
  std::vector<std::pair<std::string_view, Json>> members;
  if (options.has("secret")) {
    const auto moment = std::chrono::floor<seconds>(now.time_since_epoch()).count();
    const std::string timestamp = std::to_string(moment);
    members.emplace_back("timestamp", json_text(timestamp));
    members.emplace_back("sign", json_text(signature(options, timestamp)));
  }
  const std::string text = cut(whole_of(notice), kTextBytesMost, Unit::kBytes);
  members.emplace_back("msg_type", json_text("text"));
  members.emplace_back("content", json_object({{"text", json_text(text)}}));
  return post_json(std::move(url), json_object(members));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by(response, "code", "0", "msg");
  const bool pace = verdict.code == "11232" ||
                    (verdict.code == "9499" && verdict.message.contains("oo many request"));
  if (pace) verdict.kind = ErrorKind::kThrottled;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "feishu",
      .name = "Feishu, Lark",
      .help = "Group settings > bots > custom bot; for Lark 'endpoint: https://open.larksuite.com'",
      .fields = {
          {.key = "token",
           .help = "Last part of the bot's address, behind /hook/",
           .secret = true,
           .required = true},
          {.key = "secret", .help = "The bot's signing secret", .secret = true},
          {.key = "endpoint", .help = "Another address than https://open.feishu.cn", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kFeishu{metadata, request, judge};

}  // namespace certferry::notify

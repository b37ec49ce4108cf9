// DingTalk (钉钉): a robot of a group.
//
//  - errors come in a 200, as errcode ............... docs: custom robot, error codes
//  - the signature stands in the query, over "timestamp\nsecret", keyed by the secret
//  - 20 messages a minute, then errcode 130101 or 660026 for some minutes; -1 is "system busy"
//  - a body holds 20,000 bytes
// API: https://open.dingtalk.com/document/orgapp/custom-robots-send-group-messages

#include "crypto/digest.h"
#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextBytesMost = 15'000;  // escaped it grows

std::string signature(const Options& options, const std::string& timestamp) {
  const Secret key = options.secret("secret");
  return base64_encode(hmac_sha256(key, timestamp + "\n" + std::string(key.reveal())));
}

HttpRequest request(const Options& options, const Notice& notice, Time now) {
  std::string url = options.server("endpoint", "https://oapi.dingtalk.com") +
                    "/robot/send?access_token=" + percent_encoded(options.text("token"));
  if (options.has("secret")) {
    const std::string timestamp = std::to_string(now.time_since_epoch().count());
    url += "&timestamp=" + timestamp + "&sign=" + percent_encoded(signature(options, timestamp));
  }
  const std::string text = cut(whole_of(notice), kTextBytesMost, Unit::kBytes);
  return post_json(std::move(url),
                   json_object({{"msgtype", json_text("text")},
                                {"text", json_object({{"content", json_text(text)}})}}));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by(response, "errcode", "0", "errmsg");
  if (verdict.code == "130101" || verdict.code == "660026") verdict.kind = ErrorKind::kThrottled;
  if (verdict.code == "-1") verdict.kind = ErrorKind::kUnavailable;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "dingtalk",
      .name = "DingTalk",
      .help = "Group settings > robots > custom; choose the signature, or the keyword 'certferry'",
      .fields = {{.key = "token",
                  .help = "access_token of the robot's address",
                  .secret = true,
                  .required = true},
                 {.key = "secret", .help = "The robot's signing secret, SEC…", .secret = true},
                 {.key = "endpoint", .help = "Another address than DingTalk's", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kDingTalk{metadata, request, judge};

}  // namespace certferry::notify

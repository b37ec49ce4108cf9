// WeCom (企业微信): a robot of a group.
//
//  - errors come in a 200, as errcode; 45009 and 45033 are its pace, -1 is "system busy"
//  - a text holds 2,048 bytes
// API: https://developer.work.weixin.qq.com/document/path/91770

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextBytesMost = 2048;

HttpRequest request(const Options& options, const Notice& notice, Time) {
  std::string url = options.server("endpoint", "https://qyapi.weixin.qq.com") +
                    "/cgi-bin/webhook/send?key=" + percent_encoded(options.text("key"));
  const std::string text = cut(whole_of(notice), kTextBytesMost, Unit::kBytes);
  return post_json(std::move(url),
                   json_object({{"msgtype", json_text("text")},
                                {"text", json_object({{"content", json_text(text)}})}}));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by(response, "errcode", "0", "errmsg");
  if (verdict.code == "45009" || verdict.code == "45033") verdict.kind = ErrorKind::kThrottled;
  if (verdict.code == "-1") verdict.kind = ErrorKind::kUnavailable;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "wecom",
      .name = "WeCom",
      .help = "Group > add a robot",
      .fields = {{.key = "key",
                  .help = "What stands behind key= in the robot's address",
                  .secret = true,
                  .required = true},
                 {.key = "endpoint", .help = "Another address than WeCom's", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kWeCom{metadata, request, judge};

}  // namespace certferry::notify

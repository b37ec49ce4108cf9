// ServerChan (Server酱): Turbo (keys SCT…) and ServerChan3 (keys sctp…).
//
//  - ServerChan3 is asked at a host of the user's own, whose number stands in the key: sctp123t…
//  - errors come in a 200 or a 400, as code
//  - a title holds 32 characters, a text 32 KB
// API: https://sct.ftqq.com/sendkey and https://doc.sc3.ft07.com/serverchan3

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTitleCharactersMost = 32;
constexpr std::size_t kTextBytesMost = 30'000;

/// The user's number in a key of ServerChan3; empty for one of Turbo.
std::string user_of(std::string_view key) {
  if (!key.starts_with("sctp")) return {};
  key.remove_prefix(4);
  const std::size_t end = key.find_first_not_of("0123456789");
  if (end == 0 || end == key.npos || key[end] != 't') return {};
  return std::string(key.substr(0, end));
}

void check(const Options& options) {
  const std::string_view key = options.text("key");
  const bool third = key.starts_with("sctp");
  if (third ? !user_of(key).empty() : key.starts_with("SCT")) return;
  throw wrong_option("its key is neither of ServerChan Turbo nor of ServerChan3",
                     "one begins with SCT, the other with sctp, a number and t");
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  const std::string key = percent_encoded(options.text("key"));
  const std::string user = user_of(options.text("key"));
  const std::string url =
      user.empty() ? options.server("endpoint", "https://sctapi.ftqq.com") + "/" + key + ".send"
                   : options.server("endpoint", "https://" + user + ".push.ft07.com") + "/send/" +
                         key + ".send";
  return post_json(
      url,
      json_object(
          {{"title", json_text(cut(notice.subject, kTitleCharactersMost, Unit::kCharacters))},
           {"desp", json_text(cut(whole_of(notice), kTextBytesMost, Unit::kBytes))}}));
}

Verdict judge(const HttpResponse& response) {
  return verdict_by(response, "code", "0", "message");
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "serverchan",
      .name = "ServerChan",
      .help = "The SendKey of sct.ftqq.com (SCT…) or of sc3.ft07.com (sctp…)",
      .fields = {{.key = "key", .help = "The SendKey", .secret = true, .required = true},
                 {.key = "endpoint", .help = "Another address than ServerChan's", .url = true}}};
  return kMetadata;
}

}  // namespace

const Channel kServerChan{metadata, request, judge, check};

}  // namespace certferry::notify

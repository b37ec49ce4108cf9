// Matrix: a message in a room, through one's own homeserver.
//
//  - a PUT that names its transaction: the same notice sent again is the same message
//  - a 429 says retry_after_ms in the body; an event holds 65,536 bytes in all
// API:
// https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid

#include <charconv>

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kTextBytesMost = 40'000;  // escaped it grows

HttpRequest request(const Options& options, const Notice& notice, Time) {
  HttpRequest request = post_json(
      options.server("server", "") + "/_matrix/client/v3/rooms/" +
          percent_encoded(options.text("room")) + "/send/m.room.message/certferry-" + notice.id,
      json_object({{"msgtype", json_text("m.text")},
                   {"body", json_text(cut(whole_of(notice), kTextBytesMost, Unit::kBytes))}}));
  request.method = "PUT";
  request.headers.emplace_back("Authorization",
                               Secret("Bearer " + std::string(options.text("token"))));
  return request;
}

Verdict judge(const HttpResponse& response) {
  if (json_member(response.body, "event_id")) return {};
  Verdict verdict = verdict_by_status(response, "errcode", "error");
  verdict.taken = false;
  const std::string wait = json_member(response.body, "retry_after_ms").value_or("");
  std::int64_t count = 0;
  const auto [end, status] = std::from_chars(wait.data(), wait.data() + wait.size(), count);
  if (status == std::errc{} && count > 0) {
    verdict.wait = milliseconds(std::min<std::int64_t>(count, 21'600'000));
  }
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "matrix",
      .name = "Matrix",
      .help = "An account that is in the room, and its access token",
      .fields = {{.key = "server",
                  .help = "The homeserver",
                  .required = true,
                  .example = "https://matrix.example.com",
                  .url = true},
                 {.key = "room",
                  .help = "The room's id",
                  .required = true,
                  .example = "!abcdef:example.com"},
                 {.key = "token", .help = "Access token", .secret = true, .required = true}}};
  return kMetadata;
}

}  // namespace

const Channel kMatrix{metadata, request, judge};

}  // namespace certferry::notify

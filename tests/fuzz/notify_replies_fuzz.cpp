// Any reply to any channel's call: a yes, or an error that fits a line and has no secret in it.
//
// An input is a reply: "STATUS KIND", header lines, an empty line, the body. In the body ${key}
// stands for what is secret in the channel's options: a vendor that sends it back is not quoted
// with it.

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <charconv>

#include "base/text.h"
#include "notify/recorded_http.h"
#include "properties.h"
#include "target.h"

namespace certferry::fuzz {

namespace {

constexpr std::array<std::string_view, 1> kCodes = {"notify.refused"};
constexpr std::string_view kKey = "SCT5f2c8e1b7a9d4036c2e1";

/// Every field, made so that any channel takes it.
std::map<std::string, std::string> fields_of(const ChannelMetadata& channel) {
  std::map<std::string, std::string> fields;
  for (const FieldMetadata& field : channel.fields) {
    if (!field.secret && !field.required) continue;
    std::string value(kKey);
    if (!field.secret) value = field.url ? "https://x.example" : "other";
    if (field.key == "url") value.insert(0, "https://x.example/hooks/");
    if (channel.id == "telegram" && field.key == "token") value.insert(0, "1:");
    fields.emplace(field.key, value);
  }
  return fields;
}

const ChannelMetadata* channel_named(std::string_view kind) {
  const auto all = notify::channel_metadata();
  const auto found = std::ranges::find(all, kind, &ChannelMetadata::id);
  return found == all.end() || kind == "email" ? nullptr : &*found;
}

std::string with_key(std::string body) {
  constexpr std::string_view kMark = "${key}";
  for (std::size_t at = 0; (at = body.find(kMark, at)) != body.npos; at += kKey.size()) {
    body.replace(at, kMark.size(), kKey);
  }
  return body;
}

}  // namespace

void try_input(std::string_view bytes) {
  std::string_view first = take_line(bytes);
  const std::string_view status = take_until(first, " ");
  HttpResponse response;
  std::from_chars(status.data(), status.data() + status.size(), response.status);
  const ChannelMetadata* channel = channel_named(first);
  if (channel == nullptr) return;
  for (std::string_view line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    const std::string_view name = take_until(line, ": ");
    response.headers.emplace_back(to_lower(name), line);
  }
  response.body = with_key(std::string(bytes));

  notify::Desk desk;
  desk.http.answers.emplace_back(response);
  const auto notifier = desk.make(std::string(channel->id), fields_of(*channel));
  const auto error = notify::outcome_of(notifier->send(notify::some_notice()));
  const bool success = response.status >= 200 && response.status <= 299;
  require(error || success, "only a 2xx is a yes");
  if (!error) return;
  require_sound(*error, kCodes);
  require_hidden(error->text(), kKey, "the channel's key");
  require(!error->retry_after ||
              (error->retry_after->count() > 0 && *error->retry_after <= std::chrono::hours(6)),
          "a wait is within its bounds");
}

}  // namespace certferry::fuzz

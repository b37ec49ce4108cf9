// Listed by hand: a static that registers itself is dropped when nothing refers to its file.

#include "notify/registry.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "notify/channel.h"
#include "notify/email.h"
#include "notify/http_notifier.h"

namespace certferry::notify {

namespace {

constexpr std::array kChannels = {&kWebhook,
                                  &kDingTalk,
                                  &kFeishu,
                                  &kWeCom,
                                  &kServerChan,
                                  &kBark,
                                  &kPushPlus,
                                  &kTelegram,
                                  &kSlack,
                                  &kDiscord,
                                  &kMattermost,
                                  &kMatrix,
                                  &kTeams,
                                  &kNtfy,
                                  &kGotify,
                                  &kPushover};

const ChannelMetadata& metadata_of(const std::string& kind) {
  const auto all = channel_metadata();
  const auto found = std::ranges::find(all, kind, &ChannelMetadata::id);
  ASSERT(found != all.end());  // the configuration was checked against the same list
  return *found;
}

/// What an address begins with that may be called: the HTTP client checks the rest.
bool callable(std::string_view url) {
  constexpr std::array<std::string_view, 4> kBegins = {
      "https://", "http://127.", "http://localhost", "http://[::1]"};
  return std::ranges::any_of(kBegins, [&](std::string_view one) { return url.starts_with(one); });
}

void check_field(const FieldMetadata& field, std::string_view value) {
  const std::string key(field.key);
  if (field.required && value.empty()) {
    throw wrong_option("its " + key + " is empty", std::string(field.help));
  }
  if (value.find_first_of(std::string_view("\r\n\0", 3)) != value.npos) {
    throw wrong_option("its " + key + " holds a line end or a NUL byte", "write one line");
  }
  if (key == "url" && !callable(value)) {
    throw wrong_option("its url is no https address",
                       "http is allowed only to 127.0.0.0/8, [::1] and localhost");
  }
}

Options checked(const ChannelMetadata& metadata, const NotifierOptions& options) {
  std::set<std::string> secret;
  for (const FieldMetadata& field : metadata.fields) {
    const std::string key(field.key);
    const auto value = options.values.find(key);
    check_field(field, value == options.values.end() ? "" : value->second.reveal());
    if (field.secret) secret.insert(key);
  }
  return {options.values, std::move(secret)};
}

}  // namespace

std::span<const ChannelMetadata> channel_metadata() {
  static const std::vector<ChannelMetadata> kAll = [] {
    std::vector<ChannelMetadata> all = {email_metadata()};
    for (const Channel* one : kChannels) all.push_back(one->metadata());
    return all;
  }();
  return kAll;
}

std::unique_ptr<Notifier> make_notifier(const NotifierOptions& options, NotifierPorts ports) {
  try {
    Options values = checked(metadata_of(options.kind), options);
    if (options.kind == email_metadata().id) {
      return std::make_unique<EmailNotifier>(
          options.name, std::move(values), options.timeout, ports.mail, ports.clock);
    }
    const auto channel = std::ranges::find(
        kChannels, options.kind, [](const Channel* one) { return one->metadata().id; });
    return std::make_unique<HttpNotifier>(
        **channel, options.name, std::move(values), options.timeout, ports.http, ports.clock);
  } catch (Error& error) {
    throw std::move(error).while_doing("setting up the channel " + options.name);
  }
}

}  // namespace certferry::notify

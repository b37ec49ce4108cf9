// The section `notify:`: who is told, of what, and by which way.

#include <array>

#include "base/text.h"
#include "config/fields.h"
#include "config/tables.h"

namespace certferry {

namespace {

constexpr std::string_view kExample = "[{ ntfy: { topic: { env: NTFY_TOPIC } } }]";

/// Reads a list of words, each standing for one value.
template <typename Word>
void read_words(const Value& value,
                std::span<const Word> known,
                std::string_view example,
                std::string_view what,
                std::set<Word>& out) {
  std::vector<std::string> words;
  for (const Word one : known) words.emplace_back(to_string(one));
  value.list(example, [&](const Value& element) {
    std::string word;
    if (!element.choice(word, words, what)) return;
    const auto index = std::ranges::find(words, word) - words.begin();
    if (out.insert(known[static_cast<std::size_t>(index)]).second) return;
    element.fail("config.duplicate", "has " + in_quotes(word) + " a second time");
  });
}

void read_levels(const Value& value, ChannelSettings& out) {
  read_words<NoticeLevel>(value, kNoticeLevels, "[error, critical]", "levels", out.levels);
}

void read_topics(const Value& value, ChannelSettings& out) {
  read_words<NoticeTopic>(value, choosable_topics(), "[failure, expiry]", "topics", out.topics);
}

void read_channel_name(const Value& value, ChannelSettings& out) {
  std::string name;
  if (!value.text(name)) return;
  if (is_plain_name(name)) {
    out.name = std::move(name);
    return;
  }
  value.fail(
      "config.range", "is " + in_quotes(name), "a name has 1 to 64 bytes, without blanks and '/'");
}

constexpr double kSecond = 1000;

constexpr std::array<Key<ChannelSettings>, 6> kCommonKeys = {
    Key<ChannelSettings>{
        {.name = "name", .help = "What messages call it; its kind unless said", .example = "ops"},
        &read_channel_name},
    Key<ChannelSettings>{{.name = "levels",
                          .help = "Only notices of these levels; all unless said",
                          .form = Form::kDefined,
                          .definition = "notice_levels",
                          .example = "[error, critical]"},
                         &read_levels},
    Key<ChannelSettings>{{.name = "on",
                          .help = "Only notices about these; all unless said",
                          .form = Form::kDefined,
                          .definition = "notice_topics",
                          .example = "[failure, expiry]"},
                         &read_topics},
    Key<ChannelSettings>{
        {.name = "fallback",
         .help = "Gets only what no other channel took; false unless said",
         .form = Form::kSwitch,
         .example = "true"},
        [](const Value& value, ChannelSettings& out) { value.switched(out.fallback); }},
    Key<ChannelSettings>{
        {.name = "timeout",
         .help = "How long one try may take; 10s unless said",
         .form = Form::kDuration,
         .range = {kSecond, 60 * kSecond},
         .example = "10s"},
        [](const Value& value, ChannelSettings& out) { value.duration(out.timeout); }},
    Key<ChannelSettings>{{.name = "proxy",
                          .help = "Proxy for this channel; without it the environment's",
                          .example = "socks5h://127.0.0.1:1080"},
                         [](const Value& value, auto& out) { value.proxy(out.proxy); }},
};

const ChannelMetadata* channel_of(const Entry& entry, const Value& element) {
  const auto& channels = element.reading.catalogue.channels;
  const auto found = std::ranges::find(channels, entry.key, &ChannelMetadata::id);
  if (found != channels.end()) return &*found;
  element.fail_at(entry.key_at,
                  "config.reference",
                  "has " + in_quotes(entry.key) + ", which is not a known channel",
                  suggestion(entry.key, ids_of(channels), "channels"));
  return nullptr;
}

/// `certferry notify test NAME` and messages tell channels apart by their names.
void note_name(const Value& element, const ChannelSettings& channel, const Settings& settings) {
  const auto same = std::ranges::find(settings.channels, channel.name, &ChannelSettings::name);
  if (same == settings.channels.end()) return;
  element.fail_at(channel.at,
                  "config.duplicate",
                  "has a second channel of the name " + in_quotes(channel.name),
                  "give one of them another: 'name: …'");
}

void read_channel(const Value& element, Settings& settings) {
  if (element.node.kind != YamlNode::Kind::kMap || element.node.entries.size() != 1) {
    element.fail("config.type",
                 "must be a list of channels, one key each",
                 "write it like " + std::string(kExample));
    return;
  }
  const Entry& entry = element.node.entries.front();
  const ChannelMetadata* metadata = channel_of(entry, element);
  if (metadata == nullptr) return;
  ChannelSettings channel{.kind = entry.key, .name = entry.key, .at = entry.key_at};
  const MapReading map{
      entry.value, entry.key_at, "in channel " + in_quotes(entry.key), entry.key, element.reading};
  const std::vector<Key<ChannelSettings>> keys = channel_keys(*metadata);
  read_map<ChannelSettings>(map, keys, channel);
  note_name(element, channel, settings);
  settings.channels.push_back(std::move(channel));
}

}  // namespace

std::span<const NoticeTopic> choosable_topics() {
  return std::span(kNoticeTopics).first(kNoticeTopics.size() - 1);  // not the test's
}

std::vector<Key<ChannelSettings>> channel_keys(const ChannelMetadata& channel) {
  std::vector<Key<ChannelSettings>> keys;
  for (const FieldMetadata& field : channel.fields) keys.push_back(key_of<ChannelSettings>(field));
  keys.insert(keys.end(), kCommonKeys.begin(), kCommonKeys.end());
  return keys;
}

void read_notify(const Value& value, Settings& out) {
  value.list(kExample, [&](const Value& element) { read_channel(element, out); });
}

}  // namespace certferry

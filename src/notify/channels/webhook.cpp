// Any web service that takes JSON: the body is a template of the configuration.
//
// {{subject}}, {{text}}, {{level}}, {{topic}}, {{time}}, {{id}} and the notice's fields
// ({{account}},
// {{certificate}}, {{target}}, {{cause}}, {{action}}) stand inside of JSON texts and are escaped
// for them. Whatever answers with 2xx has taken it.

#include <array>

#include "base/text.h"
#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::string_view kStandardBody =
    R"({"id":"{{id}}","time":"{{time}}","level":"{{level}}","topic":"{{topic}}",)"
    R"("subject":"{{subject}}","text":"{{text}}","account":"{{account}}",)"
    R"("certificate":"{{certificate}}","target":"{{target}}","cause":"{{cause}}",)"
    R"("action":"{{action}}"})";

constexpr std::array<std::string_view, 11> kPlaceholders = {"id",
                                                            "time",
                                                            "level",
                                                            "topic",
                                                            "subject",
                                                            "text",
                                                            "account",
                                                            "certificate",
                                                            "target",
                                                            "cause",
                                                            "action"};

std::string value_of(const Notice& notice, std::string_view name) {
  if (name == "id") return notice.id;
  if (name == "time") return format_time(notice.at);
  if (name == "level") return std::string(to_string(notice.level));
  if (name == "topic") return std::string(to_string(notice.topic));
  if (name == "subject") return notice.subject;
  if (name == "text") return notice.text;
  return std::string(notice.field(name));
}

/// As it stands between the quotes of a JSON text.
std::string escaped(std::string_view text) {
  const std::string quoted = json_text(text).text;
  return quoted.substr(1, quoted.size() - 2);
}

Error unknown_placeholder(std::string_view name) {
  std::vector<std::string> known(kPlaceholders.begin(), kPlaceholders.end());
  const std::string meant = nearest(name, known);
  return wrong_option(
      "its body has the placeholder {{" + printable(name, 40) + "}}",
      meant.empty() ? "known are: " + join(known, ", ") : "did you mean {{" + meant + "}}?");
}

std::string filled(std::string_view body, const Notice& notice) {
  std::string out;
  while (true) {
    const std::size_t begin = body.find("{{");
    const std::size_t end = begin == body.npos ? body.npos : body.find("}}", begin);
    if (end == body.npos) return out.append(body);
    const std::string_view name = trim(body.substr(begin + 2, end - begin - 2));
    if (std::ranges::find(kPlaceholders, name) == kPlaceholders.end()) {
      throw unknown_placeholder(name);
    }
    out.append(body.substr(0, begin)).append(escaped(value_of(notice, name)));
    body.remove_prefix(end + 2);
  }
}

std::string_view body_of(const Options& options) {
  return options.has("body") ? options.text("body") : kStandardBody;
}

void check(const Options& options) {
  if (is_json(filled(body_of(options), {}))) return;
  throw wrong_option("its body is not JSON once the placeholders are filled",
                     R"(write placeholders inside of quotes, like '{"msg": "{{subject}}"}')");
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  HttpRequest request =
      post_json(std::string(options.text("url")), Json{filled(body_of(options), notice)});
  if (options.has("authorization")) {
    request.headers.emplace_back("Authorization", options.secret("authorization"));
  }
  return request;
}

Verdict judge(const HttpResponse& response) {
  return verdict_by_status(response, "code", "message");
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "webhook",
      .name = "Webhook",
      .help = "POST of JSON to an address of yours",
      .fields = {
          {.key = "url", .help = "The address", .secret = true, .required = true},
          {.key = "body",
           .help =
               "JSON with {{subject}}, {{text}}, {{level}}, {{topic}}, {{time}}, {{id}}, "
               "{{account}}, {{certificate}}, {{target}}, {{cause}}, {{action}} inside of texts",
           .example = R"({"msg": "{{subject}}"})"},
          {.key = "authorization", .help = "Value of the header Authorization", .secret = true}}};
  return kMetadata;
}

}  // namespace

const Channel kWebhook{metadata, request, judge, check};

}  // namespace certferry::notify

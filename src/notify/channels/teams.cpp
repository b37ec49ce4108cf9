// Microsoft Teams: a workflow that starts "when a Teams webhook request is received".
//
//  - it takes an adaptive card and answers 202 before the message is posted
//  - connectors of old answer 200 with a sentence in which the error is
//  - a message holds 28 KB
// API: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors

#include "notify/channel.h"

namespace certferry::notify {

namespace {

constexpr std::size_t kSubjectBytesMost = 500;
constexpr std::size_t kTextBytesMost = 10'000;  // escaped it grows
constexpr std::size_t kFieldBytesMost = 1000;

Json text_block(std::string_view text, bool title) {
  std::vector<std::pair<std::string_view, Json>> members = {
      {"type", json_text("TextBlock")}, {"text", json_text(text)}, {"wrap", Json{"true"}}};
  if (title) members.emplace_back("weight", json_text("Bolder"));
  return json_object(members);
}

Json facts_of(const Notice& notice) {
  std::vector<Json> facts;
  for (const NoticeField& one : notice.fields) {
    facts.push_back(
        json_object({{"title", json_text(one.name)},
                     {"value", json_text(cut(one.value, kFieldBytesMost, Unit::kBytes))}}));
  }
  return json_object({{"type", json_text("FactSet")}, {"facts", json_list(facts)}});
}

Json card_of(const Notice& notice) {
  std::vector<Json> body = {text_block(cut(notice.subject, kSubjectBytesMost, Unit::kBytes), true),
                            text_block(cut(notice.text, kTextBytesMost, Unit::kBytes), false)};
  if (!notice.fields.empty()) body.push_back(facts_of(notice));
  return json_object({{"$schema", json_text("http://adaptivecards.io/schemas/adaptive-card.json")},
                      {"type", json_text("AdaptiveCard")},
                      {"version", json_text("1.4")},
                      {"body", json_list(body)}});
}

HttpRequest request(const Options& options, const Notice& notice, Time) {
  const Json attachment =
      json_object({{"contentType", json_text("application/vnd.microsoft.card.adaptive")},
                   {"contentUrl", Json{"null"}},
                   {"content", card_of(notice)}});
  return post_json(
      std::string(options.text("url")),
      json_object({{"type", json_text("message")}, {"attachments", json_list({attachment})}}));
}

Verdict judge(const HttpResponse& response) {
  Verdict verdict = verdict_by_status(response, "error.code", "error.message");
  if (!response.body.contains("delivery failed")) return verdict;
  verdict.taken = false;
  verdict.message = response.body;
  if (response.body.contains("HTTP error 429")) verdict.kind = ErrorKind::kThrottled;
  return verdict;
}

const ChannelMetadata& metadata() {
  static const ChannelMetadata kMetadata{
      .id = "teams",
      .name = "Microsoft Teams",
      .help = "Workflows > 'Post to a channel when a webhook request is received'",
      .fields = {
          {.key = "url", .help = "The workflow's address", .secret = true, .required = true}}};
  return kMetadata;
}

}  // namespace

const Channel kTeams{metadata, request, judge};

}  // namespace certferry::notify

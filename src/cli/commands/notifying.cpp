// notify test: does a notice arrive?

#include <unistd.h>

#include <array>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/json_output.h"
#include "cli/notices.h"
#include "cli/progress.h"
#include "cli/terminal.h"

namespace certferry::cli {

namespace {

std::string host_name() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "this machine";
  return printable(name.data(), 100);
}

Notice test_notice(EdgeParts& edge) {
  return {.id = random_id(edge.random),
          .at = edge.clock.now(),
          .level = NoticeLevel::kInfo,
          .topic = NoticeTopic::kTest,
          .subject = "[certferry] test",
          .text = "A test, sent from " + host_name() + ". Notices arrive here.",
          .fields = {}};
}

Task<std::vector<Delivery>> send_all(std::vector<NoticeRoute> routes, EdgeParts* edge) {
  std::vector<Delivery> all;
  const Notice notice = test_notice(*edge);
  const auto waiting = [](const Error&, milliseconds) {};
  for (const NoticeRoute& route : routes) {
    Delivery one =
        co_await send_notice(route.notifier, notice, &edge->random, &edge->sleeper, waiting);
    all.push_back(std::move(one));
  }
  co_return all;
}

Error no_channel(const std::string& asked, const std::vector<NoticeRoute>& routes) {
  if (routes.empty()) {
    return Error(ErrorKind::kInvalidInput, "the configuration has no channel to send notices by")
        .with_code("config.missing")
        .with_hint("add one, like 'notify: [{ ntfy: { topic: { env: NTFY_TOPIC } } }]'");
  }
  std::vector<std::string> names;
  for (const NoticeRoute& one : routes) names.push_back(one.notifier->name());
  const std::string near = nearest(asked, names);
  return Error(ErrorKind::kInvalidInput, "there is no channel '" + printable(asked, 60) + "'")
      .with_code("usage")
      .with_hint(near.empty() ? "there are: " + join(names, ", ") : "did you mean '" + near + "'?");
}

std::string deliveries_text(const std::vector<Delivery>& all, const Style& style) {
  Table table({"CHANNEL", "KIND", "RESULT"});
  for (const Delivery& one : all) {
    table.add({one.channel, one.kind, one.error ? "failed" : "sent"});
  }
  std::string out = table.text(style);
  for (const Delivery& one : all) {
    if (one.error) out += "\n" + one.channel + ": " + one.error->text() + "\n";
  }
  return out;
}

nlohmann::json to_json(const std::vector<Delivery>& all) {
  nlohmann::json channels = nlohmann::json::array();
  for (const Delivery& one : all) {
    nlohmann::json channel = {
        {"name", one.channel}, {"kind", one.kind}, {"sent", !one.error.has_value()}};
    if (one.error) channel["error"] = cli::to_json(*one.error);
    channels.push_back(std::move(channel));
  }
  return {{"channels", std::move(channels)}};
}

}  // namespace

int run_notify_test(const GlobalOptions& global, const std::string& channel) {
  const std::optional<Settings> settings = read_settings(global);
  if (!settings) return kUsage;
  EdgeParts edge(*settings);
  NotifyParts parts(*settings, edge);
  std::vector<NoticeRoute> routes = parts.routes();
  if (!channel.empty()) {
    std::erase_if(routes, [&](const auto& one) { return one.notifier->name() != channel; });
  }
  if (routes.empty()) {
    print_error(global, no_channel(channel, parts.routes()));
    return kUsage;
  }
  const std::vector<Delivery> all = run(edge.io, send_all(routes, &edge), global);
  print(global.json ? dump(to_json(all)) : deliveries_text(all, Style(STDOUT_FILENO)));
  const auto failed = [](const Delivery& one) { return one.error.has_value(); };
  return std::ranges::any_of(all, failed) ? kNotAll : kAllWell;
}

}  // namespace certferry::cli

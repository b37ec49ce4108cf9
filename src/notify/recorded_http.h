// For tests: an HTTP client that answers from a list and remembers what it was sent.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "notify/registry.h"
#include "ports/start.h"

namespace certferry::notify {

class StandingTime final : public Clock {
 public:
  Time now() const override { return *parse_time("2026-01-15T08:30:00Z"); }
  SteadyTime steady_now() const override { return {}; }
};

class RecordedHttp final : public HttpClient {
 public:
  std::vector<HttpRequest> sent;
  std::deque<std::variant<HttpResponse, Error>> answers;

  Task<HttpResponse> send(HttpRequest request) override {
    sent.push_back(std::move(request));
    ASSERT(!answers.empty());
    auto answer = std::move(answers.front());
    answers.pop_front();
    if (auto* error = std::get_if<Error>(&answer)) throw std::move(*error);
    co_return std::get<HttpResponse>(std::move(answer));
  }
};

class RecordedMail final : public MailClient {
 public:
  std::vector<Mail> sent;
  std::optional<Error> failure;

  Task<void> send(Mail mail) override {
    sent.push_back(std::move(mail));
    if (failure) throw *failure;
    co_return;
  }
};

/// What a notifier needs, and one notice.
struct Desk {
  RecordedHttp http;
  RecordedMail mail;
  StandingTime clock;

  std::unique_ptr<Notifier> make(const std::string& kind,
                                 const std::map<std::string, std::string>& fields) {
    NotifierOptions options{.kind = kind, .name = "ops", .values = {}};
    for (const auto& [key, text] : fields) options.values.emplace(key, Secret(text));
    return make_notifier(options, {http, mail, clock});
  }
};

inline Notice some_notice() {
  return {.id = "00112233445566aa",
          .at = *parse_time("2026-01-15T08:29:00Z"),
          .level = NoticeLevel::kError,
          .topic = NoticeTopic::kFailure,
          .subject = "[certferry] failed: a <b> & \"c\"",
          .text = "line one\nline 证书",
          .fields = {{"account", "doge"}, {"cause", "bind/http.insecure"}}};
}

/// Runs the task to its end; the Error that it throws.
inline std::optional<Error> outcome_of(Task<void> task) {
  boost::asio::io_context io;
  try {
    run_until_ended(io, std::move(task));
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

}  // namespace certferry::notify

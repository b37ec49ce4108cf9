// For tests: an HttpClient that answers from a list and remembers what it was sent.
#pragma once

#include <boost/asio/io_context.hpp>
#include <deque>
#include <map>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "ports/http_client.h"
#include "ports/start.h"

namespace certferry::testing {

class RecordingHttp : public HttpClient {
 public:
  struct Sent {
    std::string method;
    std::string url;
    std::string secret_query;
    std::map<std::string, std::string> headers;
    std::string body;
    bool changes_state = false;

    bool operator==(const Sent&) const = default;
  };

  void will_answer(HttpResponse response) { answers_.emplace_back(std::move(response)); }
  void will_answer(int status, std::string body) {
    will_answer({.status = status, .headers = {}, .body = std::move(body)});
  }
  void will_fail(Error error) { answers_.emplace_back(std::move(error)); }

  Task<HttpResponse> send(HttpRequest request) override {
    Sent one{.method = request.method,
             .url = request.url,
             .secret_query = std::string(request.secret_query.reveal()),
             .headers = {},
             .body = std::string(request.body.reveal()),
             .changes_state = request.changes_state};
    for (const auto& [name, value] : request.headers) one.headers[name] = value.reveal();
    sent.push_back(std::move(one));
    ASSERT(!answers_.empty());
    auto answer = std::move(answers_.front());
    answers_.pop_front();
    if (auto* error = std::get_if<Error>(&answer)) throw std::move(*error);
    co_return std::get<HttpResponse>(std::move(answer));
  }

  std::vector<Sent> sent;

 private:
  std::deque<std::variant<HttpResponse, Error>> answers_;
};

/// Runs a task to its end; what it throws becomes the Result's error.
template <typename T>
Result<T> finish(Task<T> task) {
  boost::asio::io_context io;
  try {
    if constexpr (std::is_void_v<T>) {
      run_until_ended(io, std::move(task));
      return {};
    } else {
      return *run_until_ended(io, std::move(task));
    }
  } catch (const Error& error) {
    return std::unexpected(error);
  }
}

}  // namespace certferry::testing

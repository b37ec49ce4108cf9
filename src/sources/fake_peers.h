// For this room's tests: a server and a program that answer from lists.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sources/source_ports.h"

namespace certferry {

/// Answers each request with the next of its list, and remembers what was asked.
class FakeHttp {
 public:
  struct Asked {
    std::string method;
    std::string url;
    std::map<std::string, std::string> headers;
    std::string body;
  };
  std::vector<Asked> asked;
  std::string roots;  ///< that the last client was made with

  void will_answer(int status, std::string body, std::string type = "application/json") {
    answers_.emplace_back(HttpResponse{
        .status = status, .headers = {{"content-type", std::move(type)}}, .body = std::move(body)});
  }
  void will_redirect(std::string to) {
    answers_.emplace_back(
        HttpResponse{.status = 302, .headers = {{"location", std::move(to)}}, .body = ""});
  }
  void will_fail(Error error) { answers_.emplace_back(std::move(error)); }

  HttpMaker maker() {
    return [this](const std::string& trusted) {
      roots = trusted;
      return std::make_unique<Client>(*this);
    };
  }

 private:
  class Client final : public HttpClient {
   public:
    explicit Client(FakeHttp& peer) : peer_(peer) {}
    Task<HttpResponse> send(HttpRequest request) override {
      Asked one{.method = request.method,
                .url = request.url,
                .headers = {},
                .body = std::string(request.body.reveal())};
      for (const auto& [name, value] : request.headers) one.headers[name] = value.reveal();
      peer_.asked.push_back(std::move(one));
      ASSERT(!peer_.answers_.empty());
      auto answer = std::move(peer_.answers_.front());
      peer_.answers_.pop_front();
      if (auto* error = std::get_if<Error>(&answer)) throw std::move(*error);
      co_return std::get<HttpResponse>(std::move(answer));
    }

   private:
    FakeHttp& peer_;
  };

  std::deque<std::variant<HttpResponse, Error>> answers_;
};

struct FakeCommands final : CommandRunner {
  std::vector<CommandRequest> requests;
  std::variant<std::string, Error> answer = std::string();

  Task<Secret> run(CommandRequest request) override {
    requests.push_back(std::move(request));
    if (const auto* error = std::get_if<Error>(&answer)) throw Error(*error);
    co_return Secret(std::get<std::string>(answer));
  }
};

}  // namespace certferry

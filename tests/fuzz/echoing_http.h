// What the fuzzers of vendors' replies share: an input that is a reply, and a vendor that answers
// every call with it and sends our own secrets back in every spelling.
//
// An input is "STATUS CALL", header lines, an empty line, the body. In the body ${key}, ${secret}
// and
// ${authorization} stand for what the request carried, ${key:hex} for its spelling in hexadecimal;
// :base64, :url and :json likewise.
#pragma once

#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "crypto/digest.h"
#include "model/bundle.h"
#include "ports/http_client.h"
#include "properties.h"
#include "providers/common/reply.h"

namespace certferry::fuzz {

inline constexpr std::string_view kSecretKey = "5f2c8e1b7a9d4036c2e18f5b7d9a0c34";

/// Looks like a line of a key, and is none.
inline std::string key_line() {
  return base64_encode("this is no private key, but as many bytes as are in one line");
}

inline std::string key_text() {
  return "-----BEGIN PRIVATE KEY-----\n" + key_line() + "\n-----END PRIVATE KEY-----\n";
}

inline BundlePtr bundle() {
  auto out = std::make_shared<Bundle>();
  out->leaf.fingerprint = std::string(64, 'a');
  out->chain_pem = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
  out->key_pem = Secret(key_text());
  return out;
}

struct ReplyInput {
  std::string call;
  HttpResponse response;
};

inline ReplyInput read_input(std::string_view bytes) {
  ReplyInput out;
  std::string_view first = take_line(bytes);
  const std::string_view status = take_until(first, " ");
  std::from_chars(status.data(), status.data() + status.size(), out.response.status);
  out.call = first;
  for (std::string_view line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    const std::string_view name = take_until(line, ": ");
    out.response.headers.emplace_back(to_lower(name), line);
  }
  out.response.body = bytes;
  return out;
}

inline std::string spelled(std::string_view secret, std::string_view how) {
  if (how == "hex") {
    return to_hex({reinterpret_cast<const unsigned char*>(secret.data()), secret.size()});
  }
  if (how == "base64") return base64_encode(secret);
  if (how == "url") return url_encode(secret);
  if (how == "json") {
    const std::string quoted = nlohmann::json(secret).dump();
    return quoted.substr(1, quoted.size() - 2);
  }
  return std::string(secret);
}

enum class BodyForm { kJson, kForm };

/// Answers every call with the same reply, with the request's own secrets filled in.
class EchoingHttp : public HttpClient {
 public:
  /// Without a form what is sent is judged by none; nor has its signature to stand in
  /// Authorization.
  explicit EchoingHttp(HttpResponse response, std::optional<BodyForm> form = std::nullopt)
      : response_(std::move(response)), form_(form) {}

  Task<HttpResponse> send(HttpRequest request) override {
    ++calls;
    last_reads = !request.changes_state;
    require_sendable(request);
    HttpResponse response = response_;
    if (calls <= kFilledMost) response_filled_ = filled(response.body, request);
    response.body = response_filled_;
    bodies += response.body;
    co_return response;
  }

  int calls = 0;
  bool last_reads = false;    ///< the last request was to change nothing
  std::string authorization;  ///< of the last request
  std::string bodies;         ///< of all replies

 private:
  void require_sendable(const HttpRequest& request) {
    for (const char c : request.url) {
      require(c > 0x20 && c < 0x7f, "a URL has no blanks or foreign bytes", request.url);
    }
    for (const auto& [name, value] : request.headers) {
      if (name.ends_with("Authorization")) authorization = value.reveal();
    }
    require(!authorization.empty() || !form_, "every request is signed");
    const std::string_view body = request.body.reveal();
    if (body.empty()) return;
    if (form_ == BodyForm::kJson) require(nlohmann::json::accept(body), "what is sent is JSON");
    if (form_ == BodyForm::kForm) {
      require(body.find_first_of(" \n+") == std::string_view::npos, "what is sent is a form");
    }
  }

  std::string filled(std::string_view body, const HttpRequest& request) {
    std::string out;
    while (!body.empty()) {
      out += take_until(body, "${");
      if (body.empty()) break;
      std::string_view how = take_until(body, "}");
      const std::string_view what = take_until(how, ":");
      if (what == "key") out += spelled(key_text(), how);
      if (what == "secret") out += spelled(kSecretKey, how);
      if (what == "authorization") out += spelled(authorization, how);
      if (what == "request") out += spelled(request.body.reveal(), how);
    }
    return out;
  }

  /// After so many calls one answer comes again and again, for a list whose next page is called by
  /// a signature has no end; that a walk gives up on those is page_walk_test.cpp's.
  static constexpr int kFilledMost = 100;

  HttpResponse response_;
  std::string response_filled_;
  std::optional<BodyForm> form_;
};

}  // namespace certferry::fuzz

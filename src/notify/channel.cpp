#include "notify/channel.h"

#include "base/text.h"

namespace certferry::notify {

std::string_view Options::text(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? std::string_view() : found->second.reveal();
}

Secret Options::secret(const std::string& key) const {
  const auto found = values_.find(key);
  return found == values_.end() ? Secret() : found->second;
}

std::vector<std::string> Options::secrets() const {
  std::vector<std::string> out;
  for (const std::string& key : secret_) {
    if (has(key)) out.emplace_back(text(key));
  }
  return out;
}

std::string Options::server(const std::string& key, std::string_view standard) const {
  std::string url(has(key) ? text(key) : standard);
  while (url.ends_with('/')) url.pop_back();
  return url;
}

HttpRequest post_json(std::string url, const Json& body) {
  HttpRequest request;
  request.method = "POST";
  request.url = std::move(url);
  request.headers = {{"Content-Type", Secret("application/json; charset=utf-8")}};
  request.body = Secret(body.text);
  return request;
}

std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  constexpr std::string_view kMarks = "-._~";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       kMarks.contains(c);
    const auto byte = static_cast<unsigned char>(c);
    if (plain) {
      out += c;
    } else {
      out.append({'%', kDigits[byte >> 4], kDigits[byte & 15]});
    }
  }
  return out;
}

Verdict verdict_by(const HttpResponse& response,
                   std::string_view member,
                   std::string_view taken,
                   std::string_view message) {
  const auto code = json_member(response.body, member);
  if (!code) return {.taken = false, .message = "an answer without '" + std::string(member) + "'"};
  if (*code == taken) return {};
  return {
      .taken = false, .code = *code, .message = json_member(response.body, message).value_or("")};
}

Verdict verdict_by_status(const HttpResponse& response,
                          std::string_view code,
                          std::string_view message) {
  return {.taken = response.status >= 200 && response.status <= 299,
          .code = json_member(response.body, code).value_or(""),
          .message = json_member(response.body, message).value_or("")};
}

Error wrong_option(std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code("notify.options")
      .with_hint(std::move(hint));
}

}  // namespace certferry::notify

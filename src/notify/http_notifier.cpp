#include "notify/http_notifier.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/text.h"

namespace certferry::notify {

namespace {

constexpr milliseconds kShortestWait = seconds(1);
constexpr milliseconds kLongestWait = hours(6);
constexpr std::size_t kAnswerBytesMost = std::size_t{256} * 1024;
// Shorter pieces of an address are words that many addresses have.
constexpr std::size_t kKeyBytesLeast = 8;
constexpr std::size_t kSecretBytesLeast = 3;
// So many letters in a row that a text shares with a key are no chance.
constexpr std::size_t kRunBytesLeast = 12;

milliseconds bounded(milliseconds wait) {
  return std::clamp(wait, kShortestWait, kLongestWait);
}

/// The kind that the status alone gives.
ErrorKind kind_of(int status) {
  if (status == 401 || status == 403) return ErrorKind::kUnauthorized;
  if (status == 404 || status == 410) return ErrorKind::kNotFound;
  if (status == 408) return ErrorKind::kTimedOut;
  if (status == 429) return ErrorKind::kThrottled;
  if (status >= 500) return ErrorKind::kUnavailable;
  return ErrorKind::kRejected;
}

std::string meaning_of(int status) {
  if (status >= 200 && status <= 299) return "answered with an error";
  if (status >= 300 && status <= 399) return "answered with a redirect, which is not followed";
  return "answered with HTTP " + std::to_string(status);
}

std::string hint_for(ErrorKind kind, int status) {
  if (status >= 300 && status <= 399) return "configure the address that it redirects to";
  switch (kind) {
    case ErrorKind::kUnauthorized:
      return "check the channel's key, and who or where it is restricted to";
    case ErrorKind::kNotFound:
      return "the channel's address or receiver does not exist any more; make a new one";
    case ErrorKind::kThrottled:
    case ErrorKind::kTimedOut:
    case ErrorKind::kUnavailable:
      return "the notice is kept and sent with the next run";
    default:
      return "check the channel's options";
  }
}

/// An answer may quote a key in part, or not quite.
void hide_runs(std::string& text, std::string_view secret) {
  if (secret.contains("://")) return;  // what is a key in an address is a part of its own
  const std::string_view all = text;
  std::string out;
  for (std::size_t at = 0; at < all.size();) {
    std::size_t run = 0;
    while (at + run < all.size() && secret.contains(all.substr(at, run + 1))) ++run;
    const bool hidden = run >= kRunBytesLeast;
    out += hidden ? "***" : all.substr(at, 1);
    at += hidden ? run : 1;
  }
  text = std::move(out);
}

void hide(std::string& text, std::string_view secret) {
  for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3) {
    text.replace(at, secret.size(), "***");
  }
}

/// Whole secrets and, of those that are addresses, each part that may be a key; longest first, so
/// that no end of a longer one is left.
std::vector<std::string> secret_parts(const Options& options) {
  std::vector<std::string> parts;
  for (const std::string& secret : options.secrets()) {
    if (secret.size() >= kSecretBytesLeast) parts.push_back(secret);
    std::string piece;
    for (const char c : secret + "/") {
      const bool ends = std::string_view("/?&=#:@ ").contains(c);
      if (!ends) piece += c;
      if (ends && piece.size() >= kKeyBytesLeast) parts.push_back(piece);
      if (ends) piece.clear();
    }
  }
  std::ranges::sort(parts, std::greater(), &std::string::size);
  return parts;
}

}  // namespace

std::string without_secrets(std::string text, const Options& options) {
  const std::vector<std::string> parts = secret_parts(options);
  for (const std::string& part : parts) hide(text, part);
  for (const std::string& part : parts) hide_runs(text, part);
  return text;
}

std::optional<milliseconds> asked_wait(const HttpResponse& response) {
  const std::string value(trim(response.header("retry-after")));
  if (value.empty()) return std::nullopt;
  std::int64_t count = 0;
  const auto [rest, status] = std::from_chars(value.data(), value.data() + value.size(), count);
  if (status == std::errc{}) {
    return bounded(seconds(std::clamp<std::int64_t>(count, 1, 86'400)));
  }
  const auto until = parse_http_date(value);
  const auto now = parse_http_date(response.header("date"));
  if (!until || !now) return std::nullopt;
  return bounded(*until - *now);
}

Error refusal(const HttpResponse& response, Verdict verdict, const Options& options) {
  const ErrorKind kind = verdict.kind.value_or(kind_of(response.status));
  const auto wait = verdict.wait ? std::optional(bounded(*verdict.wait)) : asked_wait(response);
  const std::string code = printable(without_secrets(verdict.code, options), 60);
  const std::string words = printable(without_secrets(verdict.message, options), 200);
  return Error(kind, meaning_of(response.status))
      .with_code("notify.refused")
      .with_vendor(code, words)
      .with_retry_after(wait)
      .with_hint(hint_for(kind, response.status));
}

HttpNotifier::HttpNotifier(const Channel& channel,
                           std::string name,
                           Options options,
                           milliseconds timeout,
                           HttpClient& http,
                           const Clock& clock)
    : channel_(channel),
      kind_(channel.metadata().id),
      name_(std::move(name)),
      options_(std::move(options)),
      timeout_(timeout),
      http_(http),
      clock_(clock) {
  if (channel_.check != nullptr) channel_.check(options_);
}

Task<void> HttpNotifier::send(Notice notice) {
  const std::string activity = "sending a notice by " + name_;
  HttpRequest request = channel_.request(options_, notice, clock_.now());
  request.timeout = timeout_;
  request.max_response_bytes = kAnswerBytesMost;
  HttpResponse response;
  try {
    response = co_await http_.send(std::move(request));
  } catch (Error& error) {
    // Its activity is the address that was called.
    error.activity = activity;
    error.message = without_secrets(std::move(error.message), options_);
    if (error.kind != ErrorKind::kCancelled) error.hint = hint_for(error.kind, 0);
    throw;
  }
  Verdict verdict = channel_.judge(response);
  const bool success = response.status >= 200 && response.status <= 299;
  if (success && verdict.taken) co_return;
  throw refusal(response, std::move(verdict), options_).while_doing(activity);
}

}  // namespace certferry::notify

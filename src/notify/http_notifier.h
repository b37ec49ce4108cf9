// A notifier over HTTP, whatever the channel.
#pragma once

#include "notify/channel.h"
#include "ports/notifier.h"

namespace certferry::notify {

/// Sends by one channel's request and takes its answer apart.
///
/// Neither the address nor anything secret of the options is in what it throws: many channels have
/// their key in the path, so the HTTP client's own words about where it called are dropped, and a
/// vendor that repeats a secret is not quoted with it.
class HttpNotifier final : public Notifier {
 public:
  HttpNotifier(const Channel& channel,
               std::string name,
               Options options,
               milliseconds timeout,
               HttpClient& http,
               const Clock& clock);

  const std::string& kind() const override { return kind_; }
  const std::string& name() const override { return name_; }
  Task<void> send(Notice notice) override;

 private:
  const Channel& channel_;
  std::string kind_;
  std::string name_;
  Options options_;
  milliseconds timeout_;
  HttpClient& http_;
  const Clock& clock_;
};

/// What an answer that was no yes means; the words in it are made safe for people.
Error refusal(const HttpResponse& response, Verdict verdict, const Options& options);

/// The text without what is secret in the options: each value, and of an address every part that is
/// long enough to be a key.
std::string without_secrets(std::string text, const Options& options);

/// How long the peer asks us to wait by its Retry-After, from 1 s to 6 h; none when it does not
/// say. Source: RFC 9110 section 10.2.3.
std::optional<milliseconds> asked_wait(const HttpResponse& response);

}  // namespace certferry::notify

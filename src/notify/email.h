// E-mail: a notice as an RFC 5322 message, handed to a mail server.
#pragma once

#include "notify/channel.h"
#include "ports/mail_client.h"
#include "ports/notifier.h"

namespace certferry::notify {

const ChannelMetadata& email_metadata();

class EmailNotifier final : public Notifier {
 public:
  /// Throws: invalid_input `notify.options`.
  EmailNotifier(std::string name,
                Options options,
                milliseconds timeout,
                MailClient& mail,
                const Clock& clock);

  const std::string& kind() const override { return kind_; }
  const std::string& name() const override { return name_; }
  Task<void> send(Notice notice) override;

 private:
  std::string kind_;
  std::string name_;
  Options options_;
  Mail envelope_;  ///< all but the message
  MailClient& mail_;
  const Clock& clock_;
};

/// Headers and body, lines end in CRLF, ASCII throughout: the body is base64 of UTF-8, so that no
/// server on the way has to take 8 bits, a long line or a dot at a line's begin.
/// Source: RFC 5322, RFC 2045, RFC 2047.
std::string mail_message(const Notice& notice,
                         const std::string& from,
                         const std::vector<std::string>& to,
                         Time now);

}  // namespace certferry::notify

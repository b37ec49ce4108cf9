#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/secret.h"
#include "base/time.h"
#include "ports/task.h"

namespace certferry {

struct MailServer {
  enum class Security {
    kTls,       ///< TLS from the first byte (smtps, port 465)
    kStartTls,  ///< TLS before anything else is said, or nothing is sent
    kNone,      ///< to a loopback address only
  };
  std::string host;
  std::uint16_t port = 0;
  Security security = Security::kTls;
  std::string user;  ///< empty: without logging in
  Secret password;
};

struct Mail {
  MailServer server;
  std::string from;             ///< the envelope's, "certferry@example.com"
  std::vector<std::string> to;  ///< the envelope's
  std::string message;          ///< RFC 5322: headers and body, lines end in CRLF
  milliseconds timeout = seconds(10);
};

/// Hands one message to a mail server.
///
/// Certificates are always verified. Throws: invalid_input (`mail.insecure`), unavailable,
/// timed_out, unauthorized (the login was refused), rejected (with the server's words), cancelled.
/// Lifetime: the client outlives its tasks.
class MailClient {
 public:
  virtual ~MailClient() = default;
  virtual Task<void> send(Mail mail) = 0;
};

}  // namespace certferry

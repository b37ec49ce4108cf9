#include "notify/email.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "crypto/digest.h"
#include "notify/http_notifier.h"

namespace certferry::notify {

namespace {

using Security = MailServer::Security;

constexpr std::size_t kReceiversMost = 50;
constexpr std::size_t kTextBytesMost = 100'000;
constexpr std::size_t kSubjectBytesMost = 500;

bool is_ascii(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= ' ' && c <= '~'; });
}

/// An address as it may stand in an envelope and a header; quoted local parts are not taken.
std::string checked_address(std::string_view text) {
  const std::size_t at = text.find('@');
  const bool sound = is_ascii(text) && text.size() <= 254 && at != 0 && at != text.npos &&
                     at + 1 < text.size() && text.rfind('@') == at &&
                     text.find_first_of(" <>,;:\\\"()[]") == text.npos;
  if (sound) return std::string(text);
  throw wrong_option("'" + printable(text, 80) + "' is no e-mail address",
                     "write it like alerts@example.com; several are set apart by commas");
}

std::vector<std::string> receivers_of(std::string_view text) {
  std::vector<std::string> out;
  for (const std::string& one : split(text, ',')) out.push_back(checked_address(trim(one)));
  if (out.size() <= kReceiversMost) return out;
  throw wrong_option("it has more than " + std::to_string(kReceiversMost) + " receivers",
                     "take the address of a list");
}

Security security_of(std::string_view word) {
  if (word.empty() || word == "tls") return Security::kTls;
  if (word == "starttls") return Security::kStartTls;
  if (word == "none") return Security::kNone;
  throw wrong_option("its security is '" + printable(word, 40) + "'",
                     "take one of: tls, starttls, none (to this machine only)");
}

std::uint16_t port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const auto [end, status] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (status == std::errc{} && end == digits.data() + digits.size() && port > 0) return port;
  throw wrong_option("its server has the port '" + printable(digits, 40) + "'",
                     "a port is a number from 1 to 65535");
}

std::uint16_t usual_port(Security security) {
  if (security == Security::kTls) return 465;
  return security == Security::kStartTls ? 587 : 25;
}

bool is_host(std::string_view text) {
  return !text.empty() && is_ascii(text) && text.find_first_of(" /@?#\\") == text.npos;
}

bool is_this_machine(const std::string& host) {
  return host == "localhost" || host == "[::1]" || host.starts_with("127.");
}

MailServer server_of(const Options& options) {
  MailServer server{.security = security_of(options.text("security"))};
  std::string_view text = options.text("server");
  // The colon behind a name or behind the bracket of an IPv6 address.
  const std::size_t colon = text.find(':', text.starts_with('[') ? text.find(']') : 0);
  server.host = text.substr(0, colon);
  server.port = colon == text.npos ? usual_port(server.security) : port_of(text.substr(colon + 1));
  if (!is_host(server.host)) {
    throw wrong_option("its server is '" + printable(text, 80) + "'",
                       "write it like smtp.example.com or smtp.example.com:587");
  }
  if (server.security == Security::kNone && !is_this_machine(server.host)) {
    throw wrong_option("its mail would go without TLS, which is allowed to this machine only",
                       "write 'security: tls' or 'security: starttls'");
  }
  server.user = options.text("user");
  server.password = options.secret("password");
  return server;
}

/// "=?UTF-8?B?…?=" in pieces of whole characters, since each word has at most 75 letters.
std::string encoded_words(std::string_view text) {
  constexpr std::size_t kBytesMost = 39;  // 52 letters, and 12 around them, behind "Subject: "
  std::string out;
  while (!text.empty()) {
    std::size_t end = std::min(kBytesMost, text.size());
    while (end > 1 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) {
      --end;
    }
    if (!out.empty()) out += "\r\n ";
    out += "=?UTF-8?B?" + base64_encode(text.substr(0, end)) + "?=";
    text.remove_prefix(end);
  }
  return out;
}

std::string subject_of(const Notice& notice) {
  constexpr std::size_t kPlainMost = 66;  // with "Subject: " less than 76
  const std::string subject = cut(printable(notice.subject, 2000), kSubjectBytesMost, Unit::kBytes);
  const bool plain = is_ascii(subject) && subject.size() <= kPlainMost && !subject.contains("=?");
  return plain ? subject : encoded_words(subject);
}

std::string in_lines(std::string_view base64) {
  constexpr std::size_t kLine = 76;
  std::string out;
  for (std::size_t at = 0; at < base64.size(); at += kLine) {
    out.append(base64.substr(at, kLine)).append("\r\n");
  }
  return out;
}

std::string with_crlf(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') out += '\r';
    if (c != '\r') out += c;
  }
  return out;
}

/// "Sun, 06 Nov 1994 08:49:37 +0000".
std::string mail_date(Time time) {
  std::string date = format_http_date(time);
  return date.replace(date.size() - 3, 3, "+0000");
}

}  // namespace

std::string mail_message(const Notice& notice,
                         const std::string& from,
                         const std::vector<std::string>& to,
                         Time now) {
  const std::string domain = from.substr(from.find('@') + 1);
  const std::string body = with_crlf(cut(body_of(notice), kTextBytesMost, Unit::kBytes) + "\n");
  return "Date: " + mail_date(now) + "\r\nFrom: certferry <" + from +
         ">\r\nTo: " + join(to, ",\r\n ") + "\r\nSubject: " + subject_of(notice) +
         "\r\nMessage-ID: <certferry." + notice.id + "@" + domain +
         ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
         in_lines(base64_encode(body));
}

const ChannelMetadata& email_metadata() {
  static const ChannelMetadata kMetadata{
      .id = "email",
      .name = "E-mail",
      .help = "By SMTP, through a mail server that takes messages from you",
      .fields = {{.key = "server",
                  .help = "The mail server; its port unless it is the usual one (465, 587, 25)",
                  .required = true,
                  .example = "smtp.example.com"},
                 {.key = "security",
                  .help = "tls (unless said), starttls, or none, which goes to this machine only",
                  .example = "tls"},
                 {.key = "from",
                  .help = "The sender's address",
                  .required = true,
                  .example = "certferry@example.com"},
                 {.key = "to",
                  .help = "Who gets it; several addresses are set apart by commas",
                  .required = true,
                  .example = "alerts@example.com"},
                 {.key = "user", .help = "Name to log in with"},
                 {.key = "password", .help = "Password to log in with", .secret = true}}};
  return kMetadata;
}

EmailNotifier::EmailNotifier(
    std::string name, Options options, milliseconds timeout, MailClient& mail, const Clock& clock)
    : kind_(email_metadata().id),
      name_(std::move(name)),
      options_(std::move(options)),
      envelope_{.server = server_of(options_),
                .from = checked_address(options_.text("from")),
                .to = receivers_of(options_.text("to")),
                .timeout = timeout},
      mail_(mail),
      clock_(clock) {
  if (options_.has("user") == options_.has("password")) return;
  throw wrong_option("it has one of user and password, but not the other",
                     "give both, or neither where the server asks for none");
}

Task<void> EmailNotifier::send(Notice notice) {
  Mail mail = envelope_;
  mail.message = mail_message(notice, mail.from, mail.to, clock_.now());
  try {
    co_await mail_.send(std::move(mail));
  } catch (Error& error) {
    error.message = without_secrets(std::move(error.message), options_);
    error.vendor_message = without_secrets(std::move(error.vendor_message), options_);
    throw std::move(error).while_doing("sending a notice by " + name_);
  }
}

}  // namespace certferry::notify

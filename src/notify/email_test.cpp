#include "notify/email.h"

#include <gmock/gmock.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "notify/recorded_http.h"

namespace certferry::notify {
namespace {

using testing::HasSubstr;
using testing::Not;
using Security = MailServer::Security;
using Fields = std::map<std::string, std::string>;

Fields fields(Fields other = {}) {
  Fields out = {
      {"server", "smtp.example.com"}, {"from", "certferry@example.com"}, {"to", "a@example.com"}};
  for (const auto& [key, value] : other) out.insert_or_assign(key, value);
  return out;
}

const Time kNow = *parse_time("2026-01-15T08:30:00Z");

TEST(EmailTest, AMessageIsWrittenJustSo) {
  Desk desk;
  const auto notifier = desk.make("email", fields({{"to", "a@example.com, b@example.org"}}));
  ASSERT_FALSE(outcome_of(notifier->send(some_notice())));
  ASSERT_EQ(desk.mail.sent.size(), 1u);
  const Mail& mail = desk.mail.sent.front();
  EXPECT_EQ(mail.from, "certferry@example.com");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"a@example.com", "b@example.org"}));
  const std::string body =
      base64_encode("line one\r\nline 证书\r\n\r\naccount: doge\r\ncause: bind/http.insecure\r\n");
  ASSERT_LT(body.size(), 2U * 76);
  EXPECT_EQ(mail.message,
            "Date: Thu, 15 Jan 2026 08:30:00 +0000\r\n"
            "From: certferry <certferry@example.com>\r\n"
            "To: a@example.com,\r\n b@example.org\r\n"
            "Subject: [certferry] failed: a <b> & \"c\"\r\n"
            "Message-ID: <certferry.00112233445566aa@example.com>\r\n"
            "Auto-Submitted: auto-generated\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\n" +
                body.substr(0, 76) + "\r\n" + body.substr(76) + "\r\n");
}

TEST(EmailTest, NoLineIsTooLongAndNothingIsBeyondAscii) {
  Notice notice = some_notice();
  for (int i = 0; i < 200; ++i) notice.subject += "证书😀";
  for (int i = 0; i < 9000; ++i) notice.text += ".\r\n证书 \xff.";
  const std::string message = mail_message(notice, "c@example.com", {"a@example.com"}, kNow);
  std::string subject;
  for (const std::string& line : split(message, '\n')) {
    if (!line.empty()) {
      EXPECT_TRUE(line.ends_with('\r'));
    }
    EXPECT_LE(line.size(), 77u)  // the CR counted
        << line;
    for (const char c : line) EXPECT_TRUE(c == '\r' || (c >= ' ' && c <= '~'));
    const std::size_t begin = line.find("=?UTF-8?B?");
    if (begin == std::string::npos) continue;
    const std::size_t end = line.find("?=", begin);
    const auto word = base64_decode(line.substr(begin + 10, end - begin - 10));
    ASSERT_TRUE(word) << line;
    EXPECT_TRUE(is_printable(*word)) << line;  // whole characters
    subject += *word;
  }
  EXPECT_TRUE(subject.starts_with(notice.subject.substr(0, 400)));
  EXPECT_TRUE(subject.ends_with("…"));
}

TEST(EmailTest, ASubjectCannotWriteHeadersOfItsOwn) {
  Notice notice = some_notice();
  notice.subject = "a\r\nBcc: x@example.com";
  const std::string message = mail_message(notice, "c@example.com", {"a@example.com"}, kNow);
  EXPECT_THAT(message, HasSubstr("Subject: a??Bcc: x@example.com\r\n"));
  notice.subject = "=?UTF-8?B?QQ==?=";
  EXPECT_THAT(mail_message(notice, "c@example.com", {"a@example.com"}, kNow),
              Not(HasSubstr("Subject: =?UTF-8?B?QQ==?=\r\n")));
}

struct Server {
  Fields fields;
  const char* host;
  std::uint16_t port;
  Security security;
};

TEST(EmailTest, TheServerIsReadWithItsUsualPorts) {
  const Server servers[] = {
      {{}, "smtp.example.com", 465, Security::kTls},
      {{{"security", "starttls"}}, "smtp.example.com", 587, Security::kStartTls},
      {{{"server", "smtp.example.com:2525"}, {"security", "starttls"}},
       "smtp.example.com",
       2525,
       Security::kStartTls},
      {{{"server", "127.0.0.1"}, {"security", "none"}}, "127.0.0.1", 25, Security::kNone},
      {{{"server", "[::1]:1025"}, {"security", "none"}}, "[::1]", 1025, Security::kNone},
  };
  for (const Server& one : servers) {
    Desk desk;
    ASSERT_FALSE(outcome_of(desk.make("email", fields(one.fields))->send(some_notice())));
    const MailServer& server = desk.mail.sent.at(0).server;
    EXPECT_EQ(server.host, one.host);
    EXPECT_EQ(server.port, one.port);
    EXPECT_EQ(server.security, one.security);
  }
}

TEST(EmailTest, WhatCannotBeRightIsRefused) {
  const std::pair<Fields, const char*> wrongs[] = {
      {{{"from", "nobody"}}, "'nobody' is no e-mail address"},
      {{{"to", "a@example.com,"}}, "'' is no e-mail address"},
      {{{"to", "a@example.com> NOTIFY=NEVER"}}, "is no e-mail address"},
      {{{"to", "a@b@c"}}, "is no e-mail address"},
      {{{"server", "smtp.example.com:0"}}, "has the port '0'"},
      {{{"server", "smtp.example.com:99999"}}, "has the port '99999'"},
      {{{"server", "smtps://smtp.example.com"}}, "has the port '//smtp.example.com'"},
      {{{"server", "smtp.example.com/x"}}, "write it like smtp.example.com"},
      {{{"security", "ssl"}}, "its security is 'ssl'"},
      {{{"security", "none"}}, "is allowed to this machine only"},
      {{{"user", "me"}}, "one of user and password, but not the other"},
      {{{"password", "canary"}}, "one of user and password, but not the other"},
  };
  for (const auto& [other, words] : wrongs) {
    try {
      Desk().make("email", fields(other));
      ADD_FAILURE() << words;
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "notify.options");
      EXPECT_THAT(error.text(), HasSubstr(words));
      EXPECT_THAT(error.text(), Not(HasSubstr("canary")));
    }
  }
}

TEST(EmailTest, AFailureNamesTheChannelAndNotThePassword) {
  Desk desk;
  desk.mail.failure = Error(ErrorKind::kUnauthorized, "the login was refused")
                          .with_vendor("", "535 no such password: canary-pass");
  const auto notifier = desk.make("email", fields({{"user", "me"}, {"password", "canary-pass"}}));
  const auto error = outcome_of(notifier->send(some_notice()));
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind, ErrorKind::kUnauthorized);
  EXPECT_THAT(error->text(), HasSubstr("sending a notice by ops: the login was refused"));
  EXPECT_THAT(error->text(), HasSubstr("535 no such password: ***"));
  EXPECT_EQ(desk.mail.sent.at(0).server.user, "me");
  EXPECT_EQ(desk.mail.sent.at(0).server.password.reveal(), "canary-pass");
}

}  // namespace
}  // namespace certferry::notify

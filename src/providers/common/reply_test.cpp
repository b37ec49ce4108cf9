#include "providers/common/reply.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry {
namespace {

using ::testing::HasSubstr;

TEST(ReplyTest, ClassifiesByHttpStatus) {
  struct Case {
    int status;
    std::optional<ErrorKind> read;
    std::optional<ErrorKind> change;
  };
  const Case cases[] = {
      {200, {}, {}},
      {204, {}, {}},
      {302, {}, {}},
      {400, {}, {}},
      {401, ErrorKind::kUnauthorized, ErrorKind::kUnauthorized},
      {403, ErrorKind::kUnauthorized, ErrorKind::kUnauthorized},
      {404, ErrorKind::kNotFound, ErrorKind::kNotFound},
      {409, ErrorKind::kConflict, ErrorKind::kConflict},
      {429, ErrorKind::kThrottled, ErrorKind::kThrottled},
      {500, ErrorKind::kUnavailable, ErrorKind::kMaybeApplied},
      {600, {}, {}},
      {40101, {}, {}},
      {599, ErrorKind::kUnavailable, ErrorKind::kMaybeApplied},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(kind_of_status(one.status, Effect::kReads), one.read) << one.status;
    EXPECT_EQ(kind_of_status(one.status, Effect::kChanges), one.change) << one.status;
  }
}

TEST(ReplyTest, ReadsRetryAfterWithinItsBounds) {
  struct Case {
    std::string value;
    std::optional<milliseconds> wait;
  };
  const Case cases[] = {
      {"30", seconds(30)},
      {" 30 ", seconds(30)},
      {"0", seconds(1)},
      {"-5", seconds(1)},
      {"21600", hours(6)},
      {"3155760000", hours(6)},
      {"99999999999999999999", hours(6)},
      {"-99999999999999999999", seconds(1)},
      {"", {}},
      {"soon", {}},
      {"30s", {}},
      {"1e3", {}},
      {"Thu, 15 Jan 2026 08:31:30 GMT", seconds(90)},
      {"Thu, 15 Jan 2026 08:00:00 GMT", seconds(1)},
      {"Thu, 15 Jan 2126 08:00:00 GMT", hours(6)},
      {"Thu, 31 Feb 2026 08:00:00 GMT", {}},
      {"Thu, 15 anF 2026 08:31:30 GMT", {}},
      {"Thu, 15 Jan 2026 08:31:30 GMT and more", {}},
      {"Thursday, 15-Jan-26 08:31:30 GMT", {}},
  };
  for (const Case& one : cases) {
    const HttpResponse response{
        .status = 429,
        .headers = {{"date", "Thu, 15 Jan 2026 08:30:00 GMT"}, {"retry-after", one.value}},
        .body = {}};
    EXPECT_EQ(retry_after(response), one.wait) << one.value;
  }
}

TEST(ReplyTest, NeedsThePeersOwnDateToReadADate) {
  const HttpResponse response{
      .status = 429, .headers = {{"retry-after", "Thu, 15 Jan 2026 08:31:30 GMT"}}, .body = {}};
  EXPECT_EQ(retry_after(response), std::nullopt);
}

TEST(ReplyTest, DescribesWhatCame) {
  const HttpResponse html{.status = 502,
                          .headers = {{"content-type", "text/html; charset=utf-8"}},
                          .body = "<html>\r\n\x1b[31m " + std::string(499, 'x')};
  EXPECT_EQ(describe(html, Quoting::kAllowed),
            "HTTP 502 with 513 bytes of text/html, beginning with '<html>???[31m […]'");
  EXPECT_EQ(describe(html, Quoting::kNever), "HTTP 502 with 513 bytes");
  EXPECT_EQ(describe({.status = 504, .headers = {}, .body = {}}, Quoting::kAllowed),
            "HTTP 504 with an empty body");
}

TEST(ReplyTest, QuotesAtMostEightyBytesOfABody) {
  std::string words;
  while (words.size() < 1000) words += "word ";
  const std::string text =
      describe({.status = 500, .headers = {}, .body = words}, Quoting::kAllowed);
  EXPECT_LT(text.size(), 140U);
  EXPECT_THAT(text, HasSubstr("…"));
}

TEST(ReplyTest, EncodesQueryValues) {
  EXPECT_EQ(url_encode("cdn.example-1.com_~"), "cdn.example-1.com_~");
  EXPECT_EQ(url_encode("*.a b&c=d/e?f#g%"), "%2A.a%20b%26c%3Dd%2Fe%3Ff%23g%25");
  EXPECT_EQ(url_encode("多"), "%E5%A4%9A");
}

}  // namespace
}  // namespace certferry

#include "base/error.h"

#include <gtest/gtest.h>

#include <set>

namespace certferry {
namespace {

using namespace std::chrono_literals;

TEST(ErrorTest, GivesEveryKindAWordOfItsOwn) {
  std::set<std::string_view> words;
  const int kinds = static_cast<int>(ErrorKind::kInternal) + 1;
  for (int kind = 0; kind < kinds; ++kind) words.insert(to_string(static_cast<ErrorKind>(kind)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(kinds));
  EXPECT_EQ(to_string(ErrorKind::kMaybeApplied), "maybe_applied");
}

Error refused() {
  return {ErrorKind::kRejected, "the upload was refused"};
}

Error with_request(Error error, std::string id) {
  error.request_id = std::move(id);
  return error;
}

TEST(ErrorTest, TellsTheWholeStoryInOneLine) {
  struct Row {
    Error error;
    std::string text;
  };
  const Row rows[] = {
      {refused(), "the upload was refused"},
      {refused().with_code("reply.shape"), "the upload was refused [reply.shape]"},
      {refused().with_hint("ask the vendor"), "the upload was refused; ask the vendor"},
      {refused().while_doing("uploading"), "uploading: the upload was refused"},
      {refused().while_doing("uploading").while_doing("account doge"),
       "account doge: uploading: the upload was refused"},
      {refused().with_vendor("4001", ""), "the upload was refused (the vendor said 4001)"},
      {refused().with_vendor("", "bad cert"),
       "the upload was refused (the vendor said \"bad cert\")"},
      {with_request(refused(), "r-7"), "the upload was refused (request r-7)"},
      {with_request(refused().with_vendor("4001", "bad cert"), "r-7"),
       "the upload was refused (the vendor said 4001 \"bad cert\", request r-7)"},
      {refused()
           .while_doing("uploading")
           .with_vendor("4001", "bad cert")
           .with_hint("issue it anew")
           .with_code("reply.shape"),
       "uploading: the upload was refused (the vendor said 4001 \"bad cert\"); issue it anew "
       "[reply.shape]"},
      {with_request(refused().with_vendor("4\n1", "\x1b[2J\r\nbad"), "r\t7"),
       "the upload was refused (the vendor said 4?1 \"?[2J??bad\", request r?7)"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(row.error.text(), row.text);
    EXPECT_EQ(row.error.what(), row.text);
  }
}

TEST(ErrorTest, BoundsWhatAVendorMaySay) {
  const std::string flood(1 << 20, 'x');
  EXPECT_LT(with_request(refused().with_vendor(flood, flood), flood).text().size(), 600u);
}

TEST(ErrorTest, KeepsTheKindAndTheWaitThroughEveryLayer) {
  const Error error = Error(ErrorKind::kThrottled, "slow down")
                          .with_retry_after(7s)
                          .while_doing("listing")
                          .with_hint("wait");
  EXPECT_EQ(error.kind, ErrorKind::kThrottled);
  EXPECT_EQ(error.retry_after, 7s);
}

Result<int> half(int number) {
  if (number % 2 != 0) return std::unexpected(Error(ErrorKind::kInvalidInput, "it is odd"));
  return number / 2;
}

Result<void> require_quarter(int number) {
  TRY(const int once, half(number));
  TRY_VOID(half(once));
  return {};
}

TEST(ErrorTest, TryPassesTheFirstErrorUp) {
  EXPECT_TRUE(require_quarter(4).has_value());
  EXPECT_EQ(require_quarter(6).error().message, "it is odd");
  EXPECT_EQ(require_quarter(3).error().message, "it is odd");
}

TEST(ErrorDeathTest, AssertEndsTheProcessAndNamesTheCondition) {
  EXPECT_DEATH(ASSERT(1 + 1 == 3), "assertion failed: 1 \\+ 1 == 3 \\(.*error_test.cpp:");
}

}  // namespace
}  // namespace certferry

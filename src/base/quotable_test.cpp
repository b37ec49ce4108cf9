#include "base/quotable.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace certferry {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(QuotableTest, CutsQuotesWhereAKeyOrTokenBegins) {
  struct Case {
    std::string text;
    std::string quoted;
  };
  const std::string sha1 = "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12";
  const Case cases[] = {
      {"域名不存在", "域名不存在"},
      {"InvalidParameterException", "InvalidParameterException"},
      {"bad sign, expected " + sha1 + " for you", "bad sign, expected […]"},
      {"L9ThxnotKPzthJ7hu3bnORuT6xI=", "[…]"},
      {std::string(32, 'k'), "[…]"},
      {"key:\nMIGHAgEAMBMGByqGSM49\nTAIL", "key:?[…]"},
  };
  for (const Case& one : cases) EXPECT_EQ(quotable(one.text), one.quoted);
}

TEST(QuotableTest, JudgesATokenThatRunsPastTheLimit) {
  const std::string text = std::string(14, ' ') + "MIGHAg" + "EAMBMGByqGSM49AwEH";
  EXPECT_THAT(quotable(text, 20), Not(HasSubstr("MIG")));
}

}  // namespace
}  // namespace certferry

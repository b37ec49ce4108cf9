#include "providers/common/spelled_name.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(SpelledNameTest, KnowsAWildcardInBothSpellings) {
  EXPECT_EQ(canonical_of_spelled(".Example.com"), "*.example.com");
  EXPECT_EQ(canonical_of_spelled("*.example.com"), "*.example.com");
  EXPECT_EQ(canonical_of_spelled("多吉云.例子"), canonical_of_spelled("xn--9kq16kf1e.xn--fsqu00a"));
}

TEST(SpelledNameTest, LeavesWhatIsNoNameAsItIs) {
  for (const char* spelled : {"", ".", "A_B c", "-"}) {
    EXPECT_TRUE(canonical_of_spelled(spelled).ends_with(spelled[0] == 'A' ? "a_b c" : spelled));
  }
}

}  // namespace
}  // namespace certferry

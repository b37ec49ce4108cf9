#include "cli/program.h"

#include <gmock/gmock.h>

#include <stdexcept>

namespace certferry::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ProgramTest, NamesTheTypeOfAnUnexpectedExceptionAndKeepsItsWords) {
  const std::out_of_range bug("last read: 'a-secret'");
  EXPECT_THAT(bug_text(bug), HasSubstr("bug: an unexpected exception of type std::out_of_range"));
  EXPECT_THAT(bug_text(bug), Not(HasSubstr("a-secret")));
}

}  // namespace
}  // namespace certferry::cli

#include "providers/common/form_body.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(FormBodyTest, EncodesEveryFieldInTheOrderGiven) {
  FormBody body;
  body.field("Name", "cert-1").field("Key", "a b+c\n=&%").field("Empty", "").field("中", "~*");
  EXPECT_EQ(body.take().reveal(), "Name=cert-1&Key=a%20b%2Bc%0A%3D%26%25&Empty=&%E4%B8%AD=~%2A");
  EXPECT_EQ(body.take().reveal(), "");
}

TEST(FormBodyTest, LosesNothingOfWhatOutgrowsIt) {
  FormBody body;
  std::string expected;
  for (int i = 0; i < 100; ++i) {
    body.field("k", std::string(static_cast<std::size_t>(i), 'v'));
    expected += (i == 0 ? "k=" : "&k=") + std::string(static_cast<std::size_t>(i), 'v');
  }
  EXPECT_EQ(body.take().reveal(), expected);
}

}  // namespace
}  // namespace certferry

#include "providers/common/store_name.h"

#include <gtest/gtest.h>

#include "model/label.h"

namespace certferry {
namespace {

Time moment(const char* text) {
  return parse_time(text).value();
}

std::string fingerprint(char first) {
  return std::string(1, first) + "f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0";
}

TEST(StoreNameTest, ComesBackAsTheLabelThatItStandsFor) {
  for (const char first : {'0', '7', 'f'}) {
    std::string digits = fingerprint(first);
    if (first == 'f') digits.replace(1, 6, "fffbef");  // all but slashes and pluses in base64
    const std::string label = label_for(digits, 0x123456789abcdef);
    const std::string name = store_name(label, moment("2026-04-15T08:30:59Z"));
    EXPECT_EQ(name.size(), 62U) << name;
    EXPECT_EQ(name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                     "0123456789-_"),
              std::string::npos)
        << name;
    ASSERT_TRUE(read_store_name(name).has_value()) << name;
    EXPECT_EQ(read_store_name(name)->label, label);
  }
}

TEST(StoreNameTest, SaysTheEndToTheSecondWithinThreeDays) {
  for (const char* end : {"2026-04-15T00:00:00Z",
                          "2026-04-15T23:59:59Z",
                          "2026-04-16T11:07:13Z",
                          "2026-04-17T05:41:40Z",
                          "2038-01-19T03:14:07Z"}) {
    const std::string name = store_name(label_for(fingerprint('a'), 7), moment(end));
    const StoreName read = read_store_name(name).value();
    for (const hours earlier : {hours(0), hours(8), hours(72)}) {
      EXPECT_EQ(read.end_since(moment(end) - earlier), moment(end)) << end;
    }
    EXPECT_NE(read.end_since(moment(end) + seconds(1)), moment(end));
  }
}

TEST(StoreNameTest, LeavesOtherTextAlone) {
  const std::string untagged = "certferry-" + fingerprint('a');
  EXPECT_EQ(store_name(untagged, Time{}), untagged);
  EXPECT_EQ(store_name("somebody's", Time{}), "somebody's");
  const std::string name = store_name(label_for(fingerprint('a'), 7), Time{});
  std::string other_tag = name;
  other_tag.back() = 'Z';
  std::string no_base64 = name;
  no_base64[20] = '*';
  std::string no_end = name;
  no_end[54] = '*';
  for (const std::string& text :
       {std::string(), untagged, name + "x", name.substr(1), other_tag, no_base64, no_end}) {
    EXPECT_FALSE(read_store_name(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace certferry

#include "model/label.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

const std::string kFingerprint = std::string(60, '0') + "9abf";

TEST(LabelTest, CarriesTheFingerprintThereAndBack) {
  const std::string label = label_for(kFingerprint, 1 + 31 * 32);
  EXPECT_EQ(label, "certferry-" + kFingerprint + "-b7aaa");
  EXPECT_EQ(fingerprint_in_label(label), kFingerprint);
  EXPECT_TRUE(is_tagged(label));
  EXPECT_EQ(label.size(), 80U);
}

TEST(LabelTest, WithoutOrWithHalfATagItStillNamesTheBundle) {
  const std::string whole = label_for(kFingerprint, 12345);
  for (std::size_t size = 74; size < whole.size(); ++size) {
    const std::string cut = whole.substr(0, size);
    EXPECT_EQ(fingerprint_in_label(cut), kFingerprint) << cut;
    EXPECT_FALSE(is_tagged(cut)) << cut;
  }
}

TEST(LabelTest, SeesNoFingerprintInOtherPeoplesText) {
  const std::string rows[] = {
      "",
      "certferry-",
      "certferry",
      "my certificate",
      kFingerprint,
      "Certferry-" + kFingerprint,
      " certferry-" + kFingerprint,
      "certferry-" + kFingerprint + " ",
      "certferry-" + kFingerprint.substr(1),
      "certferry-" + kFingerprint + "0",
      "certferry-" + kFingerprint.substr(1) + "g",
      "certferry-" + kFingerprint.substr(1) + "A",
      "certferry-" + kFingerprint.substr(1) + std::string(1, '\0'),
      "certferry-certferry-" + kFingerprint,
      "certferry-" + kFingerprint + "-aaaaaa",
      "certferry-" + kFingerprint + "-AAAAA",
      "certferry-" + kFingerprint + "-aaa1a",
      "certferry-" + kFingerprint + "-aaaa ",
      "certferry-" + kFingerprint + "_aaaaa",
  };
  for (const std::string& row : rows) EXPECT_EQ(fingerprint_in_label(row), std::nullopt) << row;
}

}  // namespace
}  // namespace certferry

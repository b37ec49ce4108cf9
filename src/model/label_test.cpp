#include "model/label.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

const std::string kFingerprint = std::string(60, '0') + "9abf";

TEST(LabelTest, CarriesTheFingerprintThereAndBack) {
  EXPECT_EQ(label_for(kFingerprint), "certferry-" + kFingerprint);
  EXPECT_EQ(fingerprint_in_label(label_for(kFingerprint)), kFingerprint);
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
  };
  for (const std::string& row : rows) EXPECT_EQ(fingerprint_in_label(row), std::nullopt) << row;
}

}  // namespace
}  // namespace certferry

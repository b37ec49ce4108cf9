#include "model/bundle.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

TEST(BundleTest, NamesKeyTypesForPeople) {
  using enum KeyType::Algorithm;
  EXPECT_EQ(to_string(KeyType{kRsa, 2048}), "RSA 2048");
  EXPECT_EQ(to_string(KeyType{kEcdsa, 256}), "ECDSA P-256");
  EXPECT_EQ(to_string(KeyType{kEd25519, 255}), "Ed25519");
  EXPECT_EQ(to_string(KeyType{}), "unknown key type");
}

TEST(BundleTest, ShortensFingerprintsOfAnyLength) {
  EXPECT_EQ(short_fingerprint("0123456789abcdef"), "0123456789ab");
  EXPECT_EQ(short_fingerprint("0123"), "0123");
  EXPECT_EQ(short_fingerprint(""), "");
}

}  // namespace
}  // namespace certferry

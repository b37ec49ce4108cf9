#include "crypto/cipher.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace certferry {
namespace {

std::string hex(const std::string& bytes) {
  return to_hex({reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()});
}

const Secret kKey("\x2b\x7e\x15\x16\x28\xae\xd2\xa6\xab\xf7\x15\x88\x09\xcf\x4f\x3c");
const std::string kIv("\0\1\2\3\4\5\6\7\x8\x9\xa\xb\xc\xd\xe\xf", 16);

// NIST SP 800-38A, F.2.1: the first block, behind which padding follows here.
TEST(CipherTest, MatchesThePublishedVector) {
  const Secret text("\x6b\xc1\xbe\xe2\x2e\x40\x9f\x96\xe9\x3d\x7e\x11\x73\x93\x17\x2a");
  const std::string encrypted = aes_128_cbc(kKey, kIv, text);
  EXPECT_EQ(encrypted.size(), 32U);
  EXPECT_EQ(hex(encrypted.substr(0, 16)), "7649abac8119b246cee98e9b12e9197d");
}

TEST(CipherTest, FillsTheLastBlockAndAddsOneToAFullOne) {
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 32U}) {
    EXPECT_EQ(aes_128_cbc(kKey, kIv, Secret(std::string(size, 'x'))).size(), size / 16 * 16 + 16);
  }
}

}  // namespace
}  // namespace certferry

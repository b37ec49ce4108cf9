#include "signing/ucloud.h"

#include <gtest/gtest.h>

namespace certferry {
namespace {

// The vendor's published example, which its SDK for JavaScript tests itself with as well
// (ucloud/ucloud-sdk-js, src/core/credential/index.test.ts).
TEST(UcloudTest, ReproducesTheVendorsExample) {
  const auto added = sign_ucloud({{"Region", Secret("cn-bj2")},
                                  {"Limit", Secret("10")},
                                  {"Action", Secret("DescribeUHostInstance")}},
                                 {.id = "ucloudsomeone@example.com1296235120854146120",
                                  .secret = Secret("46f09bb9fab4f12dfc160dae12273d5332b5debe")});
  ASSERT_TRUE(added.has_value());
  ASSERT_EQ(added->size(), 2U);
  EXPECT_EQ(added->at(0).first, "PublicKey");
  EXPECT_EQ(added->at(0).second.reveal(), "ucloudsomeone@example.com1296235120854146120");
  EXPECT_EQ(added->at(1).first, "Signature");
  EXPECT_EQ(added->at(1).second.reveal(), "cba5cf5ec4d4233d206b1b54951e3787350a642f");
}

const AccessKey kKey{.id = "PUBEXAMPLE", .secret = Secret("PRIVEXAMPLE")};

// Recomputed by hand.
TEST(UcloudTest, ReproducesTheWorkedCaseOfAList) {
  const auto added = sign_ucloud({{"Action", Secret("GetUcdnDomainConfig")},
                                  {"ProjectId", Secret("org-xyz")},
                                  {"DomainId.0", Secret("ucdn-abc123")}},
                                 kKey);
  ASSERT_TRUE(added.has_value());
  EXPECT_EQ(added->at(1).second.reveal(), "eb13c755ab385047566e29eef6774a5dfe018132");
}

TEST(UcloudTest, SignsValuesAsTheyAreMeantAndNotEncoded) {
  // printf 'Aa b+%%*~证BPublicKeyPUBEXAMPLEPRIVEXAMPLE' | sha1sum
  const auto added = sign_ucloud({{"B", Secret("")}, {"A", Secret("a b+%*~证")}}, kKey);
  ASSERT_TRUE(added.has_value());
  EXPECT_EQ(added->at(1).second.reveal(), "d4ac0c690ddfea9c5308230d9e91150f4a232b1e");
}

TEST(UcloudTest, RefusesKeysThatAreEmptyOrBroken) {
  EXPECT_FALSE(sign_ucloud({}, {.id = "", .secret = Secret("PRIVEXAMPLE")}).has_value());
  EXPECT_FALSE(sign_ucloud({}, {.id = "PUBEXAMPLE", .secret = Secret("x\n")}).has_value());
}

}  // namespace
}  // namespace certferry

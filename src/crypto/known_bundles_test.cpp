#include "crypto/known_bundles.h"

#include <gtest/gtest.h>

#include "crypto/test_certificates.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)

struct KnownBundlesTest : testing::Test {
  Family family;
  std::string chain = family.leaf.pem() + family.intermediate.pem();
  std::string key = family.leaf.key_pem();
  KnownBundles known;

  Result<BundlePtr> read(const std::string& chain_pem, const std::string& key_pem) {
    return known.read({.chain = Secret(chain_pem), .key = Secret(key_pem), .chain_name = "/chain"});
  }
};

void expect_same(const Certificate& one, const Certificate& other) {
  EXPECT_EQ(one.fingerprint, other.fingerprint);
  EXPECT_EQ(one.der, other.der);
  EXPECT_EQ(one.subject, other.subject);
  EXPECT_EQ(one.issuer, other.issuer);
  EXPECT_EQ(one.serial, other.serial);
  EXPECT_EQ(one.not_before, other.not_before);
  EXPECT_EQ(one.not_after, other.not_after);
  EXPECT_EQ(one.dns_names, other.dns_names);
  EXPECT_EQ(one.ip_addresses, other.ip_addresses);
  EXPECT_EQ(one.key, other.key);
  EXPECT_EQ(one.is_ca, other.is_ca);
  EXPECT_EQ(one.self_issued, other.self_issued);
}

void expect_same(const Bundle& one, const Bundle& other) {
  expect_same(one.leaf, other.leaf);
  ASSERT_EQ(one.chain.size(), other.chain.size());
  for (std::size_t i = 0; i < one.chain.size(); ++i) expect_same(one.chain[i], other.chain[i]);
  EXPECT_EQ(one.chain_pem, other.chain_pem);
  EXPECT_TRUE(one.key_pem.same_as(other.key_pem));
}

TEST_F(KnownBundlesTest, GivesAgainWhatReadingGaveInWhateverForm) {
  const std::string traditional = pem_of(*family.leaf.key, KeyForm::kTraditional);
  const std::string jumbled =
      family.root.pem() + family.intermediate.pem() + "note\n" + family.leaf.pem();
  const std::vector<PemInput> inputs = {
      {.chain = Secret(chain), .key = Secret(key), .chain_name = "apart"},
      {.chain = Secret(chain), .key = Secret(traditional), .chain_name = "traditional"},
      {.chain = Secret(chain), .key = Secret("a note\n" + key), .chain_name = "note"},
      {.chain = Secret(jumbled), .key = Secret(key + chain), .chain_name = "jumbled"},
      {.chain = Secret(chain + key), .key = {}, .chain_name = "together"},
      {.chain = Secret(key + chain + key), .key = Secret(chain), .chain_name = "the other way"}};
  for (const PemInput& input : inputs) {
    const Result<BundlePtr> plain = read_bundle(input);
    ASSERT_TRUE(plain) << input.chain_name << ": " << plain.error().text();
    for (int i = 0; i < 3; ++i) {
      SCOPED_TRACE(input.chain_name + ", reading " + std::to_string(i));
      expect_same(*known.read(input).value(), **plain);
    }
  }
}

TEST_F(KnownBundlesTest, ARenewalTakesThePlaceOfItsPredecessor) {
  ASSERT_TRUE(read(chain, key));
  const Family next;
  const Result<BundlePtr> renewed =
      read(next.leaf.pem() + next.intermediate.pem(), next.leaf.key_pem());
  ASSERT_TRUE(renewed);
  EXPECT_EQ((*renewed)->leaf.der, der_of(*next.leaf.x509));
  EXPECT_EQ(read(chain, key).value()->leaf.der, der_of(*family.leaf.x509));
}

TEST_F(KnownBundlesTest, AnotherKeyIsRefusedThoughTheChainIsKnown) {
  ASSERT_TRUE(read(chain, key));
  const Result<BundlePtr> torn = read(chain, Family().leaf.key_pem());
  ASSERT_FALSE(torn);
  EXPECT_EQ(torn.error().code, "cert.mismatch");
  EXPECT_TRUE(read(chain, key)) << "and what was refused is not remembered";
}

TEST_F(KnownBundlesTest, TheSameBytesSplitElsewhereAreOthers) {
  ASSERT_TRUE(read(chain, key));
  EXPECT_FALSE(read(chain + key, ""));
}

}  // namespace
}  // namespace certferry

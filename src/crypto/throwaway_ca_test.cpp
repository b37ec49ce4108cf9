#include "crypto/throwaway_ca.h"

#include <gtest/gtest.h>

#include "crypto/chain_verifier.h"
#include "crypto/pem.h"
#include "crypto/test_certificates.h"

namespace certferry {
namespace {

using testing_certificates::kBegin;
using testing_certificates::kEnd;
using testing_certificates::kNow;
using KeyKind = LeafRequest::KeyKind;

BundlePtr bundle_of(const IssuedLeaf& issued) {
  return read_bundle({.chain = Secret(issued.chain_pem), .key = issued.key_pem}).value();
}

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

TEST(ThrowawayCaTest, IssuesLeavesThatItsRootVerifies) {
  const ThrowawayCa ca(kBegin, kEnd);
  const OpenSslChainVerifier verifier(read_certificates(ca.root_pem(), "root").value(), "/none");
  const std::pair<KeyKind, KeyType> cases[] = {
      {KeyKind::kEcdsaP256, {KeyType::Algorithm::kEcdsa, 256}},
      {KeyKind::kEcdsaP384, {KeyType::Algorithm::kEcdsa, 384}},
      {KeyKind::kRsa2048, {KeyType::Algorithm::kRsa, 2048}},
  };
  for (const auto& [kind, type] : cases) {
    const BundlePtr bundle = bundle_of(ca.issue({.names = {"*.多吉云.example", "Example.com"},
                                                 .ip_addresses = {"127.0.0.1", "::1"},
                                                 .not_before = kBegin,
                                                 .not_after = kEnd,
                                                 .key = kind}));
    EXPECT_EQ(bundle->leaf.key, type);
    EXPECT_EQ(bundle->leaf.dns_names,
              (std::vector<std::string>{"*.xn--9kq16kf1e.example", "example.com"}));
    EXPECT_EQ(bundle->leaf.ip_addresses, (std::vector<std::string>{"127.0.0.1", "::1"}));
    EXPECT_EQ(bundle->leaf.not_before, kBegin);
    EXPECT_EQ(bundle->leaf.not_after, kEnd);
    ASSERT_EQ(bundle->chain.size(), 1U);
    const ChainVerdict verdict = verifier.verify({bundle->leaf, bundle->chain[0]}, kNow);
    EXPECT_TRUE(verdict.trusted()) << verdict.reason;
  }
}

TEST(ThrowawayCaTest, MakesADifferentKeyEachTime) {
  const ThrowawayCa ca(kBegin, kEnd);
  const LeafRequest request{.names = {"a.example"}, .not_before = kBegin, .not_after = kEnd};
  EXPECT_FALSE(ca.issue(request).key_pem.same_as(ca.issue(request).key_pem));
}

TEST(ThrowawayCaTest, IssuesTheSameBytesFromTheSameSeed) {
  const auto issue = [](const std::string& seed, int leaves) {
    const ThrowawayCa ca = ThrowawayCa::from_seed(seed, kBegin, kEnd, "again");
    IssuedLeaf last;
    for (int i = 0; i < leaves; ++i) {
      last = ca.issue({.names = {"a.example"}, .not_before = kBegin, .not_after = kEnd});
    }
    return last;
  };
  EXPECT_EQ(issue("7", 2).chain_pem, issue("7", 2).chain_pem);
  EXPECT_TRUE(issue("7", 2).key_pem.same_as(issue("7", 2).key_pem));
  EXPECT_FALSE(issue("7", 2).key_pem.same_as(issue("7", 1).key_pem));
  EXPECT_FALSE(issue("7", 1).key_pem.same_as(issue("8", 1).key_pem));
  // On every machine, and with every build of OpenSSL.
  EXPECT_EQ(bundle_of(issue("7", 1))->leaf.fingerprint,
            "e9c5544ed2141e0a631043b1b435fc032018c4a8196ce838d8b02b49ca860f61");
}

TEST(ThrowawayCaTest, SaysOfALeafWhatIsReadOutOfIt) {
  const ThrowawayCa random(kBegin, kEnd);
  const ThrowawayCa seeded = ThrowawayCa::from_seed("7", kBegin, kEnd, "read");
  std::vector<std::string> many;
  for (int i = 0; i < 40; ++i) many.push_back("d" + std::to_string(i) + ".example");
  const LeafRequest requests[] = {
      {.names = {"*.多吉云.example", "Example.com"}, .not_before = kBegin, .not_after = kEnd},
      {.names = {std::string(60, 'a') + ".example.example"}},
      {.names = many, .not_before = kBegin + milliseconds(1), .not_after = kEnd},
      {.names = {"a"}, .not_before = kBegin, .not_after = kBegin + std::chrono::years(60)},
      {.names = {"a"}, .ip_addresses = {"::1"}, .not_before = kBegin, .not_after = kEnd},
      {.names = {"a"}, .not_before = kBegin, .not_after = kEnd, .key = KeyKind::kEcdsaP521},
  };
  for (const ThrowawayCa* ca : {&random, &seeded}) {
    for (const LeafRequest& request : requests) {
      const IssuedLeaf issued = ca->issue(request);
      expect_same(issued.leaf, read_certificates(issued.leaf_pem, "leaf").value().front());
      const BundlePtr bundle = bundle_of(issued);
      EXPECT_EQ(bundle->chain_pem, issued.chain_pem);
      EXPECT_TRUE(bundle->key_pem.same_as(issued.key_pem));
    }
  }
}

TEST(ThrowawayCaTest, VerifiesWhatASeededOneIssued) {
  const ThrowawayCa ca = ThrowawayCa::from_seed("7", kBegin, kEnd, "seeded");
  const OpenSslChainVerifier verifier(read_certificates(ca.root_pem(), "root").value(), "/none");
  for (const auto& [kind, bits] : {std::pair(KeyKind::kEcdsaP256, 256),
                                   std::pair(KeyKind::kEcdsaP384, 384),
                                   std::pair(KeyKind::kEcdsaP521, 521)}) {
    const BundlePtr bundle = bundle_of(
        ca.issue({.names = {"a.example"}, .not_before = kBegin, .not_after = kEnd, .key = kind}));
    EXPECT_EQ(bundle->leaf.key, (KeyType{KeyType::Algorithm::kEcdsa, bits}));
    const ChainVerdict verdict = verifier.verify({bundle->leaf, bundle->chain[0]}, kNow);
    EXPECT_TRUE(verdict.trusted()) << verdict.reason;
  }
}

TEST(ThrowawayCaTest, RefusesNamesThatAreNone) {
  const ThrowawayCa ca(kBegin, kEnd);
  const LeafRequest cases[] = {{}, {.names = {"a.example,IP:1.2.3.4"}}, {.ip_addresses = {"x"}}};
  for (const LeafRequest& request : cases) {
    try {
      ca.issue(request);
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code, "cert.names");
    }
  }
}

}  // namespace
}  // namespace certferry

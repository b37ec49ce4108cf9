#include "sandbox/pair.h"

#include <gtest/gtest.h>

#include "crypto/test_certificates.h"
#include "sandbox/test_support.h"

namespace certferry::sandbox {
namespace {

TEST(PairTest, TakesRsaAndEcdsa) {
  for (const auto key : {LeafRequest::KeyKind::kEcdsaP256,
                         LeafRequest::KeyKind::kEcdsaP384,
                         LeafRequest::KeyKind::kRsa2048}) {
    const IssuedLeaf leaf = issue({"cdn.example.com", "*.example.com"}, key);
    const Result<UploadedPair> pair = read_pair(leaf.chain_pem, leaf.key_pem);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->leaf.dns_names, (std::vector<std::string>{"cdn.example.com", "*.example.com"}));
  }
}

TEST(PairTest, RefusesWhatAnEdgeCouldNotServe) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const IssuedLeaf other = issue({"cdn.example.com"});
  std::string crlf = leaf.leaf_pem;
  crlf.replace(crlf.find('\n'), 1, "\r\n");
  struct Case {
    const char* what;
    std::string chain;
    Secret key;
  };
  for (const Case& each :
       {Case{"key of another leaf", leaf.chain_pem, other.key_pem},
        Case{"intermediate first", test_ca().intermediate_pem() + leaf.leaf_pem, leaf.key_pem},
        Case{"no certificate", "hello", leaf.key_pem},
        Case{"no key", leaf.chain_pem, Secret("hello")},
        Case{"truncated", leaf.leaf_pem.substr(0, leaf.leaf_pem.size() / 2), leaf.key_pem},
        Case{"CRLF", crlf, leaf.key_pem}}) {
    EXPECT_FALSE(read_pair(each.chain, each.key)) << each.what;
  }
}

// Found by the fuzzer of requests: the emulated vendor ended with an assertion.
TEST(PairTest, RefusesAChainWithAKeyTooWeakToServe) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  const auto weak = testing_certificates::make_pair(nullptr, {.key = openssl::make_rsa_key(1024)});
  EXPECT_FALSE(read_pair(leaf.leaf_pem + weak.pem(), leaf.key_pem));
}

TEST(PairTest, TakesALeafWithoutItsChain) {
  const IssuedLeaf leaf = issue({"cdn.example.com"});
  EXPECT_TRUE(read_pair(leaf.leaf_pem, leaf.key_pem));
}

TEST(PairTest, MakesSelfSignedOnes) {
  const UploadedPair pair = make_self_signed("a.test", Time(hours(1)), Time(hours(24)));
  EXPECT_TRUE(pair.leaf.self_issued);
  EXPECT_EQ(pair.leaf.not_after, Time(hours(24)));
  EXPECT_EQ(pair.leaf.dns_names, std::vector<std::string>{"a.test"});
}

}  // namespace
}  // namespace certferry::sandbox

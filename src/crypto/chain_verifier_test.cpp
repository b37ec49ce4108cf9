#include "crypto/chain_verifier.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "crypto/pem.h"
#include "crypto/test_certificates.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)
using Kind = ChainVerdict::Kind;

const std::string kNoSystemRoots = "/nonexistent";

Certificate parsed(const Pair& pair) {
  return parse_certificate(der_of(*pair.x509)).value();
}

struct ChainVerifierTest : testing::Test {
  Family family;
  OpenSslChainVerifier verifier{{parsed(family.root)}, kNoSystemRoots};
};

TEST_F(ChainVerifierTest, TrustsAChainThatEndsInAnExtraRoot) {
  const ChainVerdict verdict =
      verifier.verify({parsed(family.leaf), parsed(family.intermediate)}, kNow);
  EXPECT_TRUE(verdict.trusted()) << verdict.reason;
  EXPECT_EQ(verdict.reason, "");
}

TEST_F(ChainVerifierTest, TakesCertificatesAfterTheLeafInAnyOrderAndExtraOnes) {
  const Pair foreign = make_ca(nullptr, "Foreign");
  const ChainVerdict verdict = verifier.verify(
      {parsed(family.leaf), parsed(family.root), parsed(foreign), parsed(family.intermediate)},
      kNow);
  EXPECT_TRUE(verdict.trusted()) << verdict.reason;
}

TEST_F(ChainVerifierTest, CallsAMissingIntermediateIncompleteAndNamesIt) {
  const ChainVerdict verdict = verifier.verify({parsed(family.leaf)}, kNow);
  EXPECT_EQ(verdict.kind, Kind::kIncomplete);
  EXPECT_EQ(verdict.reason,
            "the issuer 'CN=Test Intermediate' of 'CN=www.example.com' is neither in the chain nor "
            "among the trusted roots");
}

TEST_F(ChainVerifierTest, CallsAnUnknownIssuerOfTheLastElementIncomplete) {
  const OpenSslChainVerifier nobody({}, kNoSystemRoots);
  EXPECT_EQ(nobody.verify({parsed(family.leaf), parsed(family.intermediate)}, kNow).kind,
            Kind::kIncomplete);
}

TEST_F(ChainVerifierTest, CallsAnUnknownRootUntrusted) {
  const OpenSslChainVerifier nobody({}, kNoSystemRoots);
  const ChainVerdict chain =
      nobody.verify({parsed(family.leaf), parsed(family.intermediate), parsed(family.root)}, kNow);
  EXPECT_EQ(chain.kind, Kind::kUntrusted);
  EXPECT_NE(chain.reason.find("Test Root"), std::string::npos);
  EXPECT_EQ(nobody.verify({parsed(make_pair(nullptr))}, kNow).kind, Kind::kUntrusted);
}

TEST_F(ChainVerifierTest, TakesNoIntermediateForAnAnchor) {
  const Certificate intermediate = parsed(family.intermediate);
  const OpenSslChainVerifier alone({intermediate}, kNoSystemRoots);
  EXPECT_EQ(alone.verify({parsed(family.leaf)}, kNow).kind, Kind::kIncomplete);
  // Nor may it fill the gap that an edge leaves.
  const OpenSslChainVerifier both({parsed(family.root), intermediate}, kNoSystemRoots);
  EXPECT_EQ(both.verify({parsed(family.leaf)}, kNow).kind, Kind::kIncomplete);
}

TEST_F(ChainVerifierTest, JudgesDatesAtTheMomentAskedFor) {
  const std::vector<Certificate> chain = {parsed(family.leaf), parsed(family.intermediate)};
  const ChainVerdict late = verifier.verify(chain, kEnd + seconds(1));
  EXPECT_EQ(late.kind, Kind::kExpired);
  EXPECT_NE(late.reason.find("ended on 2026-04-01T00:00:00Z"), std::string::npos) << late.reason;
  const ChainVerdict early = verifier.verify(chain, kBegin - seconds(1));
  EXPECT_EQ(early.kind, Kind::kExpired);
  EXPECT_NE(early.reason.find("begins only on"), std::string::npos) << early.reason;
}

TEST_F(ChainVerifierTest, CallsWrongChainsBroken) {
  const auto usage = [](const std::string& text) {
    return PairOptions{
        .extensions = {{NID_subject_alt_name, "DNS:www.example.com"}, {NID_ext_key_usage, text}}};
  };
  const Pair no_ca = make_pair(&family.intermediate, {.name = "No CA"});
  const Pair by_no_ca = make_pair(&no_ca);
  const Pair client = make_pair(&family.intermediate, usage("clientAuth"));
  Certificate damaged = parsed(family.leaf);
  damaged.der.back() = static_cast<char>(damaged.der.back() ^ 1);

  const Certificate intermediate = parsed(family.intermediate);
  EXPECT_EQ(verifier.verify({parsed(by_no_ca), parsed(no_ca), intermediate}, kNow).kind,
            Kind::kBroken);
  EXPECT_EQ(verifier.verify({parsed(client), intermediate}, kNow).kind, Kind::kBroken);
  EXPECT_EQ(verifier.verify({damaged, intermediate}, kNow).kind, Kind::kBroken);
  EXPECT_EQ(verifier.verify({}, kNow).kind, Kind::kBroken);
  EXPECT_EQ(verifier.verify({Certificate{}}, kNow).kind, Kind::kBroken);
}

TEST_F(ChainVerifierTest, FindsSystemRootsInAHashedDirectory) {
  const std::string directory = testing::TempDir() + "/certferry_roots";
  std::filesystem::create_directories(directory);
  char name[32];
  std::snprintf(name, sizeof name, "/%08lx.0", X509_subject_name_hash(family.root.x509.get()));
  std::ofstream(directory + name) << family.root.pem();
  const OpenSslChainVerifier system({}, directory);
  EXPECT_TRUE(system.verify({parsed(family.leaf), parsed(family.intermediate)}, kNow).trusted());
}

}  // namespace
}  // namespace certferry

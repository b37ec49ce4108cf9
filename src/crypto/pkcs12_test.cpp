#include "crypto/pkcs12.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "crypto/pem.h"
#include "crypto/test_certificates.h"
#include "crypto/test_pkcs12.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;

struct Pkcs12Test : testing::Test {
  Family family;

  std::string archive(const ArchiveOptions& options = {}) const {
    return make_archive(family, options);
  }
  static Result<Secret> open(const std::string& bytes, const std::string& password = "pass") {
    return pkcs12_to_pem(Secret(bytes), Secret(password), "'/a.p12'");
  }
  static std::string code_of(const std::string& bytes, const std::string& password = "pass") {
    const Result<Secret> pem = open(bytes, password);
    return pem ? "read" : pem.error().code;
  }
  void expect_whole(const Result<Secret>& pem) const {
    ASSERT_TRUE(pem) << pem.error().text();
    const Result<BundlePtr> bundle = read_bundle({.chain = *pem});
    ASSERT_TRUE(bundle) << bundle.error().text();
    EXPECT_EQ((*bundle)->chain_pem, family.leaf.pem() + family.intermediate.pem());
    EXPECT_EQ((*bundle)->key_pem.reveal(), family.leaf.key_pem());
  }
};

TEST_F(Pkcs12Test, GivesKeyAndChainAsPem) {
  expect_whole(open(archive()));
}

TEST_F(Pkcs12Test, OpensWhatIsNotEncryptedInside) {
  expect_whole(open(archive({.key_cipher = -1, .certificate_cipher = -1})));
}

TEST_F(Pkcs12Test, OpensAnEmptyPasswordInBothSpellings) {
  expect_whole(open(archive({.password = ""}), ""));
  expect_whole(open(archive({.password = nullptr}), ""));
}

TEST_F(Pkcs12Test, SaysThatThePasswordIsWrong) {
  const Result<Secret> pem = open(archive(), "sesame");
  ASSERT_FALSE(pem);
  EXPECT_EQ(pem.error().code, "pkcs12.password");
  EXPECT_THAT(pem.error().text(), HasSubstr("'/a.p12'"));
  EXPECT_THAT(pem.error().text(), Not(HasSubstr("sesame")));
  EXPECT_EQ(code_of(archive(), ""), "pkcs12.password");
}

TEST_F(Pkcs12Test, SaysWhatIsNoArchive) {
  EXPECT_EQ(code_of(""), "pem.empty");
  EXPECT_EQ(code_of(family.leaf.pem()), "pkcs12.not_pkcs12");
  EXPECT_EQ(code_of(archive().substr(0, 500)), "pkcs12.not_pkcs12");
  EXPECT_EQ(code_of(std::string(std::size_t{65} * 1024, '0')), "pkcs12.too_large");
}

TEST_F(Pkcs12Test, SaysThatEdgesDoNotServeSuchAKey) {
  openssl::Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED448"));
  family.leaf = make_pair(&family.intermediate, {.key = std::move(key)});
  EXPECT_EQ(code_of(archive()), "cert.key_unsupported");
}

TEST_F(Pkcs12Test, RefusesWhatWouldTakeForEver) {
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(code_of(with_mac_rounds(archive(), 2'000'000'000)), "pkcs12.rounds");
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

TEST_F(Pkcs12Test, SaysThatNothingChecksItsIntegrity) {
  EXPECT_EQ(code_of(archive({.mac_rounds = -1})), "pkcs12.unsupported");
}

TEST_F(Pkcs12Test, SaysHowToReadCiphersThatAreNoMore) {
  const Result<Secret> pem = open(make_old_archive(family));
  ASSERT_FALSE(pem);
  EXPECT_EQ(pem.error().code, "pkcs12.unsupported");
  EXPECT_THAT(pem.error().hint, HasSubstr("-legacy"));
}

TEST_F(Pkcs12Test, SurvivesEveryCutAndEveryFlippedByte) {
  const std::string whole = archive();
  for (std::size_t i = 0; i < whole.size(); i += 7) {
    EXPECT_NE(code_of(whole.substr(0, i)), "read");
    std::string flipped = whole;
    flipped[i] = static_cast<char>(flipped[i] ^ 0x55);
    code_of(flipped);
  }
}

}  // namespace
}  // namespace certferry

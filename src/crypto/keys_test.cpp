#include "crypto/keys.h"

#include <gtest/gtest.h>

#include "crypto/pem.h"
#include "crypto/test_certificates.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)

TEST(KeysTest, WritesTheFormsThatVendorsTake) {
  const openssl::Key rsa = openssl::make_rsa_key(2048);
  const openssl::Key ec = openssl::make_ec_key("P-256");
  const struct {
    const EVP_PKEY& key;
    KeyForm form;
    std::string begin;
  } cases[] = {
      {*rsa, KeyForm::kPkcs8, "-----BEGIN PRIVATE KEY-----\n"},
      {*rsa, KeyForm::kTraditional, "-----BEGIN RSA PRIVATE KEY-----\n"},
      {*ec, KeyForm::kPkcs8, "-----BEGIN PRIVATE KEY-----\n"},
      {*ec, KeyForm::kTraditional, "-----BEGIN EC PRIVATE KEY-----\n"},
  };
  for (const auto& [key, form, begin] : cases) {
    const Secret pkcs8(pem_of(key));
    const Secret written = write_key(pkcs8, form).value();
    EXPECT_TRUE(written.reveal().starts_with(begin)) << begin;
    EXPECT_TRUE(write_key(written, KeyForm::kPkcs8).value().same_as(pkcs8)) << begin;
  }
}

TEST(KeysTest, SaysThatEd25519HasNoTraditionalForm) {
  const openssl::Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  const auto written = write_key(Secret(pem_of(*key)), KeyForm::kTraditional);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, ErrorKind::kUnsupported);
  EXPECT_EQ(written.error().code, "cert.key_unsupported");
}

TEST(KeysTest, RefusesWhatIsNotOneKey) {
  const std::string key = pem_of(*openssl::make_ec_key("P-256"));
  EXPECT_EQ(write_key(Secret(key + key), KeyForm::kPkcs8).error().code, "pem.truncated");
  EXPECT_EQ(write_key(Secret(make_pair(nullptr).pem()), KeyForm::kPkcs8).error().code,
            "pem.truncated");
  EXPECT_EQ(write_key(Secret(), KeyForm::kPkcs8).error().code, "pem.empty");
}

}  // namespace
}  // namespace certferry

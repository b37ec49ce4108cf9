#include "crypto/keys.h"

#include <gtest/gtest.h>

#include "crypto/digest.h"
#include "crypto/pem.h"
#include "crypto/pem_blocks.h"
#include "crypto/private_key.h"
#include "crypto/test_certificates.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)

std::string key_block(const std::string& label, const std::string& der) {
  return "-----BEGIN " + label + "-----\n" + base64_encode(der) + "\n-----END " + label + "-----\n";
}

std::string der_of(const Secret& pem) {
  return std::string(pem_blocks(pem.reveal(), "the key").value().front().der.reveal());
}

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

// Such a key signs, and OpenSSL would write its version into one form and not the other. The place
// is that of the version's value, behind its tag and length.
TEST(KeysTest, WritesAVersionThatStandardsKnow) {
  const struct {
    openssl::Key key;
    std::size_t place;
  } cases[] = {{openssl::make_ec_key("P-256"), 4}, {openssl::make_rsa_key(2048), 6}};
  for (const auto& [key, place] : cases) {
    const Secret pkcs8(pem_of(*key));
    const Secret traditional = write_key(pkcs8, KeyForm::kTraditional).value();
    std::string der = der_of(traditional);
    ASSERT_EQ(der.substr(place - 2, 2), std::string("\x02\x01", 2));
    der[place] = '\x80';
    const Secret odd(key_block("PRIVATE KEY", der));
    for (const KeyForm form : {KeyForm::kPkcs8, KeyForm::kTraditional}) {
      const Secret& expected = form == KeyForm::kPkcs8 ? pkcs8 : traditional;
      EXPECT_TRUE(write_key(odd, form).value().same_as(expected)) << place;
    }
  }
}

// Keys whose numbers are longer than any key's, and the bytes they are written as.

std::string value(char tag, const std::string& content) {
  const std::size_t size = content.size();
  std::string out(1, tag);
  if (size < 0x80) {
    out += static_cast<char>(size);
  } else {
    out += '\x82';
    out += static_cast<char>(size >> 8);
    out += static_cast<char>(size & 0xff);
  }
  return out + content;
}

std::string number(std::size_t bytes) {
  return value(2, '\x7f' + std::string(bytes - 1, '\x77'));
}

// OpenSSL computes the public half while it reads the key: that took minutes.
TEST(KeysTest, ReadsNoDsaKey) {
  const std::string dsa("\x06\x07\x2a\x86\x48\xce\x38\x04\x01", 9);
  const std::string parameters = value(0x30, number(8000) + number(32) + number(8000));
  const std::string der = value(
      0x30,
      std::string("\x02\x01\x00", 3) + value(0x30, dsa + parameters) + value(4, number(8000)));
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(openssl::key_from_der(der), nullptr);
  const Secret text(key_block("PRIVATE KEY", der));
  EXPECT_EQ(read_bundle({.chain = text}).error().code, "cert.key_unsupported");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
}

// The modulus is as it should be and fits the certificate; the primes have 64,000 bits, with which
// OpenSSL would have signed for minutes.
TEST(KeysTest, SignsNothingWithAnRsaKeyOfAbsurdNumbers) {
  const Pair pair = make_pair(nullptr, {.key = openssl::make_rsa_key(2048)});
  BIGNUM* modulus = nullptr;
  ASSERT_EQ(EVP_PKEY_get_bn_param(pair.key.get(), "n", &modulus), 1);
  const openssl::BigNumber owned(modulus);
  std::string n(257, '\0');
  BN_bn2binpad(modulus, reinterpret_cast<unsigned char*>(n.data()), 257);
  const std::string zero("\x02\x01\x00", 3);
  const std::string exponent("\x02\x03\x01\x00\x01", 5);
  const std::string public_half = zero + value(2, n) + exponent;
  for (const std::size_t bytes : {std::size_t{250}, std::size_t{8000}}) {
    std::string der = public_half;
    for (int i = 0; i < 6; ++i) der += number(bytes);
    const std::string text = pair.pem() + key_block("RSA PRIVATE KEY", value(0x30, der));
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(read_bundle({.chain = Secret(text)}).error().code, "cert.mismatch") << bytes;
    EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1)) << bytes;
  }
}

}  // namespace
}  // namespace certferry

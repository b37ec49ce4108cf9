#include "crypto/certificate.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "crypto/test_certificates.h"
#include "model/name.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)

Certificate parsed(const Pair& pair) {
  return parse_certificate(der_of(*pair.x509)).value();
}

TEST(CertificateTest, ReadsWhatTheCertificateSays) {
  const Pair ca = make_ca(nullptr, "Example CA");
  const Pair pair = make_pair(
      &ca,
      {.extensions = {{NID_subject_alt_name,
                       "DNS:WWW.Example.com,DNS:*.example.com,IP:192.0.2.7,IP:2001:DB8::1"}}});
  const Certificate leaf = parsed(pair);
  EXPECT_EQ(leaf.fingerprint.size(), 64U);
  EXPECT_EQ(leaf.subject, "CN=www.example.com");
  EXPECT_EQ(leaf.issuer, "CN=Example CA");
  EXPECT_EQ(leaf.serial.size(), 32U);
  EXPECT_EQ(leaf.not_before, kBegin);
  EXPECT_EQ(leaf.not_after, kEnd);
  EXPECT_EQ(leaf.dns_names, (std::vector<std::string>{"www.example.com", "*.example.com"}));
  EXPECT_EQ(leaf.ip_addresses, (std::vector<std::string>{"192.0.2.7", "2001:db8::1"}));
  EXPECT_EQ(leaf.key, (KeyType{KeyType::Algorithm::kEcdsa, 256}));
  EXPECT_FALSE(leaf.is_ca);
  EXPECT_FALSE(leaf.self_issued);
  EXPECT_TRUE(parsed(ca).is_ca);
  EXPECT_TRUE(parsed(ca).self_issued);
}

TEST(CertificateTest, KeepsForeignLettersOfSubjectsReadable) {
  EXPECT_EQ(parsed(make_pair(nullptr, {.name = "例子"})).subject, "CN=例子");
}

TEST(CertificateTest, TellsKeyTypesApart) {
  const std::pair<const char*, KeyType> cases[] = {
      {"P-384", {KeyType::Algorithm::kEcdsa, 384}},
      {"P-521", {KeyType::Algorithm::kEcdsa, 521}},
      {"secp256k1", {}},
      {"brainpoolP256r1", {}},
  };
  for (const auto& [curve, type] : cases) {
    EXPECT_EQ(parsed(make_pair(nullptr, {.key = openssl::make_ec_key(curve)})).key, type) << curve;
  }
}

TEST(CertificateTest, NeverTakesTheCommonNameForAName) {
  const Pair pair = make_pair(nullptr, {.name = "www.example.com", .extensions = {}});
  EXPECT_TRUE(parsed(pair).dns_names.empty());
}

TEST(CertificateTest, LeavesOutNamesThatAreNone) {
  const std::string with_nul("www.example.com\0.attacker.example", 33);
  const std::string long_label(64, 'a');
  const std::vector<std::string> names = {with_nul,
                                          "",
                                          ".",
                                          "a..example",
                                          " www.example.com",
                                          "www.example.com\n",
                                          long_label + ".example",
                                          "www*.example.com",
                                          "*",
                                          "*.*.example.com",
                                          "www.\xe4\xbe\x8b.example",
                                          "xn--fsqu00a.example",
                                          "good.example."};
  const Certificate leaf = parsed(make_pair(nullptr, {.change = with_raw_names(names)}));
  EXPECT_EQ(leaf.dns_names, (std::vector<std::string>{"xn--fsqu00a.example", "good.example"}));
}

TEST(CertificateTest, ReadsTenThousandNamesInBoundedTime) {
  std::vector<std::string> names;
  for (int i = 0; i < 10'000; ++i) names.push_back("n" + std::to_string(i) + ".example");
  const std::string der = der_of(*make_pair(nullptr, {.change = with_raw_names(names)}).x509);
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(parse_certificate(der).value().dns_names.size(), 10'000U);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
}

TEST(CertificateTest, ReadsAbsurdDates) {
  for (const std::string_view date : {"1950-01-01T00:00:00Z",
                                      "1949-12-31T23:59:59Z",
                                      "2049-12-31T23:59:59Z",
                                      "2050-01-01T00:00:00Z",
                                      "9999-12-31T23:59:59Z"}) {
    const Pair pair = make_pair(nullptr, {.not_before = at(date), .not_after = at(date)});
    EXPECT_EQ(parsed(pair).not_before, at(date)) << date;
    EXPECT_EQ(parsed(pair).not_after, at(date)) << date;
  }
}

TEST(CertificateTest, RefusesDatesThatDoNotExist) {
  for (const std::string_view date : {"260630235960Z", "261301000000Z", "260230000000Z", "soon"}) {
    const auto set_date = [date](X509& x509) {
      ASN1_STRING_set(X509_getm_notAfter(&x509), date.data(), static_cast<int>(date.size()));
    };
    const Pair pair = make_pair(nullptr, {.change = set_date});
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(pair.x509.get(), &bytes);
    const std::string der(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
    const auto certificate = parse_certificate(der);
    ASSERT_FALSE(certificate) << date;
    EXPECT_EQ(certificate.error().code, "cert.dates") << date;
  }
}

TEST(CertificateTest, RefusesWhatIsNotOneWholeCertificate) {
  const std::string der = der_of(*make_pair(nullptr).x509);
  for (const std::string& bytes :
       {std::string(), std::string("x"), der.substr(0, der.size() - 1), der + "x", der + der}) {
    const auto certificate = parse_certificate(bytes);
    ASSERT_FALSE(certificate);
    EXPECT_EQ(certificate.error().code, "pem.truncated");
  }
  EXPECT_EQ(parse_certificate(std::string(300'000, '0')).error().code, "pem.too_large");
}

// Whatever single byte of a certificate is changed, the answer is a certificate or an error.
TEST(CertificateTest, SurvivesEveryChangedByte) {
  const std::string der = der_of(*make_pair(nullptr).x509);
  for (std::size_t i = 0; i < der.size(); ++i) {
    std::string changed = der;
    changed[i] = static_cast<char>(changed[i] ^ 0xff);
    const auto certificate = parse_certificate(changed);
    if (certificate) EXPECT_EQ(certificate->der.size(), der.size());
  }
}

rc::Gen<std::string> host_name() {
  const auto label = rc::gen::element<std::string>("a", "b", "www", "*", "xn--fsqu00a", "A");
  return rc::gen::map(
      rc::gen::resize(4, rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(label))),
      [](const std::vector<std::string>& labels) {
        std::string name;
        for (const std::string& part : labels) name += part + ".";
        return name + "example.com";
      });
}

// OpenSSL is the second opinion. It alone refuses a wildcard right below a top-level domain, which
// no public CA issues, so the names here have two labels below it.
RC_GTEST_PROP(CertificateTest, AgreesWithOpenSslOnWhatANameCovers, ()) {
  static const openssl::Key kKey = openssl::make_ec_key("P-256");
  EVP_PKEY_up_ref(kKey.get());
  const std::string pattern = *host_name();
  const std::string name = *rc::gen::suchThat(
      host_name(), [](const std::string& text) { return text.find('*') == std::string::npos; });
  const Pair pair =
      make_pair(nullptr, {.key = openssl::Key(kKey.get()), .change = with_raw_names({pattern})});
  const Certificate leaf = parsed(pair);
  const bool ours = any_covers(leaf.dns_names, leaf.ip_addresses, canonical_name(name).value());
  const unsigned flags = X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT;
  const bool theirs =
      X509_check_host(pair.x509.get(), name.data(), name.size(), flags, nullptr) == 1;
  RC_LOG() << pattern << " and " << name;
  RC_ASSERT(ours == theirs);
}

}  // namespace
}  // namespace certferry

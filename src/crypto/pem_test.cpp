#include "crypto/pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "crypto/digest.h"
#include "crypto/test_certificates.h"

namespace certferry {
namespace {

using namespace testing_certificates;  // NOLINT(google-build-using-namespace)
using testing::HasSubstr;
using testing::StartsWith;

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string block(const std::string& label, const std::string& der) {
  return "-----BEGIN " + label + "-----\n" + base64_encode(der) + "\n-----END " + label + "-----\n";
}

Result<BundlePtr> read(const std::string& chain) {
  return read_bundle({.chain = Secret(chain)});
}

Result<BundlePtr> read(const std::string& chain, const std::string& key) {
  return read_bundle({.chain = Secret(chain),
                      .key = Secret(key),
                      .chain_name = "/ssl/fullchain.pem",
                      .key_name = "/ssl/privkey.pem"});
}

std::string code_of(const Result<BundlePtr>& result) {
  return result ? "read" : result.error().code;
}

struct PemTest : testing::Test {
  Family family;
  std::string leaf = family.leaf.pem();
  std::string intermediate = family.intermediate.pem();
  std::string root = family.root.pem();
  std::string key = family.leaf.key_pem();

  void expect_whole(const Result<BundlePtr>& result, const std::string& what) const {
    ASSERT_TRUE(result) << what << ": " << result.error().text();
    EXPECT_EQ((*result)->leaf.subject, "CN=www.example.com") << what;
    ASSERT_EQ((*result)->chain.size(), 1U) << what;
    EXPECT_EQ((*result)->chain[0].subject, "CN=Test Intermediate") << what;
    EXPECT_EQ((*result)->chain_pem, leaf + intermediate) << what;
    EXPECT_EQ((*result)->key_pem.reveal(), key) << what;
  }
};

TEST_F(PemTest, ReadsChainAndKeyFromOneTextOrTwo) {
  expect_whole(read(leaf + intermediate, key), "two texts");
  expect_whole(read(key, leaf + intermediate), "texts swapped");
  expect_whole(read(leaf + intermediate + key), "one text");
  expect_whole(read(key + leaf + intermediate), "key first");
}

TEST_F(PemTest, ReadsWhatRealFilesHold) {
  const std::string all = leaf + intermediate + key;
  expect_whole(read("\xef\xbb\xbf" + all), "byte order mark");
  expect_whole(read(replaced(all, "\n", "\r\n")), "CRLF");
  expect_whole(read(replaced(all, "\n", "\r")), "CR");
  expect_whole(read(replaced(all, "\n", "  \n\n\t")), "blanks");
  expect_whole(read(replaced(all, "\n", "")), "no line ends at all");
  expect_whole(read(replaced(all, "-----\n-----BEGIN", "----------BEGIN")), "END and BEGIN joined");
  expect_whole(read("Bag Attributes\n    friendlyName: x\nsubject=CN = y\n" + all + "\nbye"),
               "bag headers");
  expect_whole(read(replaced(all, " CERTIFICATE-", " X509 CERTIFICATE-")), "old label");
  expect_whole(read(all + block("DH PARAMETERS", "123")), "something else beside");
}

TEST_F(PemTest, PutsTheChainInOrder) {
  expect_whole(read(intermediate + leaf, key), "leaf last");
  expect_whole(read(leaf + intermediate + root, key), "with its root");
  expect_whole(read(root + intermediate + leaf, key), "reversed");
  expect_whole(read(leaf + leaf + intermediate + leaf + intermediate, key), "duplicates");
}

TEST_F(PemTest, OrdersBySignatureWhereNamesAreEqual) {
  const Pair impostor = make_ca(&family.root, "Test Intermediate");
  EXPECT_EQ(code_of(read(leaf + impostor.pem() + intermediate, key)), "cert.chain");
  EXPECT_EQ(code_of(read(leaf + impostor.pem(), key)), "cert.chain");
}

TEST_F(PemTest, KeepsTheCrossSignedCopyOfARootAndDropsTheOther) {
  const Pair old_root = make_ca(nullptr, "Old Root");
  EVP_PKEY_up_ref(family.root.key.get());
  PairOptions options{.name = "Test Root",
                      .extensions = {{NID_basic_constraints, "critical,CA:TRUE"}},
                      .key = openssl::Key(family.root.key.get())};
  const Pair cross = make_pair(&old_root, std::move(options));
  for (const std::string& order : {root + cross.pem(), cross.pem() + root}) {
    const auto bundle = read(leaf + intermediate + order + old_root.pem(), key);
    ASSERT_TRUE(bundle) << bundle.error().text();
    EXPECT_EQ((*bundle)->chain_pem, leaf + intermediate + cross.pem());
  }
}

TEST_F(PemTest, ReadsEveryFormOfKey) {
  const Pair rsa = make_pair(nullptr, {.key = openssl::make_rsa_key(2048)});
  const Pair ec = make_pair(nullptr);
  for (const Pair* pair : {&rsa, &ec}) {
    for (const KeyForm form : {KeyForm::kPkcs8, KeyForm::kTraditional}) {
      const auto bundle = read(pair->pem(), pem_of(*pair->key, form));
      ASSERT_TRUE(bundle) << bundle.error().text();
      EXPECT_EQ((*bundle)->key_pem.reveal(), pair->key_pem());
    }
  }
  const std::string parameters = block("EC PARAMETERS", "\x06\x08*\x86H\xce=\x03\x01\x07");
  EXPECT_TRUE(read(ec.pem(), parameters + pem_of(*ec.key, KeyForm::kTraditional)));
  EXPECT_TRUE(read(ec.pem() + ec.key_pem(), ec.key_pem())) << "the same key twice is one key";
}

TEST_F(PemTest, NamesTheCodeOfEveryBadText) {
  const std::string der = der_of(*family.leaf.x509);
  const std::string other_key = pem_of(*openssl::make_ec_key("P-256"));
  const std::string half = leaf.substr(0, leaf.size() / 2);
  const std::string damaged = replaced(leaf, "A", "*");
  const std::string encrypted_old =
      "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n"
      "-----END EC PRIVATE KEY-----\n";
  const struct {
    std::string what, chain, key, code, words;
  } cases[] = {
      {"empty chain", "", key, "pem.empty", "/ssl/fullchain.pem is empty"},
      {"empty key", leaf, "", "pem.empty", "/ssl/privkey.pem is empty"},
      {"blanks", " \r\n\t", key, "pem.empty", "finished"},
      {"zero bytes", std::string(100, '\0'), key, "pem.empty", "finished"},
      {"no block", "hello", key, "pem.not_pem", "no PEM block"},
      {"a page", "<html>404</html>", key, "pem.not_pem", "BEGIN"},
      {"DER", der, key, "pem.other_form", "openssl x509 -inform DER"},
      {"DER key",
       leaf,
       base64_decode("MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g").value(),
       "pem.other_form",
       "openssl pkey -inform DER"},
      {"UTF-16", "\xff\xfe-", key, "pem.other_form", "iconv"},
      {"PKCS#7", block("PKCS7", "x"), key, "pem.other_form", "openssl pkcs7"},
      {"cut in the body", half, key, "pem.truncated", "CERTIFICATE does not end"},
      {"cut in the BEGIN line", leaf + "-----BEGIN CERTIF", key, "pem.truncated", "BEGIN line"},
      {"cut in the END line",
       leaf.substr(0, leaf.size() - 9),
       key,
       "pem.truncated",
       "does not end"},
      {"head missing", leaf.substr(40), key, "pem.truncated", "no BEGIN line"},
      {"two blocks run together", half + leaf, key, "pem.truncated", "does not end (line 1)"},
      {"wrong END label", replaced(leaf, "END CERT", "END KEY"), key, "pem.truncated", "line 1"},
      {"bad letters", damaged, key, "pem.truncated", "does not decode"},
      {"zero-byte payload", block("CERTIFICATE", ""), key, "pem.truncated", "does not decode"},
      {"short payload", block("CERTIFICATE", der.substr(0, 99)), key, "pem.truncated", "line 1"},
      {"payload and more", block("CERTIFICATE", der + "x"), key, "pem.truncated", "line 1"},
      {"short key", leaf, block("PRIVATE KEY", "0\x82"), "pem.truncated", "/ssl/privkey.pem"},
      {"too large", leaf + std::string(256 * 1024, '\n'), key, "pem.too_large", "256 KiB"},
      {"eleven certificates", replaced("...........", ".", leaf), key, "pem.too_large", "10 cert"},
      {"only a key", key, key, "pem.no_certificate", "full chain"},
      {"only a chain", leaf, intermediate, "pem.no_key", "/ssl/privkey.pem holds no private key"},
      {"two keys", leaf, key + other_key, "pem.many_keys", "/ssl/privkey.pem"},
      {"a key in each", leaf + other_key, key, "pem.many_keys", "leave only the key"},
      {"encrypted", leaf, block("ENCRYPTED PRIVATE KEY", "x"), "pem.key_encrypted", "openssl pkey"},
      {"encrypted, old", leaf, encrypted_old, "pem.key_encrypted", "passphrase"},
      {"OpenSSH", leaf, block("OPENSSH PRIVATE KEY", "x"), "cert.key_unsupported", "ssh-keygen"},
      {"odd key",
       leaf,
       block("PRIVATE KEY", std::string("0\x03\x02\x01\0", 5)),
       "cert.key_unsupported",
       "P-256"},
      {"another key", leaf, other_key, "cert.mismatch", "same issuance"},
      {"foreign",
       leaf + intermediate + make_pair(nullptr, {.name = "foreign"}).pem(),
       key,
       "cert.chain",
       "'CN=foreign'"},
      {"gap before the root", leaf + root, key, "cert.chain", "intermediate is missing"},
  };
  for (const auto& [what, chain, key_text, code, words] : cases) {
    const auto result = read(chain, key_text);
    EXPECT_EQ(code_of(result), code) << what;
    if (result) continue;
    EXPECT_EQ(result.error().kind, ErrorKind::kInvalidInput) << what;
    EXPECT_THAT(result.error().text(), HasSubstr(words)) << what;
    EXPECT_FALSE(result.error().hint.empty()) << what;
  }
}

TEST_F(PemTest, NamesTheCommandThatUnpacksAPfx) {
  const openssl::Pkcs12Handle pfx(PKCS12_create(
      "secret", "name", family.leaf.key.get(), family.leaf.x509.get(), nullptr, 0, 0, 0, 0, 0));
  unsigned char* bytes = nullptr;
  const int size = i2d_PKCS12(pfx.get(), &bytes);
  const std::string text(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  const auto result = read(text);
  ASSERT_EQ(code_of(result), "pem.other_form");
  EXPECT_THAT(result.error().hint, HasSubstr("openssl pkcs12 -in FILE"));
}

TEST_F(PemTest, RefusesKeysThatEdgesDoNotServe) {
  const openssl::Key explicit_curve = openssl::make_ec_key("P-256");
  EVP_PKEY_set_utf8_string_param(explicit_curve.get(), "encoding", "explicit");
  const std::string explicit_pem = pem_of(*explicit_curve);
  EXPECT_EQ(code_of(read(leaf, explicit_pem)), "cert.key_unsupported") << "explicit curve";

  openssl::Key keys[] = {openssl::make_rsa_key(1024),
                         openssl::make_ec_key("secp256k1"),
                         openssl::make_ec_key("P-224"),
                         openssl::Key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"))};
  for (openssl::Key& odd : keys) {
    const auto result = read(leaf, pem_of(*odd));
    EXPECT_EQ(code_of(result), "cert.key_unsupported") << EVP_PKEY_get0_type_name(odd.get());
  }
}

TEST_F(PemTest, RefusesAKeyWhosePrivateHalfIsDamaged) {
  const std::string pem = pem_of(*family.leaf.key, KeyForm::kTraditional);
  const std::string begin = "-----BEGIN EC PRIVATE KEY-----\n";
  const std::string body = pem.substr(begin.size(), pem.find("\n-----END") - begin.size());
  std::string der = base64_decode(replaced(body, "\n", "")).value();
  // The scalar fills bytes 7 to 38; the public point behind it stays as it was.
  der[20] = static_cast<char>(der[20] ^ 1);
  const auto result = read(leaf, block("EC PRIVATE KEY", der));
  ASSERT_EQ(code_of(result), "cert.mismatch");
  EXPECT_THAT(result.error().message, HasSubstr("damaged"));
}

TEST_F(PemTest, RefusesLeavesThatNoClientTakes) {
  const Pair no_ca = make_pair(&family.root, {.name = "Not A CA"});
  const Pair by_no_ca = make_pair(&no_ca);
  const auto critical = [](X509& x509) {
    const openssl::Extension poison(
        X509V3_EXT_nconf_nid(nullptr, nullptr, NID_ct_precert_poison, "critical,DER:05:00"));
    X509_add_ext(&x509, poison.get(), -1);
  };
  const Pair poisoned = make_pair(nullptr, {.change = critical});
  const Pair nameless = make_pair(nullptr, {.extensions = {}});
  const Pair nul =
      make_pair(nullptr, {.change = with_raw_names({std::string("a\0b.example", 11)})});
  const Pair backwards = make_pair(nullptr, {.not_before = kEnd, .not_after = kBegin});
  const struct {
    const Pair& pair;
    std::string more, code, words;
  } cases[] = {
      {by_no_ca, no_ca.pem(), "cert.chain", "is no CA"},
      {poisoned, "", "cert.chain", "critical"},
      {nameless, "", "cert.names", "subject alternative name"},
      {nul, "", "cert.names", "subject alternative name"},
      {backwards, "", "cert.dates", "ends before it begins"},
  };
  for (const auto& [pair, more, code, words] : cases) {
    const auto result = read(pair.pem() + more, pair.key_pem());
    ASSERT_EQ(code_of(result), code);
    EXPECT_THAT(result.error().text(), HasSubstr(words));
  }
}

TEST_F(PemTest, TakesTimeLinearInTheTextForRunsOfMarkers) {
  constexpr std::size_t kCap = std::size_t{256} * 1024;
  for (const std::string& unit : {std::string("-----BEGIN"),
                                  std::string("-----BEGIN \n"),
                                  std::string("-----BEGIN A-----\n"),
                                  std::string("-----BEGIN A-----B-----END A-----"),
                                  std::string("-----BEGIN A-----AAAA-----END A-----\n"),
                                  std::string("-----END"),
                                  std::string("-----")}) {
    std::string text;
    while (text.size() + unit.size() <= kCap) text += unit;
    // Reading it takes a millisecond or two; if its time were quadratic it would be minutes. So
    // this asks for processor time, which a busy machine does not stretch, and for no more than it
    // needs.
    const std::clock_t start = std::clock();
    EXPECT_FALSE(read(text)) << unit;
    EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC) << unit;
  }
}

// OpenSSL's readers of DER take seconds for these.
TEST_F(PemTest, LooksForNoArchiveInARunOfIndefiniteLengths) {
  std::string text;
  while (text.size() < std::size_t{4} * 1024 * 1024) text += "0\x80";
  const auto start = std::chrono::steady_clock::now();
  EXPECT_EQ(read_certificates(text, "roots.pem").error().code, "pem.not_pem");
  EXPECT_EQ(code_of(read(text.substr(0, std::size_t{256} * 1024))), "pem.not_pem");
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(1));
}

TEST_F(PemTest, NeverPutsTheKeyIntoAnError) {
  const std::string secret = key.substr(40, 20);
  for (const std::string& text : {key, key.substr(0, key.size() / 2), leaf + key + key.substr(5)}) {
    const auto result = read(text);
    if (!result) EXPECT_THAT(result.error().text(), testing::Not(HasSubstr(secret)));
  }
}

TEST_F(PemTest, ReadsEveryCertificateOfATextOfRoots) {
  const auto roots = read_certificates("# ours\n" + root + intermediate + key, "roots.pem");
  ASSERT_TRUE(roots) << roots.error().text();
  ASSERT_EQ(roots->size(), 2U);
  EXPECT_EQ((*roots)[0].subject, "CN=Test Root");
  EXPECT_TRUE((*roots)[0].self_issued);

  EXPECT_EQ(read_certificates("", "roots.pem").error().code, "pem.empty");
  EXPECT_EQ(read_certificates(key, "roots.pem").error().code, "pem.no_certificate");
  EXPECT_EQ(read_certificates(std::string(5'000'000, 'x'), "r").error().code, "pem.too_large");
  EXPECT_THAT(read_certificates("x", "roots.pem").error().message, StartsWith("roots.pem "));
}

}  // namespace
}  // namespace certferry

// For this room's tests: certificates that no decent CA would make.
#pragma once

#include <openssl/pem.h>

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"
#include "crypto/certificate_maker.h"
#include "crypto/private_key.h"
#include "crypto/x509.h"

namespace certferry::testing_certificates {

inline Time at(std::string_view text) {
  return parse_time(text).value();
}

inline const Time kBegin = at("2026-01-01T00:00:00Z");
inline const Time kNow = at("2026-02-01T00:00:00Z");
inline const Time kEnd = at("2026-04-01T00:00:00Z");

inline std::string pem_of(X509& x509) {
  const openssl::Bio bio = openssl::memory_bio();
  PEM_write_bio_X509(bio.get(), &x509);
  return std::string(openssl::text_of(bio));
}

inline std::string pem_of(const EVP_PKEY& key, KeyForm form = KeyForm::kPkcs8) {
  return std::string(openssl::key_to_pem(key, form).value().reveal());
}

inline std::string der_of(X509& x509) {
  return openssl::to_certificate(x509).value().der;
}

/// A certificate with its key.
struct Pair {
  openssl::Key key;
  openssl::X509Handle x509;

  std::string pem() const { return pem_of(*x509); }
  std::string key_pem() const { return pem_of(*key); }
};

struct PairOptions {
  std::string name = "www.example.com";
  std::vector<std::pair<int, std::string>> extensions = {
      {NID_basic_constraints, "critical,CA:FALSE"}, {NID_subject_alt_name, "DNS:www.example.com"}};
  Time not_before = kBegin;
  Time not_after = kEnd;
  openssl::Key key = nullptr;                   ///< none: a fresh P-256 key
  std::function<void(X509&)> change = nullptr;  ///< done before the certificate is signed again
};

inline Pair make_pair(const Pair* issuer, PairOptions options = {}) {
  Pair out;
  out.key = options.key ? std::move(options.key) : openssl::make_ec_key("P-256");
  out.x509 = openssl::make_certificate({
      .common_name = options.name,
      .key = out.key.get(),
      .not_before = options.not_before,
      .not_after = options.not_after,
      .issuer = issuer != nullptr ? issuer->x509.get() : nullptr,
      .issuer_key = issuer != nullptr ? issuer->key.get() : nullptr,
      .extensions = std::move(options.extensions),
  });
  if (options.change) {
    options.change(*out.x509);
    X509_sign(out.x509.get(), (issuer != nullptr ? *issuer : out).key.get(), EVP_sha256());
  }
  return out;
}

inline Pair make_ca(const Pair* issuer, std::string name) {
  return make_pair(issuer,
                   {.name = std::move(name),
                    .extensions = {{NID_basic_constraints, "critical,CA:TRUE"},
                                   {NID_key_usage, "critical,keyCertSign,cRLSign"}}});
}

/// Replaces the alternative names by DNS entries of exactly these bytes.
inline std::function<void(X509&)> with_raw_names(std::vector<std::string> names) {
  return [names = std::move(names)](X509& x509) {
    const openssl::AltNames list(sk_GENERAL_NAME_new_null());
    for (const std::string& name : names) {
      GENERAL_NAME* entry = GENERAL_NAME_new();
      ASN1_IA5STRING* text = ASN1_IA5STRING_new();
      ASN1_STRING_set(text, name.data(), static_cast<int>(name.size()));
      GENERAL_NAME_set0_value(entry, GEN_DNS, text);
      sk_GENERAL_NAME_push(list.get(), entry);
    }
    X509_add1_ext_i2d(&x509, NID_subject_alt_name, list.get(), 0, X509V3_ADD_REPLACE);
  };
}

/// A whole CA: root, intermediate and one leaf, each with its key.
struct Family {
  Pair root = make_ca(nullptr, "Test Root");
  Pair intermediate = make_ca(&root, "Test Intermediate");
  Pair leaf = make_pair(&intermediate);
};

}  // namespace certferry::testing_certificates

#include "crypto/certificate_maker.h"

namespace certferry::openssl {

namespace {

void set_serial(X509& x509) {
  const BigNumber number(BN_new());
  // 127 random bits with the top one set: positive and never short, as CAs make them.
  ASSERT(BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  ASSERT(BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(&x509)) != nullptr);
}

void set_time(ASN1_TIME* field, Time time) {
  ASSERT(ASN1_TIME_set(field, std::chrono::floor<seconds>(time).time_since_epoch().count()) !=
         nullptr);
}

void add_extension(X509& x509, X509& issuer, int nid, const std::string& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, &issuer, &x509, nullptr, nullptr, 0);
  const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  ASSERT(extension != nullptr);
  ASSERT(X509_add_ext(&x509, extension.get(), -1) == 1);
}

}  // namespace

Key make_ec_key(const char* curve) {
  Key key(EVP_EC_gen(curve));
  ASSERT(key != nullptr);
  return key;
}

Key make_rsa_key(unsigned bits) {
  Key key(EVP_RSA_gen(bits));
  ASSERT(key != nullptr);
  return key;
}

X509Handle make_certificate(const CertificateSpec& spec) {
  X509Handle x509(X509_new());
  ASSERT(x509 != nullptr);
  X509& issuer = spec.issuer != nullptr ? *spec.issuer : *x509;
  ASSERT(X509_set_version(x509.get(), X509_VERSION_3) == 1);
  set_serial(*x509);
  set_time(X509_getm_notBefore(x509.get()), spec.not_before);
  set_time(X509_getm_notAfter(x509.get()), spec.not_after);
  X509_NAME* subject = X509_get_subject_name(x509.get());
  ASSERT(X509_NAME_add_entry_by_NID(subject,
                                    NID_commonName,
                                    MBSTRING_UTF8,
                                    bytes_of(spec.common_name),
                                    static_cast<int>(spec.common_name.size()),
                                    -1,
                                    0) == 1);
  ASSERT(X509_set_issuer_name(x509.get(), X509_get_subject_name(&issuer)) == 1);
  ASSERT(X509_set_pubkey(x509.get(), spec.key) == 1);
  add_extension(*x509, issuer, NID_subject_key_identifier, "hash");
  if (spec.issuer != nullptr) add_extension(*x509, issuer, NID_authority_key_identifier, "keyid");
  for (const auto& [nid, value] : spec.extensions) add_extension(*x509, issuer, nid, value);
  EVP_PKEY* signing_key = spec.issuer != nullptr ? spec.issuer_key : spec.key;
  ASSERT(X509_sign(x509.get(), signing_key, EVP_sha256()) > 0);
  return x509;
}

}  // namespace certferry::openssl

#include "crypto/certificate_maker.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <array>
#include <map>

namespace certferry::openssl {

namespace {

BigNumber number_of(const std::string& big_endian) {
  BigNumber number(BN_bin2bn(bytes_of(big_endian), static_cast<int>(big_endian.size()), nullptr));
  ASSERT(number != nullptr);
  return number;
}

void set_serial(X509& x509, const std::string& given) {
  const BigNumber number = number_of(given);
  // 127 random bits with the top one set: positive and never short, as CAs make them.
  if (given.empty()) {
    ASSERT(BN_rand(number.get(), 127, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1);
  }
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

namespace {

using Group = std::unique_ptr<EC_GROUP, Deleter<&EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Deleter<&EC_POINT_free>>;
using ParameterBuilder = std::unique_ptr<OSSL_PARAM_BLD, Deleter<&OSSL_PARAM_BLD_free>>;

/// Made once for each curve: that takes longer than all that is done with it.
const EC_GROUP& group_of(const char* curve) {
  static std::map<int, Group> known;
  const int id = EC_curve_nist2nid(curve);
  Group& group = known[id];
  if (group == nullptr) group.reset(EC_GROUP_new_by_curve_name(id));
  ASSERT(group != nullptr);
  return *group;
}

/// From 1 to the order less one; a secret a little longer than the order leaves no bias to mind.
BigNumber scalar_of(const std::string& secret, const EC_GROUP& group) {
  BigNumber scalar = number_of(secret);
  const BigNumber top(BN_dup(EC_GROUP_get0_order(&group)));
  const std::unique_ptr<BN_CTX, Deleter<&BN_CTX_free>> context(BN_CTX_new());
  ASSERT(top && context && BN_sub_word(top.get(), 1) == 1);
  ASSERT(BN_nnmod(scalar.get(), scalar.get(), top.get(), context.get()) == 1);
  ASSERT(BN_add_word(scalar.get(), 1) == 1);
  return scalar;
}

std::string public_point(const EC_GROUP& group, const BIGNUM& scalar) {
  const Point point(EC_POINT_new(&group));
  ASSERT(point && EC_POINT_mul(&group, point.get(), &scalar, nullptr, nullptr, nullptr) == 1);
  std::array<unsigned char, 133> bytes{};  // both coordinates of P-521, and the mark before them
  const std::size_t size = EC_POINT_point2oct(
      &group, point.get(), POINT_CONVERSION_UNCOMPRESSED, bytes.data(), bytes.size(), nullptr);
  ASSERT(size > 0);
  return {reinterpret_cast<const char*>(bytes.data()), size};
}

}  // namespace

EcNumbers derive_ec_numbers(const char* curve, const std::string& secret) {
  const EC_GROUP& group = group_of(curve);
  ASSERT(secret.size() >= 32);
  const BigNumber scalar = scalar_of(secret, group);
  const int size = (EC_GROUP_order_bits(&group) + 7) / 8;
  std::string bytes(static_cast<std::size_t>(size), '\0');
  auto* out = reinterpret_cast<unsigned char*>(bytes.data());
  ASSERT(BN_bn2binpad(scalar.get(), out, size) == size);
  return {.scalar = std::move(bytes), .point = public_point(group, *scalar)};
}

Key derive_ec_key(const char* curve, const std::string& secret) {
  const EcNumbers numbers = derive_ec_numbers(curve, secret);
  const BigNumber scalar = number_of(numbers.scalar);
  const ParameterBuilder builder(OSSL_PARAM_BLD_new());
  ASSERT(builder != nullptr);
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve, 0);
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, scalar.get());
  OSSL_PARAM_BLD_push_octet_string(
      builder.get(), OSSL_PKEY_PARAM_PUB_KEY, numbers.point.data(), numbers.point.size());
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  ASSERT(parameters && context && EVP_PKEY_fromdata_init(context.get()) == 1);
  ASSERT(EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_KEYPAIR, parameters.get()) == 1);
  return Key(key);
}

Key derive_ed25519_key(const std::string& secret) {
  ASSERT(secret.size() >= 32);
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(secret), 32));
  ASSERT(key != nullptr);
  return key;
}

X509Handle make_certificate(const CertificateSpec& spec) {
  X509Handle x509(X509_new());
  ASSERT(x509 != nullptr);
  X509& issuer = spec.issuer != nullptr ? *spec.issuer : *x509;
  ASSERT(X509_set_version(x509.get(), X509_VERSION_3) == 1);
  set_serial(*x509, spec.serial);
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
  const bool digests_itself = EVP_PKEY_get_base_id(signing_key) == EVP_PKEY_ED25519;
  ASSERT(X509_sign(x509.get(), signing_key, digests_itself ? nullptr : EVP_sha256()) > 0);
  return x509;
}

}  // namespace certferry::openssl

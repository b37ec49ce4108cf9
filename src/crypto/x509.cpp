#include "crypto/x509.h"

#include <arpa/inet.h>
#include <openssl/core_names.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "crypto/certificate.h"
#include "crypto/digest.h"
#include "crypto/presented.h"
#include "model/name.h"

namespace certferry {

namespace openssl {

namespace {

constexpr std::size_t kDerBytesMax = std::size_t{256} * 1024;

/// Nothing when the encoding is no date at all (month 13, second 60).
std::optional<Time> time_of(const ASN1_TIME* encoded) {
  std::tm parts{};
  if (encoded == nullptr || ASN1_TIME_to_tm(encoded, &parts) != 1) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(parts.tm_year + 1900),
      std::chrono::month(static_cast<unsigned>(parts.tm_mon + 1)),
      std::chrono::day(static_cast<unsigned>(parts.tm_mday))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days(date) + hours(parts.tm_hour) + minutes(parts.tm_min) +
         seconds(parts.tm_sec);
}

std::string serial_text(const X509& x509) {
  const BigNumber number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(&x509), nullptr));
  if (number == nullptr) return {};
  const std::unique_ptr<char, decltype([](char* text) { OPENSSL_free(text); })> hex(
      BN_bn2hex(number.get()));
  return hex ? to_lower(hex.get()) : std::string();
}

std::string_view text_of(const ASN1_STRING* value) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(value)),
          static_cast<std::size_t>(ASN1_STRING_length(value))};
}

void add_dns_name(std::string_view text, std::vector<std::string>& out) {
  // A certificate spells names in A-labels: other bytes are no name, however libidn2 reads them.
  const bool ascii = std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
  if (!ascii) return;
  if (auto name = canonical_name(text)) out.push_back(*std::move(name));
}

void add_ip_address(std::string_view bytes, std::vector<std::string>& out) {
  std::array<char, 64> text{};
  if (bytes.size() != 4 && bytes.size() != 16) return;
  const int family = bytes.size() == 4 ? AF_INET : AF_INET6;
  if (inet_ntop(family, bytes.data(), text.data(), text.size()) == nullptr) return;
  if (auto ip = canonical_ip(text.data())) out.push_back(*std::move(ip));
}

void read_alt_names(const X509& x509, Certificate& out) {
  const AltNames names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(&x509, NID_subject_alt_name, nullptr, nullptr)));
  const int count = names ? sk_GENERAL_NAME_num(names.get()) : 0;
  for (int i = 0; i < count; ++i) {
    int type = 0;
    const void* value = GENERAL_NAME_get0_value(sk_GENERAL_NAME_value(names.get(), i), &type);
    if (value == nullptr) continue;
    const auto* text = static_cast<const ASN1_STRING*>(value);
    if (type == GEN_DNS) add_dns_name(text_of(text), out.dns_names);
    if (type == GEN_IPADD) add_ip_address(text_of(text), out.ip_addresses);
  }
}

std::string der_of(X509& x509) {
  unsigned char* bytes = nullptr;
  const int size = i2d_X509(&x509, &bytes);
  const std::unique_ptr<unsigned char, decltype([](unsigned char* p) { OPENSSL_free(p); })> owned(
      bytes);
  return size > 0 ? std::string(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size))
                  : std::string();
}

bool explicit_curve(const EVP_PKEY& key) {
  int is_explicit = 0;
  // OpenSSL maps explicit parameters to the curve they spell; browsers do not.
  const int known =
      EVP_PKEY_get_int_param(&key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &is_explicit);
  return known != 1 || is_explicit != 0;
}

KeyType curve_type(const EVP_PKEY& key) {
  std::array<char, 64> group{};
  if (EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) != 1) return {};
  if (explicit_curve(key)) return {};
  const std::string_view name = group.data();
  if (name == "prime256v1") return {KeyType::Algorithm::kEcdsa, 256};
  if (name == "secp384r1") return {KeyType::Algorithm::kEcdsa, 384};
  if (name == "secp521r1") return {KeyType::Algorithm::kEcdsa, 521};
  return {};
}

Error bad_certificate(std::string code, std::string message, std::string hint) {
  return Error(ErrorKind::kInvalidInput, std::move(message))
      .with_code(std::move(code))
      .with_hint(std::move(hint));
}

}  // namespace

X509Handle x509_from_der(std::string_view der) {
  const ErrorQueueGuard guard;
  if (der.empty() || der.size() > kDerBytesMax) return nullptr;
  const unsigned char* at = bytes_of(der);
  const unsigned char* end = at + der.size();
  X509Handle x509(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  return at == end ? std::move(x509) : nullptr;
}

KeyType key_type(const EVP_PKEY& key) {
  const ErrorQueueGuard guard;
  switch (EVP_PKEY_get_base_id(&key)) {
    case EVP_PKEY_RSA:
      return {KeyType::Algorithm::kRsa, EVP_PKEY_get_bits(&key)};
    case EVP_PKEY_EC:
      return curve_type(key);
    case EVP_PKEY_ED25519:
      return {KeyType::Algorithm::kEd25519, 256};
    default:
      return {};
  }
}

std::string name_text(const X509_NAME& name) {
  const Bio bio = memory_bio();
  X509_NAME_print_ex(
      bio.get(), &name, 0, XN_FLAG_RFC2253 & ~static_cast<unsigned long>(ASN1_STRFLGS_ESC_MSB));
  return std::string(openssl::text_of(bio));
}

bool self_issued(const X509& x509) {
  return X509_NAME_cmp(X509_get_subject_name(&x509), X509_get_issuer_name(&x509)) == 0;
}

Result<Certificate> to_certificate(X509& x509) {
  const ErrorQueueGuard guard;
  Certificate out;
  out.subject = name_text(*X509_get_subject_name(&x509));
  out.issuer = name_text(*X509_get_issuer_name(&x509));
  const auto not_before = time_of(X509_get0_notBefore(&x509));
  const auto not_after = time_of(X509_get0_notAfter(&x509));
  if (!not_before || !not_after) {
    return std::unexpected(bad_certificate(
        "cert.dates",
        "the certificate of '" + printable(out.subject, 100) + "' has a date that does not exist",
        "have it issued anew"));
  }
  out.not_before = *not_before;
  out.not_after = *not_after;
  out.der = der_of(x509);
  out.fingerprint = sha256_hex(out.der);
  out.serial = serial_text(x509);
  read_alt_names(x509, out);
  if (const EVP_PKEY* key = X509_get0_pubkey(&x509)) out.key = key_type(*key);
  out.is_ca = X509_check_ca(&x509) == 1;
  out.self_issued = self_issued(x509);
  return out;
}

}  // namespace openssl

Result<Certificate> parse_certificate(std::string_view der) {
  if (der.size() > openssl::kDerBytesMax) {
    return std::unexpected(openssl::bad_certificate(
        "pem.too_large", "the certificate is larger than 256 KiB", "no client accepts it"));
  }
  const openssl::X509Handle x509 = openssl::x509_from_der(der);
  if (x509 == nullptr) {
    return std::unexpected(openssl::bad_certificate(
        "pem.truncated", "this is not one whole certificate", "fetch or issue it anew"));
  }
  return openssl::to_certificate(*x509);
}

Result<Certificate> certificate_of(x509_st& x509) {
  return openssl::to_certificate(x509);
}

}  // namespace certferry

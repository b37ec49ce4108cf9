#include "crypto/written_leaf.h"

#include <openssl/sha.h>

#include <array>
#include <ctime>
#include <span>

#include "base/text.h"
#include "crypto/certificate_maker.h"
#include "crypto/digest.h"
#include "crypto/x509.h"

namespace certferry::openssl {

namespace {

using namespace std::string_view_literals;

// Source: X.690 for the encoding; RFC 5280 for certificates; RFC 5480, 5915 and 5958 for keys; RFC
// 8410 for Ed25519.
enum Tag : unsigned char {
  kInteger = 0x02,
  kBitString = 0x03,
  kOctetString = 0x04,
  kUtf8String = 0x0c,
  kUtcTime = 0x17,
  kGeneralizedTime = 0x18,
  kSequence = 0x30,
  kSet = 0x31,
  kDnsName = 0x82,
  kKeyIdentifier = 0x80,
  kExplicit1 = 0xa1,
  kExplicit3 = 0xa3,
};

constexpr std::string_view kVersion3 = "\xa0\x03\x02\x01\x02"sv;
constexpr std::string_view kEd25519 = "\x30\x05\x06\x03\x2b\x65\x70"sv;
constexpr std::string_view kCommonName = "\x06\x03\x55\x04\x03"sv;
/// ecPublicKey on prime256v1.
constexpr std::string_view kOnP256 =
    "\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"sv;
constexpr std::string_view kCritical = "\x01\x01\xff"sv;

std::string element(Tag tag, std::string_view content) {
  std::string out(1, static_cast<char>(tag));
  const std::size_t size = content.size();
  ASSERT(size < 0x10000);
  if (size >= 0x100) {
    out += '\x82';
    out += static_cast<char>(size >> 8);
  } else if (size >= 0x80) {
    out += '\x81';
  }
  out += static_cast<char>(size & 0xff);
  return out.append(content);
}

std::string join_bytes(std::initializer_list<std::string_view> parts) {
  std::string out;
  for (const std::string_view part : parts) out += part;
  return out;
}

std::string sequence(std::initializer_list<std::string_view> parts) {
  return element(kSequence, join_bytes(parts));
}

/// Of whole bytes.
std::string bit_string(std::string_view bytes) {
  return element(kBitString, join_bytes({"\0"sv, bytes}));
}

std::string time_element(Time time) {
  const std::time_t moment =
      std::chrono::floor<seconds>(time).time_since_epoch() / std::chrono::seconds(1);
  std::tm parts{};
  ASSERT(gmtime_r(&moment, &parts) != nullptr);
  // RFC 5280: two digits of the year up to 2049.
  const bool near = parts.tm_year < 150;
  std::array<char, 20> text{};
  const std::size_t size =
      std::strftime(text.data(), text.size(), near ? "%y%m%d%H%M%SZ" : "%Y%m%d%H%M%SZ", &parts);
  return element(near ? kUtcTime : kGeneralizedTime, {text.data(), size});
}

std::string name_of_x509(X509& x509) {
  const unsigned char* bytes = nullptr;
  std::size_t size = 0;
  ASSERT(X509_NAME_get0_der(X509_get_subject_name(&x509), &bytes, &size) == 1);
  return {reinterpret_cast<const char*>(bytes), size};
}

std::string key_identifier_of(X509& x509) {
  const ASN1_OCTET_STRING* found = X509_get0_subject_key_id(&x509);
  ASSERT(found != nullptr);
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(found)),
          static_cast<std::size_t>(ASN1_STRING_length(found))};
}

std::string sha1(std::string_view bytes) {
  std::array<unsigned char, SHA_DIGEST_LENGTH> out{};
  SHA1(bytes_of(bytes), bytes.size(), out.data());
  return {reinterpret_cast<const char*>(out.data()), out.size()};
}

/// One of id-ce, by its last number.
std::string extension(char number, std::string_view critical, std::string_view value) {
  const std::string id = join_bytes({"\x06\x03\x55\x1d"sv, {&number, 1}});
  return sequence({id, critical, element(kOctetString, value)});
}

std::string extensions(const WrittenLeafSpec& spec, std::string_view point) {
  std::string names;
  for (const std::string& name : spec.dns_names) names += element(kDnsName, name);
  const std::string issuer = element(kKeyIdentifier, key_identifier_of(*spec.issuer));
  const std::string all =
      sequence({extension(0x0e, {}, element(kOctetString, sha1(point))),
                extension(0x23, {}, element(kSequence, issuer)),
                extension(0x13, kCritical, "\x30\x00"sv),          // no CA
                extension(0x0f, kCritical, "\x03\x02\x07\x80"sv),  // digitalSignature
                extension(0x25, {}, "\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x01"sv),
                extension(0x11, {}, element(kSequence, names))});
  return element(kExplicit3, all);
}

std::string sign(EVP_PKEY* key, std::string_view bytes) {
  const DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, 64> out{};
  std::size_t size = out.size();
  ASSERT(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) == 1);
  ASSERT(EVP_DigestSign(context.get(), out.data(), &size, bytes_of(bytes), bytes.size()) == 1);
  return {reinterpret_cast<const char*>(out.data()), size};
}

Certificate certificate_of(const WrittenLeafSpec& spec, std::string der) {
  Certificate out;
  out.fingerprint = sha256_hex(der);
  out.der = std::move(der);
  out.subject = "CN=" + spec.common_name;
  out.issuer = name_text(*X509_get_subject_name(spec.issuer));
  out.serial = to_hex(std::span(bytes_of(spec.serial), spec.serial.size()));
  out.not_before = std::chrono::floor<seconds>(spec.not_before);
  out.not_after = std::chrono::floor<seconds>(spec.not_after);
  out.dns_names = spec.dns_names;
  out.key = {KeyType::Algorithm::kEcdsa, 256};
  return out;
}

Secret key_der_of(const EcNumbers& numbers) {
  const std::string key = sequence({"\x02\x01\x01"sv,
                                    element(kOctetString, numbers.scalar),
                                    element(kExplicit1, bit_string(numbers.point))});
  return Secret(sequence({"\x02\x01\x00"sv, kOnP256, element(kOctetString, key)}));
}

}  // namespace

WrittenLeaf write_leaf(const WrittenLeafSpec& spec) {
  const EcNumbers numbers = derive_ec_numbers("P-256", spec.secret);
  const std::string common_name =
      element(kSet, sequence({kCommonName, element(kUtf8String, spec.common_name)}));
  const std::string body =
      sequence({kVersion3,
                element(kInteger, spec.serial),
                kEd25519,
                name_of_x509(*spec.issuer),
                sequence({time_element(spec.not_before), time_element(spec.not_after)}),
                element(kSequence, common_name),
                sequence({kOnP256, bit_string(numbers.point)}),
                extensions(spec, numbers.point)});
  std::string der = sequence({body, kEd25519, bit_string(sign(spec.issuer_key, body))});
  return {.certificate = certificate_of(spec, std::move(der)), .key_der = key_der_of(numbers)};
}

}  // namespace certferry::openssl

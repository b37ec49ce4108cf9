// For tests: PFX archives as other programs write them.
#pragma once

#include <string>

#include "crypto/test_certificates.h"

namespace certferry::testing_certificates {

struct ArchiveOptions {
  const char* password = "pass";
  int key_cipher = 0;  ///< by NID; 0: OpenSSL's own choice; -1: not encrypted
  int certificate_cipher = 0;
  int mac_rounds = 0;  ///< 0: OpenSSL's own choice; -1: no MAC at all
};

inline std::string der_of(PKCS12& archive) {
  unsigned char* der = nullptr;
  const int size = i2d_PKCS12(&archive, &der);
  std::string out(reinterpret_cast<char*>(der), static_cast<std::size_t>(size));
  OPENSSL_free(der);
  return out;
}

inline openssl::Pkcs12Handle archive_of(const std::string& bytes) {
  const unsigned char* at = openssl::bytes_of(bytes);
  return openssl::Pkcs12Handle(d2i_PKCS12(nullptr, &at, static_cast<long>(bytes.size())));
}

/// The leaf with its key and the intermediate; empty when OpenSSL cannot make such a one.
inline std::string make_archive(const Family& family, const ArchiveOptions& options = {}) {
  const openssl::X509Stack others(sk_X509_new_null());
  X509_up_ref(family.intermediate.x509.get());
  sk_X509_push(others.get(), family.intermediate.x509.get());
  const openssl::Pkcs12Handle archive(PKCS12_create(options.password,
                                                    "www",
                                                    family.leaf.key.get(),
                                                    family.leaf.x509.get(),
                                                    others.get(),
                                                    options.key_cipher,
                                                    options.certificate_cipher,
                                                    2048,
                                                    options.mac_rounds,
                                                    0));
  return archive == nullptr ? std::string() : der_of(*archive);
}

/// Certificates by 40-bit RC2, as Windows wrote them for decades: its name stands where another
/// cipher's was, for OpenSSL 3 does not write it any more.
inline std::string make_old_archive(const Family& family) {
  std::string bytes = make_archive(
      family, {.certificate_cipher = NID_pbe_WithSHA1And3_Key_TripleDES_CBC, .mac_rounds = -1});
  const std::string triple_des = "\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03";
  bytes[bytes.find(triple_des) + triple_des.size() - 1] = 6;
  const openssl::Pkcs12Handle archive = archive_of(bytes);
  PKCS12_set_mac(archive.get(), "pass", -1, nullptr, 0, 0, EVP_sha256());
  return der_of(*archive);
}

/// The same with another number of rounds written into it; the MAC is not made anew.
inline std::string with_mac_rounds(const std::string& bytes, long rounds) {
  const openssl::Pkcs12Handle archive = archive_of(bytes);
  const ASN1_INTEGER* number = nullptr;
  PKCS12_get0_mac(nullptr, nullptr, nullptr, &number, archive.get());
  ASN1_INTEGER_set(const_cast<ASN1_INTEGER*>(number), rounds);
  return der_of(*archive);
}

}  // namespace certferry::testing_certificates

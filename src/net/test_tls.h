// For tests: certificates of a throw-away CA, and TLS servers that present them.
#pragma once

#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <string>
#include <vector>

#include "crypto/throwaway_ca.h"

namespace certferry::test {

inline Time days_from_now(int days) {
  auto now = std::chrono::floor<seconds>(std::chrono::system_clock::now());
  return now + std::chrono::days(days);
}

inline ThrowawayCa make_ca() {
  static int number = 0;
  return ThrowawayCa(
      days_from_now(-1), days_from_now(30), "certferry test " + std::to_string(++number));
}

inline IssuedLeaf issue(const ThrowawayCa& ca,
                        std::vector<std::string> names,
                        std::vector<std::string> ip_addresses = {}) {
  LeafRequest request;
  request.names = std::move(names);
  request.ip_addresses = std::move(ip_addresses);
  request.not_before = days_from_now(-1);
  request.not_after = days_from_now(10);
  return ca.issue(request);
}

inline boost::asio::ssl::context server_tls(const IssuedLeaf& leaf) {
  boost::asio::ssl::context tls(boost::asio::ssl::context::tls_server);
  std::string_view key = leaf.key_pem.reveal();
  tls.use_certificate_chain(boost::asio::buffer(leaf.chain_pem));
  tls.use_private_key(boost::asio::buffer(key), boost::asio::ssl::context::pem);
  return tls;
}

inline X509* read_pem(const std::string& pem) {
  BIO* bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

/// What OpenSSL calls the file of a root in a hashed directory, without the ".0".
inline std::string subject_hash(const std::string& pem) {
  X509* certificate = read_pem(pem);
  std::array<char, 16> text{};
  snprintf(text.data(), text.size(), "%08lx", X509_subject_name_hash(certificate));
  X509_free(certificate);
  return text.data();
}

}  // namespace certferry::test

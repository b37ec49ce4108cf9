#include "sandbox/pair.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "crypto/certificate.h"

namespace certferry::sandbox {

namespace {

template <auto Free>
struct Freed {
  template <typename T>
  void operator()(T* object) const {
    Free(object);
  }
};
using BioPtr = std::unique_ptr<BIO, Freed<&BIO_free_all>>;
using X509Ptr = std::unique_ptr<X509, Freed<&X509_free>>;
using ExtensionPtr = std::unique_ptr<X509_EXTENSION, Freed<&X509_EXTENSION_free>>;
using KeyPtr = std::unique_ptr<EVP_PKEY, Freed<&EVP_PKEY_free>>;

Error refused(std::string message) {
  ERR_clear_error();
  return Error(ErrorKind::kInvalidInput, std::move(message)).with_code("sandbox.pair");
}

BioPtr reader(std::string_view text) {
  return BioPtr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string text_of(BIO& bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(&bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

const unsigned char* bytes_of(const std::string& text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// An encrypted key is refused instead of asking for its password on a
/// terminal.
int no_password(char*, int, int, void*) {
  return -1;
}

/// Every certificate in the text, in its order. Text around the blocks is not
/// looked at.
std::vector<X509Ptr> read_chain(std::string_view pem) {
  std::vector<X509Ptr> chain;
  const BioPtr bio = reader(pem);
  while (X509* x509 = PEM_read_bio_X509(bio.get(), nullptr, no_password, nullptr)) {
    chain.emplace_back(x509);
  }
  ERR_clear_error();  // The end of the text is an error to OpenSSL.
  return chain;
}

std::string der_of(const X509& x509) {
  std::string der(static_cast<std::size_t>(i2d_X509(&x509, nullptr)), '\0');
  auto* out = reinterpret_cast<unsigned char*>(der.data());
  i2d_X509(&x509, &out);
  return der;
}

}  // namespace

TlsContext make_tls_context() {
  TlsContext context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  ASSERT(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  // A resumed session would show nothing of what is served now.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(context.get(), 0);
  return context;
}

Result<TlsContext> make_tls_context(const std::string& chain_pem, const Secret& key_pem) {
  TlsContext context = make_tls_context();
  const std::vector<X509Ptr> chain = read_chain(chain_pem);
  if (chain.empty()) return std::unexpected(refused("no certificate could be read"));
  const BioPtr key_bio = reader(key_pem.reveal());
  const KeyPtr key(PEM_read_bio_PrivateKey(key_bio.get(), nullptr, no_password, nullptr));
  if (!key) return std::unexpected(refused("no unencrypted private key could be read"));
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    return std::unexpected(refused("the private key is not that of the first certificate"));
  }
  if (SSL_CTX_use_certificate(context.get(), chain.front().get()) != 1 ||
      SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1) {
    return std::unexpected(refused("the certificate cannot be served"));
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    // OpenSSL looks at each: a weak or unreadable key in the chain is no bug of ours.
    if (SSL_CTX_add1_chain_cert(context.get(), chain[i].get()) != 1) {
      return std::unexpected(refused("the chain cannot be served"));
    }
  }
  return context;
}

Result<UploadedPair> read_pair(std::string chain_pem, Secret key_pem) {
  if (chain_pem.contains('\r') || key_pem.reveal().contains('\r')) {
    return std::unexpected(refused("PEM with CR line ends"));
  }
  TRY(const TlsContext context, make_tls_context(chain_pem, key_pem));
  TRY(Certificate leaf, parse_certificate(der_of(*SSL_CTX_get0_certificate(context.get()))));
  return UploadedPair{
      .leaf = std::move(leaf), .chain_pem = std::move(chain_pem), .key_pem = std::move(key_pem)};
}

UploadedPair make_self_signed(const std::string& name, Time not_before, Time not_after) {
  const KeyPtr key(EVP_EC_gen("P-256"));
  const X509Ptr x509(X509_new());
  ASSERT(key && x509);
  X509_set_version(x509.get(), X509_VERSION_3);
  // Its serial number is its moment of birth: two made for one name stay apart.
  ASN1_INTEGER_set_int64(X509_get_serialNumber(x509.get()), not_before.time_since_epoch().count());
  ASN1_TIME_set(X509_getm_notBefore(x509.get()), std::chrono::system_clock::to_time_t(not_before));
  ASN1_TIME_set(X509_getm_notAfter(x509.get()), std::chrono::system_clock::to_time_t(not_after));
  X509_NAME* subject = X509_get_subject_name(x509.get());
  const std::string common_name = "certferry sandbox";
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, bytes_of(common_name), -1, -1, 0);
  X509_set_issuer_name(x509.get(), subject);
  X509_set_pubkey(x509.get(), key.get());
  const ExtensionPtr names(
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, ("DNS:" + name).c_str()));
  ASSERT(names && X509_add_ext(x509.get(), names.get(), -1) == 1);
  ASSERT(X509_sign(x509.get(), key.get(), EVP_sha256()) > 0);

  const BioPtr chain(BIO_new(BIO_s_mem()));
  const BioPtr private_key(BIO_new(BIO_s_secmem()));
  PEM_write_bio_X509(chain.get(), x509.get());
  PEM_write_bio_PrivateKey(private_key.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  Result<UploadedPair> pair = read_pair(text_of(*chain), Secret(text_of(*private_key)));
  ASSERT(pair);
  return *std::move(pair);
}

}  // namespace certferry::sandbox
